"""What lint says of a text that somebody cannot read, and what it lets pass."""

import re
import time
from typing import Any

import pytest

from courseware import language
from courseware.notebook import files, html, lint
from tests.notebook import build

GERMAN = language.pages("de")

MARKED = build.cell("# \n### c", "markdown", grade_id="a", grade=True, solution=True, points=1)


def found(*texts: str) -> list[str]:
    """The codes of what is said of these cells."""
    book = build.book(*(build.cell(text, "markdown", id=f"c{n}") for n, text in enumerate(texts)))
    said = lint.notebook(files.write(book), name="a.ipynb")
    assert {each.level for each in said} <= {"warning"}
    return [each.code for each in said]


@pytest.mark.parametrize(
    "text",
    [
        "![](plot.png)",
        "![ ](plot.png)",
        "![image](plot.png)",
        "![plot.png](plot.png)",
        "![Screenshot 2026-01-02.png](x.png)",
        "![][one]\n\n[one]: plot.png",
        '<img src="plot.png">',
        '<figure>\n<img src="plot.png"/>\n<figcaption>What a plot</figcaption>\n</figure>',
        'Text <img src="plot.png"> and text.',
        "| a | b |\n|---|---|\n| ![](x.png) | y |",
        '| a | b |\n|---|---|\n| <img src="x.png"> | y |',
    ],
)
def test_pictures_without_words(text: str) -> None:
    assert found(text) == ["alt-text"]


@pytest.mark.parametrize(
    "text",
    [
        "![A line that rises](plot.png)",
        '<img src="plot.png" alt="A line that rises">',
        '<img src="line.png" alt="">',
        "`![](plot.png)`",
        "    ![](plot.png)",
        "```html\n<img src='x'>\n<table><tr><td>\n```",
    ],
)
def test_pictures_with_words_that_decorate_or_are_only_spoken_of(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (("# One\n\n### Three",), ["heading-level"]),
        (("# One", "## Two", "#### Four", "##### Five"), ["heading-level"]),
        (("### Three first",), ["heading-level"]),
        (("<h2>Two</h2>\n\n<h5>Five</h5>",), ["heading-level"]),
        (("| a | b |\n|---|---|\n| <h4>Four</h4> | y |",), ["heading-level"]),
        (("## Two", "# One", "## Two", "### Three", "## Two"), []),
        (("One\n===\n\nTwo\n---\n\n### Three",), []),
        (("# One\n\n```\n#### a comment\n```",), []),
    ],
)
def test_headings(texts: tuple[str, ...], codes: list[str]) -> None:
    assert found(*texts) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("| | |\n|---|---|\n| a | b |", ["table-headers"]),
        ("<table><tr><td>a<td>b</table>", ["table-headers"]),
        ("<table><tr><th></th></tr><tr><td>a</td></tr></table>", ["table-headers"]),
        ("<table><tr><th>x<td><table><tr><td>a</table></table>", ["table-headers"]),
        ("| | b |\n|---|---|\n| a | b |", []),
        ("<table><tr><th>One<th>Two<tr><td>a<td>b</table>", []),
        ('<table role="presentation"><tr><td>a</td></tr></table>', []),
    ],
)
def test_tables(text: str, codes: list[str]) -> None:
    assert found(text) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("See [here](https://x.example).", ["link-text"]),
        ("[Click here!](https://x.example)", ["link-text"]),
        ("[](https://x.example)", ["link-text"]),
        ('<a href="https://x.example">more …</a>'.replace(" …", ""), ["link-text"]),
        ("[**this**](https://x.example)", ["link-text"]),
        ("[hier](https://x.example)", ["link-text"]),
        ("[How lists work](https://x.example)", []),
        ("<https://x.example/lists>", []),
        ("[![A map of the town](map.png)](https://x.example)", []),
        ('<a href="https://x.example" aria-label="How lists work">more</a>', []),
        ('<a name="here">here</a>', []),
    ],
)
def test_links(text: str, codes: list[str]) -> None:
    assert found(text) == codes


