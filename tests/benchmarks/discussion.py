"""How long discussions take to answer, in a small database and in one with 100,000 posts more.

In: a database's address and a scratch folder. Out: milliseconds of the questions that an open lesson and an
open thread ask, over HTTP, as a student; and the same with the course's other places full.
"""

import dataclasses
import datetime
import json
import statistics
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from courseware.course import lessons
from courseware.discussion import fold
from courseware.exchange import publish
from courseware.store import ids, schema_discussion
from tests import builders
from tests.service import inside

CELLS, LONG, MORE, EACH = 200, 500, 100_000, 20
NOW = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)
TEXT = (
    "Why does the loop in cell {n} end one step early? I expected `range({n})` to include the last number, "
    "and $\\sum_{{i=1}}^{{n}} x_i$ to be the same as `sum(x)`."
    "\n\n```python\nfor i in range({n}):\n    print(i)\n```"
)
_T, _P = schema_discussion.thread, schema_discussion.post


@dataclasses.dataclass(frozen=True, kw_only=True)
class Times:
    """Milliseconds, medians."""

    summary: float
    first_page: float
    board: float
    search: float
    lesson_page: float
    thread_page: float


def measure(url: str, folder: Path, *, more: int = MORE) -> tuple[Times, Times]:
    """The times before and after the database is filled."""
    world = builders.world(url, folder)
    try:
        one = _lesson_of_cells(world)
        with world.database.write() as connection:
            two = lessons.find(connection, world.course, "two")
            talk = Talkers(course=world.course.id, people=(world.sam.person.id, world.teacher.person.id))
            for cell in range(CELLS):
                insert(connection, talk, one.id, f"cell{cell}", threads=2, posts=3)
            thread = insert(connection, talk, one.id, None, threads=1, posts=LONG)
        with inside.serving(world, folder, now=NOW) as served:
            before = _times(served, thread)
            with world.database.write() as connection:
                fill(connection, talk, two.id, more=more)
            return before, _times(served, thread)
    finally:
        world.close()


def _lesson_of_cells(world: builders.World) -> Any:
    """A release of the lesson with so many cells."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"cell{n}", "metadata": {}, "source": f"x = {n}", "outputs": []}
        for n in range(CELLS)
    ]
    anchors = [{"key": c["id"], "id": c["id"], "source": c["source"], "grade_id": None} for c in cells]
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    data = json.dumps(book).encode()
    bundle = dataclasses.replace(
        builders.bundle(), student={"n.ipynb": data}, instructor={"n.ipynb": data}, anchors={"n": anchors}
    )
    publish.publish(world.database, world.blobs, world.one, bundle, by=world.teacher.person, now=NOW)
    return world.one


@dataclasses.dataclass(frozen=True, kw_only=True)
class Talkers:
    """Two people of a course who talk, by their keys."""

    course: int
    people: tuple[int, int]


def fill(connection: sa.Connection, talk: Talkers, elsewhere: int | None, *, more: int = MORE) -> None:
    """So many posts more, on the board and in a lesson that nobody looks at."""
    for number in range(more // EACH // 100):
        insert(connection, talk, (None, elsewhere)[number % 2], None, threads=100, posts=EACH)
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("analyze"))


def insert(
    connection: sa.Connection,
    talk: Talkers,
    lesson: int | None,
    key: str | None,
    *,
    threads: int,
    posts: int,
) -> str:
    """So many threads with so many posts each; the public id of the last thread."""
    public = ""
    for number in range(threads):
        public = ids.new("thr")
        at = NOW - datetime.timedelta(minutes=number + 1)
        values = {
            "public": public,
            "course_id": talk.course,
            "lesson_id": lesson,
            "anchor": key,
            "graded": False,
            "held": False,
            "kind": "question",
            "title": f"Question {number}",
            "author_id": talk.people[0],
            "anonymous": False,
            "created": at,
            "last": at,
        }
        made = connection.execute(_T.insert().values(**values).returning(_T.c.id)).scalar_one()
        rows = []
        for place in range(1, posts + 1):
            body = TEXT.format(n=place)
            rows.append(
                {
                    "public": ids.new("pst"),
                    "thread_id": made,
                    "number": place,
                    "author_id": talk.people[place % 2],
                    "anonymous": False,
                    "body": body,
                    "created": at,
                    "words": " ".join(fold.words(body)),
                }
            )
        connection.execute(_P.insert(), rows)
    return public


def _times(served: inside.Inside, thread: str) -> Times:
    token = served.token(served.world.kim.person, "pages")
    course, lesson = "/api/v1/courses/c", "/api/v1/courses/c/lessons/one"

    def median(path: str) -> float:
        took = []
        for number in range(25):
            began = time.perf_counter()
            answer = served.ask(token, "GET", path)
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:200]}")
            if number >= 5:
                took.append((time.perf_counter() - began) * 1000)
        return round(statistics.median(took), 1)

    return Times(
        summary=median(f"{lesson}/discussion"),
        first_page=median(f"/api/v1/threads/{thread}?after=0"),
        board=median(f"{course}/threads"),
        search=median(f"{lesson}/threads?q=range+step"),
        lesson_page=median("/courses/c/lessons/one"),
        thread_page=median(f"/threads/{thread}?after=0"),
    )
