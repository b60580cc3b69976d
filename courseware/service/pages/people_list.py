"""Who is in the course, a page at a time, narrowed by name, role and group as the address says.

In: the query of the address. Out: the people of a page, how many there are, and the addresses of the pages
beside it. What the query says that there is not counts as not said. A grader who is limited to groups finds
their people, and the groups, alone.
"""

import urllib.parse
from collections.abc import Mapping
from typing import Any

from courseware.course import credentials, groups, model, permissions
from courseware.discussion import fold
from courseware.service import call, show
from courseware.service.api import groups as api_groups
from courseware.service.api import people as api_people

AT_ONCE = 100
LEFT = "left"
ROLES = ("student", "grader", "instructor", "owner")


def values(request: call.Call) -> dict[str, Any]:
    """What the page shows of people."""
    connection, course = request.connection, request.course
    everybody = api_people.within(request)
    mine = {each.name for each in api_groups.listed(request).groups}
    grouped = {
        name: {person.id for person in found}
        for name, found in groups.of_course(connection, course).items()
        if name in mine
    }
    asked = _asked(request.query, grouped)
    found = [each for each in everybody if _is(each, asked, grouped)]
    pages = max(1, -(-len(found) // AT_ONCE))
    page = min(int(asked["page"] or 1), pages)
    links = {}
    if request.may(permissions.Action.CHANGE_PEOPLE):
        links = credentials.join_links(connection, course, now=request.now)
    return {
        "people": [
            show.member(each, join_link_until=links.get(each.person.id))
            for each in found[(page - 1) * AT_ONCE : page * AT_ONCE]
        ],
        "found": len(found),
        "everybody": len(everybody),
        "asked": asked,
        "filtered": any(asked[name] for name in ("q", "role", "group")),
        "known_roles": ROLES,
        "known_groups": sorted(grouped),
        "page": page,
        "pages": pages,
        "previous": _address(course, asked, page - 1) if page > 1 else "",
        "following": _address(course, asked, page + 1) if page < pages else "",
    }


def _asked(query: Mapping[str, str], grouped: Mapping[str, set[int]]) -> dict[str, str]:
    """What the query says, of what there is."""
    role, group, page = query.get("role", ""), query.get("group", ""), query.get("page", "")
    return {
        "q": query.get("q", "").strip()[:100],
        "role": role if role in (*ROLES, LEFT) else "",
        "group": group if group in grouped else "",
        "page": page[:6] if page.isascii() and page.isdigit() and int(page[:6]) > 1 else "",
    }


def _is(member: model.Member, asked: Mapping[str, str], grouped: Mapping[str, set[int]]) -> bool:
    """Whether somebody is asked for."""
    person, role = member.person, asked["role"]
    if role and (member.ended is None) == (role == LEFT):
        return False
    if role not in ("", LEFT, member.role):
        return False
    if asked["group"] and person.id not in grouped[asked["group"]]:
        return False
    return fold.within(asked["q"], (person.name, person.username, person.email or ""))


def _address(course: model.Course, asked: Mapping[str, str], page: int) -> str:
    """A page of the list; whole, since the list also stands on pages that answer a form."""
    said = {name: value for name, value in {**asked, "page": str(page) if page > 1 else ""}.items() if value}
    return f"/courses/{course.slug}/people" + (f"?{urllib.parse.urlencode(said)}" if said else "")
