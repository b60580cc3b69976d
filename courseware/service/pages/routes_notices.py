"""The addresses of the pages of news, and of what somebody chose about letters."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import notices, preferences

_N = "/courses/{c}/notices"
_P = "/courses/{c}/preferences"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET", path=_N, run=notices.read, summary="One's news", action=Action.READ_COURSE, visit=True
    ),
    Route(
        method="POST",
        path=_N,
        run=notices.saw,
        summary="Mark news as read",
        action=Action.READ_COURSE,
        mode="write",
    ),
    Route(
        method="GET",
        path=_N + "/{n}",
        run=notices.go,
        summary="To what a notice is about",
        action=Action.READ_COURSE,
        mode="write",
    ),
    Route(
        method="GET",
        path=_P,
        run=preferences.read,
        summary="Which letters one gets",
        action=Action.READ_COURSE,
    ),
    Route(
        method="POST",
        path=_P,
        run=preferences.save,
        summary="Choose letters",
        action=Action.READ_COURSE,
        mode="write",
    ),
)
