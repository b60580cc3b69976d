"""The page of a draft release: what students would get, what the check said, and publishing it.

In: a lesson with a draft. Out: the draft to be read, or a release. The page names the draft by its id, so
that what is published is what was on it.
"""

import dataclasses
from typing import Any

import markupsafe

from courseware.course import permissions
from courseware.exchange import draft_releases, releases
from courseware.notebook import files, html
from courseware.service import access, call, render, show, types_release
from courseware.service.api import draft_releases as api


def read(request: call.Call) -> call.Page:
    """The draft as students would get it, with the report for staff."""
    place = access.lesson(request)
    told = api.one(request)
    draft = draft_releases.find(request.connection, place.id)
    newest = releases.newest(request.connection, place.id)
    paths = sorted((e.path for e in draft.student), key=lambda path: (path.endswith(".ipynb"), path))
    shown = [
        {"path": path, "cells": _cells(request, place.slug, draft, path)}
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
    request: call.Call, slug: str, draft: draft_releases.DraftRelease, path: str
) -> list[dict[str, Any]]:
    """A notebook or a text of the draft as HTML that can harm nobody."""
    entry = next(each for each in draft.student if each.path == path)
    data = request.service.blobs.get(entry.sha256)
    base = f"/courses/{request.course.slug}/lessons/{slug}/draft-release/files/"

    def safe(made: str) -> markupsafe.Markup:
        # Sanitised in notebook.html; only relative pictures and links get the address of the draft's files.
        return markupsafe.Markup(html.rebased(made, base, path))

    if path.endswith(".md"):
        prose = f'<div class="prose" dir="auto">{html.markdown(data.decode(errors="replace"))}</div>'
        return [{"html": safe(prose)}]
    return [{"html": safe(html.cell(cell))} for cell in files.read(data, name=path)["cells"]]
