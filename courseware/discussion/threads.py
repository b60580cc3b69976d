"""The table of threads.

In: who asks. Out: rows of threads that they may see; nobody else queries this table. The rule of `sight` is
part of every query.
"""

import datetime
import functools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import model as course_model
from courseware.discussion import model, sight
from courseware.store import columns, ids, schema, schema_discussion

T = sight.T
_P, _R, _F = schema_discussion.post, schema_discussion.read, schema_discussion.follow
_FIRST = _P.alias()
_OTHERS = (_P.c.thread_id == T.c.id) & (_P.c.author_id != T.c.author_id) & (_P.c.state == "shown")
_LESSON, _PERSON, _M = schema.lesson, schema.person, schema.membership
COURSE = sa.select(T.c.course_id).where(T.c.public == sa.bindparam("wanted"))
"""The key of the course of a thread; whether somebody may see it is asked next."""
_SAID = T.update().where(T.c.id == sa.bindparam("key")).values(last=sa.bindparam("at", type_=columns.Instant))
PAGE, BESIDE = 30, 3
Row = sa.RowMapping


def unread(person: sight.Reader) -> sa.ScalarSelect[int]:
    """How many posts of a thread somebody else wrote after what this person saw last."""
    mine = (_R.c.thread_id == T.c.id) & (_R.c.person_id == person)
    # Two selects deep the thread of the outermost one is meant; SQLAlchemy looks one up by itself.
    seen = sa.select(_R.c.number).where(mine).correlate(T, _PERSON)
    return (
        sa.select(sa.func.count())
        .select_from(_P)
        .where(
            (_P.c.thread_id == T.c.id)
            & (_P.c.author_id != person)
            & (_P.c.state == "shown")
            & (_P.c.number > sa.func.coalesce(seen.scalar_subquery(), 0))
        )
        .scalar_subquery()
    )


def posts() -> sa.ScalarSelect[int]:
    """How many posts of a thread are shown."""
    shown = (_P.c.thread_id == T.c.id) & (_P.c.state == "shown")
    return sa.select(sa.func.count()).select_from(_P).where(shown).scalar_subquery()


def _columns(viewer: course_model.Viewer, *, reader: sight.Reader | None = None) -> sa.Select[Any]:
    """A thread with all that is told about it."""
    return _told(sight.asking(viewer, reader))


def _known(who: sight.Asking) -> sa.Select[Any]:
    """A thread with what decides how somebody can act in it."""
    follows = sa.select(_F.c.following).where((_F.c.thread_id == T.c.id) & (_F.c.person_id == who.reader))
    return sa.select(T, follows.scalar_subquery().label("following"), sight.in_charge(who).label("taught"))


def _told(who: sight.Asking) -> sa.Select[Any]:
    endorsed = sa.exists(
        sa.select(_P.c.id).where((_P.c.thread_id == T.c.id) & _P.c.endorsed & (_P.c.state == "shown"))
    )
    first = (_P.c.thread_id == T.c.id) & (_P.c.number == 1)
    return _known(who).add_columns(
        sa.select(_LESSON.c.slug).where(_LESSON.c.id == T.c.lesson_id).scalar_subquery().label("lesson"),
        sa.select(sa.func.substr(_P.c.body, 1, 300)).where(first).scalar_subquery().label("beginning"),
        sa.select(_P.c.state).where(first).scalar_subquery().label("first"),
        endorsed.label("endorsed"),
        unread(who.reader).label("unread"),
        posts().label("posts"),
    )


@functools.cache
def _one(
    columns_of: Callable[[sight.Asking], sa.Select[Any]], role: course_model.Role, private: bool
) -> sa.Select[Any]:
    """The question for one thread, which every act in a discussion asks: to put it together takes longer
    than to have it answered.
    """
    course, me = (sa.bindparam(name, type_=sa.BigInteger) for name in ("course", "me"))
    who = sight.Asking(role=role, private=private, course=course, reader=me)
    now = sa.bindparam("now", type_=columns.Instant)
    return columns_of(who).where((T.c.public == sa.bindparam("public")) & sight.by_rule(who, now))


