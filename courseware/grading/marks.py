"""From what a test cell printed to points; pure.

In: how a cell ended and its outputs. Out: the score and a verdict. The rules are nbgrader's
(`nbgrader.utils.determine_grade`, 0.9): an error is 0, a last expression whose text is a number is that
number, anything else is full marks. Two kinds of rules: `nbgrader` gives nbgrader's scores; `fair` differs
where design section 6 says so: something on stderr alone is no zero, and a number below 0 is not full marks.
In both a number above the maximum is clamped and told, where nbgrader gives the whole submission up.
"""

import dataclasses
import math
import re
from typing import Literal

from courseware.sandbox import port

Rules = Literal["fair", "nbgrader"]
Verdict = Literal[
    "pass",
    "partial",
    "fail",
    "error",
    "timeout",
    "memory",
    "output-limit",
    "crashed",
    "protocol",
    "not-run",
    "no-answer",
    "manual",
    "missing",
]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mark:
    """Points of one exercise; `auto_score` is None where a person has to look."""

    score: float
    points: float
    auto_score: float | None
    needs_person: bool
    verdict: Verdict
    reason: str = ""


def of_tests(
    run: port.CellRun, points: float, *, rules: Rules, ignored: re.Pattern[str] | None = None
) -> Mark:
    """The mark of a test cell; `ignored` is a pattern of stderr texts that do not count (IgnorePattern)."""
    score, reason = _score(run, points, rules, ignored)
    return Mark(
        score=score,
        points=points,
        auto_score=score,
        needs_person=False,
        verdict=_verdict(run, score, points),
        reason=reason,
    )


def of_answer(*, changed: bool, points: float) -> Mark:
    """The mark of an answer that a person marks: nothing yet, or 0 where the student wrote nothing."""
    if not changed:
        return Mark(score=0.0, points=points, auto_score=0.0, needs_person=False, verdict="no-answer")
    return Mark(score=0.0, points=points, auto_score=None, needs_person=True, verdict="manual")


def of_missing(points: float, *, needs_person: bool) -> Mark:
    """The mark of an exercise whose cell is not in the submission."""
    auto = None if needs_person else 0.0
    return Mark(score=0.0, points=points, auto_score=auto, needs_person=needs_person, verdict="missing")


def _score(
    run: port.CellRun, points: float, rules: Rules, ignored: re.Pattern[str] | None
) -> tuple[float, str]:
    """The points and, where it helps, a sentence about them."""
    if run.ending != "ok":
        return 0.0, run.reason
    for output in run.outputs:
        kind = output.get("output_type")
        if kind == "error":
            return 0.0, run.reason
        if kind == "stream" and output.get("name") == "stderr" and rules == "nbgrader":
            if ignored is None or not ignored.search(str(output.get("text", ""))):
                return 0.0, "The test wrote to stderr."
        elif kind == "execute_result":
            return _partial(str(output.get("data", {}).get("text/plain", "")), points, rules)
    return points, ""


def _partial(text: str, points: float, rules: Rules) -> tuple[float, str]:
    """Points that the last expression names; what is no number is full marks, as in nbgrader. So is a number
    below 0, or nan, by nbgrader's rules; by the fair ones that is 0.
    """
    try:
        value = float(text)
    except ValueError:
        return points, ""
    if math.isnan(value) or value < 0:
        if rules == "nbgrader":
            return points, ""
        return 0.0, f"The test gave {text}, which is no number of points."
    if value > points:
        return points, f"The test gave {text}, more than the {points:g} points of the exercise."
    return value, ""


def _verdict(run: port.CellRun, score: float, points: float) -> Verdict:
    """One word for what happened; `pass` means full marks and nothing else does."""
    if run.ending in ("timeout", "memory", "output-limit", "crashed", "protocol", "not-run"):
        return run.ending
    if run.ending == "error":
        failed = next((o for o in run.outputs if o.get("output_type") == "error"), {})
        return "fail" if failed.get("ename") == "AssertionError" else "error"
    if score >= points:
        return "pass"
    return "partial" if score > 0 else "fail"
