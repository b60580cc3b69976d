"""The addresses of requests for another look at a mark."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import requests, routes_discussions

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path="/submissions/{s}/requests",
        run=requests.ask,
        once=True,
        summary="Ask for another look at a mark",
        action=Action.TALK,
        mode="write",
    ),
    Route(
        method="POST",
        path="/threads/{t}/decision",
        run=requests.decide,
        once=True,
        summary="Decide a request for another look",
        action=Action.MARK,
        mode="write",
        page=routes_discussions.THREAD,
    ),
)
