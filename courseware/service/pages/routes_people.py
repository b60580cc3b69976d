"""The addresses of forms about people: a class list, one person's place, groups, what graders look after."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import class_list, grouping, membership, staff

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
    Route(
        method="POST",
        path=_C + "/people/import",
        run=class_list.look,
        summary="Look at a class list",
        action=Action.CHANGE_PEOPLE,
        mode="write",
        upload=True,
        body=5_000_000,
    ),
    Route(
        method="POST",
        path=_C + "/people/import/take",
        run=class_list.take,
        summary="Take a class list",
        action=Action.CHANGE_PEOPLE,
        mode="write",
        body=5_000_000,
    ),
    Route(
        method="POST",
        path=_C + "/people/{p}/change",
        run=membership.change,
        summary="Change somebody",
        action=Action.CHANGE_PEOPLE,
        mode="write",
    ),
    Route(
        method="POST",
        path=_C + "/people/{p}/end",
        run=membership.end,
        summary="End a membership",
        action=Action.CHANGE_PEOPLE,
        mode="write",
    ),
    Route(
        method="POST",
        path=_C + "/people/{p}/back",
        run=membership.back,
        summary="Bring somebody back",
        action=Action.CHANGE_PEOPLE,
        mode="write",
    ),
)
