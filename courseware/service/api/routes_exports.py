"""The addresses of marks for another system."""

from courseware.course.permissions import Action
from courseware.service import types_exports
from courseware.service.api import exports
from courseware.service.call import Route

_C = "/api/v1/courses/{c}"
ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_C + "/grades/moodle.csv",
        run=exports.moodle,
        summary="Everybody's marks as CSV for Moodle",
        action=Action.READ_GRADES,
        answer=bytes,
    ),
    Route(
        method="POST",
        path=_C + "/grades/canvas",
        run=exports.canvas,
        summary="Everybody's marks in an export of Canvas",
        action=Action.READ_GRADES,
        request=types_exports.CanvasRequest,
        answer=types_exports.CanvasFilled,
    ),
)
