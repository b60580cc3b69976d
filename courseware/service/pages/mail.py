"""Pages of mail that came in: its sender says on one that they wrote it, and staff decide about what could
not be told by a program.

In: a link of ours, or a course. Out: a private thread in the sender's name, or a mail that is dropped.
Looking at a link does nothing: programs that read mail open links.
"""

from typing import Any

from courseware import errors
from courseware.course import courses, people
from courseware.notices import arrivals, confirm
from courseware.service import call, render


def asked(request: call.Call) -> call.Page:
    """The mail that a link names, and whether its reader wrote it."""
    return _confirmation(request, _waiting(request), thread="")


def confirmed(request: call.Call) -> call.Page:
    """Its reader wrote it: what it says becomes a private thread."""
    row = _waiting(request)
    page = _confirmation(request, row, thread="")
    thread = confirm.accept(request.connection, row, now=request.now)
    return call.Page(template=page.template, values={**page.values, "thread": thread})


def _waiting(request: call.Call) -> arrivals.Row:
    secret, path = request.service.mail_secret, request.path
    return confirm.waiting(request.connection, secret, path["mail"], path["mark"], now=request.now)


def _confirmation(request: call.Call, row: arrivals.Row, *, thread: str) -> call.Page:
    values = render.base_values(
        request,
        title=courses.by_id(request.connection, row["course_id"]).title,
        kept=arrivals.kept(row),
        received=row["received"],
        thread=thread,
    )
    return call.Page(template="confirm.html", values=values)


def filed(request: call.Call) -> call.Page:
    """Mail that waits for staff, newest first."""
    rows = arrivals.filed(request.connection, request.viewer)
    mails = [_shown(request, row) for row in rows]
    return call.Page(template="mail.html", values=render.base_values(request, mails=mails))


def _shown(request: call.Call, row: arrivals.Row) -> dict[str, Any]:
    """A mail as staff see it; `person` is whose address it came from, as far as it says."""
    person = people.by_id(request.connection, row["person_id"]) if row["person_id"] else None
    return {
        "row": row,
        "kept": arrivals.kept(row),
        "person": person,
        "until": row["received"] + arrivals.KEPT,
    }


def decide(request: call.Call) -> call.Redirect:
    """Make a private thread of a mail, or drop it.

    Raises:
        UserError: it is not for this course, was decided before, or nobody of the course sent it.
    """
    row = arrivals.find(request.connection, request.path["mail"])
    mine = arrivals.looks_after(request.connection, request.viewer, row)
    if not mine or row["state"] == "asked":
        raise errors.UserError("There is no such mail.", code="not-found")
    if row["state"] != "filed":
        raise errors.UserError("Somebody decided about this mail before.", code="conflict")
    match request.body.fields.get("act"):
        case "thread":
            if row["person_id"] is None:
                raise errors.UserError("Nobody in the course sent this mail. Answer it by mail.")
            confirm.accept(request.connection, row, now=request.now)
        case "drop":
            arrivals.settle(request.connection, row, "dropped", thread=None, now=request.now)
        case _:
            raise errors.UserError("Say what is to become of the mail.", code="bad-request")
    return call.Redirect(to=f"/courses/{request.course.slug}/mail")
