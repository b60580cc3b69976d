"""What is new for somebody who comes back: "since you were last here".

In: who asks, the end of their last visit, and now. Out: frozen records with what they may know and nothing
else: what was said to them, hand-ins whose marks came into sight, lessons that opened, new releases, and the
dates of the next seven days. On a first visit there is no then, and nothing is new.
"""

import dataclasses
import datetime
from typing import Literal

import sqlalchemy as sa

from courseware.course import dates, lessons, model, schedule
from courseware.discussion import since as discussion_since
from courseware.exchange import releases, submissions
from courseware.grading import earlier
from courseware.progress import visits

AHEAD = datetime.timedelta(days=7)
DateKind = Literal["opens", "due", "closes"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """A lesson by its name in addresses and its title."""

    lesson: str
    title: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Marked(Place):
    """A hand-in whose marks show now and did not then; `part` if some of them are still to come."""

    submission: str
    score: float
    max_score: float
    part: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Opened(Place):
    """A lesson that can be had now and could not then; since when."""

    at: datetime.datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class Released(Place):
    """A new release of a lesson that was open before."""

    number: int
    at: datetime.datetime
    notes: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ahead(Place):
    """A date within the next seven days; `done` if the person has handed in."""

    kind: DateKind
    at: datetime.datetime
    done: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Returning:
    """All that is new since a moment; `since` is None on a first visit. `news` counts what is new; dates are
    none.
    """

    since: datetime.datetime | None
    news: int = 0
    talk: discussion_since.News = dataclasses.field(default_factory=discussion_since.News)
    marked: tuple[Marked, ...] = ()
    opened: tuple[Opened, ...] = ()
    released: tuple[Released, ...] = ()
    ahead: tuple[Ahead, ...] = ()


def last_here(
    connection: sa.Connection, viewer: model.Viewer, *, now: datetime.datetime
) -> datetime.datetime | None:
    """When the visit before this one ended; None on the first."""
    return visits.going_on(visits.find(connection, viewer), now).before


def returning(
    connection: sa.Connection,
    viewer: model.Viewer,
    since: datetime.datetime | None,
    *,
    now: datetime.datetime,
) -> Returning:
    """What is new for this viewer between the two moments."""
    if since is None:
        return Returning(since=None)
    talk = discussion_since.news(connection, viewer, since, now=now)
    marked, opened, released, ahead = [], [], [], []
    for lesson in lessons.of_course(connection, viewer.course):
        holding = dates.effective(connection, viewer.person.id, lesson.id)
        made = releases.published(connection, lesson.id)
        done = bool(submissions.of_person(connection, viewer.person.id, lesson.id))
        marked += _marked(connection, viewer, lesson, since, now=now) if done else []
        opened += opens(lesson, holding, made, since, now)
        released += renewed(viewer, lesson, holding, made, since, now=now)
        ahead += coming(lesson, holding, done, released=bool(made), now=now)
    return Returning(
        since=since,
        news=talk.number + talk.waiting_number + len(marked) + len(opened) + len(released),
        talk=talk,
        marked=tuple(marked),
        opened=tuple(opened),
        released=tuple(released),
        ahead=tuple(sorted(ahead, key=lambda each: each.at)),
    )


def _marked(
    connection: sa.Connection,
    viewer: model.Viewer,
    lesson: model.Lesson,
    since: datetime.datetime,
    *,
    now: datetime.datetime,
) -> list[Marked]:
    """The viewer's own hand-in of a lesson, if marks of it came into sight."""
    found = earlier.come_into_sight(connection, viewer.person.id, lesson, since, now=now)
    if found is None:
        return []
    return [
        Marked(
            lesson=lesson.slug,
            title=lesson.title,
            submission=found.submission.public,
            score=found.visible_final or 0.0,
            max_score=found.visible_final_points,
            part=len(earlier.shown_now(found)) < len(found.exercises),
        )
    ]


def had_since(holding: model.Dates, made: list[releases.Published]) -> datetime.datetime | None:
    """Since when a lesson can be had by the person whose dates these are; None before its first release."""
    if not made:
        return None
    first = made[0].published
    return first if holding.opens is None else max(first, holding.opens)


def opens(
    lesson: model.Lesson,
    holding: model.Dates,
    made: list[releases.Published],
    since: datetime.datetime,
    now: datetime.datetime,
) -> list[Opened]:
    """The lesson, if it opened between the two moments."""
    at = had_since(holding, made)
    if at is None or not since < at <= now:
        return []
    return [Opened(lesson=lesson.slug, title=lesson.title, at=at)]


def renewed(
    viewer: model.Viewer,
    lesson: model.Lesson,
    holding: model.Dates,
    made: list[releases.Published],
    since: datetime.datetime,
    *,
    now: datetime.datetime,
) -> list[Released]:
    """The newest release that somebody else made between the two moments, of a lesson that is open to the
    viewer and did not open in that time.
    """
    at = had_since(holding, made)
    if at is None or since < at <= now or (at > now and not viewer.is_staff):
        return []
    new = [each for each in made if since < each.published <= now and each.published_by != viewer.person.id]
    return [
        Released(
            lesson=lesson.slug,
            title=lesson.title,
            number=each.number,
            at=each.published,
            notes=each.notes,
        )
        for each in new[-1:]
    ]


def coming(
    lesson: model.Lesson, holding: model.Dates, done: bool, *, released: bool, now: datetime.datetime
) -> list[Ahead]:
    """The next date of a lesson, if it is within seven days: when it opens, is due, or, once it is late,
    closes.
    """
    named: dict[schedule.State, tuple[DateKind, datetime.datetime | None]] = {
        "not-open": ("opens", holding.opens),
        "open": ("due", holding.due) if holding.due is not None else ("closes", holding.closes),
        "late": ("closes", holding.closes),
        "closed": ("closes", None),
    }
    kind, at = named[schedule.state(holding, now)]
    if kind == "opens" and holding.locked:
        return []
    if at is None or at > now + AHEAD or (kind != "opens" and not released):
        return []
    return [Ahead(lesson=lesson.slug, title=lesson.title, kind=kind, at=at, done=done)]