def test_it_says_where_and_what_to_do() -> None:
    book = build.book(build.cell("# One", "markdown", id="a"), build.cell("### Three", "markdown", id="b"))
    (one,) = lint.notebook(files.write(book), name="a.ipynb")
    assert one.where == "a.ipynb, cell 2"
    assert one.message == "The heading 'Three' has level 3 below one of level 1. Make it level 2."


def test_texts_beside_the_notebooks_count_and_answers_do_not() -> None:
    assert [each.code for each in lint.companion(b"#### Four\n", name="read.md")] == ["heading-level"]
    assert lint.companion(b"#### Four\n", name="read.txt") == []
    assert lint.notebook(files.write(build.book(MARKED)), name="a.ipynb") == []


PNG = {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure size 640x480 with 1 Axes>"}
WORDS = {"alt": "A line\nthat rises"}


def drawn(
    data: dict[str, str], said: Any = None, of: Any = None, cell: files.Cell | None = None
) -> files.Cell:
    """A cell that drew this, with the metadata of the output and its own."""
    output = {"output_type": "display_data", "data": data, "metadata": {} if said is None else said}
    plain = cell or build.cell("draw()", id="a")
    return {**plain, "metadata": {**plain["metadata"], **(of or {})}, "outputs": [output]}


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        (drawn(PNG), 1),
        (drawn({"image/jpeg": "/9j/", "text/plain": "A line"}, {"image/jpeg": {"alt": " "}}), 1),
        (drawn({"image/svg+xml": "<svg/>"}, [], {"alt": 3}), 1),
        (drawn(PNG, {"image/png": WORDS}), 0),
        (drawn(PNG, of=WORDS), 0),
        (drawn({"text/html": "<b>5</b>"}), 0),
        (drawn(PNG, cell=build.answer("draw()")), 0),
        (
            {**drawn(PNG), "outputs": [*drawn(PNG)["outputs"], *drawn(PNG, {"image/png": WORDS})["outputs"]]},
            1,
        ),
    ],
    ids=["png", "blank", "odd", "of-output", "of-cell", "table", "answer", "one-of-two"],
)
def test_figures_that_code_draws(cell: files.Cell, count: int) -> None:
    book = build.book(cell, build.machine("assert f"))
    said = [each for each in lint.notebook(files.write(book), name="a.ipynb") if each.code == "alt-text"]
    assert [(each.level, each.where) for each in said] == [("warning", "a.ipynb, cell 1")] * count


def test_a_figure_is_told_in_the_words_of_its_author() -> None:
    def shown(cell: files.Cell) -> list[str]:
        read = files.read(files.write(build.book(cell)), name="a.ipynb")["cells"][0]
        return re.findall(r'<(?:img|iframe)[^>]* (?:alt|title)="([^"]*)"', html.cell(read, told=GERMAN))

    assert shown(drawn(PNG)) == ["Abbildung"]
    assert shown(drawn(PNG, of=WORDS)) == ["A line that rises"]
    assert shown(drawn(PNG, {"image/png": {"alt": 'x"><b>\u202e'}}, WORDS)) == ["x&quot;&gt;&lt;b&gt;\\u202e"]
    assert shown(drawn({**PNG, "text/plain": "A line & more"})) == ["A line &amp; more"]
    assert shown(drawn({"image/svg+xml": "<svg/>"}, of=WORDS)) == ["A line that rises"]
    assert shown(drawn({"text/html": "<b>5</b>"})) == ["HTML-Ausgabe"]
    assert html.cell(drawn(PNG)).count('alt="Figure"') == 1


@pytest.mark.parametrize(
    "bit", ["<a ", "<table><th>", "[](", "<!--", "<!", "<?", "</", "![", "<h1>", "</th>", "<img alt='"]
)
def test_it_takes_no_time_over_a_hostile_text(bit: str) -> None:
    began = time.perf_counter()
    found(bit * (90_000 // len(bit)))
    assert time.perf_counter() - began < 10
