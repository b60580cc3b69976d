"""Questions in a video: what is asked, and what lint says of one that cannot be."""

import json
from pathlib import Path
from typing import Any

import pytest

from courseware.notebook import film_questions, lint, vtt
from tests.notebook import test_films as films

LECTURE = Path(__file__).parents[1] / "lecture" / "lesson.questions.vtt"
GOOD: dict[str, Any] = {"prompt": "Which?", "choices": ["a", "b"], "answer": 1}


def track(*told: object) -> bytes:
    """A file that asks these, a second apart."""
    texts = (each if isinstance(each, str) else json.dumps(each) for each in told)
    cues = (f"00:0{at}.500 --> 00:0{at}.900\n{text}\n" for at, text in enumerate(texts))
    return "\n".join(["WEBVTT\n", *cues]).encode()


def test_the_question_of_the_lecture() -> None:
    (asked,) = film_questions.read(LECTURE.read_bytes()).questions
    assert asked == film_questions.Question(
        start=16.139, prompt="What is the index of the first item?", choices=("0", "1"), answer=0, at=9.21
    )


def test_signs_and_several_lines_are_kept_as_they_are() -> None:
    told = json.dumps({**GOOD, "prompt": "Is <b>a & b</b> &amp;?", "explain": "Of course."}, indent=1)
    (asked,) = film_questions.read(track(told)).questions
    assert (asked.prompt, asked.explain, asked.at) == ("Is <b>a & b</b> &amp;?", "Of course.", None)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("no JSON", "no JSON object"),
        ("[1, 2]", "no JSON object"),
        ("[" * 100_000, "no JSON object"),
        ({**GOOD, "prompt": " "}, "needs a prompt"),
        ({**GOOD, "prompt": "x" * 501}, "needs a prompt"),
        ({"choices": ["a", "b"], "answer": 0}, "needs a prompt"),
        ({**GOOD, "choices": ["a"]}, "needs choices"),
        ({**GOOD, "choices": "ab"}, "needs choices"),
        ({**GOOD, "choices": [str(n) for n in range(9)]}, "needs choices"),
        ({**GOOD, "choices": ["a", 2]}, "Each choice is a text"),
        ({**GOOD, "choices": ["a", "a"]}, "each another one"),
        ({**GOOD, "answer": 2}, "from 0 to 1"),
        ({**GOOD, "answer": -1}, "from 0 to 1"),
        ({**GOOD, "answer": True}, "from 0 to 1"),
        ({**GOOD, "answer": "1"}, "from 0 to 1"),
        ({**GOOD, "answer": 0.0}, "from 0 to 1"),
        ({**GOOD, "explain": 3}, "What explains the answer"),
        ({**GOOD, "at": "0:09"}, "number of seconds"),
        ({**GOOD, "at": -1}, "number of seconds"),
        ('{"prompt": "Which?", "choices": ["a", "b"], "answer": 1, "at": NaN}', "number of seconds"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_question_that_cannot_be_asked_is_told_and_left_out(told: object, says: str) -> None:
    asked = film_questions.read(track(told, GOOD))
    assert [each.prompt for each in asked.questions] == ["Which?"]
    (problem,) = asked.problems
    assert (problem.line, problem.severe) == (3, True)
    assert says in problem.message
    found = lint.lesson(films.lesson(films.WHY, **{"media/lesson.questions.vtt": track(told, GOOD)}))
    assert [(each.code, each.level, each.where) for each in found] == [
        ("questions", "error", "media/lesson.questions.vtt, line 3")
    ]


def test_a_misspelt_part_is_a_warning_and_the_question_is_asked() -> None:
    asked = film_questions.read(track({**GOOD, "explian": "Because."}))
    assert len(asked.questions) == 1
    assert asked.problems == (
        vtt.Problem(line=3, message="'explian' says nothing to a player.", severe=False),
    )


def test_bytes_that_are_no_track_ask_nothing() -> None:
    for data in (b"", b"\xff", b"{}", b"WEBVTT\n\nno times\n"):
        assert film_questions.read(data) == film_questions.Asked()
