"""What late work loses, which hand-in counts, and which lessons open by it, from the rows."""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.course import adjust, courses, dates, lessons, manifest, model, rules, schedule
from courseware.exchange import choices, publish, submissions, submit
from courseware.exchange import model as exchange_model
from courseware.grading import (
    grades,
    gradings,
    marks,
    outcome,
    pipeline,
    reaching,
    regrade,
    scores,
    worth,
)
from courseware.interchange import spreadsheet
from tests import builders
from tests.builders import HOUR, NOW, upload

DAY = rules.DAY
LATE = 'late = { kind = "linear", percent = 10, floor = 50, late_days = 2 }\n'


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def under(world: builders.World, policies: str, *changes: tuple[str, str]) -> None:
    """Let the course have these policies."""
    text = builders.MANIFEST.replace("[[lessons]]", f"[policies]\n{policies}\n[[lessons]]", 1)
    text = text.replace("closes = 2026-11-24T14:00:00", "closes = 2026-12-24T14:00:00")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with world.database.write() as connection:
        course = courses.put(connection, manifest.parse(text), text, now=NOW)
        lessons.sync(connection, course, manifest.parse(text), now=NOW)
    for name in ("teacher", "sam", "kim"):
        viewer = getattr(world, name)
        changed = model.Viewer(person=viewer.person, course=course, role=viewer.role, ceiling=viewer.ceiling)
        object.__setattr__(world, name, changed)


def hand_in(
    world: builders.World, key: str, *, after: datetime.timedelta = HOUR * 0, score: float | None = None
) -> exchange_model.Submission:
    """A hand-in of Sam's, perhaps marked at once."""
    wish = upload(key)
    got = submit.receive_upload(world.desk, world.sam, "one", wish, now=NOW + after).submission
    if score is not None:
        mark(world, got, score, now=NOW + after)
    return got


def mark(
    world: builders.World,
    got: exchange_model.Submission,
    score: float,
    *,
    now: datetime.datetime,
    **more: float,
) -> None:
    """Mark the exercise `t` of 4 points, and `more` exercises that have all of theirs."""
    given = {"t": marks.Mark(score=score, points=4, auto_score=score, needs_person=False, verdict="partial")}
    for key, points in more.items():
        given[key] = marks.Mark(
            score=points, points=points, auto_score=points, needs_person=False, verdict="pass"
        )
    result = pipeline.Result(notebook="n", marks=given, executed=None, runs={}, notes=(), seconds=0)
    with world.database.write() as connection:
        grading = gradings.current(connection, got.id)
        assert grading is not None
        scores.save(connection, grading, scores.rows([result], {}), now=NOW)
        course = courses.by_id(connection, world.course.id)
        reaching.note(connection, course, got.person_id, lessons.by_id(connection, got.lesson_id), now=now)


def counts(world: builders.World, *, now: datetime.datetime = NOW) -> outcome.Standing:
    with world.database.read() as connection:
        found = grades.of_person(connection, world.sam.person.id, world.one.id, now=now)
    assert found is not None
    return found


def days_left(connection: sa.Connection, world: builders.World, *, before: int | None = None) -> int:
    ledger = worth.ledger(connection, world.sam.course, (), now=NOW)
    return ledger.days_left(world.sam.person.id, before=before)


def grant(world: builders.World, granted: rules.Granted) -> None:
    with world.database.write() as connection:
        adjust.grant(
            connection,
            world.sam.course,
            world.sam.person,
            granted,
            reason="x",
            by=world.teacher.person,
            now=NOW,
        )


def test_late_work_loses_its_share_and_says_why(world: builders.World) -> None:
    under(world, 'late = { kind = "linear", percent = 10, floor = 50 }')
    hand_in(world, "k", after=30 * HOUR, score=3)
    found = counts(world)
    assert (found.score, found.penalty.percent) == (3, 20)
    assert found.final == pytest.approx(2.4)
    assert "20 % in all" in found.penalty.why
    with world.database.read() as connection:
        text = spreadsheet.to_csv(grades.of_class(connection, world.sam.course, now=NOW))
    assert "sam,sam,,2.4,4,29.0,2.4,4" in text


def test_an_extension_given_afterwards_takes_the_penalty_away(world: builders.World) -> None:
    under(world, 'late = "zero"')
    work = hand_in(world, "k", after=30 * HOUR, score=3)
    assert counts(world).final == 0
    grant(world, rules.Granted(kind="extension", lesson="one", amount=2))
    assert (counts(world).final, work.late_seconds) == (3, 29 * 3600)
    assert counts(world).late_seconds == 0
    with world.database.read() as connection:
        text = spreadsheet.to_csv(grades.of_class(connection, world.sam.course, now=NOW))
    assert "sam,sam,,3,4,,3,4" in text, "the gradebook says so, too"


