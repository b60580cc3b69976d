"""A lesson's page: the release to be read, what is said about each cell in reading order, and handing in."""

import dataclasses
import secrets
from collections.abc import Mapping
from typing import Any

import markupsafe

from courseware.course import permissions
from courseware.discussion import cells, look, model
from courseware.exchange import fetch
from courseware.exchange import model as exchange_model
from courseware.notebook import files, html
from courseware.progress import watched
from courseware.service import access, call, render, show
from courseware.service.api import lessons as api_lessons
from courseware.service.api import submissions as api_submissions
from courseware.service.pages import checks, films, quiz, writing


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell as it is shown; `key` is its place in discussions, None where it has none. Of one that asks a
    question the HTML is what is asked, without the answers to choose from.
    """

    id: str
    key: str | None
    title: str
    html: markupsafe.Markup
    videos: tuple[films.Shown, ...] = ()
    asked: quiz.Shown | None = None


def read(request: call.Call) -> call.Page:
    """The lesson; `?ask=KEY` opens the form at that cell, `&at=SECOND` for a moment of its video."""
    moment = writing.second(request.query.get("at", ""))
    return page(request, writing.fresh(key=request.query.get("ask"), moment=moment))


def page(request: call.Call, draft: writing.Draft, sent: quiz.Sent | None = None) -> call.Page:
    """A lesson to be read, its files, its questions and discussions, and the form to hand in; `sent` is an
    answer that was refused.
    """
    place = access.lesson(request)
    release = fetch.release(request.connection, request.viewer, place, None, now=request.now)
    notebooks = [entry.path for entry in release.student if entry.path.endswith(".ipynb")]
    prose = [entry.path for entry in release.student if entry.path.endswith(".md")]
    base = f"/courses/{request.course.slug}/lessons/{place.slug}/files/"
    seen = watched.of_lesson(request.connection, request.viewer, place)
    reel = films.Reel(films.lesson(request, base, release.student, seen))
    asked = quiz.of_lesson(request, sent)
    shown: list[dict[str, Any]] = [
        {"path": path, "cells": _cells(request, reel, release, path, asked)} for path in (*prose, *notebooks)
    ]
    told = show.lesson(request, place)
    values = render.base_values(
        request,
        lesson=told,
        checks=checks.of_lesson(request, told),
        release=show.release(release),
        submissions=api_submissions.listed(request).submissions,
        notebooks=notebooks,
        shown=shown,
        has_films=any(cell.videos for each in shown for cell in each["cells"]),
        asks=bool(asked),
        form_key=secrets.token_urlsafe(24),
        may_submit=request.may(permissions.Action.SUBMIT),
        may_regrade=request.may(permissions.Action.REGRADE),
        may_release=request.may(permissions.Action.RELEASE_MARKS),
        may_hold=request.may(permissions.Action.HOLD),
        draft=draft,
        kinds=writing.kinds(request.viewer, announce=False),
        can=look.rights(request.viewer),
        set_comment=writing.html(told.set_mark.comment) if told.set_mark and told.set_mark.comment else "",
        **_said(request, shown),
    )
    return call.Page(template="lesson.html", values=values, status=sent.status if sent else draft.status)


def _said(request: call.Call, shown: list[dict[str, Any]]) -> Mapping[str, Any]:
    """What is said at each cell, and about cells that the lesson has no more."""
    if not request.may(permissions.Action.TALK):
        return {"threads": {}, "counts": {}, "gone": {}, "moments": {}, "talks": False}
    place = access.lesson(request)
    told = look.discussion(request.connection, request.viewer, place, now=request.now)
    threads = look.beside(request.connection, request.viewer, place, now=request.now)
    here = {cell.key for each in shown for cell in each["cells"]}
    gone = {key: told.texts.get(key) for key in threads if key is not None and key not in here}
    counts: dict[str | None, model.Count] = {None: told.general}
    counts.update(told.cells)
    said = {"threads": threads, "counts": counts, "gone": gone, "moments": told.moments}
    return {**said, "talks": True}


def _cells(
    request: call.Call,
    reel: films.Reel,
    release: exchange_model.Release,
    path: str,
    asked: Mapping[str, quiz.Shown],
) -> list[Cell]:
    """A notebook or a text of the release as HTML that can harm nobody."""
    data = fetch.file(request.service.blobs, release, path)
    if path.endswith(".md"):
        text = html.filming(data.decode(errors="replace"))
        made = reel.html(path, f'<div class="prose" dir="auto">{text}</div>')
        return [Cell(id="", key=None, title=path, html=made, videos=reel.taken())]
    keys = {
        told["id"]: (told["key"], told["source"])
        for told in release.anchors.get(path.removesuffix(".ipynb"), ())
    }
    found = []
    for cell in files.read(data, name=path)["cells"]:
        key, source = keys.get(cell["id"], (None, ""))
        question = asked.get(key) if key else None
        cell = {**cell, "source": question.told.prompt} if question else cell
        made = reel.html(path, html.cell(cell, prose=html.filming))
        title = cells.heading(source)
        found.append(
            Cell(id=cell["id"], key=key, title=title, html=made, videos=reel.taken(), asked=question)
        )
    return found


def file(request: call.Call) -> call.File:
    """A file of the newest release."""
    return api_lessons.release_file(request)


def pack(request: call.Call) -> call.File:
    """The newest release to take along."""
    return api_lessons.release_pack(request)
