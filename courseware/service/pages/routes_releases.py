"""The addresses of the pages of a lesson's releases and of wrong answers."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import releases, wrong_answers

_W = "/courses/{c}/lessons/{l}/draft-release/wrong-answers"
_R = "/courses/{c}/lessons/{l}/releases"

RELEASES = Route(method="GET", path=_R, run=releases.read, summary="Releases", action=Action.READ_DRAFTS)
ROUTES: tuple[Route, ...] = (
    RELEASES,
    Route(
        method="POST",
        path=_R + "/{n}/withdraw",
        run=releases.withdraw,
        summary="Offer a release no more",
        action=Action.PUBLISH,
        mode="write",
    ),
    Route(
        method="POST",
        path=_R + "/{n}/offer",
        run=releases.offer,
        summary="Offer a release again",
        action=Action.PUBLISH,
        mode="write",
    ),
    Route(
        method="POST",
        path=_R + "/{n}/notes",
        run=releases.note,
        summary="Other release notes",
        action=Action.PUBLISH,
        mode="write",
        page=RELEASES,
    ),
    Route(
        method="GET",
        path=_W,
        run=wrong_answers.read,
        summary="Wrong answers that get full marks",
        action=Action.READ_DRAFTS,
    ),
    Route(
        method="POST",
        path=_W,
        run=wrong_answers.start,
        summary="Try the tests with wrong answers",
        action=Action.PUBLISH,
        mode="own",
    ),
    Route(
        method="POST",
        path=_W + "/right",
        run=wrong_answers.say,
        summary="A wrong answer is right after all, or not",
        action=Action.PUBLISH,
        mode="write",
    ),
)
