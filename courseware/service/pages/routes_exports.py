"""The addresses of the pages of marks for another system."""

from courseware.course.permissions import Action
from courseware.service.api import exports as api
from courseware.service.call import Route
from courseware.service.pages import exports

_E = "/courses/{c}/exports"
ROUTES: tuple[Route, ...] = (
    Route(method="GET", path=_E, run=exports.read, summary="Marks to take along", action=Action.READ_GRADES),
    Route(
        method="GET",
        path=_E + "/moodle.csv",
        run=api.moodle,
        summary="Marks for Moodle",
        action=Action.READ_GRADES,
    ),
    Route(
        method="POST",
        path=_E + "/canvas",
        run=exports.canvas,
        summary="Marks for Canvas",
        action=Action.READ_GRADES,
        upload=True,
        body=5_000_000,
    ),
)