def find(
    connection: sa.Connection, viewer: course_model.Viewer, public: str, *, now: datetime.datetime
) -> Row:
    """The thread of this public id, for somebody who acts in it: nothing is counted, however long it is.

    Raises:
        UserError: there is none for this person.
    """
    return _only(connection, _known, viewer, public, now=now)


def told(
    connection: sa.Connection, viewer: course_model.Viewer, public: str, *, now: datetime.datetime
) -> Row:
    """The thread of this public id with all that is told about it.

    Raises:
        UserError: there is none for this person.
    """
    return _only(connection, _told, viewer, public, now=now)


def _only(
    connection: sa.Connection,
    columns_of: Callable[[sight.Asking], sa.Select[Any]],
    viewer: course_model.Viewer,
    public: str,
    *,
    now: datetime.datetime,
) -> Row:
    who = sight.asking(viewer)
    asked = {"course": who.course, "me": who.reader, "public": public, "now": now}
    row = connection.execute(_one(columns_of, who.role, who.private), asked).mappings().one_or_none()
    if row is None:
        raise errors.UserError("There is no such discussion, or it is not open to you.", code="not-found")
    return row


def who_sees(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    people: Iterable[int],
    public: str,
    *,
    now: datetime.datetime,
) -> set[int]:
    """Those of some people, who are here as the viewer is, that may see a thread."""
    query = sa.select(_PERSON.c.id).select_from(T.join(_PERSON, sa.true()))
    query = query.where((T.c.public == public) & sight.visible(viewer, now, reader=_PERSON.c.id))
    wanted, found = sorted(people), set()
    for start in range(0, len(wanted), 500):
        some = _PERSON.c.id.in_(wanted[start : start + 500])
        found |= set(connection.execute(query.where(some)).scalars())
    return found


def looks_after(connection: sa.Connection, viewer: course_model.Viewer, public: str) -> bool:
    """Whether somebody looks after a thread as staff."""
    query = sa.select(T.c.id).where((T.c.public == public) & sight.taught(viewer))
    return connection.execute(query).scalar() is not None


def of_readers(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    pairs: Iterable[tuple[int, str]],
    *,
    now: datetime.datetime,
) -> dict[tuple[int, str], Row]:
    """Threads that several people may see who are here as the viewer is, by reader and public id."""
    query = _columns(viewer, reader=_PERSON.c.id).add_columns(_PERSON.c.id.label("reader"))
    query = query.select_from(T.join(_PERSON, sa.true())).where(
        sa.tuple_(_PERSON.c.id, T.c.public).in_(list(pairs)) & sight.visible(viewer, now, reader=_PERSON.c.id)
    )
    return {(row["reader"], row["public"]): row for row in connection.execute(query).mappings()}


def listed(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    where: sa.ColumnElement[bool],
    *,
    cursor: str | None,
    now: datetime.datetime,
) -> list[Row]:
    """Pinned ones first, then the newest; one more than a page, if there are more."""
    query = sa.select(T.c.id).where(where & sight.visible(viewer, now))
    if cursor:
        query = query.where(sa.tuple_(T.c.pinned, T.c.last, T.c.public) < _after(cursor))
    order = (T.c.pinned.desc(), T.c.last.desc(), T.c.public.desc())
    # What is told about a thread is counted for those of the page alone.
    page = query.order_by(*order).limit(PAGE + 1).subquery()
    told = _columns(viewer).where(T.c.id.in_(sa.select(page.c.id))).order_by(*order)
    return list(connection.execute(told).mappings())


def oldest(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    where: sa.ColumnElement[bool],
    *,
    cursor: str | None,
    now: datetime.datetime,
) -> list[Row]:
    """Those that nobody but their author wrote in first, then the oldest; one more than a page, if there are
    more.
    """
    answered = sa.case((sa.exists(sa.select(_P.c.id).where(_OTHERS)), True), else_=False)
    query = _columns(viewer).add_columns(answered.label("answered")).where(where & sight.visible(viewer, now))
    if cursor:
        query = query.where(sa.tuple_(answered, T.c.created, T.c.public) > _after(cursor))
    query = query.order_by(answered, T.c.created, T.c.public).limit(PAGE + 1)
    return list(connection.execute(query).mappings())


