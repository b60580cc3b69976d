"""The page of a lesson's rule for late work: which holds and who said so, and what another would change.

In: a lesson, and a line to try or a rule to take back. Out: who would gain and lose. Nothing is written
before somebody who has seen that says so, with a reason; then those whose marks change are told.
"""

from collections.abc import Mapping
from typing import Any

from courseware import errors
from courseware.course import late_line
from courseware.grading import reweigh
from courseware.service import access, call, called, paging, render, show
from courseware.service.api import late_rules as api


def read(request: call.Call) -> call.Page:
    """The page, with the comparison once there is a line."""
    return _page(request, {"late": request.query.get("late", ""), "back": request.query.get("back", "")})


def put(request: call.Call) -> call.Page | call.Redirect:
    """Have the rule hold that was compared; where that is refused, what it would change now."""
    place, fields = access.lesson(request), request.body.fields
    try:
        rule = late_line.read(fields.get("late", ""), api.usual(request, place))
        asked = (rule, fields.get("seal", ""), fields.get("reason", ""))
        by, now = request.viewer.person, request.now
        reweigh.put(request.connection, request.course, place, asked, by=by, now=now)
    except errors.UserError as error:
        return _page(request, fields, error.message)
    return _back(request)


def take_back(request: call.Call) -> call.Page | call.Redirect:
    """Have the rule hold again that held before."""
    place, fields = access.lesson(request), request.body.fields
    asked = (fields.get("back", ""), fields.get("seal", ""))
    try:
        by, now = request.viewer.person, request.now
        reweigh.take_back(request.connection, request.course, place, asked, by=by, now=now)
    except errors.UserError as error:
        return _page(request, fields, error.message)
    return _back(request)


def _back(request: call.Call) -> call.Redirect:
    here = f"/courses/{request.course.slug}/lessons/{request.path['l']}/regrade/late"
    return call.Redirect(to=f"{here}?saved=yes")


def _page(request: call.Call, fields: Mapping[str, str], refused: str = "") -> call.Page:
    """The page, with what was refused, and what the line or taking back would change now."""
    place, text, problem = access.lesson(request), fields.get("late", "")[: late_line.MOST], ""
    standing = reweigh.standing(request.connection, place)
    back = bool(standing) and standing[0].public == fields.get("back")
    found: reweigh.Wish | None = None
    try:
        if back or text.strip():
            found = _compared(request, "" if back else text)
    except errors.UserError as error:
        problem = error.message
    values = render.base_values(
        request,
        lesson=show.lesson(request, place),
        told=api.of_lesson(request),
        usual=late_line.told(api.usual(request, place)),
        standing=standing,
        back=standing[0].public if back else "",
        text=text,
        reason=fields.get("reason", ""),
        problem=problem,
        refused=refused if refused != problem else "",
        saved="saved" in request.query,
        found=found,
        **(_shown(request, found) if found else {}),
    )
    return call.Page(template="late_trial.html", values=values, status=409 if refused else 200)


def _compared(request: call.Call, text: str) -> reweigh.Wish:
    """What a line would change; without one, what taking the newest rule back would."""
    place = access.lesson(request)
    if text:
        rule = late_line.read(text, api.usual(request, place))
    else:
        rule = reweigh.before(request.connection, request.course, place)
    return reweigh.compared(request.connection, request.course, place, rule, now=request.now)


def _shown(request: call.Call, found: reweigh.Wish) -> Mapping[str, Any]:
    """A comparison for the page: those for whom something differs, by how much and by name."""
    names = called.names(request)
    changed = [each for each in found.lines if each.differs]
    return {
        "words": late_line.told(found.rule),
        "is_same": found.rule == found.holds,
        "rows": paging.numbered(
            sorted(changed, key=lambda each: (-abs(each.change), names.of(each.person).order)),
            request.query.get("page", ""),
        ),
        "called": names,
        "up": sum(each.direction == "up" for each in changed),
        "down": sum(each.direction == "down" for each in changed),
        "people": len({each.person.id for each in changed}),
        "handed_in": len({each.person.id for each in found.lines}),
    }
