"""Rounds of telling, on both databases: marks, releases and dates as time goes by; errors end nothing."""

import datetime
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware import errors, settings, wiring
from courseware.course import lessons
from courseware.exchange import submissions, submit
from courseware.grading import scores
from courseware.jobs import rounds
from courseware.mail import folder, smtp
from courseware.notices import teller
from courseware.store import journal, schema, schema_notices
from tests import builders
from tests.builders import HOUR, NOW
from tests.notices import told
from tests.notices.told import ask

DAY = 24 * HOUR


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    with made.database.write() as connection:
        connection.execute(schema.person.update().values(email=schema.person.c.username + "@school.example"))
    yield made
    made.close()


def kinds(world: builders.World, name: str) -> list[str]:
    n, p = schema_notices.notice, schema.person
    with world.database.read() as connection:
        query = sa.select(n.c.kind).join(p, n.c.person_id == p.c.id).where(p.c.username == name)
        return list(connection.execute(query.order_by(n.c.id)).scalars())


def near(world: builders.World, now: datetime.datetime) -> None:
    teller.Teller(world.database, lambda: now, None, told.OFFICE).once()


def marked(world: builders.World, now: datetime.datetime) -> str:
    """A hand-in of Sam's with its one exercise marked."""
    received = submit.receive_upload(world.desk, world.sam, "one", builders.upload("k"), now=now)
    public, key = received.submission.public, received.submission.id
    with world.database.write() as connection:
        connection.execute(
            schema.mark.insert().values(
                submission_id=key,
                notebook="n",
                exercise="t",
                points=4,
                score=3,
                needs_person=False,
                verdict="passed",
                test_mode="tests",
            )
        )
        journal.append(connection, "submission.marked", public, now=now)
    return public


def test_marks_are_told_when_they_show_once_and_then_as_changes(world: builders.World) -> None:
    marked(world, NOW)
    told.read(world)
    assert kinds(world, "sam") == ["release"]
    # Due at 13:00 UTC; marks show after it.
    near(world, NOW + 2 * HOUR)
    near(world, NOW + 3 * HOUR)
    assert kinds(world, "sam") == ["release", "marked"]
    with world.database.read() as connection:
        public = connection.execute(sa.select(schema.submission.c.public)).scalar_one()
        key = connection.execute(sa.select(schema.submission.c.id)).scalar_one()
    for comment in ("Good", "Very good"):
        with world.database.write() as connection:
            scores.put_by_person(
                connection,
                submissions.find(connection, public),
                ("n", "t"),
                score=4,
                comment=comment,
                by=world.teacher.person,
                now=NOW + 4 * HOUR,
            )
    told.read(world, now=NOW + 4 * HOUR)
    assert kinds(world, "sam") == ["release", "marked", "changed"]
    assert kinds(world, "kim") == ["release"]
    assert key


def test_marks_that_wait_for_staff_are_told_when_they_are_released(world: builders.World) -> None:
    with world.database.write() as connection:
        connection.execute(schema.lesson.update().values(marks_policy="when-released"))
    marked(world, NOW)
    told.read(world)
    near(world, NOW + 2 * HOUR)
    assert "marked" not in kinds(world, "sam")
    with world.database.write() as connection:
        lessons.release_marks(connection, world.one, by=world.teacher.person, now=NOW + 3 * HOUR)
    near(world, NOW + 3 * HOUR)
    assert kinds(world, "sam").count("marked") == 1


def test_a_date_that_comes_is_told_once_to_who_has_not_handed_in(world: builders.World) -> None:
    near(world, NOW - 3 * DAY)
    assert "date" not in kinds(world, "kim")
    submit.receive_upload(world.desk, world.sam, "one", builders.upload("k"), now=NOW - 2 * DAY)
    for hour in range(4):
        near(world, NOW - DAY + hour * HOUR)
    assert kinds(world, "kim").count("date") == 1
    assert "date" not in kinds(world, "sam")
    assert "date" not in kinds(world, "tess")


def test_a_lesson_is_told_of_when_it_opens(world: builders.World) -> None:
    with world.database.write() as connection:
        connection.execute(schema_notices.notice.delete())
        connection.execute(schema.effective_dates.update().values(opens=NOW + DAY))
    near(world, NOW + HOUR)
    assert kinds(world, "kim") == []
    near(world, NOW + DAY + HOUR)
    near(world, NOW + DAY + 2 * HOUR)
    assert kinds(world, "kim") == ["release"]


def test_rounds_go_on_after_errors_and_are_woken(world: builders.World, tmp_path: Path) -> None:
    made = teller.Teller(
        world.database, lambda: NOW + HOUR, folder.Folder(path=tmp_path / "mail"), told.OFFICE
    )
    made.start()
    try:
        ask(world, world.teacher, board=True, kind="announcement")
        until = time.monotonic() + 20
        while len(list((tmp_path / "mail").glob("*.eml"))) < 2:
            assert time.monotonic() < until
            made.wake()
            time.sleep(0.05)
    finally:
        made.stop(20)


def test_a_failing_round_is_followed_by_others() -> None:
    done = threading.Semaphore(0)
    faults = iter([errors.Temporary("away"), ValueError("a bug")])

    def once() -> None:
        done.release()
        fault = next(faults, None)
        if fault:
            raise fault

    made = rounds.Rounds(once, seconds=0.01, name="test")
    made.start()
    assert all(done.acquire(timeout=10) for _ in range(4))
    made.stop(10)


def test_mail_is_set_up_from_the_settings() -> None:
    def of(**given: str) -> object:
        return wiring.mail_of(settings.Settings(mail=settings.Mail(**given)))  # type: ignore[arg-type]

    assert of() is None
    assert isinstance(of(folder="/tmp/letters"), folder.Folder)
    assert isinstance(of(host="mail.example", sender="c@school.example"), smtp.Smtp)
    for bad in (
        {"host": "mail.example"},
        {"host": "mail.example", "sender": "nobody"},
        {"host": "mail.example", "sender": "c@school.example", "reply": "a+b@school.example"},
    ):
        with pytest.raises(errors.UserError):
            of(**bad)