def place_of(row: Row) -> str:
    """Where `oldest` goes on after this row."""
    return f"{int(row['answered'])}.{columns.micros(row['created'])}.{row['public']}"


def of_lesson(
    connection: sa.Connection, viewer: course_model.Viewer, lesson_id: int, *, now: datetime.datetime
) -> list[Row]:
    """All threads of a lesson that the viewer looks after, oldest first."""
    here = (T.c.lesson_id == lesson_id) & sight.taught(viewer)
    query = _columns(viewer).where(here & sight.visible(viewer, now))
    return list(connection.execute(query.order_by(T.c.created, T.c.id)).mappings())


def first_answers(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    since: datetime.datetime,
    *,
    now: datetime.datetime,
) -> list[Row]:
    """Questions that the viewer looks after, asked since a moment: when, whether they are open, and when
    somebody else, and somebody of staff, first answered.
    """
    asked = _asks() & (T.c.created > since) & sight.taught(viewer)
    teaches = sa.exists(
        sa.select(_M.c.id).where(
            (_M.c.course_id == T.c.course_id)
            & (_M.c.person_id == _P.c.author_id)
            & _M.c.role.in_(sorted(course_model.STAFF))
        )
    )
    by_staff = sa.func.min(sa.case((teaches, _P.c.created), else_=None)).label("by_staff")
    query = sa.select(T.c.created, T.c.state, sa.func.min(_P.c.created).label("answered"), by_staff)
    query = query.select_from(T.outerjoin(_P, _OTHERS)).where(asked & sight.visible(viewer, now))
    query = query.group_by(T.c.id)
    return list(connection.execute(query).mappings())


def unanswered_of(
    connection: sa.Connection, viewer: course_model.Viewer, *, now: datetime.datetime
) -> dict[int, datetime.datetime]:
    """Since when the oldest question of each author (a key) waits that the viewer looks after and nobody
    answered.
    """
    asked = unanswered() & sight.taught(viewer) & sight.visible(viewer, now)
    query = sa.select(T.c.author_id, sa.func.min(T.c.created)).where(asked).group_by(T.c.author_id)
    return {author: since for author, since in connection.execute(query).all()}


def newest_of_cells(
    connection: sa.Connection, viewer: course_model.Viewer, lesson_id: int, *, now: datetime.datetime
) -> list[Row]:
    """The first few threads of each cell of a lesson, in the order of a list."""
    order = (T.c.pinned.desc(), T.c.last.desc(), T.c.public.desc())
    place = sa.func.row_number().over(partition_by=T.c.anchor, order_by=order).label("place")
    here = (T.c.lesson_id == lesson_id) & sight.visible(viewer, now)
    ranked = sa.select(T.c.id, place).where(here).subquery()
    first = sa.select(ranked.c.id).where(ranked.c.place <= BESIDE)
    return list(connection.execute(_columns(viewer).where(T.c.id.in_(first)).order_by(*order)).mappings())


def newest(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    where: sa.ColumnElement[bool],
    *,
    limit: int,
    now: datetime.datetime,
) -> list[Row]:
    """The threads where something was said last."""
    order = (T.c.last.desc(), T.c.public.desc())
    first = (
        sa.select(T.c.id).where(where & sight.visible(viewer, now)).order_by(*order).limit(limit).subquery()
    )
    told = _columns(viewer).where(T.c.id.in_(sa.select(first.c.id))).order_by(*order)
    return list(connection.execute(told).mappings())


def unanswered() -> sa.ColumnElement[bool]:
    """An open question that nobody but its author wrote in."""
    return waits() & ~sa.exists(sa.select(_P.c.id).where(_OTHERS))


def waits() -> sa.ColumnElement[bool]:
    """An open question."""
    return _asks() & (T.c.state == "open")


