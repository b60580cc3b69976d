"""A semester over a network that loses connections, with a mail server that dies: nothing is lost, nothing
comes twice, nothing at night.

The real service, the programs of a student's machine, real SMTP; see `semester`. At the end: each hand-in is
there once with the mark that it earned, each question is there once and was shown as answered once, nobody
got a letter twice or while they sleep. Four weeks here, fifteen in `make soak`.
"""

import collections
import email.utils
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import receipt
from tests.journeys.semester import C, Learner, Semester
from tests.mail import postbox


@pytest.fixture
def box() -> postbox.Postbox:
    made = postbox.Postbox()
    made.die_after_data = 5
    return made


@pytest.fixture
def semester(tmp_path: Path, box: postbox.Postbox) -> Iterator[Semester]:
    with postbox.listening(box) as port:
        made = Semester(tmp_path, port)
        yield made
        made.end()


@pytest.mark.soak
def test_nothing_is_lost_nothing_comes_twice(semester: Semester, box: postbox.Postbox) -> None:
    semester.run()
    assert semester.network.cut > 30
    semester.settle()
    asked = told = 0
    for who in semester.learners:
        no_work_is_lost(semester, who)
        each_question_is_there_and_shown_as_answered_once(semester, who)
        asked += len(who.asked)
        told += len(letters_come_once_and_by_day(who, box))
    # Of what somebody has read on the course no letter tells.
    assert asked * 3 // 4 <= told <= asked
    assert "Traceback" not in (semester.folder / "service.log").read_text()


def no_work_is_lost(semester: Semester, who: Learner) -> None:
    """Each hand-in is there once, with the mark that it earned, and its receipt holds."""
    for slug, made in who.made.items():
        path = f"{C}/lessons/{slug}/submissions"
        until = time.monotonic() + 30
        while _scores(semester, path, who) != _earned(made) and time.monotonic() < until:
            time.sleep(0.2)
        assert _scores(semester, path, who) == _earned(made)
        folder = semester.copy(who, slug).folder
        kept = json.loads((folder / ".courseware" / "copy.json").read_text())["receipts"]
        assert len({each["submission"] for each in kept}) == len(made)
        assert not any(receipt.problems(each, {}, only=()) for each in kept)


def _earned(made: list[bool]) -> list[float]:
    return [2.0 if right else 0.0 for right in made]


def _scores(semester: Semester, path: str, who: Learner) -> list[float]:
    """Of all hand-ins, in the order in which they came."""
    with semester.mine(who) as api:
        told = api.get(path).raise_for_status().json()
    found = sorted(told["submissions"], key=lambda each: str(each["received"]))
    return [each["score"] for each in found]


def each_question_is_there_and_shown_as_answered_once(semester: Semester, who: Learner) -> None:
    with semester.mine(who) as api:
        told = api.get(f"{C}/threads", params={"filter": "mine"}).raise_for_status().json()
    mine = [each for each in told["threads"] if each["author"]["name"] == who.name]
    assert len(mine) == len(who.asked)
    assert all(each["posts"] == 2 for each in mine)
    shown = collections.Counter(post for visit in who.visits for post in visit)
    assert len(shown) == len(who.asked)
    assert set(shown.values()) <= {1}


def letters_come_once_and_by_day(who: Learner, box: postbox.Postbox) -> set[str]:
    """The answers that letters told of, each once. None was sent at night; one that was due at 21:59 may go
    out within the hour after.
    """
    told: collections.Counter[str] = collections.Counter()
    marked: collections.Counter[str] = collections.Counter()
    for each in box.mailbox(f"{who.name}@uni.example").values():
        sent = email.utils.parsedate_to_datetime(str(each["Date"]))
        assert 7 <= sent.astimezone(who.zone).hour < 23
        text = postbox.text(each)
        if "answered your question" in text:
            told.update(set(re.findall(r"thr_\w+", text)))
        if "was marked" in text:
            marked.update(set(re.findall(r"sub_\w+", text)))
    assert set(told.values()) <= {1}
    assert set(marked.values()) == {1}
    return set(told)
