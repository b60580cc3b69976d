"""The table of what people watched: for each video the union of what was played, and where it was left.

In: a person, a lesson, a video's path, and reports of a player. Out: position and coverage. Reports come
late, twice and in any order, from several machines: spans are united and never shrink, and the place where
the video was left is that of the latest moment. Refused: numbers that are no times of a video. Nobody is
graded by what stands here, since players tell it.
"""

import dataclasses
import datetime
import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import model
from courseware.store import database, schema, schema_progress

_T = schema_progress.watched
LONGEST = 24 * 3600.0
MOST_REPORTED = 1000
MOST_KEPT = 2000
GAP = 250
"""Milliseconds that a player leaves out between two spans without anybody noticing."""
OLDEST = datetime.timedelta(days=60)
Span = tuple[int, int]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """What a player tells, in seconds: how long the video is, where it stands, what was played since it was
    loaded, and how long ago that was. One that does not know yet where the person left the video tells no
    position.
    """

    duration: float
    position: float | None
    spans: Sequence[tuple[float, float]] = ()
    age: float = 0.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Watched:
    """What somebody watched of a video, in milliseconds; `moved` is when they left it at `position`, `grown`
    when they last watched something of it that was new to them.
    """

    path: str
    duration: int
    position: int
    moved: datetime.datetime
    grown: datetime.datetime
    spans: tuple[Span, ...] = ()

    @property
    def coverage(self) -> float:
        """The part of the video that was watched, from 0 to 1."""
        seen = sum(max(0, min(end, self.duration) - start) for start, end in self.spans)
        return min(1.0, seen / self.duration)


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans as few that do not touch, in order; past `MOST_KEPT` the shortest gaps are closed."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + GAP:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    if len(found) <= MOST_KEPT:
        return tuple(found)
    gaps = [(after[0] - before[1], at) for at, (before, after) in enumerate(itertools.pairwise(found))]
    closed = {at for _, at in sorted(gaps)[: len(found) - MOST_KEPT]}
    kept = [found[0]]
    for at, span in enumerate(found[1:]):
        if at in closed:
            kept[-1] = (kept[-1][0], span[1])
        else:
            kept.append(span)
    return tuple(kept)


def of_lesson(connection: sa.Connection, viewer: model.Viewer, lesson: model.Lesson) -> dict[str, Watched]:
    """What the viewer watched of a lesson's videos, by path."""
    mine = (_T.c.person_id == viewer.person.id) & (_T.c.lesson_id == lesson.id)
    rows = connection.execute(sa.select(_T).where(mine).order_by(_T.c.path))
    return {row.path: _watched(row) for row in rows}


def of_person(connection: sa.Connection, viewer: model.Viewer) -> dict[tuple[int, str], Watched]:
    """What the viewer watched in the course, by the lesson's key and the path."""
    mine = (_T.c.person_id == viewer.person.id) & (schema.lesson.c.course_id == viewer.course.id)
    query = sa.select(_T).join(schema.lesson, schema.lesson.c.id == _T.c.lesson_id).where(mine)
    return {(row.lesson_id, row.path): _watched(row) for row in connection.execute(query)}


Class = Mapping[int, Mapping[str, Watched]]
"""What a whole class watched of a lesson, by the person's key and the path."""


def of_class(connection: sa.Connection, lesson_id: int) -> Class:
    """What everybody watched of a lesson's videos."""
    found: dict[int, dict[str, Watched]] = {}
    for row in connection.execute(sa.select(_T).where(_T.c.lesson_id == lesson_id)).all():
        found.setdefault(row.person_id, {})[row.path] = _watched(row)
    return found


def note(
    connection: sa.Connection,
    viewer: model.Viewer,
    place: tuple[model.Lesson, str],
    report: Report,
    *,
    now: datetime.datetime,
) -> Watched:
    """Take a report about the video at this lesson and path; the same once more changes nothing.

    Raises:
        UserError: numbers that are no times of a video.
    """
    lesson, path = place
    told = _told(path, report, now)
    mine = (_T.c.person_id == viewer.person.id) & (_T.c.lesson_id == lesson.id) & (_T.c.path == path)
    database.lock(connection, f"watched {viewer.person.id} {lesson.id} {path}")
    row = connection.execute(sa.select(_T).where(mine)).one_or_none()
    if row is None:
        whose = {"person_id": viewer.person.id, "lesson_id": lesson.id}
        connection.execute(_T.insert().values(**whose, **_values(told)))
        return told
    known = _watched(row)
    later = told if report.position is not None and told.moved >= known.moved else known
    spans = union([*known.spans, *told.spans])
    grown = known.grown if spans == known.spans else max(known.grown, told.grown)
    made = dataclasses.replace(later, spans=spans, grown=grown)
    if made != known:
        connection.execute(_T.update().where(mine).values(**_values(made)))
    return made


def _told(path: str, report: Report, now: datetime.datetime) -> Watched:
    """A report as a row of its own.

    Raises:
        UserError: numbers that are no times of a video.
    """
    if len(report.spans) > MOST_REPORTED:
        message = f"A report has at most {MOST_REPORTED} spans; this one has {len(report.spans)}."
        raise errors.UserError(message, code="bad-request")
    flat = itertools.chain.from_iterable(report.spans)
    position = report.position or 0.0
    if not all(map(math.isfinite, (report.duration, position, report.age, *flat))):
        raise errors.UserError("A time of a video is a finite number of seconds.", code="bad-request")
    if not 0 < report.duration <= LONGEST:
        raise errors.UserError("A video is longer than 0 seconds and at most a day.", code="bad-request")
    if position < 0 or any(start < 0 or end < start for start, end in report.spans):
        message = "A time of a video is not negative, and no span ends before it begins."
        raise errors.UserError(message, code="bad-request")
    duration = _milliseconds(report.duration)
    spans = [(_milliseconds(start), min(_milliseconds(end), duration)) for start, end in report.spans]
    age = datetime.timedelta(seconds=min(max(report.age, 0.0), OLDEST.total_seconds()))
    return Watched(
        path=path,
        duration=duration,
        position=min(_milliseconds(position), duration),
        # Without a place, any report that has one is a later one.
        moved=now - (OLDEST if report.position is None else age),
        grown=now - age,
        spans=union((start, end) for start, end in spans if start < end),
    )


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000)) if seconds > 0 else 0


def _values(watched: Watched) -> dict[str, object]:
    return {**dataclasses.asdict(watched), "spans": json.dumps(watched.spans)}


def _watched(row: sa.Row[tuple[object, ...]]) -> Watched:
    told: Any = row._mapping
    return Watched(
        path=told["path"],
        duration=told["duration"],
        position=told["position"],
        moved=told["moved"],
        grown=told["grown"],
        spans=tuple((start, end) for start, end in json.loads(told["spans"])),
    )
