"""What need not be run again: how cells went before, where nothing that they depend on has changed; pure.

In: the cells of a notebook in order, and how those of an earlier grading of the same hand-in went, under the
same conditions (`content.of_conditions`). Out: how far they have to be run, and what is taken over.

The rule. Nothing is run where all cells are the same. Where all that differs is tests that run apart from
the student's code, cells are run up to the last of these; what comes after is taken over, because a test
apart is not to leave anything behind that a later cell sees. Anything else is run as a whole. Cells before
the tests that differ are run for what they leave behind; if one of them ends otherwise than before, nothing
is taken over. A cell that took too long, needed too much or ended the process never counts as known, nor
does its notebook.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from courseware.sandbox import port

_LASTING: tuple[port.Ending, ...] = ("ok", "error")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Step:
    """A cell that is run, and where; `apart` says that it does not share the student's process, `asks` what
    it may then ask of the student's objects.
    """

    source: str
    mode: str
    asks: tuple[str, ...] | None = ()

    @property
    def apart(self) -> bool:
        """Whether what it does is not seen by later cells."""
        return self.mode != "in-process"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Known:
    """How the cells of one notebook went, in order."""

    steps: tuple[Step, ...]
    runs: tuple[port.CellRun, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """Run the first `end` cells. Of those before, `first` are the same as in `known`, and so are the `last`
    ones of all.
    """

    end: int
    first: int = 0
    last: int = 0
    known: Known | None = None


def known(steps: Sequence[Step], runs: Sequence[port.CellRun]) -> Known | None:
    """What a later grading may take over; None where a cell ended in a way that need not come again."""
    if any(run.ending not in _LASTING for run in runs):
        return None
    return Known(steps=tuple(steps), runs=tuple(runs))


def plan(before: Known | None, steps: Sequence[Step]) -> Plan:
    """How far these cells have to be run."""
    if before is None:
        return Plan(end=len(steps))
    shorter = min(len(before.steps), len(steps))
    first = _same(zip(before.steps, steps, strict=False))
    last = min(shorter - first, _same(zip(reversed(before.steps), reversed(steps), strict=False)))
    fresh, gone = steps[first : len(steps) - last], before.steps[first : len(before.steps) - last]
    if not all(step.apart for step in (*fresh, *gone)):
        return Plan(end=len(steps))
    return Plan(end=len(steps) - last if fresh else 0, first=first, last=last, known=before)


def merged(made: Plan, runs: Sequence[port.CellRun]) -> list[port.CellRun] | None:
    """How all cells went, from those that were run and those taken over; None where a cell went otherwise
    than before.
    """
    if made.known is None:
        return list(runs)
    old = made.known.runs
    if any(run.ending != was.ending for run, was in zip(runs[: made.first], old, strict=False)):
        return None
    return [*old[: made.first], *runs[made.first :], *old[len(old) - made.last :]]


def to_json(told: Known) -> str:
    """For keeping."""
    return json.dumps(dataclasses.asdict(told))


def from_json(text: bytes | str) -> Known:
    """What was kept.

    Raises:
        ValueError: it is not that.
    """
    try:
        told: Mapping[str, Any] = json.loads(text)
        steps = tuple(Step(**_tuples(each, "asks")) for each in told["steps"])
        runs = tuple(port.CellRun(**_tuples(each, "outputs", "asked")) for each in told["runs"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"no known cells: {error}") from None
    if len(steps) != len(runs):
        raise ValueError("not as many ends as cells")
    return Known(steps=steps, runs=runs)


def _tuples(told: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """JSON has lists where records have tuples."""
    return {**told, **{name: tuple(told[name]) for name in names if told[name] is not None}}


def _same(pairs: Any) -> int:
    """How many pairs from the first on are equal."""
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count
