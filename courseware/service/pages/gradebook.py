"""The gradebook: people by lessons, with filters and orders that stand in the address.

In: the query of the address. Out: a page of people. A grader who is limited to lessons or groups finds those
alone. What the query says that there is not (a group, a lesson, an order) counts as not said.
"""

import urllib.parse
from collections.abc import Mapping
from typing import Any, cast

from courseware.course import duties, groups, hidden_names, model
from courseware.exchange import storage
from courseware.grading import gradebook
from courseware.service import call, called, render

_ONLY: tuple[gradebook.Only, ...] = ("missing", "late", "look")


def read(request: call.Call) -> call.Page:
    """The class with its marks, and how much the course keeps."""
    connection, course, query = request.connection, request.course, request.query
    reach = duties.reach(connection, request.viewer)
    every = [each for each in gradebook.columns(connection, course) if reach.has_lesson(each[0].id)]
    listed = groups.of_course(connection, course).items()
    inside = {name: {each.id for each in found if reach.has_person(each.id)} for name, found in listed}
    grouped = {name: found for name, found in inside.items() if found}
    slugs = [place.slug for place, _ in every]
    asked = _asked(query, slugs, grouped)
    names = called.names(request)
    everybody = gradebook.students(connection, course, every)
    everybody = [each for each in everybody if reach.has_person(each.person.id)]
    found = _found(everybody, names, asked, grouped)
    columns = [each for each in every if asked["lesson"] in ("", each[0].slug)]
    book = gradebook.read(connection, course, columns, found, _wanted(asked), now=request.now)
    values = render.base_values(
        request,
        book=book,
        rows=[(names.of(row.member.person), row) for row in book.rows],
        everybody=len(everybody),
        lessons=[place for place, _ in every],
        groups=sorted(grouped),
        asked=asked,
        addresses=_addresses(asked, book),
        hidden=names.hidden,
        kept=_kept(request),
    )
    return call.Page(template="gradebook.html", values=values)


def names(request: call.Call) -> call.Redirect:
    """Hide names from the asking person, or show them again; back to where they were."""
    fields = request.body.fields
    hidden_names.put(request.connection, request.viewer, hidden=bool(fields.get("hidden")))
    back = dict(urllib.parse.parse_qsl(fields.get("back", "")[:2000]))
    back.pop("q", None)  # a name that was looked for is none any more, or becomes one
    return call.Redirect(to=f"/courses/{request.course.slug}/class{_query(back)}")


def _asked(query: Mapping[str, str], slugs: list[str], grouped: Mapping[str, set[int]]) -> dict[str, str]:
    """What the query says, of what there is."""
    order = query.get("sort", "")
    known = (gradebook.NAME, gradebook.TOTAL, *slugs)
    page = query.get("page", "")
    return {
        "q": query.get("q", "").strip()[:100],
        "group": query.get("group", "") if query.get("group", "") in grouped else "",
        "show": query.get("show", "") if query.get("show", "") in _ONLY else "",
        "lesson": query.get("lesson", "") if query.get("lesson", "") in slugs else "",
        "sort": order if order.removeprefix("-") in known and order != gradebook.NAME else "",
        "page": page if page.isascii() and page.isdigit() and int(page[:6]) > 1 else "",
    }


def _wanted(asked: Mapping[str, str]) -> gradebook.Wanted:
    """The same as the gradebook takes it."""
    return gradebook.Wanted(
        only=cast(gradebook.Only, asked["show"]),
        order=asked["sort"].removeprefix("-") or gradebook.NAME,
        down=asked["sort"].startswith("-"),
        page=int(asked["page"][:6] or "1"),
    )


def _found(
    everybody: list[model.Member],
    names: called.Names,
    asked: Mapping[str, str],
    grouped: Mapping[str, set[int]],
) -> list[model.Member]:
    """Who is asked for, in the order of what they are called."""
    some = grouped.get(asked["group"])
    found = [
        each
        for each in everybody
        if (some is None or each.person.id in some) and names.matches(each.person, asked["q"])
    ]
    return sorted(found, key=lambda each: (names.of(each.person).order, each.person.id))


def _addresses(asked: Mapping[str, str], book: gradebook.Book) -> dict[str, str]:
    """Where the page's links go: an order for each column, turned round where it holds; pages."""
    here = {**asked, "page": ""}
    sorts = {gradebook.NAME: ("", f"-{gradebook.NAME}")}
    for key in (gradebook.TOTAL, *(place.slug for place, _ in book.lessons)):
        sorts[key] = (f"-{key}", key)
    made = {}
    for key, (first, second) in sorts.items():
        made[key] = _query({**here, "sort": second if asked["sort"] == first else first}) or "?"
    if book.page > 1:
        made["Previous"] = _query({**asked, "page": str(book.page - 1) if book.page > 2 else ""}) or "?"
    if book.page < book.pages:
        made["Next"] = _query({**asked, "page": str(book.page + 1)})
    return {**made, "Here": _query(asked).removeprefix("?")}


def _query(asked: Mapping[str, str]) -> str:
    said = {name: value for name, value in asked.items() if value}
    return f"?{urllib.parse.urlencode(said)}" if said else ""


def _kept(request: call.Call) -> dict[str, Any]:
    """How much the course keeps, in words."""
    usual = request.service.course_quota
    holds = storage.of_course(request.connection, request.course.id, usual=usual)
    return {"used": storage.told(holds.used), "quota": storage.told(holds.quota) if holds.quota else ""}
