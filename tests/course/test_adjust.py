"""What changes somebody's dates: every grant, shift, pause and move rewrites them in its transaction."""

import concurrent.futures
import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.course import (
    adjust,
    allowances,
    courses,
    dates,
    gates,
    groups,
    lessons,
    manifest,
    model,
    people,
    rules,
)
from courseware.store import journal, schema
from tests import builders
from tests.builders import NOW
from tests.course.plans import utc

DAY = rules.DAY
PACED = """[course]
id = "c"
title = "A course"
time_zone = "Europe/Berlin"
pacing = "paced"
ends = 2027-06-01T00:00:00

[pace]
hours_per_week = 7
least_hours = 3.5
most_hours = 14

[[groups]]
name = "evening"
days_later = 2

[[lessons]]
slug = "one"
title = "One"
pacing = "fixed"
due = 2026-11-23T14:00:00
closes = 2026-11-24T14:00:00

[[lessons]]
slug = "two"
title = "Two"
hours = 7

[[lessons]]
slug = "three"
hours = 7
"""


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def paced(connection: sa.Connection, text: str = PACED) -> model.Course:
    """The course as a paced one."""
    course = courses.put(connection, manifest.parse(text), text, now=NOW)
    lessons.sync(connection, course, manifest.parse(text), now=NOW)
    return course


def due(connection: sa.Connection, course: model.Course, who: model.Viewer, slug: str) -> str:
    """A due date on the wall in Berlin."""
    lesson = lessons.find(connection, course, slug)
    found = dates.effective(connection, who.person.id, lesson.id).due
    assert found is not None
    return f"{found.astimezone(manifest.of(course).rules.zone):%m-%d %H:%M}"


def grant(
    connection: sa.Connection, world: builders.World, granted: rules.Granted, *, why: str = "ill"
) -> str:
    return adjust.grant(
        connection, world.course, world.sam.person, granted, reason=why, by=world.teacher.person, now=NOW
    )


def test_an_extension_is_one_persons_and_is_audited(world: builders.World) -> None:
    with world.database.write() as connection:
        public = grant(connection, world, rules.Granted(kind="extension", lesson="one", amount=2))
        assert due(connection, world.course, world.sam, "one") == "11-25 14:00"
        assert due(connection, world.course, world.kim, "one") == "11-23 14:00"
        (held,) = allowances.of_person(connection, world.course, world.sam.person.id)
        assert (held.reason, held.given_by, held.given, held.ended) == ("ill", "tess", NOW, None)
        told = builders.events(connection)[-1]
        assert (told.kind, told.subject, told.actor_id, told.at) == (
            "allowance.extension",
            public,
            world.teacher.person.id,
            NOW,
        )
        assert told.data == {"person": world.sam.person.public}
        adjust.take_back(connection, world.course, world.sam.person, public, by=world.teacher.person, now=NOW)
        assert due(connection, world.course, world.sam, "one") == "11-23 14:00"
        assert builders.events(connection)[-1].kind == "allowance.ended"
        (held,) = allowances.of_person(connection, world.course, world.sam.person.id)
        assert (held.ended, held.ended_by) == (NOW, "tess")
        with pytest.raises(errors.UserError, match="Nothing of this id"):
            adjust.take_back(
                connection, world.course, world.sam.person, public, by=world.teacher.person, now=NOW
            )


