"""The addresses of the pages of dates. A route names the right it needs."""

from courseware.course.permissions import Action
from courseware.service.api import calendar
from courseware.service.call import Route
from courseware.service.pages import group_dates, schedule

_PC = "/courses/{c}"
_PP = _PC + "/people/{p}"
_PG = _PC + "/groups/{g}"
_MINE = Route(
    method="GET",
    path=_PC + "/dates",
    run=schedule.mine,
    summary="My dates",
    action=Action.PLAN,
    visit=True,
)
_PERSON = Route(
    method="GET",
    path=_PP + "/dates",
    run=schedule.person,
    summary="A person's dates",
    action=Action.EXTEND,
)
_GROUP = Route(
    method="GET",
    path=_PG + "/dates",
    run=group_dates.read,
    summary="A group's dates",
    action=Action.EXTEND,
)
ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/calendar/{token}",
        run=calendar.feed,
        summary="One's own dates, for a calendar",
        mode="own",
        public=True,
    ),
    Route(
        method="POST",
        path=_PC + "/dates/calendar",
        run=schedule.calendar_address,
        summary="An address for a calendar",
        action=Action.PLAN,
        mode="write",
        page=_MINE,
    ),
    _MINE,
    Route(
        method="POST",
        path=_PC + "/dates",
        run=schedule.change,
        once=True,
        summary="Change my plan",
        action=Action.PLAN,
        mode="write",
        page=_MINE,
    ),
    _PERSON,
    Route(
        method="POST",
        path=_PP + "/allowances",
        run=schedule.grant,
        once=True,
        summary="Grant",
        action=Action.EXTEND,
        mode="write",
        page=_PERSON,
    ),
    Route(
        method="POST",
        path=_PP + "/allowances/{a}/end",
        run=schedule.take_back,
        summary="Take back",
        action=Action.EXTEND,
        mode="write",
        page=_PERSON,
    ),
    _GROUP,
    Route(
        method="POST",
        path=_PG + "/allowances",
        run=group_dates.grant,
        once=True,
        summary="Grant to a group",
        action=Action.EXTEND,
        mode="write",
        page=_GROUP,
    ),
    Route(
        method="POST",
        path=_PG + "/allowances/{a}/end",
        run=group_dates.take_back,
        summary="Take back from a group",
        action=Action.EXTEND,
        mode="write",
        page=_GROUP,
    ),
    Route(
        method="POST",
        path="/submissions/{s}/chosen",
        run=schedule.choose,
        summary="Let it count",
        action=Action.SUBMIT,
        mode="write",
    ),
)
