"""The question and the answer to an exercise as they are shown to who marks: HTML that can harm nobody.

In: a hand-in and an exercise. Out: the question as released, the answer as handed in, and what the cells of
the notebook are called, so that a note can be put at each; on request all of them. Lines of code have
numbers, so that a note can name one. And the whole notebook, for a frame without rights.
"""

import dataclasses
import re
from typing import Any

import markupsafe

from courseware import errors, language
from courseware.exchange import model as exchange_model
from courseware.exchange import releases
from courseware.grading import feedback
from courseware.notebook import cells, files, html, places
from courseware.service import access, call, render


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of the hand-in: its name among `notebook.places`, its number from 1, its first words, what
    begins the ids of its lines, and its HTML, None where it is not asked for.
    """

    name: str
    number: int
    words: str
    line: str
    html: Any = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shown:
    """The question and the answer, None for one that is not there, and the cells of the notebook."""

    question: Any
    answer: Any
    cells: tuple[Cell, ...]

    def place(self, name: str) -> Cell | None:
        """The cell of this name."""
        return next((each for each in self.cells if each.name == name), None)


def shown(
    request: call.Call,
    found: exchange_model.Submission,
    exercise: exchange_model.Exercise,
    *,
    every: bool,
) -> Shown:
    """What is shown of a hand-in; with `every` all of its cells."""
    release = releases.by_id(request.connection, found.release_id)
    path = f"{exercise.notebook}.ipynb"
    texts: list[list[files.Cell]] = []
    for entries in (release.student, found.files):
        entry = next((each for each in entries if each.path == path), None)
        book = files.read(request.service.blobs.get(entry.sha256), name=path) if entry else {"cells": []}
        texts.append(book["cells"])
    question, answer = _asked(texts[0], exercise.key), _keyed(texts[1], exercise.key)
    told = language.pages(render.tongue(request))

    known = frozenset(
        str(each["grade_id"]) for each in release.anchors.get(exercise.notebook, ()) if each["grade_id"]
    )
    named = places.names(texts[1], known | {exercise.key})
    asked = markupsafe.Markup(html.cell(question, told=told)) if question else None
    said = markupsafe.Markup(_numbered(html.cell(answer, told=told), "line")) if answer else None
    return Shown(
        question=asked,
        answer=said,
        cells=tuple(
            Cell(
                name=name,
                number=number,
                words=places.words(cell),
                line="line" if name == exercise.key else f"cell-{number}-line",
                html=_whole(cell, number, name == exercise.key, told) if every else None,
            )
            for number, (name, cell) in enumerate(zip(named, texts[1], strict=True), 1)
        ),
    )


def _whole(cell: files.Cell, number: int, is_answer: bool, told: language.Words) -> markupsafe.Markup:
    """A cell with what it printed; a picture that it does not hold is told by its text."""
    line = "line" if is_answer else f"cell-{number}-line"
    return markupsafe.Markup(_numbered(html.in_words(html.cell(cell, told=told)), line))


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


def _numbered(made: str, line: str) -> str:
    """The HTML of a cell with each line of its code by itself: no element of it spans two. The ids of the
    lines begin with `line`.
    """

    def put(match: re.Match[str]) -> str:
        lines = match[2].split("\n")
        told = "".join(
            f'<span class="line" id="{line}-{n}" data-line="{n}">{said}\n</span>'
            for n, said in enumerate(lines, 1)
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