@pytest.mark.parametrize(
    ("granted", "why", "says"),
    [
        (rules.Granted(kind="extension", lesson="one", amount=2), " ", "Say why"),
        (rules.Granted(kind="extension", lesson="one", amount=0), "ill", "number of days from 1 to 366"),
        (rules.Granted(kind="extension", lesson="one", amount=1.5), "ill", "number of days"),
        (rules.Granted(kind="extension", until=NOW), "ill", "say which"),
        (rules.Granted(kind="extension", lesson="ten", amount=1), "ill", "no lesson 'ten'"),
        (
            rules.Granted(kind="extension", lesson="two", until=utc("2026-12-24T22:59")),
            "ill",
            r"'Two' opens for sam on Fri 1 Jan 2027, 08:00 \(Europe/Berlin\); choose a later due date",
        ),
        (rules.Granted(kind="extra-time", amount=1), "ill", "factor from 1.01"),
        (rules.Granted(kind="extra-attempts", amount=0), "ill", "from 1 to 1000"),
        (rules.Granted(kind="format"), "blind", "Say which format"),
        (rules.Granted(kind="mercy"), "x", "nothing 'mercy' to grant"),  # type: ignore[arg-type]  # as from outside
    ],
)
def test_what_cannot_be_granted(world: builders.World, granted: rules.Granted, why: str, says: str) -> None:
    with pytest.raises(errors.UserError, match=says), world.database.write() as connection:
        grant(connection, world, granted, why=why)
    with world.database.read() as connection:
        assert allowances.of_person(connection, world.course, world.sam.person.id) == []


def test_a_due_date_is_granted_while_the_lesson_is_locked(world: builders.World) -> None:
    until = utc("2026-12-24T22:59")
    text = PACED.replace('title = "Two"', 'requires = ["one"]\nopens = 2026-12-01T08:00:00')
    with world.database.write() as connection:
        course = paced(connection, text)
        two = lessons.find(connection, course, "two")
        locked = dataclasses.replace(world, course=course)
        grant(connection, locked, rules.Granted(kind="extension", lesson="two", until=until))
        held = dates.effective(connection, world.sam.person.id, two.id)
        assert (held.opens, held.due) == (gates.NEVER, until)
        with pytest.raises(errors.UserError, match="opens for sam on Tue 1 Dec 2026, 08:00"):
            grant(connection, locked, rules.Granted(kind="extension", lesson="two", until=until - 30 * DAY))


def test_a_missed_date_can_be_shifted_and_only_then(world: builders.World) -> None:
    with world.database.write() as connection:
        course = paced(connection)
        assert [due(connection, course, world.sam, s) for s in ("two", "three")] == [
            "11-29 23:59",
            "12-06 23:59",
        ]
        with pytest.raises(errors.UserError, match="missed no date"):
            adjust.shift(connection, course, world.sam.person, (), now=NOW)
        later = NOW + 10 * DAY
        with pytest.raises(errors.UserError, match="missed no date"):
            adjust.shift(connection, course, world.sam.person, ("two",), now=later)
        shifted = adjust.shift(connection, course, world.sam.person, (), now=later)
        assert shifted.slug == "two"
        assert [due(connection, course, world.sam, s) for s in ("two", "three")] == [
            "12-09 23:59",
            "12-16 23:59",
        ]
        assert [due(connection, course, world.kim, s) for s in ("two", "three")] == [
            "11-29 23:59",
            "12-06 23:59",
        ]
        assert due(connection, course, world.sam, "one") == "11-23 14:00"
        assert builders.events(connection)[-1].kind == "plan.shifted"
        with pytest.raises(errors.UserError, match="missed no date"):
            adjust.shift(connection, course, world.sam.person, (), now=later)


def test_hours_a_pause_and_a_move(world: builders.World) -> None:
    with world.database.write() as connection:
        course, sam = paced(connection), world.sam.person
        adjust.commit(connection, course, sam, 14, now=NOW)
        assert due(connection, course, world.sam, "three") == "11-29 23:59"
        with pytest.raises(errors.UserError, match="to 14 hours a week"):
            adjust.commit(connection, course, sam, 99, now=NOW)
        day = datetime.date(2026, 11, 25)
        adjust.pause(connection, course, sam, day, day + 6 * DAY, by=sam, now=NOW)
        assert due(connection, course, world.sam, "three") == "12-06 23:59"
        with pytest.raises(errors.UserError, match="today or later"):
            adjust.pause(connection, course, sam, day - 9 * DAY, day, by=sam, now=NOW)
        with pytest.raises(errors.UserError, match="from 1 to 180 days"):
            adjust.pause(connection, course, sam, day, day - DAY, by=sam, now=NOW)
        adjust.move(connection, course, sam, "America/New_York", now=NOW)
        assert due(connection, course, world.sam, "three") == "12-07 05:59"
        assert due(connection, course, world.sam, "one") == "11-23 14:00"
        with pytest.raises(errors.UserError, match="no time zone 'Moon'"):
            adjust.move(connection, course, sam, "Moon", now=NOW)
        kinds = [each.kind for each in builders.events(connection)][-3:]
        assert kinds == ["plan.hours", "plan.paused", "plan.moved"]


