"""Whatever somebody writes is read in time that grows like its length: through every door that takes it."""

import time
from collections.abc import Callable

import pytest

from courseware.discussion import markup
from courseware.grading import feedback, likeness, marks, pipeline
from courseware.interchange import spreadsheet
from courseware.mail import inbound, received
from courseware.notebook import (
    companions,
    files,
    html,
    imports,
    leaks,
    loose,
    release,
    settings_nbgrader,
    vtt,
)
from tests.notebook import build

SHORT, LONG = 6_000, 24_000
FLOOR = 0.2
"""Seconds that nobody waits for, whatever they grow like."""
STEEPEST = 9
"""Four times as much takes four times as long where it is in proportion, sixteen times in the square."""
SIGNS = (
    *("<", "[", "`", "$", "&", "\\", " ", "\n", "<!--", "![", "{", "(", "*", "_", "| ", "> ", "- ", "#"),
    *("<a ", "<v ", "<?", "<![CDATA[", "<script>", "</script ", "\x1b[", "[a](", "@[", "http://", "0x", "1"),
)
BODY = "def f(x):\n    ### BEGIN SOLUTION\n    return x * 3 + 1234567 - 7654321 * x\n    ### END SOLUTION"


def displayed(kind: str, before: str = "") -> Callable[[str], object]:
    """Something that a cell showed."""

    def read(text: str) -> object:
        return html.output({"output_type": "display_data", "data": {kind: before + text}})

    return read


def told(text: str) -> object:
    """The feedback on an answer that says and prints this."""
    cell: files.Cell = {**build.cell(text, "markdown"), "id": "a"}
    shown: files.Cell = {**build.cell("1"), "id": "b"}
    shown = {**shown, "outputs": [{"output_type": "display_data", "data": {"text/html": f"<script>{text}"}}]}
    book = build.book(cell, shown)
    known: dict[str, marks.Mark] = {}
    result = pipeline.Result(notebook="n", marks=known, executed=book, runs={}, notes=(), seconds=0)
    return feedback.fragment(result, book)


def mailed(kind: str) -> Callable[[str], object]:
    """A letter that somebody sent."""
    head = f"From: a@b.org\nTo: c@d.org\nContent-Type: text/{kind}; charset=utf-8\n\n"

    def read(text: str) -> object:
        return inbound.parse((head + text).encode(), received.Envelope(), trusted="x")

    return read


def searched(text: str) -> object:
    """A file beside a lesson that may hold the key."""
    built = release.build(build.book(build.answer(BODY)), name="a", options=settings_nbgrader.Options())
    files_beside = {"a.txt": companions.split(text.encode(), name="a.txt")}
    return leaks.find({}, {"a": built}, files_beside, words=settings_nbgrader.Delimiters())


def alike(kind: likeness.Kind) -> Callable[[str], object]:
    """An answer, and what its run ended with."""
    return lambda text: likeness.signature(likeness.Answer(source=text, kind=kind, error=text))


DOORS: dict[str, Callable[[str], object]] = {
    "html": displayed("text/html"),
    "html after a script": displayed("text/html", "<script></script>"),
    "plain": displayed("text/plain"),
    "latex": displayed("text/latex"),
    "printed": lambda text: html.output({"output_type": "stream", "text": text}),
    "code": lambda text: html.cell(build.cell(text)),
    "prose": lambda text: html.in_words(html.cell(build.cell(text, "markdown"))),
    "comment": lambda text: (markup.mentions(text), markup.made(text)),
    "feedback": told,
    "program alike": alike("python"),
    "prose alike": alike("prose"),
    "leaks": searched,
    "letter": mailed("plain"),
    "letter of HTML": mailed("html"),
    "captions": vtt.plain,
    "functions": lambda text: list(loose.of(build.book(build.cell(f"{text}x")))),
    "imports": lambda text: imports.of([build.book(build.cell(f"{text}import"))]),
    "spreadsheet": spreadsheet.harmless,
}


def seconds(door: Callable[[str], object], sign: str, length: int) -> float:
    """How long a door takes for so much of a sign."""
    text = (sign * length)[:length]
    begun = time.process_time()
    door(text)
    return time.process_time() - begun


@pytest.mark.parametrize("name", DOORS)
def test_nothing_takes_long_that_is_not_long(name: str) -> None:
    door = DOORS[name]
    door("What is loaded at first is not counted.")
    for sign in SIGNS:
        long = seconds(door, sign, LONG)
        if long > FLOOR:
            long = min(long, seconds(door, sign, LONG - 1))
            short = seconds(door, sign, SHORT)
            assert long < STEEPEST * short, f"{name}: {sign!r} takes {short:.2f} s, then {long:.2f} s"


def test_a_cell_of_html_as_large_as_is_shown() -> None:
    assert seconds(displayed("text/html", "<script></script>"), "<", 99_000) < 2


def test_prose_that_nobody_writes_is_shown_as_it_stands() -> None:
    made = html.cell(build.cell("![" * 1_000_000, "markdown"))
    assert made.startswith('<pre class="output"')
    assert made.endswith("… (cut)</pre>")
    assert len(made) < 110_000
