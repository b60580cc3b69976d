"""The pages of a class ask the database so many times, however many people and lessons there are."""

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from courseware.course import lessons, manifest, model, people
from courseware.exchange import model as exchange_model
from courseware.exchange import publish, submit
from courseware.grading import grades, gradings, holds, marks, pipeline, scores
from tests import builders
from tests.builders import HOUR, NOW
from tests.service import inside

ESSAY = exchange_model.Exercise(notebook="n", key="essay", title="Essay", points=3, kind="person")
PAGES = ("/courses/c/class", "/courses/c/marking", "/courses/c/lessons/l0/marking/essay")
CALLS = ("/api/v1/courses/c/grades", "/api/v1/courses/c/grades.csv")


def manifest_of(count: int) -> str:
    text = builders.MANIFEST
    for number in range(count):
        text += f'\n[[lessons]]\nslug = "l{number}"\ntitle = "L{number}"\ndue = 2026-11-23T14:00:00\n'
    return text


def grown(world: builders.World, *, persons: int, places: int, since: int = 0) -> None:
    """A class of so many people who handed in so many lessons, marked, some by a person."""
    text = manifest_of(places)
    parsed = manifest.parse(text)
    with world.database.write() as connection:
        lessons.sync(connection, world.course, parsed, now=NOW)
        given: list[model.Lesson] = [
            lessons.find(connection, world.course, f"l{number}") for number in range(places)
        ]
        viewers = [student(world, connection, number) for number in range(since, persons)]
    for lesson in given:
        bundle = dataclasses.replace(builders.bundle(), exercises=(builders.EXERCISE, ESSAY))
        publish.publish(world.database, world.blobs, lesson, bundle, by=None, now=NOW)
        for viewer in viewers:
            hand_in(world, viewer, lesson)


def student(world: builders.World, connection: sa.Connection, number: int) -> model.Viewer:
    name = f"P{number}"
    person = people.add(
        connection, world.course, username=name.lower(), name=name, email=None, role="student", now=NOW
    )
    return model.Viewer(person=person, course=world.course, role="student", ceiling="cli")


def hand_in(world: builders.World, viewer: model.Viewer, lesson: model.Lesson) -> None:
    for turn in range(2):
        key = f"{viewer.person.username}-{lesson.slug}-{turn}"
        upload = builders.upload(key, release=1)
        got = submit.receive_upload(world.desk, viewer, lesson.slug, upload, now=NOW).submission
        with world.database.write() as connection:
            grading = gradings.current(connection, got.id)
            assert grading is not None
            tested = marks.Mark(score=2, points=4, auto_score=2, needs_person=False, verdict="partial")
            written = marks.Mark(score=0, points=3, auto_score=None, needs_person=True, verdict="manual")
            both = {"t": tested, "essay": written}
            result = pipeline.Result(notebook="n", marks=both, executed=None, runs={}, notes=(), seconds=0)
            scores.save(connection, grading, scores.rows([result], {}), now=NOW)
            taken = gradings.claim(connection, grading.id, now=NOW)
            assert taken
            assert gradings.finish(connection, taken, state="marked", now=NOW)


@contextlib.contextmanager
def counted(world: builders.World) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    said: list[str] = []

    def hear(_: Any, cursor: Any, statement: str, *more: Any) -> None:
        said.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


@pytest.mark.parametrize("path", [*PAGES, *CALLS])
def test_the_table_of_a_class_takes_a_fixed_number_of_queries(served: inside.Inside, path: str) -> None:
    world = served.world
    token = served.token(world.teacher.person, "pages" if path in PAGES else "cli")
    grown(world, persons=2, places=1)
    served.ask(token, "GET", path).raise_for_status()
    with counted(world) as few:
        served.ask(token, "GET", path).raise_for_status()
    grown(world, persons=6, places=3, since=2)
    with counted(world) as many:
        answer = served.ask(token, "GET", path).raise_for_status()
    assert len(many) == len(few), "\n".join(many)
    assert len(many) <= 35
    assert "P5" in answer.text or path in PAGES[1:]


def test_what_is_looked_up_at_once_is_what_is_looked_up_one_by_one(database_url: str, tmp_path: Path) -> None:
    world = builders.world(database_url, tmp_path)
    grown(world, persons=3, places=2)
    with world.database.write() as connection:
        found = lessons.find(connection, world.course, "l0")
        holds.put(connection, found, "t", "wrong", by=world.teacher.person, now=NOW)
        table = grades.of_class(connection, world.course, now=NOW)
        first = next(iter(table.cells.values())).submission
        scores.put_by_person(
            connection, first, ("n", "essay"), score=2, comment="Good.", by=world.teacher.person, now=NOW
        )
        for now in (NOW, NOW + 2 * HOUR):
            table = grades.of_class(connection, world.course, now=now)
            assert len(table.cells) == 6
            for standing in table.cells.values():
                alone = grades.standing(connection, standing.submission, now=now)
                # The table is for staff: what authors see before the due date is not looked up for it.
                assert standing == (dataclasses.replace(alone, seen=()) if alone.sees == "first" else alone)
        only = grades.of_class(connection, world.course, now=NOW, lesson=found)
        assert {place for _, place in only.cells} == {found.id}
    world.close()
