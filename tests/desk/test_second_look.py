"""Another look at a mark: who may ask, once, and a decision that its author reads."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.course import model, people
from courseware.desk import second_look
from courseware.discussion import inbox, look
from courseware.exchange import submissions
from courseware.grading import lesson_marks, mark_changes, requests, scores
from tests import builders
from tests.grading import test_regrade as again

NOW = builders.NOW
PLACE = ("n", "double-test")


@pytest.fixture
def course(database_url: str, tmp_path: Path) -> Iterator[again.Class]:
    world = builders.world(database_url, tmp_path)
    yield again.Class(world=world, sandbox=again.Counting())
    world.close()


def marked(course: again.Class) -> str:
    """Sam's hand-in, which has marks."""
    number = course.release(again.lesson(again.GOOD))
    public = course.hand_in(course.world.sam, number, {**again.GOOD, "double": "def double(x): return x"})
    course.work()
    return public


def ask(
    course: again.Class, public: str, *, who: model.Viewer, place: tuple[str, str] = PLACE, why: str = "Why?"
) -> str:
    with course.world.database.write() as connection:
        found = submissions.find(connection, public)
        return second_look.ask(connection, who, found, place, why, now=NOW)


def decide(
    course: again.Class, thread: str, decision: str, why: str, *, who: model.Viewer, **more: Any
) -> None:
    with course.world.database.write() as connection:
        known = requests.of_threads(connection, [thread])[thread]
        found = submissions.by_id(connection, known.submission_id)
        wish = second_look.Wish(decision=decision, reason=why, **more)
        second_look.decide(connection, who, known, found, wish, now=NOW)


def counts(course: again.Class) -> requests.Counts:
    with course.world.database.read() as connection:
        return requests.of_lesson(connection, course.world.one.id)


def test_asked_talked_over_and_decided(course: again.Class) -> None:
    world, public = course.world, marked(course)
    thread = ask(course, public, who=world.sam, why="Three plus *three* is right, I think.")
    assert counts(course) == requests.Counts(open=1, changed=0, stays=0)
    with world.database.read() as connection:
        (waits,) = inbox.waiting(connection, world.teacher, now=NOW).threads
        assert (waits.id, waits.kind) == (thread, "private")
        assert waits.title.startswith("Another look at ")
        with pytest.raises(errors.UserError, match="no such discussion"):
            look.thread(connection, world.kim, thread, now=NOW)
    with pytest.raises(errors.UserError, match="You have asked for another look at this exercise"):
        ask(course, public, who=world.sam)
    ask(course, public, who=world.sam, place=("n", "half-test"))
    decide(course, thread, "stays", "The task says doubled.", who=world.teacher)
    with world.database.read() as connection:
        told = look.thread(connection, world.sam, thread, now=NOW)
    assert told.thread.state == "resolved"
    assert told.posts[-1].body == "**The mark stays as it is.**\n\nThe task says doubled."
    assert counts(course) == requests.Counts(open=1, changed=0, stays=1)
    with pytest.raises(errors.UserError, match="was decided already"):
        decide(course, thread, "changed", "No.", who=world.teacher)
    assert ask(course, public, who=world.sam) != thread  # of what was decided, once more
    kinds = [kind for kind, _ in course.news()]
    assert (kinds.count("request.asked"), kinds.count("request.decided")) == (3, 1)


def test_what_is_refused(course: again.Class) -> None:
    world, public = course.world, marked(course)
    with pytest.raises(errors.UserError, match="Only who handed it in"):
        ask(course, public, who=world.kim)
    with pytest.raises(errors.UserError, match="no mark that shows yet"):
        ask(course, public, who=world.sam, place=("n", "nothing"))
    with pytest.raises(errors.UserError, match="comment"):
        ask(course, public, who=world.sam, why=" \n ")
    assert counts(course).total == 0
    thread = ask(course, public, who=world.sam)
    with pytest.raises(errors.UserError, match="Say why"):
        decide(course, thread, "stays", " ", who=world.teacher)
    with pytest.raises(errors.UserError, match="changed or stays"):
        decide(course, thread, "perhaps", "So.", who=world.teacher)
    with pytest.raises(errors.UserError, match="As student you cannot mark work"):
        decide(course, thread, "changed", "So.", who=world.sam)
    assert counts(course) == requests.Counts(open=1, changed=0, stays=0)


def test_a_grader_decides(course: again.Class) -> None:
    world, public = course.world, marked(course)
    thread = ask(course, public, who=world.sam)
    with world.database.write() as connection:
        person = people.add(
            connection, world.course, username="gil", name="Gil", email=None, role="grader", now=NOW
        )
    grader = dataclasses.replace(world.teacher, person=person, role="grader")
    with pytest.raises(errors.UserError, match="has not changed since the request"):
        decide(course, thread, "changed", "You are right.", who=grader)
    assert counts(course) == requests.Counts(open=1, changed=0, stays=0)
    decide(course, thread, "changed", "You are right.", who=grader, points=1)
    assert counts(course) == requests.Counts(open=0, changed=1, stays=0)
    with world.database.read() as connection:
        assert scores.of_submission(connection, submissions.find(connection, public).id)[PLACE].score == 1


