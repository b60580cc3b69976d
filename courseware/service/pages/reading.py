"""A release to be read: its texts and notebooks cell by cell, with videos and questions.

In: a release, or a draft as one. Out: what the templates show, the same for students and for staff who look
at a draft.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import markupsafe

from courseware.discussion import cells
from courseware.exchange import fetch, model
from courseware.notebook import files, html
from courseware.service import call
from courseware.service.pages import films, quiz


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


def of_release(
    request: call.Call, release: model.Release, reel: films.Reel, asked: Mapping[str, quiz.Shown]
) -> dict[str, Any]:
    """What is read, and whether there are videos and questions in it."""
    notebooks = [entry.path for entry in release.student if entry.path.endswith(".ipynb")]
    prose = [entry.path for entry in release.student if entry.path.endswith(".md")]
    shown: list[dict[str, Any]] = [
        {"path": path, "cells": _cells(request, reel, release, path, asked)} for path in (*prose, *notebooks)
    ]
    return {
        "shown": shown,
        "notebooks": notebooks,
        "has_films": any(cell.videos for each in shown for cell in each["cells"]),
        "asks": bool(asked),
    }


def _cells(
    request: call.Call,
    reel: films.Reel,
    release: model.Release,
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
