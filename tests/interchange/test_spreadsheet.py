"""No cell of an export is a formula, however a spreadsheet divides its lines."""

import csv
import io
import itertools
import random

import pytest

from courseware.interchange import spreadsheet

PIECES = (
    "=",
    "+",
    "-",
    "@",
    ";",
    ",",
    "|",
    "\t",
    "\n",
    "\r",
    " ",
    '"',
    "'",
    "a",
    "1",
    "\ufeff",
    "\xa0",
    "＝",
    "\0",
)
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def cells(text: str, delimiter: str) -> list[str]:
    """The cells of a line as a spreadsheet that divides so takes them, without what it overlooks."""
    lines = itertools.chain.from_iterable(each.split("\r") for each in text.split("\n"))
    return [cell.strip('\0\ufeff\u200b \xa0\t"') for line in lines for cell in line.split(delimiter)]


def written(value: str) -> str:
    """A line of an export with this value."""
    out = io.StringIO()
    csv.writer(out).writerow(["ann", spreadsheet.harmless(value), "3"])
    return out.getvalue()


def test_no_cell_is_a_formula_however_lines_are_divided() -> None:
    luck = random.Random(20261130)
    for _ in range(20_000):
        value = "".join(luck.choices(PIECES, k=luck.randint(1, 8)))
        line = written(value)
        for delimiter in (";", ",", "|", "\t"):
            assert not any(cell.startswith(FORMULA) for cell in cells(line, delimiter)), (value, delimiter)
        # Nothing is lost: what was put in is all that is new.
        assert spreadsheet.harmless(value).replace("'", "") == value.replace("'", "")
        assert spreadsheet.harmless(spreadsheet.harmless(value)) == spreadsheet.harmless(value)


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("x;=1+1", "x;'=1+1"),
        ("\n=1", "\n'=1"),
        ('x;"=1', "x;\"'=1"),
        (" @a", " '@a"),
    ],
)
def test_what_begins_a_formula_is_made_a_text(value: str, safe: str) -> None:
    assert spreadsheet.harmless(value) == safe


@pytest.mark.parametrize(
    "value",
    [
        "Anna-Maria O'Neill",
        "Müller, Jörg; Dr.",
        "a+b@example.org",
        "1e-5",
        "x = y - 1",
        "3.5",
        "",
        "Doe, Jane",
    ],
)
def test_what_is_no_formula_stays_as_it_is(value: str) -> None:
    assert spreadsheet.harmless(value) == value
