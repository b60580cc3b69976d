"""What `courseware status` says of the way through a course."""

from typing import Any

import pytest

from courseware.cli import words


@pytest.mark.parametrize(
    ("state", "following", "said"),
    [
        ("open", "one", "next"),
        ("started", "one", "next"),
        ("started", "two", "in progress"),
        ("open", "two", ""),
        ("done", None, "done"),
        ("waiting", None, "marks to come"),
        ("again", None, "not enough yet"),
        ("missed", None, "no longer possible"),
        ("something new", None, ""),
    ],
)
def test_a_lesson_in_a_word(state: str, following: str | None, said: str) -> None:
    assert words.step({"lesson": "one", "state": state, "complete": "submitted"}, following) == said


def test_how_much_of_its_videos_is_watched_is_said() -> None:
    told = {"lesson": "one", "state": "started", "complete": "watched", "watched": 40, "percent": 90.0}
    assert words.step(told, None) == "in progress, watched 40 of 90 %"
    assert words.step(told, "one") == "next, watched 40 of 90 %"
    assert words.step({**told, "state": "done"}, None) == "done"


def test_where_somebody_stands_in_a_line() -> None:
    told: dict[str, Any] = {"done": 1, "total": 3, "minutes_left": 150, "next": "two"}
    assert words.way(told) == "1 of 3 lessons done, about 2 h 30 min left. Next: two"
    assert words.way({**told, "minutes_left": None, "next": None}) == "1 of 3 lessons done."


def test_what_staff_set_stands_in_place_of_a_hand_in() -> None:
    told: dict[str, Any] = {"max_score": 10.0, "submission": None, "set_mark": None}
    assert words.hand_in(told) == "nothing handed in"
    given = {"points": 7.5, "comment": "", "at": ""}
    assert words.hand_in({**told, "set_mark": given}) == "7.5 of 10 points, set by staff"
