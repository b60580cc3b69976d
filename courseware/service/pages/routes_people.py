"""The addresses of forms about groups, and about what graders look after."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import grouping

_C = "/courses/{c}"
ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path=_C + "/groups",
        run=grouping.put,
        summary="Who is in a group",
        action=Action.CHANGE_PEOPLE,
        mode="write",
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
