"""Marks for another system: an export of Canvas comes back filled, and nobody's mark is another's."""

import csv
import dataclasses
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import people
from courseware.exchange import submit
from courseware.grading import grades, gradings, marks, pipeline, scores
from courseware.interchange import lms, spreadsheet
from tests import builders
from tests.builders import NOW, upload

EXPORT = (Path(__file__).parent / "canvas-export.csv").read_text(encoding="utf-8")


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def table(world: builders.World, **given: float) -> grades.Class:
    """The class once these people have these machine marks in lesson one."""
    for name, score in given.items():
        viewer = {"sam": world.sam, "kim": world.kim}[name]
        got = submit.receive_upload(world.desk, viewer, "one", upload(name), now=NOW).submission
        mark = marks.Mark(score=score, points=4, auto_score=score, needs_person=False, verdict="partial")
        ran = pipeline.Result(notebook="n", marks={"t": mark}, executed=None, runs={}, notes=(), seconds=0)
        with world.database.write() as connection:
            grading = gradings.current(connection, got.id)
            assert grading is not None
            scores.save(connection, grading, scores.rows([ran], {}), now=NOW)
    with world.database.write() as connection:
        builders.person(connection, world.course, "kim", name="Kim", email="kim@example.org")
    with world.database.read() as connection:
        return grades.of_class(connection, world.course, now=NOW)


def rows(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def test_an_export_of_canvas_comes_back_filled(world: builders.World) -> None:
    told = lms.canvas(table(world, sam=3.5), EXPORT)
    found = rows(told.csv)
    assert list(found[0]) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "One (4314282)"]
    assert [(row["ID"], row["One (4314282)"]) for row in found] == [
        ("", "4.00"),
        ("1001", "3.5"),
        ("1002", "2"),  # no mark here: what Canvas had stays
        ("1003", "3"),
        ("1099", ""),
    ]
    assert (told.lessons, told.marks, told.unknown, told.missing) == (("One",), 1, ("Elsewhere, Eve",), ())


def test_people_are_found_by_address_whatever_its_letters(world: builders.World) -> None:
    found = rows(lms.canvas(table(world, kim=4), EXPORT).csv)
    assert [row["One (4314282)"] for row in found if row["ID"] == "1002"] == ["4"]


def test_who_is_not_in_canvas_is_named(world: builders.World) -> None:
    without = "\n".join(line for line in EXPORT.splitlines() if ",sam," not in line)
    assert lms.canvas(table(world, sam=1), without).missing == ("sam",)


def test_a_mark_of_the_order_of_bytes_is_no_part_of_the_first_column(world: builders.World) -> None:
    assert lms.canvas(table(world, sam=3), f"\ufeff{EXPORT}").marks == 1


def test_rows_about_the_assignments_are_no_people(world: builders.World) -> None:
    header, rest = EXPORT.split("\n", 1)
    told = lms.canvas(table(world), f"{header}\n,,,,,Manual Posting,,,\n{rest}")
    assert "Manual Posting" in told.csv
    assert told.unknown == ("Elsewhere, Eve",)


def test_semicolons_and_decimal_commas(world: builders.World) -> None:
    text = EXPORT.replace('"Sample, Sam"', "Sam").replace('"Sample, Kim"', "Kim")
    text = text.replace('"Elsewhere, Eve"', "Eve").replace('"Student, Test"', "Test Student")
    text = text.replace(",", ";").replace("4.00", "4,00").replace("10.00", "10,00")
    told = lms.canvas(table(world, sam=2.5), text)
    assert [row["One (4314282)"] for row in rows(told.csv, ";") if row["ID"] == "1001"] == ["2,5"]


def test_other_points_are_not_filled(world: builders.World) -> None:
    with pytest.raises(errors.UserError, match="None of the lessons") as refused:
        lms.canvas(table(world, sam=3), EXPORT.replace("4.00", "100"))
    assert "has 100 points in Canvas and 4 here" in refused.value.details[0]


def test_two_assignments_of_one_title_are_not_filled(world: builders.World) -> None:
    with pytest.raises(errors.UserError, match="None of the lessons") as refused:
        lms.canvas(table(world, sam=3), EXPORT.replace("Quiz 1 (87568490)", "one (1)"))
    assert "more than one assignment" in refused.value.details[0]


def test_a_column_that_can_only_be_read_is_no_assignment(world: builders.World) -> None:
    text = EXPORT.replace("Final Score", "one")
    assert lms.canvas(table(world, sam=3), text).lessons == ("One",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no export of Canvas"),
        ("username,name\nsam,Sam\n", "no export of Canvas"),
        ('Student,ID,Section\n"Sam', "no CSV"),
        ("Student,ID,Section\nSam,1,A,too,much\n", "Row 2"),
        (EXPORT + EXPORT.splitlines()[2] + "\n", "stands in two rows"),
        (EXPORT.replace("S-1001", "kim@example.org"), "of two people"),
    ],
)
def test_what_cannot_be_filled_is_refused(world: builders.World, text: str, said: str) -> None:
    with pytest.raises(errors.UserError, match=said):
        lms.canvas(table(world, sam=3), text)


def test_the_same_name_for_two_people_is_refused(world: builders.World) -> None:
    with world.database.write() as connection:
        people.add(
            connection, world.course, username="lee", name="Lee", email="sam@x.org", role="student", now=NOW
        )
        people.add(
            connection, world.course, username="sam@x.org", name="Sam", email=None, role="student", now=NOW
        )
    with pytest.raises(errors.UserError, match="is both"):
        lms.canvas(table(world), EXPORT)


def test_no_cell_is_a_formula(world: builders.World) -> None:
    hostile = '=HYPERLINK("http://x")'
    with world.database.write() as connection:
        builders.person(connection, world.course, "sam", name=hostile)
    told = table(world, sam=3)
    doubled = hostile.replace('"', '""')
    canvas = lms.canvas(told, EXPORT.replace("Sample, Sam", doubled).replace("S-1003", "@SUM(A1)")).csv
    for text in (canvas, lms.moodle(told)):
        for line in csv.reader(io.StringIO(text)):
            assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@"))]
    assert f"'{hostile}" in {row["name"] for row in rows(lms.moodle(told))}


def test_moodle_has_a_column_for_each_lesson(world: builders.World) -> None:
    told = table(world, sam=3.5)
    assert rows(lms.moodle(told)) == [
        {"username": "kim", "name": "Kim", "Email address": "kim@example.org", "One": ""},
        {"username": "sam", "name": "sam", "Email address": "", "One": "3.5"},
    ]
    twice = dataclasses.replace(told, lessons=(*told.lessons, *told.lessons))
    assert lms.moodle(twice).splitlines()[0] == "username,name,Email address,One (one),One (one)"


def test_what_a_person_still_has_to_mark_is_no_mark(world: builders.World) -> None:
    told = table(world, sam=3)
    key, standing = next(iter(told.cells.items()))
    (score,) = standing.exercises
    waits = dataclasses.replace(standing, exercises=(dataclasses.replace(score, needs_person=True),))
    told = dataclasses.replace(told, cells={key: waits})
    assert [row["One"] for row in rows(lms.moodle(told))] == ["", ""]
    sam = next(row for row in rows(spreadsheet.to_csv(told)) if row["username"] == "sam")
    assert (sam["one"], sam["total"], sam["still to mark"]) == ("", "0", "one")
