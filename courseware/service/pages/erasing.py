"""Pages about what a course keeps of somebody: oneself takes it along, an owner has it erased.

In: a person of the course. Out: a zip; or the person erased, once their user name was typed. Refused: who is
in another course too, since what is kept there is not this owner's to take away.
"""

from typing import Any

from courseware import errors
from courseware.course import model, people
from courseware.desk import erase as desk
from courseware.desk import handout
from courseware.service import call, render


def mine(request: call.Call) -> call.Made:
    """What the course keeps of the asking person."""
    made = handout.of(request.connection, request.service.blobs, request.viewer, now=request.now)
    name = f"{request.course.slug}-{request.viewer.person.username}.zip"
    return call.Made(name=name, file=made, media_type="application/zip")


def look(request: call.Call, **more: Any) -> call.Page:
    """What would go, and the form that does it."""
    member = people.find(request.connection, request.course, request.path["p"])
    values = {
        "member": member,
        "elsewhere": people.elsewhere(request.connection, request.course, member.person.id),
        "wrong": False,
        **more,
    }
    return call.Page(template="erase.html", values=render.base_values(request, **values))


def erase(request: call.Call) -> call.Page | call.Redirect:
    """Erase somebody, if their user name was typed."""
    member = people.find(request.connection, request.course, request.path["p"])
    _check(request, member)
    if request.body.fields.get("username", "").strip() != member.person.username:
        return look(request, wrong=True)
    desk.person(
        request.connection,
        member.person,
        state=request.service.state,
        by=request.viewer.person,
        now=request.now,
    )
    return call.Redirect(to=f"/courses/{request.course.slug}/people")


def _check(request: call.Call, member: model.Member) -> None:
    """Refuse what is not this course's owner's to do."""
    if member.role == "owner":
        raise errors.UserError("An owner is not erased here. Give them another role first.", code="conflict")
    if people.elsewhere(request.connection, request.course, member.person.id):
        raise errors.UserError(
            f"{member.person.name} is, or was, in another course here too. "
            "Whoever runs the service erases them.",
            code="conflict",
        )