def test_a_shift_after_the_hour_at_which_work_is_due_begins_the_day_after(world: builders.World) -> None:
    morning = PACED.replace("[pace]", '[pace]\ndue_at = "08:00"').replace("hours = 7\n", "hours = 1\n")
    with world.database.write() as connection:
        course = paced(connection, morning)
        late = adjust.shift(connection, course, world.sam.person, (), now=NOW + 20 * rules.DAY)
        assert late.slug == "two"
        found = dates.effective(connection, world.sam.person.id, late.id).due
        assert found is not None
        assert found > NOW + 20 * rules.DAY
        assert adjust.missed(connection, course, world.sam.person.id, (), now=NOW + 20 * rules.DAY) is None


def test_a_course_that_is_not_paced_has_no_plan(world: builders.World) -> None:
    with (
        world.database.write() as connection,
        pytest.raises(errors.UserError, match="No lesson of this course"),
    ):
        adjust.commit(connection, world.course, world.sam.person, 5, now=NOW)


def test_who_is_in_a_group_has_its_dates(world: builders.World) -> None:
    with world.database.write() as connection:
        course = paced(connection)
        groups.put(connection, course, "evening", ["sam"], now=NOW)
        assert due(connection, course, world.sam, "one") == "11-25 14:00"
        assert due(connection, course, world.kim, "one") == "11-23 14:00"
        # A group that course.toml does not name has no dates of its own.
        groups.put(connection, course, "tuesday", ["sam", "kim"], now=NOW)
        groups.put(connection, course, "evening", ["kim"], now=NOW)
        assert due(connection, course, world.sam, "one") == "11-23 14:00"
        assert due(connection, course, world.kim, "one") == "11-25 14:00"
        groups.put(connection, course, "evening", [], now=NOW)
        assert due(connection, course, world.kim, "one") == "11-23 14:00"


def test_everybodys_dates_are_rewritten_with_the_course(world: builders.World) -> None:
    with world.database.write() as connection:
        grant(connection, world, rules.Granted(kind="extension", lesson="one", amount=2))
        text = builders.MANIFEST.replace("due = 2026-11-23T14:00:00", "due = 2026-11-23T16:00:00")
        course = courses.put(connection, manifest.parse(text), text, now=NOW)
        lessons.sync(connection, course, manifest.parse(text), now=NOW)
        assert due(connection, course, world.sam, "one") == "11-25 16:00"
        assert due(connection, course, world.kim, "one") == "11-23 16:00"


def test_the_table_holds_what_the_resolver_says(world: builders.World) -> None:
    with world.database.write() as connection:
        course = paced(connection)
        people.add(
            connection,
            course,
            username="new",
            name="",
            email=None,
            role="student",
            now=utc("2026-12-01T08:00"),
        )
        rows = connection.execute(sa.select(schema.effective_dates)).all()
        assert len(rows) == 4 * 3
        assert journal.read(connection, "x") is not None


def test_two_changes_at_the_same_time_both_hold(world: builders.World) -> None:
    """Each rewrites the same rows; the later one must see what the earlier one changed."""

    def change(days: int) -> None:
        with world.database.write() as connection:
            grant(connection, world, rules.Granted(kind="extension", lesson="one", amount=days))

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(change, (1, 2, 4, 8)))
    with world.database.read() as connection:
        assert due(connection, world.course, world.sam, "one") == "12-08 14:00"
