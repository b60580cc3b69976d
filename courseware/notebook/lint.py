"""Look over the source of a lesson before it is released; nothing is executed.

In: the source notebooks and the other files of a lesson. Out: findings. An `error` makes marks wrong or
leaks a solution and stops the release; a `warning` stops nothing; a `repaired` one was mended in the
release and is told. `CODES` is the list of all of them.
"""

import ast
import dataclasses
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from courseware import errors
from courseware.notebook import (
    cells,
    companions,
    figures,
    files,
    film_questions,
    films,
    kernel,
    loose,
    misspelt,
    questions,
    readable,
    settings_nbgrader,
    vtt,
)

Level = Literal["error", "warning", "repaired"]

CODES: dict[str, str] = {
    "unreadable": "a file that is named like a notebook and is none",
    "grade-id": "a marked cell whose grade_id is missing, empty, badly formed or used twice",
    "points": "a cell that gives marks and whose points are missing or no number",
    "cell-role": "a cell whose marks make no sense for its type",
    "region": "a BEGIN without its END, an END without its BEGIN, or one inside another",
    "region-place": "a solution outside a solution cell, or hidden tests outside a test cell",
    "leak": "a solution or a hidden test that students would get",
    "key-copy": "a solution or a hidden test that stands somewhere else in what students get",
    "key-like": "something that students get and that looks like a solution or a hidden test",
    "unsearched": "packed files in which nobody looked for the key, because they are too many or too large",
    "question": "a question that cannot be asked, or whose answer key students would get",
    "empty-test": "a test cell that tests nothing",
    "syntax": "a code cell of the key that Python cannot read",
    "no-answer": "a test without an answer cell above it",
    "open-helper": "a function that a test uses, in a cell that students can change",
    "old-schema": "metadata of an older nbgrader",
    "new-schema": "metadata of a newer nbgrader than is known here",
    "no-ids": "cells without ids",
    "kernel": "a kernel name that says which machine and not which language",
    **readable.CODES,
    "key-below-full": "a key that its own tests do not give full marks",
    "blank-above-zero": "an untouched copy that gets points",
    "missing-package": "a package that the course's environment lacks",
    "left-out": "a link in the lesson's folder, which no release takes",
    "dates": "dates in course.toml that contradict each other, or that no clock shows",
    "missing-file": "a file that the key opens and the lesson lacks",
    "video": "a video that the lesson lacks, or that is not written so that it plays",
    "captions": "a video without captions beside it, as are all that lie elsewhere",
    "descriptions": "a video without descriptions of what is only seen, and no reason why",
    "vtt": "captions, descriptions or chapters that players cannot read, or that overlap",
    "questions": "a question in a video that cannot be asked, or a part of one that nobody sees",
    "no-video": "a lesson that is done when its videos are watched, and has none",
    "no-check": "a lesson that is done when all is checked, and has nothing that is",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found where, and what to do."""

    code: str
    level: Level
    where: str
    message: str


_USUAL = settings_nbgrader.Delimiters()


def notebook(data: bytes, *, name: str, words: settings_nbgrader.Delimiters = _USUAL) -> list[Finding]:
    """The findings in one source notebook."""
    try:
        book = files.read(data, name=name)
    except errors.UserError as error:
        return [Finding(code="unreadable", level="error", where=name, message=error.message)]
    found = list(_book(book, name, had_ids=b'"id"' in data))
    seen: set[str] = set()
    reader = readable.Reader()
    above_is_answer = False
    for number, cell in enumerate(book["cells"], start=1):
        known = cells.marking(cell)
        where = f"{name}, cell {number}" + (f" ({known.grade_id})" if known and known.grade_id else "")
        found += _marks(cell, known, where, seen)
        found += _regions(cell, known, where, words)
        found += _asked(cell, where)
        if cell["cell_type"] == "markdown" and not (known and known.solution):
            found += _unreadable(reader, _read_by_students(cell), where)
        if cell["cell_type"] == "code" and not (known and known.solution):
            found += _nameless(cell, where)
        if known and known.kind == "tests" and cell["cell_type"] == "code" and not kernel.other(book):
            found += _tests(cell["source"], where)
        if known and known.kind == "tests" and not above_is_answer:
            found.append(
                _error("no-answer", where, "No answer cell stands above this test.", level="warning")
            )
        above_is_answer = above_is_answer or bool(known and known.solution)
    return found if kernel.other(book) else [*found, *_helpers(book, name)]


def companion(data: bytes, *, name: str, words: settings_nbgrader.Delimiters = _USUAL) -> list[Finding]:
    """The findings in a file beside the notebooks."""
    try:
        companions.split(data, name=name, words=words)
    except errors.UserError as error:
        return [Finding(code="region", level="error", where=name, message=error.message)]
    text = "" if b"\0" in data else data.decode(errors="replace")
    near = misspelt.lines(text, words=words)
    found = [_misspelt(f"{name}, line {number}", told, meant) for number, told, meant in near]
    return [*found, *_unreadable(readable.Reader(), text, name)] if name.endswith(".md") else found


def lesson(files_: Mapping[str, bytes], *, words: settings_nbgrader.Delimiters = _USUAL) -> list[Finding]:
    """The findings in a lesson: file name to bytes; `words` are the course's delimiters."""
    found: list[Finding] = []
    for name, data in sorted(files_.items()):
        if name.lower().endswith(".ipynb") and not name.endswith(".ipynb"):
            found.append(_error("unreadable", name, "Write the ending as .ipynb; solutions would stay in."))
        look = notebook if name.endswith(".ipynb") else companion
        found += look(data, name=name, words=words)
        found += _left(data, name, words)
        if name.lower().endswith(".vtt"):
            found += track(data, name)
    for each in films.placed(files_):
        found += _video(each, files_)
    return found


def left_out(path: str) -> Finding:
    """What is said of a link in the lesson's folder: it may lead anywhere, so no release takes it."""
    told = "A link is left out of the release. Put the file itself here, if students need it."
    return Finding(code="left-out", level="warning", where=path[:300], message=told)


def no_video(where: str) -> Finding:
    """What is said of a lesson without videos that is to be done when they are watched."""
    told = (
        'course.toml says complete = "watched", and no text of the lesson shows a video. Students are done as'
        " if nothing were said. Put a video into it, or say something else."
    )
    return Finding(code="no-video", level="warning", where=where, message=told)


def no_check(where: str) -> Finding:
    """What is said of a lesson that is to be done when all is checked, and has nothing that is."""
    told = (
        'course.toml says complete = "checked", and the lesson asks no question and has no exercise that the'
        " course checks. Students are done as if nothing were said. Ask a question, let the course check work"
        " before it is handed in (checks), or say something else."
    )
    return Finding(code="no-check", level="warning", where=where, message=told)


def track(data: bytes, name: str) -> Iterator[Finding]:
    """What is wrong with captions and the like."""
    asked = film_questions.read(data).problems if name.lower().endswith(".questions.vtt") else ()
    for code, problems in (("vtt", vtt.read(data).problems), ("questions", asked)):
        for problem in problems:
            level: Level = "error" if problem.severe else "warning"
            yield _error(code, f"{name}, line {problem.line}", problem.message, level=level)


def _video(placed: films.Placed, known: Mapping[str, bytes]) -> Iterator[Finding]:
    """Whether a video plays everywhere, and for everybody."""
    where, tag = placed.where, placed.tag
    if tag.inner or not tag.address:
        yield _error(
            "video", where, 'Write the address into the video itself: <video src="media/talk.webm">.'
        )
    if not tag.closed:
        yield _error("video", where, "The video has no </video>; what follows it would not be seen.")
    if films.is_remote(tag.address):
        told = "The video lies elsewhere and does not play on the course's pages. Put it into the lesson."
        yield _error("video", where, told, level="warning")
        # Not by a <track> either: JupyterLab takes the address out of it.
        told = (
            f"{tag.address[:80]} has no captions, because those of a video are files beside it."
            " Put both into the lesson: media/talk.webm and media/talk.en.vtt."
        )
        yield _error("captions", where, told)
    elif tag.address:
        path = films.resolve(placed.page, tag.address)
        if path is None or path not in known:
            yield _error("video", where, f"The lesson has no file {tag.address[:80]!r}.")
        else:
            yield from _for_everybody(where, films.of(path, known), tag)


def _for_everybody(where: str, film: films.Film, tag: films.Tag) -> Iterator[Finding]:
    """Whether who does not hear or see a video has it too."""
    stem = film.path.rsplit(".", 1)[0]
    if not film.captions:
        yield no_captions(where, film)
    if not film.descriptions and not tag.why:
        told = (
            f"{film.path} has no descriptions of what is only seen. Put them into {stem}.descriptions.vtt, or"
            ' say why none are needed: <video data-no-descriptions="All that is seen is said.">.'
        )
        yield _error("descriptions", where, told)


def no_captions(where: str, film: films.Film) -> Finding:
    """What is said of a video without captions."""
    stem = film.path.rsplit(".", 1)[0]
    told = f"{film.path} has no captions. Put them beside it, named by language: {stem}.en.vtt."
    return _error("captions", where, told)


def _left(data: bytes, name: str, words: settings_nbgrader.Delimiters) -> Iterator[Finding]:
    """A usual delimiter in a course that has its own: nothing would be taken out there."""
    for usual, own in ((_USUAL.solution, words.solution), (_USUAL.hidden, words.hidden)):
        if own != usual and usual[0].encode() in data:
            yield _error("leak", name, f"{usual[0]} stays in: this course writes {own[0]}.")


def _read_by_students(cell: files.Cell) -> str:
    """A text without the answer key, which is told where it is malformed."""
    try:
        return str(questions.released(cell)["source"])
    except errors.UserError:
        return ""


def _asked(cell: files.Cell, where: str) -> Iterator[Finding]:
    """Whether a question can be asked."""
    try:
        questions.of(cell)
    except errors.UserError as error:
        yield _error("question", where, error.message)


def _unreadable(reader: readable.Reader, source: str, where: str) -> Iterator[Finding]:
    """What keeps some students from reading a text; those of answers they do not get."""
    for code, message in reader.read(source):
        yield Finding(code=code, level="warning", where=where, message=message)


def _nameless(cell: files.Cell, where: str) -> Iterator[Finding]:
    """Figures of the author's code that feedback has no words for; no release holds the pictures."""
    for _ in range(figures.nameless(cell)):
        told = (
            "A figure that this code draws has no text alternative. Write what it shows into the cell's"
            ' metadata: {"alt": "what it shows"}. Of several, IPython.display.Image(…, alt="…") names one.'
        )
        yield _error("alt-text", where, told, level="warning")


def _misspelt(where: str, told: str, meant: str) -> Finding:
    """A line that was meant to be a delimiter: what it should have hidden would be handed out."""
    return _error("leak", where, f"{told!r} takes nothing out. Write {meant}, or say it in other words.")


def _error(code: str, where: str, message: str, *, level: Level = "error") -> Finding:
    return Finding(code=code, level=level, where=where, message=message)


def _book(book: files.Notebook, name: str, *, had_ids: bool) -> Iterator[Finding]:
    """What the release mends for the whole notebook."""
    if book["cells"] and not had_ids:
        yield _error("no-ids", name, "The cells have no ids; the release gives them some.", level="repaired")
    versions = {_meta(cell).get("schema_version", 0) for cell in book["cells"] if _meta(cell)}
    if any(isinstance(v, int) and v < 3 for v in versions):
        yield _error(
            "old-schema", name, "Metadata of an older nbgrader; brought to version 3.", level="repaired"
        )
    newest = max((v for v in versions if isinstance(v, int)), default=0)
    if newest > cells.SCHEMA:
        told = (
            f"Metadata of nbgrader's version {newest}; at most {cells.SCHEMA} is known here. Save it in that."
        )
        yield _error("new-schema", name, told)
    spec = book["metadata"].get("kernelspec")
    called = spec.get("name") if isinstance(spec, dict) else None
    if called != "python3" and not kernel.other(book):
        yield _error(
            "kernel", name, f"The kernel {called!r} is taken for the course's Python 3.", level="repaired"
        )


def _marks(cell: files.Cell, known: cells.Marking | None, where: str, seen: set[str]) -> Iterator[Finding]:
    """Whether the marks of a cell can work."""
    if known is None:
        return
    if not re.fullmatch(r"[a-zA-Z0-9_\-]+", known.grade_id):
        yield _error("grade-id", where, "Give the cell an id of letters, digits, - and _.")
    elif known.grade_id in seen:
        yield _error("grade-id", where, "Another cell has the same id. Give this one its own.")
    seen.add(known.grade_id)
    if known.grade and "points" not in _meta(cell):
        yield _error("points", where, "The cell gives marks but has no points.")
    elif (known.grade or known.task) and not _counts(_meta(cell)):
        told = str(_meta(cell).get("points"))[:40]
        yield _error("points", where, f"{told!r} are no points. Write a number of 0 or more.")
    markdown = cell["cell_type"] == "markdown"
    if markdown and not known.task and known.grade != known.solution:
        yield _error(
            "cell-role", where, "A text cell that gives marks must be an answer that a person marks."
        )
    if known.task and not markdown:
        yield _error("cell-role", where, "A task must be a text cell.")


def _counts(told: Mapping[str, Any]) -> bool:
    """Whether the points of a cell are a number; an older nbgrader wrote them as text too."""
    points, version = told.get("points", 0), told.get("schema_version", 0)
    if isinstance(points, str) and isinstance(version, int) and version < cells.SCHEMA:
        points = float(points) if points.replace(".", "", 1).isdigit() else 0 if not points else -1
    number = isinstance(points, int | float) and not isinstance(points, bool)
    return number and math.isfinite(points) and points >= 0


def _regions(
    cell: files.Cell, known: cells.Marking | None, where: str, words: settings_nbgrader.Delimiters
) -> Iterator[Finding]:
    """Whether solutions and hidden tests stand where they are taken out."""
    source = cell["source"]
    places = (
        (words.solution, known and known.solution, "A solution stands outside an answer cell"),
        (words.hidden, known and known.grade, "Hidden tests stand outside a test cell"),
        (words.scheme, known and known.task, "A mark scheme stands outside a task"),
    )
    for region, taken_out, sentence in places:
        problem = _unbalanced(source, region)
        if problem:
            yield _error("region", where, problem)
        if region[0] in source and not taken_out:
            yield _error("region-place", where, f"{sentence}; students would see it.")
    for number, told, meant in misspelt.lines(source, words=words):
        yield _misspelt(f"{where}, line {number}", told, meant)


def _tests(source: str, where: str) -> Iterator[Finding]:
    """Whether a test cell says anything."""
    plain = "\n".join("pass" if line.lstrip().startswith(("%", "!")) else line for line in source.split("\n"))
    if "AUTOTEST" in source:
        return
    try:
        body = ast.parse(plain).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        if (
            not any(line.lstrip().startswith(("%", "!", "?")) for line in source.split("\n"))
            and "await" not in source
        ):
            yield _error("syntax", where, "Python cannot read this test.", level="warning")
        return
    if all(isinstance(node, ast.Pass | ast.Import | ast.ImportFrom) for node in body):
        yield _error(
            "empty-test", where, "The test tests nothing; everybody would get the points.", level="warning"
        )


def _helpers(book: files.Notebook, name: str) -> Iterator[Finding]:
    """Functions that tests use and students can put others in the place of."""
    for each in loose.of(book):
        known = cells.marking(book["cells"][each.test - 1])
        where = f"{name}, cell {each.test}" + (f" ({known.grade_id})" if known else "")
        told = f"{each.name} stands in cell {each.cell}, which students can change. Lock that cell."
        yield _error("open-helper", where, f"The test uses a function of yours: {told}", level="warning")


def _unbalanced(source: str, region: tuple[str, str]) -> str:
    """What is wrong with the regions of one kind, or nothing."""
    inside = False
    for line in source.split("\n"):
        if region[0] in line:
            if inside:
                return f"{region[0]} stands inside another one."
            inside = True
        elif region[1] in line:
            if not inside:
                return f"{region[1]} has no {region[0]} above it; nothing would be taken out."
            inside = False
    return f"{region[0]} has no {region[1]}." if inside else ""


def _meta(cell: files.Cell) -> dict[str, Any]:
    found = cell["metadata"].get("nbgrader")
    return found if isinstance(found, dict) else {}
