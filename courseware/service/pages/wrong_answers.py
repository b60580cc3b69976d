"""The page of wrong answers: small faults in the key of a draft that still get full marks.

In: a lesson with a draft. Out: how far it is, what got through as differences to the key, and the say of
staff that one of them is right after all. Staff alone see it: it shows the key.
"""

from courseware.course import lessons
from courseware.exchange import draft_releases
from courseware.grading import audits
from courseware.service import access, call, render, show


def read(request: call.Call) -> call.Page:
    """The page."""
    place = access.lesson(request)
    draft = draft_releases.find(request.connection, place.id)
    asked = audits.of_lesson(request.connection, place.id)
    asked = asked if asked is not None and asked.draft == draft.public else None
    found = (asked.found if asked else None) or {}
    right = audits.right(request.connection, place.id)
    values = render.base_values(
        request,
        lesson=show.lesson(request, place),
        draft=draft,
        asked=asked,
        found=found,
        through=[each for each in found.get("through", ()) if each["mark"] not in right],
        fine=[each for each in found.get("through", ()) if each["mark"] in right],
    )
    return call.Page(template="wrong_answers.html", values=values)


def start(request: call.Call) -> call.Redirect:
    """Have them tried."""
    service, by = request.service, request.viewer.person
    with service.database.write() as connection:
        place = lessons.find(connection, request.course, request.path["l"])
        draft = draft_releases.find(connection, place.id, request.body.fields.get("id", ""))
        fresh = audits.ask(connection, place, draft.public, by=by, now=request.now)
        service.queue.announce(connection, audits.KIND, number=int(fresh))
    service.queue.wake()
    return _back(request)


def say(request: call.Call) -> call.Redirect:
    """Say that one is right, or take that back."""
    place, fields = access.lesson(request), request.body.fields
    tell = audits.say_right if fields.get("right") else audits.say_wrong
    tell(request.connection, place, fields.get("mark", ""), by=request.viewer.person, now=request.now)
    return _back(request)


def _back(request: call.Call) -> call.Redirect:
    here = f"/courses/{request.course.slug}/lessons/{request.path['l']}"
    return call.Redirect(to=f"{here}/draft-release/wrong-answers")
