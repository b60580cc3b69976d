"""Another rule for late work that staff set over course.toml: compared, set, told of, taken back."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.course import late_line, late_rules, lessons, model, rules
from courseware.exchange import publish, submit
from courseware.grading import grades, history, reweigh
from courseware.store import journal, schema, schema_notices
from tests import builders
from tests.builders import HOUR, NOW
from tests.grading import test_worth as worth
from tests.notices import told

LATER = NOW + 40 * HOUR
HALF = rules.Late(kind="linear", percent=25)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def compared(world: builders.World, rule: rules.Late) -> reweigh.Wish:
    with world.database.read() as connection:
        return reweigh.compared(connection, world.sam.course, world.one, rule, now=LATER)


def put(world: builders.World, rule: rules.Late, seal: str = "", reason: str = "a strike") -> str:
    """Have a rule hold, as it was looked at just now; its id."""
    wish = (rule, seal or compared(world, rule).seal, reason)
    with world.database.write() as connection:
        by = world.teacher.person
        reweigh.put(connection, world.sam.course, world.one, wish, by=by, now=LATER)
        return reweigh.standing(connection, world.one)[0].public


def take_back(world: builders.World, public: str) -> None:
    with world.database.write() as connection:
        before = reweigh.before(connection, world.sam.course, world.one)
    seal = compared(world, before).seal
    with world.database.write() as connection:
        by = world.teacher.person
        asked = (public, seal)
        reweigh.take_back(connection, world.sam.course, world.one, asked, by=by, now=LATER)


def holding(world: builders.World) -> str:
    with world.database.read() as connection:
        return late_line.write(late_rules.holding(connection, world.sam.course, world.one))


def final(world: builders.World) -> float | None:
    return worth.counts(world, now=LATER).final


def notices(world: builders.World) -> list[tuple[str, str]]:
    told.read(world, now=LATER, mail=False)
    table, person = schema_notices.notice, schema.person
    query = sa.select(person.c.username, table.c.kind).join(table, table.c.person_id == person.c.id)
    query = query.where(table.c.kind.in_(("marked", "changed")))
    with world.database.read() as connection:
        return [(row.username, row.kind) for row in connection.execute(query.order_by(table.c.id))]


def test_a_rule_holds_over_course_toml_until_it_is_taken_back(world: builders.World) -> None:
    worth.under(world, 'late = { kind = "linear", percent = 10 }')
    worth.hand_in(world, "k", after=30 * HOUR, score=3)
    assert final(world) == pytest.approx(2.4)
    one = put(world, HALF)
    assert (final(world), holding(world)) == (1.5, '{ kind = "linear", percent = 25 }')
    two = put(world, rules.Late())
    assert (final(world), holding(world)) == (3, '"accept"')
    with pytest.raises(errors.UserError, match="holds no more"):
        take_back(world, one)
    worth.under(world, 'late = "zero"')  # a later course.toml changes nothing while a rule stands
    assert final(world) == 3
    take_back(world, two)
    assert final(world) == 1.5
    take_back(world, one)
    assert (final(world), holding(world)) == (0, '"zero"')
    with world.database.read() as connection:
        rows = late_rules.of_lesson(connection, world.one.id)
        kinds = [each.kind for each in builders.events(connection) if each.kind.startswith("late-rule")]
    assert [(each.text, each.ended is not None, each.reason) for each in rows] == [
        ('"accept"', True, "a strike"),
        ('{ kind = "linear", percent = 25 }', True, "a strike"),
    ]
    assert kinds == ["late-rule.set", "late-rule.set", "late-rule.ended", "late-rule.ended"]


def test_what_was_not_looked_at_is_not_applied(world: builders.World) -> None:
    worth.under(world, 'late = { kind = "linear", percent = 10 }')
    worth.hand_in(world, "k", after=30 * HOUR, score=3)
    seen = compared(world, HALF).seal
    worth.hand_in(world, "l", after=31 * HOUR)
    assert compared(world, HALF).seal != seen
    with pytest.raises(errors.UserError, match="Something came in between"):
        put(world, HALF, seen)
    seen = compared(world, HALF).seal
    put(world, rules.Late(kind="zero"))
    with pytest.raises(errors.UserError, match="Something came in between"):
        put(world, HALF, seen)
    with pytest.raises(errors.UserError, match="holds already"):
        put(world, rules.Late(kind="zero"))
    with pytest.raises(errors.UserError, match="Say why"):
        put(world, HALF, reason=" ")
    assert holding(world) == '"zero"'


def test_who_came_in_time_meanwhile_is_in_nobodys_way(world: builders.World) -> None:
    worth.under(world, 'late = { kind = "linear", percent = 10 }')
    seen = compared(world, HALF).seal
    worth.hand_in(world, "k", score=3)
    put(world, HALF, seen)
    assert holding(world) == late_line.write(HALF)


def test_those_whose_mark_changes_are_told_each_time(world: builders.World) -> None:
    worth.under(world, 'late = { kind = "linear", percent = 10 }')
    work = worth.hand_in(world, "k", after=30 * HOUR, score=3)
    with world.database.write() as connection:
        journal.append(connection, "submission.marked", work.public, now=LATER, data={})
    assert notices(world) == [("sam", "marked")]
    rule = put(world, HALF)
    assert notices(world) == [("sam", "marked"), ("sam", "changed")]
    take_back(world, rule)
    assert notices(world)[2:] == [("sam", "changed")]
    put(world, rules.Late(kind="linear", percent=10, grace=datetime.timedelta(minutes=5)))
    assert len(notices(world)) == 3  # 29 hours late: what it is worth is the same


def test_nobody_is_told_by_marks_that_are_hidden(world: builders.World) -> None:
    under = (("due = 2026-11-23T14:00:00", "marks = 'when-released'\ndue = 2026-11-23T14:00:00"),)
    worth.under(world, 'late = { kind = "linear", percent = 10 }', *under)
    worth.hand_in(world, "k", after=30 * HOUR, score=3)
    put(world, HALF)
    assert notices(world) == []


def test_late_days_that_it_spends_are_missing_elsewhere(world: builders.World) -> None:
    """A rule that takes late days in one lesson leaves fewer for the next."""
    early = ("opens = 2027-01-01T08:00:00", "due = 2026-11-23T14:00:00")
    zero = '{ kind = "linear", percent = 10, late_days = 2 }'
    keep = ('slug = "one"', 'slug = "one"\nlate = "accept"')
    worth.under(world, f"late = {zero}", early, keep)
    with world.database.read() as connection:
        two = lessons.find(connection, world.sam.course, "two")
    publish.publish(world.database, world.blobs, two, builders.bundle(), by=None, now=NOW)
    worth.hand_in(world, "k", after=30 * HOUR, score=3)
    desk, wish = world.desk, builders.upload("m")
    got = submit.receive_upload(desk, world.sam, "two", wish, now=NOW + 30 * HOUR).submission
    worth.mark(world, got, 4, now=LATER)
    found = compared(world, HALF)
    assert [(each.lesson.slug, each.before, each.after) for each in found.lines] == [
        ("two", 4, pytest.approx(3.2)),
        ("one", 3, 3),
    ]


def test_the_history_of_a_mark_tells_of_it(world: builders.World) -> None:
    worth.hand_in(world, "k", score=3)
    rule = put(world, HALF, reason="a strike")
    take_back(world, rule)
    with world.database.read() as connection:
        standing = grades.attempts(connection, world.course, world.one, world.sam.person.id, now=LATER)
        told = history.of(connection, world.one, world.sam.person, standing)
    lines = [each for each in told if "rule" in each.kind]
    by = world.teacher.person.name
    assert {(each.kind, each.key, each.reason, each.by) for each in lines} == {
        ("late-rule", '{ kind = "linear", percent = 25 }', "a strike", by),
        ("late-rule-ended", '{ kind = "linear", percent = 25 }', "", by),
    }


def test_a_rule_is_written_as_it_is_read() -> None:
    hour, minutes = datetime.timedelta(hours=1), datetime.timedelta(minutes=7)
    for rule in (
        rules.Late(),
        rules.Late(kind="zero"),
        rules.Late(kind="zero", grace=minutes),
        rules.Late(kind="linear", percent=100 / 3, every=hour / 4, floor=12.5, grace=minutes),
    ):
        assert late_line.read(late_line.write(rule), rules.Late()) == rule
    told_all = late_line.told(rules.Late(kind="linear", every=hour, floor=50, grace=minutes, bank=3))
    assert told_all == (
        "Late work loses 10 % of its points for each hour begun. It keeps at least 50 %. "
        "Nothing is lost within 7 minutes after the due date. Late days are used first."
    )


def test_lessons_do_not_share_rules(world: builders.World) -> None:
    put(world, HALF)
    with world.database.read() as connection:
        places: list[model.Lesson] = lessons.of_course(connection, world.course)
        found = late_rules.policies(connection, world.course, places)
    assert {place.slug: found[place.id].late.kind for place in places} == {"one": "linear", "two": "accept"}
