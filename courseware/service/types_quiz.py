"""What travels over HTTP about questions in lessons; see `types`. No answer key is among it: what is right is
told to a person who has answered, once their attempts are over.
"""

import datetime
from typing import Literal

import msgspec

Time = datetime.datetime


class GivenAnswer(msgspec.Struct, kw_only=True):
    """What the asking person answered last: positions of options as `1,3`, a number, or a text."""

    said: str
    right: bool
    at: Time


class Question(msgspec.Struct, kw_only=True):
    """A question as the asking person has it, in Markdown. `takes`: whether an answer is taken now; `again`:
    that it comes back for review: until it is answered, what was told before is not told. `right` (positions
    of options, from 1) and `solution` are told once it is no longer `open`. `due` is when it is asked again.
    """

    key: str
    lesson: str
    lesson_title: str
    notebook: str
    kind: Literal["one", "several", "number", "text"]
    prompt: str
    options: list[str]
    state: Literal["open", "right", "over"]
    attempts_left: int
    takes: bool
    again: bool
    answer: GivenAnswer | None = None
    hints: list[str] = []
    explanation: str = ""
    right: list[int] = []
    solution: str = ""
    due: Time | None = None


class Questions(msgspec.Struct, kw_only=True):
    """The questions of a lesson's newest release, in reading order."""

    questions: list[Question]


class AnswerRequest(msgspec.Struct, kw_only=True):
    """An answer: positions of options, counted from 1, or a text or number as it was written."""

    chosen: list[int] = []
    text: str = ""


class Review(msgspec.Struct, kw_only=True):
    """What the asking person is asked again today; `waiting` is how many are due in all, `next` when the next
    one that is not due yet becomes so.
    """

    questions: list[Question]
    waiting: int
    next: Time | None