def test_being_late_can_be_forgiven(world: builders.World) -> None:
    under(world, 'late = "zero"')
    hand_in(world, "k", after=30 * HOUR, score=3)
    grant(world, rules.Granted(kind="no-penalty", lesson="one"))
    assert counts(world).final == 3
    assert counts(world).penalty.why == "It came 1 day 5 hours late; this was forgiven."


def test_late_days_are_spent_by_what_counts_in_the_order_of_lessons(world: builders.World) -> None:
    under(world, LATE, ("opens = 2027-01-01T08:00:00", "due = 2026-11-23T14:00:00"))
    with world.database.read() as connection:
        two = lessons.find(connection, world.sam.course, "two")
    publish.publish(world.database, world.blobs, two, builders.bundle(), by=world.teacher.person, now=NOW)
    later = submit.receive_upload(world.desk, world.sam, "two", upload("b"), now=NOW + 30 * HOUR).submission
    with world.database.read() as connection:
        assert grades.standing(connection, later, now=NOW).penalty.percent == 0
        assert days_left(connection, world) == 0
    hand_in(world, "a", after=20 * HOUR, score=4)
    with world.database.read() as connection:
        assert days_left(connection, world, before=two.id) == 1
        assert grades.standing(connection, later, now=NOW).penalty.percent == 10
    assert counts(world).final == 4


def test_the_best_counts_after_what_it_loses_and_none_is_set_aside(world: builders.World) -> None:
    under(world, 'late = { kind = "linear", percent = 50 }\nattempts = { counts = "best" }')
    good = hand_in(world, "a", score=3)
    hand_in(world, "b", score=1)
    waiting = hand_in(world, "c")
    hand_in(world, "d", after=2 * HOUR, score=4)
    # Due at 13:00, an hour from NOW; before, which one is best would tell of hidden tests.
    assert counts(world).submission == waiting
    assert counts(world, now=NOW + 2 * HOUR).submission == good
    with world.database.read() as connection:
        found = gradings.current(connection, waiting.id)
        told = [
            (each.counts, each.seen_counts, each.as_seen().counts)
            for each in (grades.standing(connection, work, now=NOW) for work in (good, waiting))
        ]
        table = grades.of_class(connection, world.sam.course, now=NOW)
    assert told == [(True, False, False), (False, True, True)]
    assert table.cells[world.sam.person.id, world.one.id].submission == good
    assert found is not None
    assert found.state == "waiting"


def test_the_author_chooses_where_the_course_lets_them(world: builders.World) -> None:
    first, second = hand_in(world, "a"), hand_in(world, "b")
    assert counts(world).submission == second
    with world.database.write() as connection, pytest.raises(errors.UserError, match="you do not choose"):
        choices.put(connection, world.course, world.one, first, by=world.sam.person, now=NOW)
    under(world, 'attempts = { counts = "chosen" }')
    assert counts(world).submission == second
    for wanted in (first, second, first):
        with world.database.write() as connection:
            choices.put(connection, world.sam.course, world.one, wanted, by=world.sam.person, now=NOW)
        assert counts(world).submission == wanted
    hand_in(world, "c")
    assert counts(world).submission == first


def test_a_limit_and_a_cool_down_refuse_in_one_sentence(world: builders.World) -> None:
    under(world, "attempts = { limit = 2, cooldown_minutes = 10 }")
    hand_in(world, "a")
    with pytest.raises(errors.UserError, match="The next hand-in is taken in 5 minutes") as waits:
        hand_in(world, "b", after=HOUR / 12)
    assert waits.value.code == "conflict"
    hand_in(world, "b", after=HOUR)
    again = submit.receive_upload(world.desk, world.sam, "one", upload("b"), now=NOW + HOUR)
    assert not again.fresh
    with pytest.raises(errors.UserError, match="2 is all that is taken here"):
        hand_in(world, "c", after=3 * HOUR)
    grant(world, rules.Granted(kind="extra-attempts", lesson="one", amount=1))
    hand_in(world, "c", after=3 * HOUR)
    with pytest.raises(errors.UserError, match="3 is all that is taken here"):
        hand_in(world, "d", after=5 * HOUR)
    for key in "efg":
        submit.receive_upload(world.desk, world.teacher, "one", upload(key), now=NOW)


def second(connection: sa.Connection, world: builders.World) -> model.Dates:
    two = lessons.find(connection, world.sam.course, "two")
    return dates.effective(connection, world.sam.person.id, two.id)


NEEDS = ("opens = 2027-01-01T08:00:00", 'requires = [{ lesson = "one", percent = 75 }]')


