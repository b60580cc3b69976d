"""How long who marks waits for the next student in a class of 1,000, and for what is done to many at once.

In: a database's address and a scratch folder. Out: rows; the pages are asked for over HTTP.
"""

import dataclasses
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from courseware.course import duties
from courseware.exchange import submissions
from courseware.grading import rubrics
from tests import builders
from tests.benchmarks import rows
from tests.builders import NOW
from tests.service import inside, marked

STUDENTS, KINDS, ROUNDS = 1_000, 40, 15
BUDGET, PAGE = 150, 200


def all_rows(name: str, url: str, folder: Path) -> list[rows.Row]:
    """The times and sizes of marking by hand."""
    folder.mkdir()
    world = builders.world(url or f"sqlite:///{folder / 'courseware.sqlite'}", folder)
    try:
        with inside.serving(world, folder, now=NOW) as site:
            return _measured(name, marked.Marking(site))
    finally:
        world.close()


def _measured(name: str, made: marked.Marking) -> list[rows.Row]:
    """In a class whose answers are of so many kinds, the largest kinds first."""
    for number in range(STUDENTS):
        source = f"def f(x):\n    # {number}\n    return x + {number % KINDS}"
        made.hand_in(made.student(f"S{number:04}"), marked.code(source))
    page = made.look()
    saved, following = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = made.send(page, score="2", comment="So.")
        between = time.perf_counter()
        page = made.look(at=answer.headers["Location"])
        saved.append(between - began)
        following.append(time.perf_counter() - between)
    listed = _seconds(lambda: made.look(at="/courses/c/marking"))
    alike, again = (_seconds(lambda: made.look(at=f"{marked.HERE}/alike")) for _ in range(2))
    size = max(len(page), len(made.look(at=f"{marked.HERE}/alike"))) / 1000
    changed = _rubric(made)
    return [
        _row(f"{name}: saving a mark, 1,000 students", statistics.median(saved), BUDGET),
        _row(f"{name}: next student, 1,000 students", statistics.median(following), BUDGET),
        _row(f"{name}: the list of exercises, 1,000 students", listed),
        _row(f"{name}: answers that are alike, 1,000 read first", alike),
        _row(f"{name}: answers that are alike, again", again),
        _row(f"{name}: a rubric's item changes {ROUNDS} marks", changed),
        rows.Row(name=f"{name}: the largest page of marking", value=round(size, 1), unit="kB", budget=PAGE),
    ]


def _rubric(made: marked.Marking) -> float:
    """How long a changed item takes to reach the marks that were given with it."""
    place, by, one = marked.PLACE, made.world.teacher.person, made.world.one
    with made.world.database.write() as connection:
        plain = (rubrics.Item(id="", text="Right", points=1.0),)
        rubrics.change(connection, one, place, plain, version=0, by=by, reach=duties.Reach(), now=NOW)
        items = rubrics.current(connection, one, place).items
        for key, use in rubrics.uses(connection, one, place).items():
            work = submissions.by_id(connection, key)
            wish = rubrics.Wish(items=frozenset({items[0].id}), score=1.0, comment="", version=use.version)
            seen = rubrics.current(connection, one, place)
            rubrics.give(connection, work, place, wish, seen=seen, by=by, now=NOW)
        wanted = (dataclasses.replace(items[0], points=2.0),)
        began = time.perf_counter()
        changed = rubrics.change(
            connection, one, place, wanted, version=1, by=by, reach=duties.Reach(), now=NOW
        )
        took = time.perf_counter() - began
    if len(changed) != ROUNDS:
        raise RuntimeError(f"{len(changed)} marks changed instead of {ROUNDS}")
    return took


def _seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _row(name: str, seconds: float, budget: float | None = None) -> rows.Row:
    return rows.Row(name=name, value=round(seconds * 1000, 1), unit="ms", budget=budget)
