"""Who did what in a course, for its owners: uses of rights over others, refusals, changes of marks."""

import urllib.parse

from courseware.course import model, people
from courseware.desk import audit
from courseware.service import call, render

_AT_ONCE = 100
_REFUSED, _MARKS = "refused", "marks"


def read(request: call.Call) -> call.Page:
    """A page of the list, of one person or of one kind if that is asked for."""
    name, kind = request.query.get("person", "").strip()[:128], request.query.get("kind", "")
    who = _named(request, name)
    known = {each.name for each in audit.rights()} | set(audit.MARKS)
    found = audit.Page(lines=(), next=None)
    if who is not None or not name:
        wanted = audit.Wanted(
            course=request.course,
            person=who,
            action=kind if kind in known else "",
            refused=kind == _REFUSED,
            marks=kind == _MARKS,
        )
        cursor = request.query.get("cursor", "")
        found = audit.page(request.connection, wanted, now=request.now, limit=_AT_ONCE, cursor=cursor)
    following = {"person": name, "kind": kind, "cursor": found.next or ""}
    values = render.base_values(
        request,
        lines=found.lines,
        following=urllib.parse.urlencode(following) if found.next else "",
        person=name,
        unknown=bool(name) and who is None,
        kind=kind,
        first="cursor" not in request.query,
        rights=audit.rights(),
        marks=audit.MARKS,
    )
    return call.Page(template="audit.html", values=values)


def _named(request: call.Call, name: str) -> model.Person | None:
    """Somebody by user name: who is or was in the course, or was refused in it."""
    found = people.known(request.connection, name) if name else None
    if found is None:
        return None
    wanted = audit.Wanted(course=request.course, person=found)
    member = people.role(request.connection, request.course, found, now=request.now)
    if member or audit.page(request.connection, wanted, now=request.now, limit=1).lines:
        return found
    return None
