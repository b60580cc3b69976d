"""The course's board, the list of a lesson, and beginning a discussion there or on the lesson's own page."""

import dataclasses
import urllib.parse
from collections.abc import Mapping
from typing import get_args

from courseware.course import permissions
from courseware.discussion import look, model, write
from courseware.exchange import fetch
from courseware.service import call, render
from courseware.service.api import discussions as api_discussions
from courseware.service.pages import lesson as lesson_page
from courseware.service.pages import writing


def read(request: call.Call) -> call.Page:
    """Discussions of the course, or of a lesson, newest first; `?kind=` is what the form begins with."""
    draft = writing.fresh(key=request.query.get("key"))
    wanted = (each for each in writing.kinds(request.viewer) if each == request.query.get("kind"))
    return page(request, dataclasses.replace(draft, kind=next(wanted, draft.kind)))


def page(request: call.Call, draft: writing.Draft) -> call.Page:
    """The list with its filters and the form to begin a discussion."""
    place = api_discussions.place(request)
    about = None
    texts: Mapping[str, model.CellText] = {}
    if place.lesson is not None:
        fetch.check_open(request.connection, request.viewer, place.lesson, now=request.now)
        texts = look.discussion(request.connection, request.viewer, place.lesson, now=request.now).texts
        about = texts.get(draft.key or "")
    found = api_discussions.listed(request)
    here = _address(place)
    values = render.base_values(
        request,
        here=here,
        addresses={name: _listed(request, here, filter=name) for name in get_args(model.Filter)},
        lesson=place.lesson,
        titles=api_discussions.titles(request),
        about=about,
        cells=texts,
        threads=found.threads,
        following=_listed(request, here, cursor=found.next) if found.next else None,
        filter=request.query.get("filter", "all"),
        query=request.query.get("q", ""),
        key=request.query.get("key"),
        draft=draft,
        kinds=writing.kinds(request.viewer),
        can=look.rights(request.viewer),
        moderates=request.may(permissions.Action.MODERATE),
    )
    return call.Page(template="discussions.html", values=values, status=draft.status)


def begin(request: call.Call) -> call.Page | call.Redirect:
    """Begin a discussion; from the lesson's own page one comes back to it when something is wrong."""

    def send(draft: writing.Draft) -> str:
        wish = model.Beginning(
            words=writing.words(draft),
            kind=draft.kind,
            title=draft.title,
            key=draft.key or None,
            moment=draft.moment,
        )
        place = api_discussions.place(request)
        made = write.begin(request.connection, request.viewer, place, wish, now=request.now)
        return f"/threads/{made.id}?told=posted"

    beside = "l" in request.path and request.body.fields.get("beside") == "yes"
    return writing.post(
        request,
        send,
        lambda draft: lesson_page.page(request, draft) if beside else page(request, draft),
    )


def _address(place: model.Place) -> str:
    """Where the list stands."""
    course = f"/courses/{place.course.slug}"
    return f"{course}/lessons/{place.lesson.slug}/threads" if place.lesson else f"{course}/threads"


def _listed(request: call.Call, here: str, **changed: str) -> str:
    """The list with one thing changed; another filter begins at its first page."""
    kept = {name: request.query[name] for name in ("filter", "q", "key") if name in request.query}
    return f"{here}?{urllib.parse.urlencode({**kept, **changed})}"
