"""Answers are judged in one place, whatever is sent: never a crash, and the same answer has one verdict."""

import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseware import errors
from courseware.course import rules
from courseware.grading import asking, judge, spacing
from courseware.notebook import questions
from tests.builders import NOW

DAY = datetime.timedelta(days=1)
ONE = questions.Question(kind="one", prompt="Q", options=("a", "b", "c"), right=(2,))
SEVERAL = questions.Question(kind="several", prompt="Q", options=("a", "b", "c"), right=(1, 3))
NUMBER = questions.Question(kind="number", prompt="Q", number=0.3)
NEAR = questions.Question(kind="number", prompt="Q", number=10, tolerance=0.5)
TEXT = questions.Question(kind="text", prompt="Q", accepted=("a list", "Straße"))
CASE = questions.Question(kind="text", prompt="Q", accepted=("None",), case=True)
ALL = (ONE, SEVERAL, NUMBER, NEAR, TEXT, CASE)


def judged(question: questions.Question, text: str = "", *chosen: int) -> bool:
    """The verdict on an answer."""
    return judge.is_right(question, judge.read(question, judge.Given(chosen=chosen, text=text)))


def test_choices() -> None:
    assert judged(ONE, "", 2)
    assert judged(ONE, "", 2, 2)
    assert not judged(ONE, "", 1)
    assert judged(SEVERAL, "", 3, 1)
    assert not judged(SEVERAL, "", 1)
    assert not judged(SEVERAL, "", 1, 2, 3)


@pytest.mark.parametrize(
    "text", ["0.3", "0,3", " 0.30 ", ".3", "3e-1", "+0.3", "0.30000000000000004", "０.３"]
)
def test_numbers_as_people_write_them(text: str) -> None:
    assert judged(NUMBER, text)


def test_a_tolerance_counts_its_ends() -> None:
    assert [judged(NEAR, each) for each in ("9.5", "10.5", "9.4999", "10.5001", "\u22129.5")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "text",
    ["", "  ", "two", "1,000.5", "1.2.3", "nan", "inf", "-inf", "1e999", "0x10", "1_000", "5 %", "1/3"],
)
def test_what_is_no_number_is_no_answer(text: str) -> None:
    with pytest.raises(errors.UserError):
        judged(NUMBER, text)


def test_texts_without_regard_to_what_does_not_matter() -> None:
    for text in ("a list", "A  List.", "“a list”", "\ta\u00a0list\n", "STRASSE", "straße!"):
        assert judged(TEXT, text), text
    for text in ("list", "a list of", "alist", "?"):
        assert not judged(TEXT, text), text
    assert judged(CASE, "None")
    assert not judged(CASE, "none")


@pytest.mark.parametrize(
    ("question", "given"),
    [
        (ONE, judge.Given()),
        (ONE, judge.Given(chosen=(1, 2))),
        (ONE, judge.Given(chosen=(4,))),
        (ONE, judge.Given(chosen=(0,))),
        (ONE, judge.Given(text="2")),
        (SEVERAL, judge.Given()),
        (SEVERAL, judge.Given(chosen=(1, 10**30))),
        (TEXT, judge.Given(text="\0\ud800")),
        (TEXT, judge.Given(text="x" * 201)),
    ],
)
def test_what_is_no_answer_is_refused(question: questions.Question, given: judge.Given) -> None:
    with pytest.raises(errors.UserError) as told:
        judge.read(question, given)
    assert told.value.message.endswith(".")


@given(st.sampled_from(ALL), st.lists(st.integers(), max_size=30), st.text(max_size=300))
def test_anything_can_be_sent(question: questions.Question, chosen: list[int], text: str) -> None:
    try:
        said = judge.read(question, judge.Given(chosen=chosen, text=text))
    except errors.UserError:
        return
    said.encode("utf-8")
    assert "\0" not in said
    assert len(said) <= 1000
    assert judge.is_right(question, said) in (True, False)
    again = (
        judge.read(question, judge.Given(chosen=[int(n) for n in said.split(",")], text=""))
        if chosen and (question.kind in ("one", "several"))
        else judge.read(question, judge.Given(text=said))
    )
    assert judge.plain(question, again) == judge.plain(question, said)


