"""The page of a draft release: what students would get, what the check said, and publishing it.

In: a lesson with a draft. Out: the draft to be read, or a release. The page names the draft by its id, so
that what is published is what was on it.
"""

import dataclasses
from typing import Any

from courseware.course import permissions
from courseware.exchange import draft_releases, releases
from courseware.notebook import files, html
from courseware.service import access, call, render, show, types_release
from courseware.service.api import draft_releases as api
from courseware.service.pages import films


def read(request: call.Call) -> call.Page:
    """The draft as students would get it, with the report for staff."""
    place = access.lesson(request)
    told = api.one(request)
    draft = draft_releases.find(request.connection, place.id)
    newest = releases.newest(request.connection, place.id)
    paths = sorted((e.path for e in draft.student), key=lambda path: (path.endswith(".ipynb"), path))
    base = f"/courses/{request.course.slug}/lessons/{place.slug}/draft-release/files/"
    reel = films.Reel(films.lesson(request, base, draft.student))
    shown = [
        {"path": path, "cells": _cells(request, reel, draft, path)}
        for path in paths
        if path.endswith((".md", ".ipynb"))
    ]
    values = render.base_values(
        request,
        lesson=show.lesson(request, place),
        draft=told,
        findings=told.report.get("findings", []),
        tests=told.report.get("exercises", []),
        number=newest.number + 1 if newest else 1,
        shown=shown,
        may_publish=request.may(permissions.Action.PUBLISH),
        may_regrade=newest is not None and request.may(permissions.Action.REGRADE),
    )
    return call.Page(template="draft_release.html", values=values)


def publish(request: call.Call) -> call.Redirect:
    """Publish the draft that was on the page."""
    choice = types_release.DraftReleaseChoice(id=request.body.fields.get("id", ""))
    api.publish(dataclasses.replace(request, body=choice))
    return call.Redirect(to=f"/courses/{request.course.slug}/lessons/{request.path['l']}")


def drop(request: call.Call) -> call.Redirect:
    """Drop the draft that was on the page."""
    api.drop(dataclasses.replace(request, query={"id": request.body.fields.get("id", "")}))
    return call.Redirect(to=f"/courses/{request.course.slug}")


def _cells(
    request: call.Call, reel: films.Reel, draft: draft_releases.DraftRelease, path: str
) -> list[dict[str, Any]]:
    """A notebook or a text of the draft as HTML that can harm nobody."""
    entry = next(each for each in draft.student if each.path == path)
    data = request.service.blobs.get(entry.sha256)
    if path.endswith(".md"):
        text = html.filming(data.decode(errors="replace"))
        made = reel.html(path, f'<div class="prose" dir="auto">{text}</div>')
        return [{"html": made, "videos": reel.taken()}]
    return [
        {"html": reel.html(path, html.cell(cell, prose=html.filming)), "videos": reel.taken()}
        for cell in files.read(data, name=path)["cells"]
    ]
