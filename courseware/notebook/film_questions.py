"""Questions in a video, read from a WebVTT file of metadata: at each cue the video stops and asks.

In: the bytes of `talk.questions.vtt`, from anywhere; the text of a cue is a JSON object. Out: the questions
in the order of the video, and what is wrong with which line. A question that cannot be asked is left out and
told; nothing is raised, so that a video is never stopped by one. Answers stand in the file: nobody is graded
by them.
"""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from courseware.notebook import vtt

_KNOWN = ("at", "prompt", "choices", "answer", "explain")
_LONGEST, _FEWEST, _MOST = 500, 2, 8


@dataclasses.dataclass(frozen=True, kw_only=True)
class Question:
    """What the video asks at `start`, in seconds: `answer` is the number of the right choice, from 0. `at` is
    the second from which the answer can be heard again, `explain` why it is right.
    """

    start: float
    prompt: str
    choices: tuple[str, ...]
    answer: int
    at: float | None = None
    explain: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """What a file asks; problems with times stand in `vtt.read` and not here."""

    questions: tuple[Question, ...] = ()
    problems: tuple[vtt.Problem, ...] = ()


def read(data: bytes) -> Asked:
    """The questions of a file, and what is wrong with them."""
    found: list[Question] = []
    problems: list[vtt.Problem] = []
    for cue in vtt.read(data).cues:
        told = _object(cue.payload)
        wrong = "The question is no JSON object." if told is None else next(_wrong(told), "")
        if wrong:
            problems.append(vtt.Problem(line=cue.line, message=wrong))
        elif told is not None:
            found.append(_question(cue.start, told))
            problems += [
                vtt.Problem(line=cue.line, message=f"{name[:40]!r} says nothing to a player.", severe=False)
                for name in told
                if name not in _KNOWN
            ]
    return Asked(questions=tuple(found), problems=tuple(problems))


def _object(text: str) -> dict[str, Any] | None:
    """A JSON object; None for anything else."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _wrong(told: dict[str, Any]) -> Iterator[str]:
    """Why a question cannot be asked; nothing if it can."""
    if not _is_text(told.get("prompt")):
        yield f"The question needs a prompt, a text of at most {_LONGEST} characters."
    choices = told.get("choices")
    if not isinstance(choices, list) or not _FEWEST <= len(choices) <= _MOST:
        yield f"The question needs choices, a list of {_FEWEST} to {_MOST} texts."
    elif not all(_is_text(choice) for choice in choices) or len(set(choices)) < len(choices):
        yield "Each choice is a text, and each another one."
    elif not _is_number(told.get("answer"), whole=True) or not 0 <= told["answer"] < len(choices):
        yield f"The answer is the number of the right choice, from 0 to {len(choices) - 1}."
    if "explain" in told and not _is_text(told["explain"]):
        yield f"What explains the answer is a text of at most {_LONGEST} characters."
    if "at" in told and (not _is_number(told["at"]) or not 0 <= told["at"] <= 86_400):
        yield "The place to hear it again (at) is a number of seconds."


def _is_text(told: object) -> bool:
    return isinstance(told, str) and 0 < len(told.strip()) <= _LONGEST


def _is_number(told: object, *, whole: bool = False) -> bool:
    return isinstance(told, int if whole else int | float) and not isinstance(told, bool)


def _question(start: float, told: dict[str, Any]) -> Question:
    """A question that can be asked."""
    return Question(
        start=start,
        prompt=told["prompt"].strip(),
        choices=tuple(choice.strip() for choice in told["choices"]),
        answer=told["answer"],
        at=float(told["at"]) if "at" in told else None,
        explain=told.get("explain", "").strip(),
    )
