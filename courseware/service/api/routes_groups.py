"""The addresses of changes of people, of groups, and of what graders look after."""

from courseware.course.permissions import Action
from courseware.service import types_groups as types
from courseware.service import types_people
from courseware.service.api import groups, people
from courseware.service.call import Route

_C = "/api/v1/courses/{c}"

ROUTES: tuple[Route, ...] = (
    Route(
        method="PATCH",
        path=_C + "/people/{p}",
        run=people.change,
        summary="Change somebody, or bring them back",
        action=Action.CHANGE_PEOPLE,
        request=types_people.PersonChange,
        answer=types_people.Member,
        mode="write",
    ),
    Route(
        method="GET",
        path=_C + "/groups",
        run=groups.listed,
        summary="The groups",
        action=Action.READ_PEOPLE,
        answer=types.Groups,
    ),
    Route(
        method="PUT",
        path=_C + "/groups/{g}",
        run=groups.change,
        summary="Say who is in a group",
        action=Action.CHANGE_PEOPLE,
        request=types.GroupChange,
        answer=types.Group,
        mode="write",
    ),
    Route(
        method="GET",
        path=_C + "/people/{p}/duty",
        run=groups.duty,
        summary="What a grader looks after",
        action=Action.READ_PEOPLE,
        answer=types.Duty,
    ),
    Route(
        method="PUT",
        path=_C + "/people/{p}/duty",
        run=groups.change_duty,
        summary="Limit a grader to lessons and groups",
        action=Action.CHANGE_PEOPLE,
        request=types.Duty,
        answer=types.Duty,
        mode="write",
    ),
)
