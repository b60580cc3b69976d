"""How much of the marks their author sees, by policy and date; and of an exercise before the due date."""

import datetime

import pytest

from courseware.course import model
from courseware.exchange import model as exchange_model
from courseware.grading import gradings, outcome, scores, sight
from courseware.notebook import release, settings_nbgrader
from tests.builders import HOUR, NOW
from tests.notebook import build

HIDDEN = "### BEGIN HIDDEN TESTS\nassert f(2)\n### END HIDDEN TESTS"


def lesson(policy: model.MarksPolicy, *, released: bool = False) -> model.Lesson:
    return model.Lesson(
        id=1,
        public="les_1",
        course_id=1,
        slug="one",
        title="One",
        position=0,
        marks_policy=policy,
        marks_released=NOW if released else None,
    )


@pytest.mark.parametrize(
    ("policy", "before", "after", "undated", "released"),
    [
        ("visible-first", "first", "all", "all", "all"),
        ("at-once", "all", "all", "all", "all"),
        ("after-due", "none", "all", "all", "all"),
        ("when-released", "none", "none", "none", "all"),
    ],
)
def test_how_much_is_seen(
    policy: model.MarksPolicy, before: str, after: str, undated: str, released: str
) -> None:
    due = model.Dates(due=NOW)
    moment = datetime.timedelta(microseconds=1)
    assert sight.sight(lesson(policy), due, NOW) == before
    assert sight.sight(lesson(policy), due, NOW + moment) == after
    assert sight.sight(lesson(policy), model.Dates(), NOW) == undated
    assert sight.sight(lesson(policy, released=True), due, NOW - HOUR) == released


def exercise(key: str, *, kind: str = "tests", hidden: bool = False) -> exchange_model.Exercise:
    return exchange_model.Exercise(notebook="n", key=key, title=key, points=2, kind=kind, hidden=hidden)


def score(key: str, *, source: str = "machine") -> scores.Score:
    """A mark that the run with hidden tests gave: nothing of the machine's may be seen."""
    return scores.Score(
        notebook="n",
        key=key,
        points=2,
        score=1.5,
        needs_person=False,
        verdict="secret",
        test_mode="",
        hint="secret",
        source=source,
        comment="secret" if source == "machine" else "Good.",
        version=3,
    )


def found(key: str, verdict: str = "pass") -> sight.First:
    return sight.First(notebook="n", key=key, score=2, verdict=verdict, hint="")


def test_before_the_due_date_nothing_comes_from_the_run_with_hidden_tests() -> None:
    every = [exercise("open"), exercise("hidden", hidden=True), exercise("unknown"), exercise("by hand")]
    given = {("n", key): score(key) for key in ("hidden", "unknown")}
    given["n", "by hand"] = score("by hand", source="person")
    first = {("n", key): found(key) for key in ("open", "hidden", "by hand")}
    seen = {each.key: each for each in sight.first(every, given, first, frozenset())}
    assert "secret" not in repr(seen)
    assert {key: (each.score, each.withheld, each.part) for key, each in seen.items()} == {
        "open": (2, False, ""),
        "hidden": (None, True, "pass"),
        "unknown": (None, True, ""),
        "by hand": (1.5, False, ""),
    }
    held = sight.first(every, given, first, frozenset({"open", "hidden", "by hand"}))
    assert [(each.score, each.part, each.comment) for each in held] == [(None, "", "")] * 4
    assert sight.first(every, {}, {}, frozenset()) == ()


def test_what_a_person_marks_does_not_wait_and_a_release_that_does_not_say_hides() -> None:
    essay = exercise("essay", kind="person", hidden=True)
    told = {"notebook": "n", "key": "old", "title": "Old", "points": 2, "kind": "tests"}
    old = exchange_model.Exercise(**told)  # type: ignore[arg-type]  # a row of JSON
    assert sight.hiding([essay, old, exercise("open")]) == {("n", "old")}


@pytest.mark.parametrize("state", ["waiting", "running", "failed", "marked"])
@pytest.mark.parametrize(
    ("sees", "told", "shown"),
    [("first", [{"key": "t"}], "marked"), ("first", [], None), ("all", [{"key": "t"}], None)],
)
def test_how_the_second_run_goes_is_not_told_before_the_due_date(
    state: gradings.State, sees: sight.Sight, told: list[object], shown: str | None
) -> None:
    """Where the first run could grade nothing there is nothing to wait for: the student reads why."""
    grading = gradings.Grading(
        id=1,
        public="grd_1",
        submission_id=1,
        release_id=1,
        state=state,
        priority=0,
        attempt=1,
        phase="running",
        queued=NOW,
        started=NOW,
        finished=None,
        reason="why",
        result={gradings.FIRST_RUN: told},
        feedback_hash=None,
    )
    submission = exchange_model.Submission(
        id=1,
        public="sub_1",
        person_id=1,
        lesson_id=1,
        release_id=1,
        client_key="k",
        content_hash="",
        files=(),
        worked=None,
        received=NOW,
        late_seconds=0,
    )
    made = outcome.Standing(
        submission=submission,
        grading=grading,
        exercises=(),
        points=2,
        sees=sees,
        seen=(),
        held=frozenset(),
    )
    found = made.as_seen().grading
    assert found is not None
    assert found.state == (shown or state)
    if shown and state != "marked":
        assert (found.phase, found.reason) == ("", "")
    else:
        assert (found.phase, found.reason) == ("running", "why")


@pytest.mark.parametrize(
    ("cells", "hidden"),
    [
        ([build.machine("assert f(1)", "t")], set()),
        ([build.machine(f"assert f(1)\n{HIDDEN}", "t"), build.machine("assert f(3)", "u")], {"t"}),
        ([build.machine(HIDDEN, "t")], {"t"}),
        # A locked cell with a hidden part: the tests below it rest on what students do not have.
        (
            [
                build.machine("assert f(1)", "t"),
                build.cell(f"import math\n{HIDDEN}", grade_id="more", locked=True),
                build.machine("assert f(3)", "u"),
            ],
            {"u"},
        ),
    ],
)
def test_which_tests_have_parts_that_students_do_not_have(
    cells: list[dict[str, object]], hidden: set[str]
) -> None:
    said = {"ClearHiddenTests": {"enforce_metadata": False}}
    built = release.build(build.book(*cells), name="n", options=settings_nbgrader.Options(values=said))
    assert release.hidden(built) == hidden
    tests = {each.key for each in built.exercises}
    assert release.hidden(built, beside=True) == tests
