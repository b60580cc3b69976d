"""The addresses of people's own dates. A route names the right it needs."""

from courseware.course.permissions import Action
from courseware.service import types, types_schedule
from courseware.service.api import calendar, schedule
from courseware.service.call import Route

_C = "/api/v1/courses/{c}"
_P = _C + "/people/{p}/allowances"

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path=_C + "/calendar",
        run=calendar.make,
        summary="An address that a calendar reads one's own dates from",
        action=Action.PLAN,
        answer=types_schedule.CalendarAddress,
        status=201,
        mode="write",
        secret=True,
    ),
    Route(
        method="GET",
        path=_P,
        run=schedule.of_person,
        summary="A person's dates and what was granted to them",
        action=Action.EXTEND,
        answer=types_schedule.PersonDates,
    ),
    Route(
        method="POST",
        path=_P,
        run=schedule.grant,
        summary="Grant an extension, an accommodation or a waiver",
        action=Action.EXTEND,
        request=types_schedule.AllowanceRequest,
        answer=types_schedule.PersonDates,
        status=201,
        mode="write",
    ),
    Route(
        method="DELETE",
        path=_P + "/{a}",
        run=schedule.take_back,
        summary="Take back what was granted",
        action=Action.EXTEND,
        status=204,
        mode="write",
    ),
    Route(
        method="GET",
        path=_C + "/plan",
        run=schedule.plan,
        summary="Own dates, and why they are so",
        action=Action.PLAN,
        answer=types_schedule.Plan,
    ),
    Route(
        method="POST",
        path=_C + "/plan",
        run=schedule.change_plan,
        summary="Shift own dates, choose weekly hours, pause, or move",
        action=Action.PLAN,
        request=types_schedule.PlanRequest,
        answer=types_schedule.Plan,
        mode="write",
    ),
    Route(
        method="PUT",
        path="/api/v1/submissions/{s}/chosen",
        run=schedule.choose,
        summary="Let this hand-in count",
        action=Action.SUBMIT,
        answer=types.Submission,
        mode="write",
    ),
)
