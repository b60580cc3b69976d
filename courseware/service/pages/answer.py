"""The question and the answer to an exercise as they are shown to who marks: HTML that can harm nobody.

In: a hand-in and an exercise. Out: the question as released and the answer as handed in, whose lines of code
have numbers, so that a note can name one; and the whole notebook, for a frame without rights.
"""

import re
from typing import Any

import markupsafe

from courseware import errors, language
from courseware.exchange import model as exchange_model
from courseware.exchange import releases
from courseware.grading import feedback
from courseware.notebook import cells, files, html
from courseware.service import access, call, render


def shown(
    request: call.Call, found: exchange_model.Submission, exercise: exchange_model.Exercise
) -> tuple[Any, Any]:
    """The question and the answer; None for one that is not there."""
    release = releases.by_id(request.connection, found.release_id)
    path = f"{exercise.notebook}.ipynb"
    texts: list[list[files.Cell]] = []
    for entries in (release.student, found.files):
        entry = next((each for each in entries if each.path == path), None)
        book = files.read(request.service.blobs.get(entry.sha256), name=path) if entry else {"cells": []}
        texts.append(book["cells"])
    question, answer = _asked(texts[0], exercise.key), _keyed(texts[1], exercise.key)
    told = language.pages(render.tongue(request))

    asked = markupsafe.Markup(html.cell(question, told=told)) if question else None
    said = markupsafe.Markup(_numbered(html.cell(answer, told=told))) if answer else None
    return asked, said


def whole(request: call.Call) -> call.Framed:
    """A notebook as it was handed in, with what it printed, as a document that may do nothing."""
    found, name = access.work(request), request.path["notebook"]
    entry = next((each for each in found.files if each.path == f"{name}.ipynb"), None)
    if entry is None:
        raise errors.UserError("This hand-in has no such notebook.", code="not-found")
    book = files.read(request.service.blobs.get(entry.sha256), name=entry.path)
    told = language.pages(render.tongue(request))
    shown = "".join(
        f'<section class="cell">{html.in_words(html.cell(cell, told=told))}</section>'
        for cell in book["cells"]
    )
    return call.Framed(html=feedback.document(shown, title=entry.path))


def _numbered(made: str) -> str:
    """The HTML of a cell with each line of its code by itself: no element of it spans two."""

    def put(match: re.Match[str]) -> str:
        lines = match[2].split("\n")
        told = "".join(
            f'<span class="line" id="line-{n}" data-line="{n}">{line}\n</span>'
            for n, line in enumerate(lines, 1)
        )
        return f"{match[1]}{told}{match[3]}"

    return re.sub(
        r'(\A<pre class="code"[^>]*><code>)(.*?)(</code></pre>)', put, made, count=1, flags=re.DOTALL
    )


def _keyed(found: list[files.Cell], key: str) -> files.Cell | None:
    """The cell of this grade_id."""
    return next((cell for cell in found if cells.grade_id(cell) == key), None)


def _asked(found: list[files.Cell], key: str) -> files.Cell | None:
    """What was asked: the text above the answer cell, or the task itself."""
    above: files.Cell | None = None
    for cell in found:
        if cells.grade_id(cell) == key:
            known = cells.marking(cell)
            return cell if known is not None and known.task else above
        if cell["cell_type"] == "markdown":
            above = cell
    return above
