"""What a regrade would change, for staff; pure.

In: of each hand-in the machine's marks as they are and as they would be, and what a person gave. Out: the
marks that differ and what their tests said, per student, and how many go up and down. A mark is the points of
one exercise. What a person gave stays whatever the machine says, and is told apart.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

Direction = Literal["up", "down", "same"]
Place = tuple[str, str]
_NEAR = 1e-9


@dataclasses.dataclass(frozen=True, kw_only=True)
class Side:
    """The machine's marks of a hand-in by (notebook, exercise), as rows, and what their tests said."""

    rows: Mapping[Place, Mapping[str, Any]]
    said: Mapping[Place, str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """A test cell whose mark or verdict would differ; None where the exercise is not there. `stays` says that
    a person gave the mark, so that nothing changes; `given` are their points, and `over` that these are more
    than the exercise would be worth. `look` says that a person gave them of another maximum than there would
    be, which somebody has to look at.
    """

    notebook: str
    exercise: str
    before: float | None
    after: float | None
    points_before: float | None
    points_after: float | None
    verdict_before: str
    verdict_after: str
    said_before: str
    said_after: str
    stays: bool
    given: float | None = None
    over: bool = False
    look: bool = False

    @property
    def change(self) -> float:
        """By how many points the mark changes."""
        return 0.0 if self.stays else (self.after or 0.0) - (self.before or 0.0)

    @property
    def direction(self) -> Direction:
        """Which way the mark goes."""
        return direction(self.change)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Student:
    """One hand-in: its sum before and after and the most that each could be, and what differs."""

    submission_id: int
    before: float
    after: float
    most_before: float
    most_after: float
    cells: tuple[Cell, ...]

    @property
    def change(self) -> float:
        """By how many points the sum changes."""
        return self.after - self.before

    @property
    def direction(self) -> Direction:
        """Which way the sum goes."""
        return direction(self.change)

    @property
    def gain(self) -> float:
        """By how much the sum changes as a share of the most that it could be."""
        return _share(self.after, self.most_after) - _share(self.before, self.most_before)

    @property
    def fares(self) -> Direction:
        """Which way that share goes: more points of a larger maximum can be less."""
        return direction(self.gain)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Summary:
    """How many marks go up and down, of how many students, and how many differ but were given by a person:
    `over` of these are above the maximum that there would be, and `look` were given of another one. The share
    of all points rises for `gain` students and falls for `lose`.
    """

    up: int
    down: int
    students: int
    stay: int
    over: int = 0
    look: int = 0
    gain: int = 0
    lose: int = 0

    @property
    def changes(self) -> int:
        """How many marks change."""
        return self.up + self.down


def direction(change: float) -> Direction:
    """Which way points go; what rounding leaves is no change."""
    if abs(change) < _NEAR:
        return "same"
    return "up" if change > 0 else "down"


def side(rows: Iterable[Mapping[str, Any]], told: Mapping[str, Any]) -> Side:
    """The marks of a grading, with the reasons that it recorded."""
    listed = {(str(row["notebook"]), str(row["exercise"])): row for row in rows}
    reasons = told.get("reasons", {})
    said = {(notebook, key): str(reasons.get(notebook, {}).get(key, "")) for notebook, key in listed}
    return Side(rows=listed, said=said)


def student(submission_id: int, before: Side, after: Side, persons: Mapping[Place, float]) -> Student:
    """What would change in one hand-in; `persons` are the points that people gave."""
    places = list(dict.fromkeys((*before.rows, *after.rows)))
    cells = [_cell(place, before, after, persons.get(place)) for place in places]
    return Student(
        submission_id=submission_id,
        before=_sum(before, persons),
        after=_sum(after, persons),
        most_before=_most(before),
        most_after=_most(after),
        cells=tuple(cell for cell in cells if _differs(cell)),
    )


def summary(found: Sequence[Student]) -> Summary:
    """The whole class."""
    cells = [cell for each in found for cell in each.cells]
    return Summary(
        up=sum(cell.direction == "up" for cell in cells),
        down=sum(cell.direction == "down" for cell in cells),
        students=sum(any(cell.direction != "same" for cell in each.cells) for each in found),
        stay=sum(cell.stays for cell in cells),
        over=sum(cell.over for cell in cells),
        look=sum(cell.look for cell in cells),
        gain=sum(each.fares == "up" for each in found),
        lose=sum(each.fares == "down" for each in found),
    )


def _share(points: float, most: float) -> float:
    return points / most if most > 0 else 0.0


def _most(of: Side) -> float:
    return float(sum(row["points"] for row in of.rows.values()))


def _sum(of: Side, persons: Mapping[Place, float]) -> float:
    return sum(persons.get(place, row["score"] or 0.0) for place, row in of.rows.items())


def _cell(place: Place, before: Side, after: Side, given: float | None) -> Cell:
    one, other = before.rows.get(place), after.rows.get(place)
    return Cell(
        notebook=place[0],
        exercise=place[1],
        before=one["score"] if one else None,
        after=other["score"] if other else None,
        points_before=one["points"] if one else None,
        points_after=other["points"] if other else None,
        verdict_before=str(one["verdict"]) if one else "",
        verdict_after=str(other["verdict"]) if other else "",
        said_before=before.said.get(place, ""),
        said_after=after.said.get(place, ""),
        stays=given is not None and other is not None,
        given=given,
        over=_is_over(given, one, other),
        look=given is not None and one is not None and other is not None and one["points"] != other["points"],
    )


def _is_over(given: float | None, one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether a maximum falls below what a person gave. Extra points that were above it before stay so."""
    if given is None or other is None or given <= other["points"] + _NEAR:
        return False
    return one is None or bool(other["points"] < one["points"])


def _differs(cell: Cell) -> bool:
    """Whether staff have to see it: other points, other verdict, or another maximum."""
    return (
        direction((cell.after or 0.0) - (cell.before or 0.0)) != "same"
        or cell.verdict_before != cell.verdict_after
        or cell.points_before != cell.points_after
    )
