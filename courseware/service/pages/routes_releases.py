"""The addresses of the page of a lesson's releases."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import releases

_R = "/courses/{c}/lessons/{l}/releases"

ROUTES: tuple[Route, ...] = (
    Route(method="GET", path=_R, run=releases.read, summary="Releases", action=Action.READ_DRAFTS),
)
