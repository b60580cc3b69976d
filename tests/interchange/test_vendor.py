"""Files as other programs write them: an export of Canvas comes back with our marks in its cells and all else
as it was, a class list of Moodle or nbgrader is taken, and what we write for Moodle is what Moodle reads.
Whatever is checked is read with Python's own `csv`.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import people, rosters, sheet
from courseware.interchange import lms
from tests import builders
from tests.builders import NOW
from tests.interchange import test_lms

VENDOR = Path(__file__).parent / "vendor"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


PEOPLE = {"Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Section"}


@pytest.mark.parametrize(
    ("name", "column", "kim"),
    [("canvas-swedish", 5, "1,5"), ("canvas-muted", 6, ""), ("canvas-posting", 6, "-")],
)
def test_an_export_comes_back_with_one_cell_filled(
    world: builders.World, name: str, column: int, kim: str
) -> None:
    text = sheet.text((VENDOR / f"{name}.csv").read_bytes())
    before = read(text)
    told = lms.canvas(test_lms.table(world, sam=3.5), text)
    after = read(told.csv)
    kept = [n for n, title in enumerate(before[0]) if title in PEOPLE] + [column]
    wanted = [[row[n] if n < len(row) else "" for n in kept] for row in before]
    mark = "3,5" if "swedish" in name else "3.5"
    for row in wanted:
        row[-1] = mark if "sam" in row else row[-1]
    assert after == wanted
    assert [row[-1] for row in after if "kim@example.org" in [cell.casefold() for cell in row]] == [kim]
    assert (told.lessons, told.marks, told.unknown, told.missing) == (("One",), 1, (), ())


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("moodle-grades", {"anna@example.org": "Anna Anders", "berta@example.org": "Berta Bunt"}),
        ("nbgrader-students", {"ab1234s": "Anton Buerger", "mm4321s": "Max Mustermann"}),
    ],
)
def test_a_class_list_of_another_program_is_taken(
    world: builders.World, name: str, wanted: dict[str, str]
) -> None:
    text = sheet.text((VENDOR / f"{name}.csv").read_bytes())
    with world.database.write() as connection:
        told = rosters.import_csv(connection, world.course, text, by=None, now=NOW)
        members = {each.person.username: each for each in people.members(connection, world.course)}
    column = "Email address" if "moodle" in name else "email"
    source = {row[column] for row in csv.DictReader(io.StringIO(text))}
    assert {members[each].person.email for each in told.added} == source
    assert {each: members[each].person.name for each in told.added} == wanted
    assert {members[each].role for each in told.added} == {"student"}


def test_what_is_written_for_moodle_has_its_columns_and_no_row_is_longer(world: builders.World) -> None:
    moodle, *_ = read(sheet.text((VENDOR / "moodle-grades.csv").read_bytes()))
    header, *rows = read(lms.moodle(test_lms.table(world, sam=3.5)))
    assert "Email address" in set(moodle) & set(header)
    assert {len(row) for row in rows} == {len(header)}
    assert len(set(header)) == len(header)
