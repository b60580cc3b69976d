"""Whose turn it is: courses one after the other, in a course its people, whatever one of them hands in."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware.course import courses, lessons, manifest, model, people
from courseware.exchange import model as exchange_model
from courseware.exchange import publish, submit
from courseware.grading import gradings, holding, turns
from courseware.store import schema
from tests import builders

NOW = builders.NOW


class Term:
    """Two courses with two people each; who has what graded is written as `sam sam kim`."""

    def __init__(self, world: builders.World) -> None:
        self.world = world
        self.owner: dict[int, str] = {}
        self._number = itertools.count()
        self.viewers = {"sam": world.sam, "kim": world.kim}
        text = builders.MANIFEST.replace('id = "c"', 'id = "d"')
        parsed = manifest.parse(text)
        with world.database.write() as connection:
            course = courses.put(connection, parsed, text, now=NOW)
            lessons.sync(connection, course, parsed, now=NOW)
            world.keys.ensure(connection, course, now=NOW)
            for name in ("dee", "lou"):
                person = people.add(
                    connection, course, username=name, name=name, email=None, role="student", now=NOW
                )
                self.viewers[name] = model.Viewer(person=person, course=course, role="student", ceiling="cli")
            one = lessons.find(connection, course, "one")
        publish.publish(world.database, world.blobs, one, builders.bundle(), by=world.teacher.person, now=NOW)

    def again(self, names: str) -> list[int]:
        """These handed in, in this order, and have marks; all of it is to be graded again; the keys."""
        marked = [self._marked(name) for name in names.split()]
        with self.world.database.write() as connection:
            for work in marked:
                gradings.again(connection, work, work.release_id, now=NOW)
            return [self._owned(connection, work) for work in marked]

    def first(self, name: str) -> None:
        """Somebody hands in and waits for marks."""
        work = self._hand_in(name)
        with self.world.database.read() as connection:
            self._owned(connection, work)

    def _hand_in(self, name: str) -> exchange_model.Submission:
        wish = builders.upload(f"{name}-{next(self._number)}")
        return submit.receive_upload(self.world.desk, self.viewers[name], "one", wish, now=NOW).submission

    def _marked(self, name: str) -> exchange_model.Submission:
        work = self._hand_in(name)
        with self.world.database.write() as connection:
            taken = gradings.claim(connection, self._owned(connection, work), now=NOW)
            assert taken
            assert gradings.finish(connection, taken, state="marked", now=NOW)
        return work

    def _owned(self, connection: sa.Connection, work: exchange_model.Submission) -> int:
        found = gradings.current(connection, work.id)
        assert found
        self.owner[found.id] = people.by_id(connection, work.person_id).username
        return found.id

    def take(self, order: turns.Turns, *, job: int) -> tuple[int, int] | None:
        """What a worker's job takes, and which attempt that is."""
        with self.world.database.write() as connection:
            found = gradings.take(connection, order, job, now=NOW)
        return (found.id, found.attempt) if found else None

    def order(self) -> str:
        with self.world.database.read() as connection:
            return " ".join(self.owner[key] for key in turns.order(connection))


@pytest.fixture
def term(database_url: str, tmp_path: Path) -> Iterator[Term]:
    world = builders.world(database_url, tmp_path)
    yield Term(world)
    world.close()


def test_a_person_with_much_lets_others_of_the_course_in_between(term: Term) -> None:
    term.again("sam sam sam kim")
    assert term.order() == "sam kim sam sam"


def test_a_course_with_much_lets_another_in_between(term: Term) -> None:
    term.again("sam kim sam kim dee")
    assert term.order() == "sam dee kim sam kim"


def test_what_runs_has_had_its_turn(term: Term) -> None:
    (sams, *_) = term.again("sam kim dee lou")
    with term.world.database.write() as connection:
        gradings.claim(connection, sams, now=NOW)
    # The slot that is free next goes to the other course.
    assert term.order() == "sam dee kim lou"


def test_what_somebody_waits_for_comes_before_all_that_is_graded_again(term: Term) -> None:
    term.again("sam kim dee")
    term.first("lou")
    assert term.order() == "lou sam dee kim"


def test_an_order_is_kept_for_a_moment_and_gives_each_once(term: Term) -> None:
    keys = term.again("sam kim dee lou")
    kept = turns.Turns()
    with term.world.database.read() as connection:
        taken = [kept.next(connection, ()) for _ in range(4)]
        assert sorted(filter(None, taken)) == sorted(keys)
        assert kept.next(connection, keys) is None
        assert [kept.before(connection, key) for key in taken if key] == [0, 1, 2, 3]


def test_the_place_of_what_is_newer_than_the_order_is_the_last(term: Term) -> None:
    term.again("sam kim")
    kept = turns.Turns()
    with term.world.database.read() as connection:
        kept.before(connection, 0)
        assert kept.before(connection, -1) == 2


def test_a_job_takes_first_what_it_began_and_nothing_that_another_runs(term: Term) -> None:
    sams, kims = term.again("sam kim")
    taken, order = term.take, turns.Turns()
    assert taken(order, job=1) == (sams, 1)
    assert taken(order, job=2) == (kims, 1)
    assert taken(order, job=1) == (sams, 2)
    assert taken(order, job=3) is None


def test_what_a_service_left_or_a_lost_job_held_is_taken_again(term: Term) -> None:
    sams, kims = term.again("sam kim")
    order = turns.Turns()
    with term.world.database.write() as connection:
        gradings.claim(connection, sams, now=NOW)
    assert term.take(order, job=1) == (sams, 2)
    assert term.take(order, job=2) == (kims, 1)
    with term.world.database.write() as connection:
        assert sorted(holding.held(connection, schema.grading)) == [1, 2]
        assert holding.waiting(connection, schema.grading, gradings.goes_on()) == 0
        holding.let_go(connection, schema.grading, [2])
        assert holding.waiting(connection, schema.grading, gradings.goes_on()) == 1
    assert term.take(order, job=3) == (kims, 2)


def test_what_broke_off_too_often_fails_and_the_job_takes_the_next(term: Term) -> None:
    sams, kims = term.again("sam kim")
    order = turns.Turns()
    for attempt in range(gradings.MAX_ATTEMPTS):
        assert term.take(order, job=1) == (sams, attempt + 1)
    assert term.take(order, job=1) == (kims, 1)
    with term.world.database.read() as connection:
        assert gradings.by_id(connection, sams).state == "failed"
