"""The one rule of who sees which thread.

In: who asks, and when. Out: conditions on the table of threads, to be part of every query and never a filter
afterwards: a thread that is not somebody's to see cannot be counted, found or told from one that never was.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware.course import duties, permissions
from courseware.course import model as course_model
from courseware.store import schema, schema_discussion

T = schema_discussion.thread
_E, _RELEASE, TO = schema.effective_dates, schema.release, schema_discussion.recipient
_SENT = TO.c.thread_id == T.c.id
Reader = duties.Key
"""Somebody, or whoever a row of people is about."""
Moment = datetime.datetime | sa.ColumnElement[datetime.datetime]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asking:
    """Who asks, as far as the rule goes: values, or what stands for them in a query that is made once."""

    role: course_model.Role
    private: bool
    """Whether they may read what was asked in private, where they teach."""
    course: duties.Key
    reader: Reader


def asking(viewer: course_model.Viewer, reader: Reader | None = None) -> Asking:
    """The viewer, or those of others who are here as the viewer is."""
    return Asking(
        role=viewer.role,
        private=permissions.allowed(viewer, permissions.Action.READ_PRIVATE),
        course=viewer.course.id,
        reader=viewer.person.id if reader is None else reader,
    )


def visible(
    viewer: course_model.Viewer, now: datetime.datetime, *, reader: Reader | None = None
) -> sa.ColumnElement[bool]:
    """The rule, as a condition on the table of threads; `reader` are others who are here as the viewer is."""
    return by_rule(asking(viewer, reader), now)


def taught(viewer: course_model.Viewer, *, reader: Reader | None = None) -> sa.ColumnElement[bool]:
    """Threads that the viewer looks after as staff: all, or those that a grader is limited to."""
    return in_charge(asking(viewer, reader))


def by_rule(who: Asking, now: Moment) -> sa.ColumnElement[bool]:
    """`visible`, of who asks as far as the rule goes."""
    me, teaches = who.reader, in_charge(who)
    mine = (T.c.author_id == me) | sa.exists(sa.select(TO.c.id).where(_SENT & (TO.c.person_id == me)))
    private = teaches if who.private else sa.false()
    public = (T.c.lesson_id.is_(None) | _open_to(me, now)) & (~T.c.held | mine | _all_due(me, now))
    return (
        (T.c.course_id == who.course)
        & (private | mine | ((T.c.kind != "private") & ~T.c.hidden))
        & (teaches | public)
    )


def in_charge(who: Asking) -> sa.ColumnElement[bool]:
    """`taught`, of who asks as far as the rule goes."""
    about = sa.func.coalesce(recipient(), T.c.author_id)
    return duties.held(who.role, who.course, who.reader, lesson=T.c.lesson_id, person=about)


def recipient() -> sa.ScalarSelect[int]:
    """To whom (a key) staff wrote a private thread; nobody where a student began it."""
    return sa.select(TO.c.person_id).where(_SENT).correlate(T).scalar_subquery()


def _open_to(person: Reader, now: Moment) -> sa.ColumnElement[bool]:
    """The thread's lesson has a release and is open to this person."""
    dates = sa.select(_E.c.id).where(
        (_E.c.person_id == person)
        & (_E.c.lesson_id == T.c.lesson_id)
        & (_E.c.opens.is_(None) | (_E.c.opens <= now))
    )
    released = sa.select(_RELEASE.c.id).where(_RELEASE.c.lesson_id == T.c.lesson_id)
    return sa.exists(dates) & sa.exists(released)


def _all_due(person: Reader, now: Moment) -> sa.ColumnElement[bool]:
    """Neither this person nor the author can still gain from what is said about the exercise."""
    waiting = sa.select(_E.c.id).where(
        _E.c.person_id.in_([sa.literal(person) if isinstance(person, int) else person, T.c.author_id])
        & (_E.c.lesson_id == T.c.lesson_id)
        & (_E.c.due > now)
    )
    return ~sa.exists(waiting)
