"""Where a lesson is hard: at which cells people ask and lose points, and which parts of its videos they
watch.

In: a lesson with its newest release, and what a class did. Out: a record for each cell, in the order of the
notebooks, and for each video how many people have watched each part of it, once there are so many that it
tells of nobody alone. No names.
"""

import dataclasses
import datetime
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from courseware.course import model
from courseware.discussion import cells, look
from courseware.discussion import model as discussion_model
from courseware.exchange import model as exchange_model
from courseware.insight import items, statistics
from courseware.progress import watched

PARTS = 20
"""A video is looked at in so many equal parts."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell: `threads` about it, of which `open` wait; `below` people of `marked` have not all the points of
    the exercise that it is the test or the answer of (both 0 where it is of none).
    """

    number: int
    key: str
    id: str
    title: str
    threads: int
    open: int
    below: int
    marked: int

    @property
    def busy(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.threads or self.below)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Film:
    """A video and how many of `people`, who have watched anything of it, have watched each part; no
    parts while these are too few.
    """

    path: str
    seconds: float
    people: int
    parts: tuple[int, ...]

    @property
    def starts(self) -> list[float]:
        """At which second each part begins."""
        return [self.seconds * part / PARTS for part in range(PARTS)]


def of_cells(
    connection: sa.Connection,
    viewer: model.Viewer,
    lesson: model.Lesson,
    release: exchange_model.Release,
    found: items.Class,
    *,
    now: datetime.datetime,
) -> list[Cell]:
    """The cells of the release."""
    counts = look.discussion(connection, viewer, lesson, now=now).cells
    told = {
        (each.notebook, each.key): (len(found.below((each.notebook, each.key))), _marked(found, each))
        for each in release.exercises
    }
    made: list[Cell] = []
    for notebook, listed in release.anchors.items():
        for each in listed:
            said = counts.get(each["key"], discussion_model.Count())
            below, marked = told.get((notebook, each["grade_id"] or ""), (0, 0))
            made.append(
                Cell(
                    number=len(made) + 1,
                    key=each["key"],
                    id=each["id"],
                    title=cells.heading(each["source"]),
                    threads=said.threads,
                    open=said.open,
                    below=below,
                    marked=marked,
                )
            )
    return made


def _marked(found: items.Class, exercise: exchange_model.Exercise) -> int:
    """How many people have marks of an exercise."""
    place = (exercise.notebook, exercise.key)
    marks = [found.of_person(each).get(place) for each in found.counting]
    return sum(1 for each in marks if each is not None and each.score is not None)


def of_films(
    connection: sa.Connection,
    lesson: model.Lesson,
    release: exchange_model.Release,
    people: Collection[int],
) -> list[Film]:
    """The videos of the release that somebody has watched anything of."""
    seen = watched.of_class(connection, lesson.id)
    made = (_film(path, seen, people) for path in release.films)
    return [each for each in made if each is not None]


def _film(
    path: str, seen: Mapping[int, Mapping[str, watched.Watched]], people: Collection[int]
) -> Film | None:
    """How many watched each part of a video: who has seen its middle."""
    mine = [told[path] for person, told in seen.items() if person in people and path in told]
    mine = [each for each in mine if each.spans]
    if not mine:
        return None
    length = max(each.duration for each in mine)
    middles = [length * (part + 0.5) / PARTS for part in range(PARTS)]
    return Film(
        path=path,
        seconds=length / 1000,
        people=len(mine),
        parts=tuple(
            sum(1 for each in mine if any(start <= at <= end for start, end in each.spans)) for at in middles
        )
        if len(mine) >= statistics.FEWEST
        else (),
    )
