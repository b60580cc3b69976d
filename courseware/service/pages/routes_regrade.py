"""The addresses of the page of a regrade that is tried out."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import late_trial, regrade

_R = "/courses/{c}/lessons/{l}/regrade"

_PAGE = Route(method="GET", path=_R, run=regrade.read, summary="Grade again", action=Action.REGRADE)
ROUTES: tuple[Route, ...] = (
    _PAGE,
    Route(
        method="POST",
        path=_R,
        run=regrade.start,
        summary="Try it out",
        action=Action.REGRADE,
        mode="own",
        long=True,
        page=_PAGE,
    ),
    Route(
        method="POST",
        path=_R + "/apply",
        run=regrade.apply,
        summary="Write what was tried",
        action=Action.REGRADE,
        mode="own",
        page=_PAGE,
    ),
    Route(
        method="POST",
        path=_R + "/undo",
        run=regrade.undo,
        summary="Have it as it was",
        action=Action.REGRADE,
        mode="own",
        page=_PAGE,
    ),
    Route(
        method="POST",
        path=_R + "/drop",
        run=regrade.drop,
        summary="Give it up",
        action=Action.REGRADE,
        mode="own",
        page=_PAGE,
    ),
    Route(
        method="GET",
        path=_R + "/late",
        run=late_trial.read,
        summary="The rule for late work, and another one tried",
        action=Action.REGRADE,
    ),
    Route(
        method="POST",
        path=_R + "/late",
        run=late_trial.put,
        once=True,
        summary="Have another rule for late work hold",
        action=Action.REGRADE,
        mode="write",
    ),
    Route(
        method="POST",
        path=_R + "/late/back",
        run=late_trial.take_back,
        once=True,
        summary="Take a rule for late work back",
        action=Action.REGRADE,
        mode="write",
    ),
)