def test_a_decision_is_corrected_and_both_stay(course: again.Class) -> None:
    world, public = course.world, marked(course)
    thread = ask(course, public, who=world.sam)
    decide(course, thread, "stays", "It asks for three decimals.", who=world.teacher)
    with pytest.raises(errors.UserError, match="was decided already"):
        decide(course, thread, "stays", "Late.", who=world.teacher)
    decide(course, thread, "changed", "It does not.", who=world.teacher, over="stays", points=1.5)
    assert counts(course) == requests.Counts(open=0, changed=1, stays=0)
    with world.database.read() as connection:
        told = look.thread(connection, world.sam, thread, now=NOW)
    assert [each.body for each in told.posts[-2:]] == [
        "**The mark stays as it is.**\n\nIt asks for three decimals.",
        "**The decision was corrected: the mark was changed.**\n\nIt does not.",
    ]
    assert [kind for kind, _ in course.news()].count("request.decided") == 2


def give(course: again.Class, public: str, score: float, *, comment: str = "") -> None:
    with course.world.database.write() as connection:
        found, by = submissions.find(connection, public), course.world.teacher.person
        scores.put_by_person(connection, found, PLACE, score=score, comment=comment, by=by, now=NOW)


def mark_of(course: again.Class, public: str) -> scores.Score:
    with course.world.database.read() as connection:
        return scores.of_submission(connection, submissions.find(connection, public).id)[PLACE]


def set_whole(course: again.Class, points: float | None, *, version: int) -> None:
    world = course.world
    with world.database.write() as connection:
        wish = lesson_marks.Wish(points=points, reason="So.", version=version)
        lesson_marks.put(
            connection,
            world.one,
            world.sam.person,
            wish,
            computed=2,
            most=6,
            by=world.teacher.person,
            now=NOW,
        )


def test_points_do_not_replace_a_mark_that_was_given_meanwhile(course: again.Class) -> None:
    public = marked(course)
    thread, seen = ask(course, public, who=course.world.sam), mark_of(course, public).version
    give(course, public, 2, comment="Both.")
    with pytest.raises(errors.UserError, match="marked this meanwhile") as refused:
        decide(course, thread, "changed", "So.", who=course.world.teacher, points=1, version=seen)
    assert refused.value.code == "precondition"
    assert (mark_of(course, public).score, counts(course).open) == (2, 1)
    newer = mark_of(course, public).version
    decide(course, thread, "changed", "So.", who=course.world.teacher, points=1, version=newer)
    assert (mark_of(course, public).score, mark_of(course, public).comment) == (1, "Both.")


def test_a_long_reason_goes_with_points(course: again.Class) -> None:
    public, why = marked(course), "w" * 9_000
    thread = ask(course, public, who=course.world.sam)
    decide(course, thread, "changed", why, who=course.world.teacher, points=1)
    with course.world.database.read() as connection:
        told = look.thread(connection, course.world.sam, thread, now=NOW)
        changes = mark_changes.of_submissions(connection, [submissions.find(connection, public).id])
    assert told.posts[-1].body.endswith(why)
    assert changes[-1].reason == why[: scores.MAX_REASON]


def test_a_mark_that_is_as_it_was_has_not_changed(course: again.Class) -> None:
    public, teacher = marked(course), course.world.teacher
    thread, was = ask(course, public, who=course.world.sam), mark_of(course, public).score
    assert was is not None
    for more in ({}, {"points": was}):
        with pytest.raises(errors.UserError, match="has not changed since the request"):
            decide(course, thread, "changed", "So.", who=teacher, **more)
    give(course, public, was, comment="A comment alone.")
    with pytest.raises(errors.UserError, match="has not changed since the request"):
        decide(course, thread, "changed", "So.", who=teacher)
    give(course, public, 1)
    give(course, public, was)
    with pytest.raises(errors.UserError, match="has not changed since the request"):
        decide(course, thread, "changed", "So.", who=teacher)
    give(course, public, 1)
    with pytest.raises(errors.UserError, match="has not changed since the request"):
        decide(course, thread, "changed", "So.", who=teacher, points=was)
    decide(course, thread, "changed", "So.", who=teacher)
    assert (counts(course).changed, mark_of(course, public).score) == (1, 1)


def test_a_whole_lesson_that_is_worth_what_it_was_has_not_changed(course: again.Class) -> None:
    thread = ask(course, marked(course), who=course.world.sam)
    for version, points in enumerate((2, 5, None)):
        set_whole(course, points, version=version)
        if points != 5:  # what the hand-ins say is 2
            with pytest.raises(errors.UserError, match="has not changed since the request"):
                decide(course, thread, "changed", "So.", who=course.world.teacher)
    set_whole(course, 5, version=3)
    decide(course, thread, "changed", "So.", who=course.world.teacher)
    assert counts(course).changed == 1


def test_a_mark_that_stays_gets_no_points(course: again.Class) -> None:
    public = marked(course)
    thread, before = ask(course, public, who=course.world.sam), mark_of(course, public)
    with pytest.raises(errors.UserError, match="leave the points out") as refused:
        decide(course, thread, "stays", "So.", who=course.world.teacher, points=1)
    assert refused.value.code == "bad-request"
    assert (mark_of(course, public), counts(course).open) == (before, 1)
