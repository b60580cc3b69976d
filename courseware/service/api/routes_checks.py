"""The addresses of checks on the course. A route names the right it needs."""

from courseware.course.permissions import Action
from courseware.service import types_checks
from courseware.service.api import checks
from courseware.service.call import Route

_L = "/api/v1/courses/{c}/lessons/{l}/checks"

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path=_L,
        run=checks.ask,
        summary="Have an exercise of the kept copy, or else of the last hand-in, checked",
        action=Action.CHECK,
        request=types_checks.CheckRequest,
        answer=types_checks.Check,
        status=202,
        mode="own",
    ),
    Route(
        method="GET",
        path=_L + "/{k}",
        run=checks.one,
        summary="How a check stands",
        action=Action.CHECK,
        answer=types_checks.Check,
    ),
)
