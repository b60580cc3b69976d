"""Forms of groups and of what graders look after.

In: a group's name and who is in it, one user name a line; for a grader ticked lessons and groups. Out: back
to the page. Refused: what `course.groups` and `course.duties` refuse, in their words.
"""

import urllib.parse

from courseware import errors
from courseware.course import duties, groups, people
from courseware.service import call


def put(request: call.Call) -> call.Redirect:
    """Have exactly these people in a group; with nobody the group goes."""
    name = request.body.fields.get("name", "").strip()
    if not name:
        raise errors.UserError("Give the group a name.")
    wanted = request.body.fields.get("people", "").replace(",", "\n").split()
    groups.put(request.connection, request.course, name, wanted, now=request.now)
    return call.Redirect(to=f"/courses/{request.course.slug}/people#groups")


def limit(request: call.Call) -> call.Redirect:
    """Limit a grader to what was ticked; nothing ticked is everything."""
    member = people.find(request.connection, request.course, request.path["p"])
    duties.put(
        request.connection,
        request.course,
        member,
        of_lessons=_ticked(request, "lesson:"),
        of_groups=_ticked(request, "group:"),
        now=request.now,
    )
    person = urllib.parse.quote(member.person.public)
    return call.Redirect(to=f"/courses/{request.course.slug}/people/{person}")


def _ticked(request: call.Call, kind: str) -> list[str]:
    return [name.removeprefix(kind) for name in request.body.fields if name.startswith(kind)]
