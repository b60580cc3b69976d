"""Where somebody stands with a question: may they answer, what have they learnt so far. Pure.

In: the question, the course's rule, what they answered, and when. Out: attempts left, hints, whether it is
explained, and when it is asked again. A question whose key was changed begins anew: answers to what was
right before count neither for nor against anybody.
"""

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Literal

from courseware import errors
from courseware.course import explain, rules
from courseware.grading import judge, spacing
from courseware.notebook import questions

State = Literal["open", "right", "over"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer in its tidy form, judged by the key of `version`; `again` when the question came back."""

    version: str
    said: str
    right: bool
    again: bool
    at: datetime.datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class Standing:
    """`open` until it is right or no attempt is left; `hints` is how many are told; `due` is when a question
    that is no longer open is asked again.
    """

    state: State
    attempts_left: int
    last: Answer | None
    hints: int
    explained: bool
    due: datetime.datetime | None

    def takes(self, now: datetime.datetime) -> bool:
        """Whether an answer is taken now."""
        return self.state == "open" or (self.due is not None and self.due <= now)


def standing(question: questions.Question, answers: Sequence[Answer], rule: rules.Quiz) -> Standing:
    """Where somebody stands who gave these answers, in the order of time."""
    mine = [each for each in answers if each.version == question.version]
    counted = [each for each in mine if not each.again]
    limit = rule.attempts if question.attempts is None else question.attempts
    solved = any(each.right for each in counted)
    left = 0 if solved else max(0, limit - len(counted))
    state: State = "right" if solved else "open" if left else "over"
    wrong = sum(not each.right for each in counted)
    return Standing(
        state=state,
        attempts_left=left,
        last=mine[-1] if mine else None,
        hints=min(len(question.hints), wrong),
        explained=state != "open" or (rule.explains == "after-answer" and bool(counted)),
        due=spacing.due((each.at, each.right) for each in mine) if state != "open" else None,
    )


def repeats(
    question: questions.Question, answers: Sequence[Answer], now: Standing, said: str, at: datetime.datetime
) -> bool:
    """Whether this answer is the last one sent once more, as by a double click: it changes nothing.

    Raises:
        UserError: nothing is taken now, or the same wrong answer was given before.
    """
    mine = judge.plain(question, said)
    same = now.last is not None and judge.plain(question, now.last.said) == mine
    if same and (now.state == "open" or not now.takes(at)):
        return True
    if not now.takes(at):
        if now.due is None:
            raise errors.UserError("You have answered this question.", code="conflict")
        later = explain.span(now.due - at)
        message = f"You have answered this question. It is asked again in {later}."
        raise errors.UserError(message, code="conflict")
    earlier = [each for each in answers if each.version == question.version]
    if now.state == "open" and any(judge.plain(question, each.said) == mine for each in earlier):
        raise errors.UserError("You gave this answer before; it was not right.", code="conflict")
    return False
