"""The page behind the link that ends letters: looking changes nothing, the button or a mail program's one
click does.
"""

from typing import Any

from courseware.course import courses
from courseware.notices import unsubscribe
from courseware.service import call, render


def look(request: call.Call) -> call.Page:
    """What the link would end."""
    return _page(
        request,
        unsubscribe.look(request.connection, request.service.mail_secret, request.path["token"]),
        False,
    )


def end(request: call.Call) -> call.Page:
    """End it."""
    return _page(
        request, unsubscribe.end(request.connection, request.service.mail_secret, request.path["token"]), True
    )


def _page(request: call.Call, ending: Any, ended: bool) -> call.Page:
    course = courses.by_id(request.connection, ending.course_id)
    values = render.base_values(
        request, title=course.title, slug=course.slug, kinds=ending.kinds, ended=ended
    )
    return call.Page(template="unsubscribe.html", values=values)