def test_a_gate_opens_when_the_marks_show_and_suffice_and_stays_open(world: builders.World) -> None:
    under(world, 'marks = "after-due"', NEEDS)
    with world.database.read() as connection:
        assert schedule.state(second(connection, world), NOW + 99 * DAY) == "not-open"
    with pytest.raises(errors.UserError, match="It opens when your marks of “One” are shown and reach 75 %"):
        submit.receive_upload(world.desk, world.sam, "two", upload("x"), now=NOW)
    hand_in(world, "a", score=3)
    with world.database.read() as connection:
        # Due at 13:00, an hour from NOW: only then does anybody know.
        assert schedule.state(second(connection, world), NOW) == "not-open"
        assert schedule.state(second(connection, world), NOW + 2 * HOUR) == "open"
    hand_in(world, "b", after=HOUR / 2, score=1)
    with world.database.read() as connection:
        assert schedule.state(second(connection, world), NOW + 2 * HOUR) == "not-open"
    hand_in(world, "c", after=HOUR * 0.9, score=4)
    late = hand_in(world, "d", after=3 * HOUR, score=0)
    mark(world, late, 0, now=NOW + 3 * HOUR)
    with world.database.read() as connection:
        assert schedule.state(second(connection, world), NOW + 3 * HOUR) == "open"
    grant(world, rules.Granted(kind="waiver", lesson="two"))
    with world.database.read() as connection:
        assert (second(connection, world).locked, second(connection, world).opens) == ("", None)


def test_a_gate_that_was_passed_stays_open_when_an_exercise_is_withdrawn(world: builders.World) -> None:
    """Whatever is graded, granted or handed in then; and who comes later passes it by what is left."""
    under(world, 'marks = "at-once"', NEEDS)
    long = dataclasses.replace(builders.EXERCISE, key="u", title="U", points=12)
    whole = dataclasses.replace(builders.bundle(), exercises=(builders.EXERCISE, long))
    publish.publish(world.database, world.blobs, world.one, whole, by=world.teacher.person, now=NOW)
    wish = upload("a", release=2)
    passed = submit.receive_upload(world.desk, world.sam, "one", wish, now=NOW).submission
    mark(world, passed, 0, now=NOW, u=12)

    def state(viewer: model.Viewer) -> str:
        with world.database.read() as connection:
            two = lessons.find(connection, world.course, "two")
            holds = dates.effective(connection, viewer.person.id, two.id)
        return schedule.state(holds, NOW + DAY)

    assert (state(world.sam), state(world.kim)) == ("open", "not-open")
    less = publish.publish(
        world.database, world.blobs, world.one, builders.bundle(), by=world.teacher.person, now=NOW + HOUR
    )
    by, queue = world.teacher.person, builders.idle_queue()
    regrade.lesson(world.database, world.blobs, world.one, by=by, fresh=True, now=NOW + HOUR, queue=queue)
    mark(world, passed, 0, now=NOW + HOUR, u=12)
    assert state(world.sam) == "open"
    with world.database.write() as connection:
        gradings.again(connection, passed, less.id, now=NOW + HOUR)
    mark(world, passed, 0, now=NOW + HOUR)
    with world.database.write() as connection:
        reaching.note_person(connection, world.sam.course, world.sam.person.id, now=NOW + HOUR)
        reaching.note_lesson(connection, lessons.by_id(connection, world.one.id), now=NOW + HOUR)
        dates.rewrite(connection, world.sam.course)
    assert state(world.sam) == "open"
    for viewer, score in ((world.sam, 1), (world.kim, 3)):
        wish = upload("b", release=3)
        got = submit.receive_upload(world.desk, viewer, "one", wish, now=NOW + 2 * HOUR).submission
        mark(world, got, score, now=NOW + 2 * HOUR)
        assert state(viewer) == "open"


def test_marks_that_are_released_later_open_a_gate_then(world: builders.World) -> None:
    under(world, 'marks = "when-released"', NEEDS)
    hand_in(world, "a", score=4)
    with world.database.write() as connection:
        assert schedule.state(second(connection, world), NOW + 99 * DAY) == "not-open"
        lessons.release_marks(connection, world.one, by=world.teacher.person, now=NOW + DAY)
        reaching.note_lesson(connection, lessons.by_id(connection, world.one.id), now=NOW + DAY)
        assert schedule.state(second(connection, world), NOW + DAY) == "open"


def test_a_lesson_that_requires_a_hand_in_opens_with_it(world: builders.World) -> None:
    under(world, "", ("opens = 2027-01-01T08:00:00", 'requires = ["one"]'))
    with world.database.read() as connection:
        assert schedule.state(second(connection, world), NOW) == "not-open"
    hand_in(world, "a")
    with world.database.read() as connection:
        assert schedule.state(second(connection, world), NOW) == "open"
        assert len(submissions.of_person(connection, world.sam.person.id, world.one.id)) == 1
