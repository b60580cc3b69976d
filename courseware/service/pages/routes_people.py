"""The addresses of forms about groups, and about what graders look after."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import grouping, staff

_C = "/courses/{c}"
PEOPLE = Route(
    method="GET", path=_C + "/people", run=staff.people_page, summary="People", action=Action.READ_PEOPLE
)
ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path=_C + "/groups",
        run=grouping.put,
        summary="Who is in a group",
        action=Action.CHANGE_PEOPLE,
        mode="write",
        page=PEOPLE,
    ),
    Route(
        method="POST",
        path=_C + "/people/{p}/duty",
        run=grouping.limit,
        summary="What a grader looks after",
        action=Action.CHANGE_PEOPLE,
        mode="write",
    ),
)