@given(st.floats(allow_nan=False, allow_infinity=False, width=64), st.floats(0, 1e6))
def test_a_number_is_near_or_it_is_not(number: float, tolerance: float) -> None:
    question = questions.Question(kind="number", prompt="Q", number=number, tolerance=tolerance)
    assert judged(question, repr(number))
    if tolerance:
        assert judged(question, repr(number + tolerance / 2))
    away = number + 2 * tolerance + 1 + abs(number)
    if math.isfinite(away):
        assert not judged(question, repr(away))


def answer(right: bool, at: datetime.datetime, *, again: bool = False, said: str = "x") -> asking.Answer:
    return asking.Answer(version=TEXT.version, said=said, right=right, again=again, at=at)


def test_attempts_hints_and_explanation_follow_the_answers() -> None:
    hinted = questions.Question(
        kind="text", prompt="Q", accepted=TEXT.accepted, hints=("1", "2"), explanation="E"
    )
    assert hinted.version == TEXT.version
    late, early = rules.Quiz(attempts=2), rules.Quiz(attempts=2, explains="after-answer")
    stood = asking.standing(hinted, [], late)
    assert (stood.state, stood.attempts_left, stood.hints, stood.explained) == ("open", 2, 0, False)
    wrong = [answer(False, NOW)]
    stood = asking.standing(hinted, wrong, late)
    assert (stood.state, stood.attempts_left, stood.hints, stood.explained) == ("open", 1, 1, False)
    assert asking.standing(hinted, wrong, early).explained
    stood = asking.standing(hinted, [*wrong, answer(False, NOW)], late)
    assert (stood.state, stood.attempts_left, stood.explained) == ("over", 0, True)
    stood = asking.standing(hinted, [*wrong, answer(True, NOW)], late)
    assert (stood.state, stood.attempts_left, stood.explained) == ("right", 0, True)
    own = questions.Question(kind="text", prompt="Q", accepted=TEXT.accepted, attempts=1)
    assert asking.standing(own, wrong, late).state == "over"


def test_a_changed_key_begins_anew() -> None:
    changed = questions.Question(kind="text", prompt="Q", accepted=("other",))
    stood = asking.standing(changed, [answer(False, NOW), answer(True, NOW)], rules.Quiz())
    assert (stood.state, stood.attempts_left, stood.last, stood.due) == ("open", 3, None, None)


def test_a_repeated_answer_costs_nothing() -> None:
    rule, said = rules.Quiz(attempts=2), [answer(False, NOW, said="Queue")]
    stood = asking.standing(TEXT, said, rule)
    assert asking.repeats(TEXT, said, stood, "queue.", NOW)
    assert not asking.repeats(TEXT, said, stood, "stack", NOW)
    three = [*said, answer(False, NOW, said="stack")]
    with pytest.raises(errors.UserError, match="before"):
        asking.repeats(TEXT, three, asking.standing(TEXT, three, rules.Quiz(attempts=9)), "queue", NOW)
    over = asking.standing(TEXT, three, rule)
    with pytest.raises(errors.UserError, match="asked again in 1 day\\."):
        asking.repeats(TEXT, three, over, "heap", NOW)
    assert asking.repeats(TEXT, three, over, "stack", NOW)
    assert not asking.repeats(TEXT, three, over, "stack", NOW + DAY)


def test_dates_widen_while_it_is_known_and_begin_anew_when_not() -> None:
    at, told = NOW, [(NOW, True)]
    for days in spacing.DAYS:
        assert spacing.due(told) == at + days * DAY
        at += days * DAY
        told.append((at, True))
    assert spacing.due(told) is None
    assert spacing.due([]) is None
    assert spacing.due([(NOW, True), (NOW + DAY, False)]) == NOW + 2 * DAY
    assert spacing.due([(NOW, False), (NOW, False), (NOW, True)]) == NOW + DAY


def test_early_answers_do_not_hasten_it() -> None:
    told = [(NOW + hour * datetime.timedelta(hours=1), True) for hour in range(6)]
    assert spacing.due(told) == NOW + datetime.timedelta(hours=5) + DAY


@given(st.lists(st.tuples(st.integers(0, 10_000), st.booleans())))
def test_a_date_is_never_in_the_past_of_the_last_answer(told: list[tuple[int, bool]]) -> None:
    answers = [(NOW + hours * datetime.timedelta(hours=1), right) for hours, right in sorted(told)]
    due = spacing.due(answers)
    assert due is None or answers[-1][0] + DAY <= due <= answers[-1][0] + 60 * DAY
