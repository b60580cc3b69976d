"""The gradebook tells of the same work what the table of a class tells, whichever hand-in counts, on both
databases; and each change of a mark is written down with what it was before.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import courses, lessons, manifest, model, people
from courseware.exchange import submissions
from courseware.grading import gradebook, grades, gradings, mark_changes, marks, pipeline, scores
from tests import builders
from tests.benchmarks import big_class
from tests.builders import NOW

LATER = NOW + 48 * builders.HOUR


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    big_class.fill(made, students=40, places=5)
    yield made
    made.close()


def under(world: builders.World, said: str) -> model.Course:
    """The course with other policies."""
    text = big_class.text(5).replace("[policies]\n", f"[policies]\n{said}\n")
    with world.database.write() as connection:
        return courses.put(connection, manifest.parse(text), text, now=NOW)


@pytest.mark.parametrize("said", ["", 'counts = "best"', 'counts = "chosen"'])
def test_it_says_what_the_table_of_a_class_says(world: builders.World, said: str) -> None:
    course = under(world, f"attempts = {{ {said} }}" if said else "")
    with world.database.read() as connection:
        table = grades.of_class(connection, course, now=LATER)
        places = gradebook.columns(connection, course)
        members = gradebook.students(connection, course, places)
        assert [place for place, _ in places] == [place for place, _ in table.lessons]
        assert members == list(table.members)
        for order in (gradebook.NAME, gradebook.TOTAL):
            wanted = gradebook.Wanted(order=order)
            book = gradebook.read(connection, course, places, members, wanted, now=LATER)
            found = {
                (row.member.person.id, key): (
                    cell.submission,
                    cell.score,
                    cell.percent,
                    cell.state,
                    cell.look,
                )
                for row in book.rows
                for key, cell in row.cells.items()
            }
            assert len(found) > 150
            assert found == {
                place: (
                    each.submission.public,
                    each.final,
                    each.penalty.percent,
                    each.grading.state if each.grading else "waiting",
                    each.needs_person or (each.grading is not None and each.grading.state == "failed"),
                )
                for place, each in table.cells.items()
            }


def test_orders_filters_and_pages(world: builders.World) -> None:
    course = under(world, "")
    with world.database.read() as connection:
        places = gradebook.columns(connection, course)
        members = gradebook.students(connection, course, places)

        def read(**wanted: object) -> gradebook.Book:
            asked = gradebook.Wanted(**wanted)  # type: ignore[arg-type]
            return gradebook.read(connection, course, places, members, asked, now=NOW)

        assert [row.member for row in read().rows] == members
        assert [row.member for row in read(down=True).rows] == members[::-1]
        totals = [row.total for row in read(order=gradebook.TOTAL, down=True).rows]
        some = [each for each in totals if each is not None]
        assert some == sorted(some, reverse=True)
        assert totals == some + [None] * (len(totals) - len(some))
        first = places[0][0]
        points = [row.cells[first.id].score for row in read(order=first.slug).rows if first.id in row.cells]
        assert points == sorted(points, key=lambda each: each or 0)
        whole = read(order=gradebook.TOTAL).rows
        for only in ("missing", "late", "look"):
            found = read(only=only)
            expected = {row.member.person.id for row in whole if row.has(only)}
            assert {row.member.person.id for row in found.rows} == expected
            assert 0 < found.found == len(expected) < len(members)
        assert (read(page=99).page, read(page=0).page) == (1, 1)
        many = [*members, *members]
        book = gradebook.read(connection, course, places, many, gradebook.Wanted(page=2), now=NOW)
        assert (book.page, book.pages, book.found) == (2, 2, len(many))
        assert [row.member for row in book.rows] == many[gradebook.AT_ONCE :]


def test_who_has_left_stands_in_it_only_with_work(world: builders.World) -> None:
    course = under(world, "")
    with world.database.write() as connection:
        places = gradebook.columns(connection, course)
        members = gradebook.students(connection, course, places)
        sam = next(each for each in members if each.person.username == "sam")
        worked = next(each for each in members if each.person.username == "s0001")
        for each in (sam, worked):
            people.end(connection, course, each.person, now=NOW)
        names = [each.person.username for each in gradebook.students(connection, course, places)]
    assert "sam" not in names
    assert "s0001" in names


def test_each_change_of_a_mark_is_written_down(world: builders.World) -> None:
    with world.database.write() as connection:
        lesson = lessons.find(connection, world.course, "l00")
        work = submissions.of_lesson(connection, lesson.id)[0]
        before = scores.of_submission(connection, work.id)["n", "first"]
        by = world.teacher.person

        def put(score: float | None, reason: str) -> None:
            scores.put_by_person(
                connection, work, ("n", "first"), score=score, comment="", by=by, now=NOW, reason=reason
            )

        put(3.5, "A different way, as good.")
        put(None, "")
        grading = gradings.current(connection, work.id)
        assert grading
        given = marks.Mark(score=1, points=4, auto_score=0.25, needs_person=False, verdict="partial")
        result = pipeline.Result(
            notebook="n", marks={"first": given}, executed=None, runs={}, notes=(), seconds=0
        )
        scores.save(connection, grading, scores.rows([result], {}), now=NOW)
        found = mark_changes.of_submissions(connection, [work.id])
    told = [(each.key, each.before, each.after, each.reason, each.by) for each in found]
    assert told == [
        ("first", before.score, 3.5, "A different way, as good.", by.id),
        ("first", 3.5, before.score, "", by.id),
        ("first", before.score, 0.25, "", None),
    ]
