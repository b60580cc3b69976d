"""The addresses of the page of a lesson's releases."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import releases

_R = "/courses/{c}/lessons/{l}/releases"

ROUTES: tuple[Route, ...] = (
    Route(method="GET", path=_R, run=releases.read, summary="Releases", action=Action.READ_DRAFTS),
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
    ),
)
