"""The addresses of regrades that are tried out."""

from courseware.course.permissions import Action
from courseware.service import types_trials
from courseware.service.api import trials
from courseware.service.call import Route

_T = "/api/v1/courses/{c}/lessons/{l}/trial"

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path=_T,
        run=trials.start,
        summary="Try a regrade out; nothing is written",
        action=Action.REGRADE,
        request=types_trials.TrialRequest,
        answer=types_trials.Trial,
        status=201,
        mode="own",
        long=True,
    ),
    Route(
        method="GET",
        path=_T,
        run=trials.one,
        summary="What the regrade that was tried would change",
        action=Action.REGRADE,
        answer=types_trials.Trial,
    ),
    Route(
        method="GET",
        path=_T + "/progress",
        run=trials.progress,
        summary="How far it is",
        action=Action.REGRADE,
        answer=types_trials.TrialProgress,
    ),
    Route(
        method="POST",
        path=_T + "/apply",
        run=trials.apply,
        summary="Write the marks that were tried",
        action=Action.REGRADE,
        request=types_trials.TrialChoice,
        answer=types_trials.Trial,
        mode="own",
    ),
    Route(
        method="POST",
        path=_T + "/undo",
        run=trials.undo,
        summary="Have the marks as they were before",
        action=Action.REGRADE,
        request=types_trials.TrialChoice,
        answer=types_trials.Trial,
        mode="own",
    ),
    Route(
        method="POST",
        path=_T + "/drop",
        run=trials.drop,
        summary="Give up what was tried",
        action=Action.REGRADE,
        request=types_trials.TrialChoice,
        answer=types_trials.Trial,
        mode="own",
    ),
)
