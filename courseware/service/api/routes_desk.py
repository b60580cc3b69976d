"""The addresses of what staff decide at their desk about a lesson: which release students get and when, the
rule for late work, and what becomes of a request for another look.
"""

from courseware.course.permissions import Action
from courseware.service import types, types_late, types_release, types_requests
from courseware.service.api import desk, late_rules, requests
from courseware.service.call import Route

_L = "/api/v1/courses/{c}/lessons/{l}"
_R = _L + "/late-rules"
_N = _L + "/releases/{n}"
_S = "/api/v1/submissions/{s}/requests"

RELEASES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_L + "/desk",
        run=desk.of_lesson,
        summary="How a lesson stands with its releases: offered, planned, withdrawn, held",
        action=Action.DRAFT,
        answer=types_release.Desk,
    ),
    Route(
        method="PUT",
        path=_L + "/draft-release/plan",
        run=desk.plan,
        summary="Publish the draft at a time",
        action=Action.PUBLISH,
        request=types_release.PlanRelease,
        answer=types_release.Desk,
        mode="write",
    ),
    Route(
        method="DELETE",
        path=_L + "/draft-release/plan",
        run=desk.cancel,
        summary="Publish the draft at no time (`?id=`)",
        action=Action.PUBLISH,
        status=204,
        mode="write",
    ),
    Route(
        method="PUT",
        path=_N + "/withdrawal",
        run=desk.withdraw,
        summary="Offer a release no more",
        action=Action.PUBLISH,
        request=types_release.WithdrawRequest,
        answer=types_release.Desk,
        mode="write",
    ),
    Route(
        method="DELETE",
        path=_N + "/withdrawal",
        run=desk.offer,
        summary="Offer a release again",
        action=Action.PUBLISH,
        status=204,
        mode="write",
    ),
    Route(
        method="PUT",
        path=_N + "/notes",
        run=desk.note,
        summary="Other release notes",
        action=Action.PUBLISH,
        request=types_release.NotesRequest,
        answer=types.ReleaseRef,
        mode="write",
    ),
)
REQUESTS: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/api/v1/courses/{c}/requests",
        run=requests.of_course,
        summary="Requests for another look at a mark (`?lesson=`, `?show=all`)",
        action=Action.MARK,
        answer=types_requests.RegradeRequests,
    ),
    Route(
        method="GET",
        path=_S,
        run=requests.of_submission,
        summary="Requests for another look at a hand-in",
        action=Action.READ_OWN_WORK,
        answer=types_requests.RegradeRequests,
    ),
    Route(
        method="POST",
        path=_S,
        run=requests.ask,
        summary="Ask for another look at a mark",
        action=Action.TALK,
        request=types_requests.AskRequest,
        answer=types_requests.RegradeRequest,
        status=201,
        mode="write",
    ),
    Route(
        method="PUT",
        path="/api/v1/threads/{t}/decision",
        run=requests.decide,
        summary="Decide a request for another look",
        action=Action.MARK,
        request=types_requests.DecisionRequest,
        answer=types_requests.RegradeRequest,
        mode="write",
    ),
)
ROUTES: tuple[Route, ...] = (
    *RELEASES,
    *REQUESTS,
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
