"""The addresses of what people watched. A route names the right it needs."""

from courseware.course.permissions import Action
from courseware.service import types_watched
from courseware.service.api import watched
from courseware.service.call import Route

_W = "/api/v1/courses/{c}/lessons/{l}/watched"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_W,
        run=watched.listed,
        summary="What one watched of a lesson's videos",
        action=Action.WATCH,
        answer=types_watched.WatchedVideos,
    ),
    Route(
        method="PUT",
        path=_W,
        run=watched.note,
        summary="Tell what was watched; spans are united",
        action=Action.WATCH,
        request=types_watched.WatchedReport,
        answer=types_watched.Watched,
        mode="write",
    ),
)
