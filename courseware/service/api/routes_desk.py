"""The addresses of what staff decide at their desk about a lesson that is out: its rule for late work."""

from courseware.course.permissions import Action
from courseware.service import types_late
from courseware.service.api import late_rules
from courseware.service.call import Route

_L = "/api/v1/courses/{c}/lessons/{l}"
_R = _L + "/late-rules"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_R,
        run=late_rules.of_lesson,
        summary="What late work loses in a lesson, and who said so",
        action=Action.REGRADE,
        answer=types_late.LateRules,
    ),
    Route(
        method="GET",
        path=_R + "/comparison",
        run=late_rules.comparison,
        summary="What another rule for late work would change (`?rule=LINE`, or `?back=ID`)",
        action=Action.REGRADE,
        answer=types_late.LateComparison,
    ),
    Route(
        method="POST",
        path=_R,
        run=late_rules.put,
        summary="Have another rule for late work hold, over course.toml",
        action=Action.REGRADE,
        request=types_late.LateRuleRequest,
        answer=types_late.LateRules,
        status=201,
        mode="write",
    ),
    Route(
        method="POST",
        path=_R + "/{r}/end",
        run=late_rules.end,
        summary="Take the newest rule for late work back",
        action=Action.REGRADE,
        request=types_late.LateRuleEnd,
        answer=types_late.LateRules,
        mode="write",
    ),
)