def _asks() -> sa.ColumnElement[bool]:
    """A question that still stands: neither taken back by its author nor hidden by staff. What staff wrote to
    a student is none.
    """
    first = (_FIRST.c.thread_id == T.c.id) & (_FIRST.c.number == 1) & (_FIRST.c.state == "shown")
    return (
        T.c.kind.in_(["question", "private"])
        & ~T.c.hidden
        & sight.recipient().is_(None)
        & sa.exists(sa.select(_FIRST.c.id).where(first))
    )


def number(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    where: sa.ColumnElement[bool],
    *,
    now: datetime.datetime,
) -> int:
    """How many threads there are that this person may see."""
    query = sa.select(sa.func.count()).select_from(T).where(where & sight.visible(viewer, now))
    return int(connection.execute(query).scalar_one())


def cursor_of(row: Row) -> str:
    """Where the list goes on after this row."""
    return f"{int(row['pinned'])}.{columns.micros(row['last'])}.{row['public']}"


def _after(cursor: str) -> Any:
    """The place that a cursor names: a yes or no, a time, an id."""
    place = re.fullmatch(r"([01])\.([0-9]{1,17})\.(.*)", cursor)
    if place is None:
        raise errors.UserError("This list cannot be continued from there. Load it again.", code="bad-request")
    last = sa.literal(columns.EPOCH + datetime.timedelta(microseconds=int(place[2])), columns.Instant)
    return sa.tuple_(sa.literal(place[1] == "1"), last, sa.literal(place[3]))


def counts(
    connection: sa.Connection, viewer: course_model.Viewer, lesson_id: int, *, now: datetime.datetime
) -> dict[str | None, model.Count]:
    """What is said at each cell of a lesson that this person may see; None is the lesson itself."""
    each = (
        sa.select(
            T.c.anchor,
            posts().label("posts"),
            unread(viewer.person.id).label("unread"),
            sa.case((waits(), 1), else_=0).label("open"),
        )
        .where((T.c.lesson_id == lesson_id) & sight.visible(viewer, now))
        .subquery()
    )
    sums = (sa.func.sum(each.c[name]) for name in ("posts", "unread", "open"))
    totals = sa.select(each.c.anchor, sa.func.count(), *sums)
    return {
        row[0]: model.Count(threads=int(row[1]), posts=int(row[2]), unread=int(row[3]), open=int(row[4]))
        for row in connection.execute(totals.group_by(each.c.anchor))
    }


def moments(
    connection: sa.Connection, viewer: course_model.Viewer, lesson_id: int, *, now: datetime.datetime
) -> dict[str, tuple[model.Moment, ...]]:
    """The threads of a lesson that are about a moment of a video, by the cell's key."""
    here = (T.c.lesson_id == lesson_id) & T.c.moment.is_not(None) & T.c.anchor.is_not(None)
    query = sa.select(T.c.anchor, T.c.moment, T.c.public).where(here & sight.visible(viewer, now))
    found: dict[str, tuple[model.Moment, ...]] = {}
    for key, second, public in connection.execute(query.order_by(T.c.moment, T.c.public)):
        found[key] = (*found.get(key, ()), model.Moment(thread=public, second=second))
    return found


def insert(connection: sa.Connection, values: Mapping[str, Any]) -> tuple[int, str]:
    """Begin a thread; its key in the database and its public id."""
    public = ids.new("thr")
    made = connection.execute(T.insert().values(public=public, **values).returning(T.c.id)).scalar_one()
    return int(made), public


def send(connection: sa.Connection, key: int, person_id: int) -> None:
    """Say to whom a private thread of staff goes."""
    connection.execute(sight.TO.insert().values(thread_id=key, person_id=person_id))


def change(connection: sa.Connection, key: int, values: Mapping[str, Any]) -> None:
    """Change a thread."""
    connection.execute(T.update().where(T.c.id == key).values(**values))


def said(connection: sa.Connection, key: int, at: datetime.datetime) -> None:
    """Note when something was said last in a thread."""
    connection.execute(_SAID, {"key": key, "at": at})
