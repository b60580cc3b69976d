"""The page on which staff write to one student in private.

In: a student in the address and the text of a form. Out: a private discussion that the student and staff see,
and that the student is told of; or the form again with the text. Refused: somebody who is no student here, or
whom the asking person does not look after.
"""

import dataclasses

from courseware import errors
from courseware.course import duties, model, people
from courseware.discussion import model as talk
from courseware.discussion import write
from courseware.service import call, called, render
from courseware.service.pages import writing


def look(request: call.Call) -> call.Page:
    """The empty form."""
    return _page(request, writing.fresh())


def send(request: call.Call) -> call.Page | call.Redirect:
    """Send it."""
    member = _member(request)

    def begin(draft: writing.Draft) -> str:
        wish = talk.Beginning(
            words=talk.Words(body=draft.body), kind="private", title=draft.title, to=member.person
        )
        place = talk.Place(course=request.course)
        made = write.begin(request.connection, request.viewer, place, wish, now=request.now)
        return f"/threads/{made.id}?told=posted"

    return writing.post(request, begin, lambda draft: _page(request, draft))


def _page(request: call.Call, draft: writing.Draft) -> call.Page:
    """The form as it stands."""
    member = _member(request)
    values = render.base_values(
        request,
        name=called.names(request).of(member.person),
        here=f"/courses/{request.course.slug}/people/{member.person.public}/message",
        draft=dataclasses.replace(draft, kind="private"),
    )
    return call.Page(template="message.html", values=values, status=draft.status)


def _member(request: call.Call) -> model.Member:
    """The student of the address, if the asking person looks after them."""
    connection, course = request.connection, request.course
    member = people.find(connection, course, request.path["p"])
    reach = duties.reach(connection, request.viewer)
    if member.role != "student" or member.ended or not reach.has_person(member.person.id):
        raise errors.UserError("There is no student here whom you look after.", code="not-found")
    return member
