"""The page of somebody's news: what is not read first, each with a link to what it is about.

In: a course, whose news it is, and what they have seen. Out: the page, and the way to the post, hand-in or
lesson. Going there is having seen it, as reading a discussion is.
"""

from courseware.course import lessons
from courseware.discussion import cells, shown
from courseware.notices import items, model
from courseware.notices import notices as table
from courseware.service import call, render

Cells = dict[tuple[str, str], tuple[str, str]]


def read(request: call.Call) -> call.Page:
    """All news, page by page; what is not read is first on each."""
    connection, viewer, now = request.connection, request.viewer, request.now
    fresh = items.unread(connection, viewer, now=now)
    told = items.page(connection, viewer, cursor=request.query.get("cursor"), now=now)
    above = {each.id for each in fresh}
    earlier = [each for each in told.notices if each.id not in above]
    values = render.base_values(
        request,
        fresh=fresh,
        earlier=earlier,
        cells=_cells(request, [*fresh, *earlier]),
        following=told.next,
        first="cursor" not in request.query,
        excerpt=shown.excerpt,
        mail=request.service.teller.sender is not None,
    )
    return call.Page(template="notices.html", values=values)


def _cells(request: call.Call, told: list[model.Item]) -> Cells:
    """For lesson and key the address and the first line of a cell that is in the newest release."""
    found: Cells = {}
    for slug in {each.slug for each in told if each.slug and each.key}:
        lesson = lessons.find(request.connection, request.course, slug)
        for key, cell in cells.newest(request.connection, lesson.id).items():
            address = f"/courses/{request.course.slug}/lessons/{slug}#cell-{cell.id}"
            found[slug, key] = (address, cell.title)
    return found


def go(request: call.Call) -> call.Redirect:
    """To what a notice is about; it is seen then."""
    found = items.one(request.connection, request.viewer, request.path["n"], now=request.now)
    _saw(request, [found.id])
    return call.Redirect(to=found.place)


def saw(request: call.Call) -> call.Redirect:
    """The notices that are named were seen."""
    _saw(request, request.body.fields.get("notices", "").split()[:500])
    return call.Redirect(to=f"/courses/{request.course.slug}/notices")


def _saw(request: call.Call, publics: list[str]) -> None:
    viewer = request.viewer
    table.saw(request.connection, viewer.person.id, viewer.course.id, publics, now=request.now)
