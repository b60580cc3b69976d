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
from courseware.notebook import cells, files, html, places, written
from courseware.service import access, call, render


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of the hand-in: its name among `notebook.places`, its number from 1, its first words, how many
    lines it has, whether it is of the answer, what begins the ids of its lines, and its HTML, None where it
    is not asked for.
    """

    name: str
    number: int
    words: str
    lines: int
    answers: bool
    line: str
    html: Any = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shown:
    """The question, None if there is none, and the cells of the notebook; those of the answer have HTML. Of a
    task (`is_task`) they are what the student wrote below it.
    """

    question: Any
    is_task: bool
    cells: tuple[Cell, ...]

    @property
    def answer(self) -> tuple[Cell, ...]:
        """The cells of the answer."""
        return tuple(each for each in self.cells if each.answers)

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
    question, told = _asked(texts[0], exercise.key), language.pages(render.tongue(request))
    known = frozenset(
        str(each["grade_id"]) for each in release.anchors.get(exercise.notebook, ()) if each["grade_id"]
    )
    answers = frozenset(written.answer(texts[0], texts[1], exercise.key))
    made = []
    for place, (name, cell) in enumerate(
        zip(places.names(texts[1], known | {exercise.key}), texts[1], strict=True)
    ):
        line = "line" if name == exercise.key else f"cell-{place + 1}-line"
        made.append(
            Cell(
                name=name,
                number=place + 1,
                words=places.words(cell),
                lines=cell["source"].count("\n") + 1,
                answers=place in answers,
                line=line,
                html=_html(cell, line, told) if every or place in answers else None,
            )
        )
    return Shown(
        question=markupsafe.Markup(html.cell(question, told=told)) if question else None,
        is_task=written.asked(texts[0], exercise.key) is not None,
        cells=tuple(made),
    )


def _html(cell: files.Cell, line: str, told: language.Words) -> markupsafe.Markup:
    """A cell with what it printed; a picture that it does not hold is told by its text."""
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


def _asked(found: list[files.Cell], key: str) -> files.Cell | None:
    """What was asked: the text above the answer cell, or the task itself."""
    above: files.Cell | None = None
    for cell in found:
        if cells.grade_id(cell) == key:
            return written.asked([cell], key) or above
        if cell["cell_type"] == "markdown":
            above = cell
    return above
