"""The table of submissions; which of a person's counts is for `grading.worth` to say."""

import dataclasses
import datetime
from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa

from courseware import errors
from courseware.course import model as course_model
from courseware.exchange import model
from courseware.store import ids, schema

_T, _G, _L = schema.submission, schema.grading, schema.lesson
COURSE = (
    sa.select(_L.c.course_id).join(_T, _T.c.lesson_id == _L.c.id).where(_T.c.public == sa.bindparam("wanted"))
)
"""The key of the course of a submission; whether somebody may see it is asked next."""
# Built once: every hand-in asks the first four, and every open page the last again and again.
_INSERT = _T.insert()
_BY_KEY = sa.select(_T).where(
    (_T.c.person_id == sa.bindparam("person")) & (_T.c.client_key == sa.bindparam("key"))
)
_OF_LESSONS = (
    sa.select(_T).where(_T.c.lesson_id.in_(sa.bindparam("lessons", expanding=True))).order_by(_T.c.id)
)
_OF_ONE = _OF_LESSONS.where(_T.c.person_id == sa.bindparam("person"))
_IN_FLIGHT = (
    sa.select(_T)
    .join(_G, (_G.c.submission_id == _T.c.id) & _G.c.current.is_(True))
    .join(_L, _L.c.id == _T.c.lesson_id)
    .where((_T.c.person_id == sa.bindparam("person")) & (_L.c.course_id == sa.bindparam("course")))
    .where(_G.c.state.in_(("waiting", "running")))
    .order_by(_T.c.id.desc())
    .limit(20)
)


def subjects_of(course: course_model.Course) -> sa.CompoundSelect[tuple[str]]:
    """The public ids of a course's submissions and lessons, which events name that do not name it."""
    mine = sa.select(_T.c.public).join(_L, _L.c.id == _T.c.lesson_id).where(_L.c.course_id == course.id)
    return mine.union_all(sa.select(_L.c.public).where(_L.c.course_id == course.id))


def courses_of(connection: sa.Connection, subjects: Collection[str]) -> dict[str, int]:
    """The keys of the courses of submissions and lessons, by public id."""
    asked = sa.select(_T.c.public, _L.c.course_id).join(_L, _L.c.id == _T.c.lesson_id)
    both = asked.where(_T.c.public.in_(subjects)).union_all(
        sa.select(_L.c.public, _L.c.course_id).where(_L.c.public.in_(subjects))
    )
    return {row.public: row.course_id for row in connection.execute(both)}


def insert(
    connection: sa.Connection,
    *,
    person: course_model.Person,
    lesson_id: int,
    release_id: int,
    upload: model.Upload,
    files: tuple[model.FileEntry, ...],
    received: datetime.datetime,
    late_seconds: int,
) -> model.Submission:
    """Write a submission; it is never changed once its transaction has ended."""
    told: dict[str, Any] = {
        "public": ids.new("sub"),
        "person_id": person.id,
        "lesson_id": lesson_id,
        "release_id": release_id,
        "client_key": upload.client_key,
        "content_hash": model.content_hash(files),
        "worked": upload.worked.astimezone(datetime.UTC) if upload.worked else None,
        "received": received,
        "late_seconds": late_seconds,
    }
    listed = model.entries_to_json(files)
    made = connection.execute(_INSERT, {**told, "files": listed})
    (key,) = made.inserted_primary_key or (0,)
    return model.Submission(**told, id=int(key), files=model.entries_from_json(listed))


def received_later(
    connection: sa.Connection, submission: model.Submission, moment: datetime.datetime
) -> model.Submission:
    """The same, received at a later moment; in the transaction that wrote it."""
    connection.execute(_T.update().where(_T.c.id == submission.id).values(received=moment))
    return dataclasses.replace(submission, received=moment)


def find(connection: sa.Connection, public: str) -> model.Submission:
    """The submission of this id.

    Raises:
        UserError: there is none.
    """
    row = connection.execute(sa.select(_T).where(_T.c.public == public)).one_or_none()
    if row is None:
        raise errors.UserError("There is no such submission, or it is not open to you.", code="not-found")
    return _submission(row)


def by_id(connection: sa.Connection, key: int) -> model.Submission:
    """The submission of another row."""
    return _submission(connection.execute(sa.select(_T).where(_T.c.id == key)).one())


def by_key(connection: sa.Connection, person_id: int, client_key: str) -> model.Submission | None:
    """What a person handed in under a key, if anything."""
    row = connection.execute(_BY_KEY, {"person": person_id, "key": client_key}).one_or_none()
    return _submission(row) if row else None


def of_person(connection: sa.Connection, person_id: int, lesson_id: int) -> list[model.Submission]:
    """All that a person handed in for a lesson, newest first."""
    mine = (_T.c.person_id == person_id) & (_T.c.lesson_id == lesson_id)
    rows = connection.execute(sa.select(_T).where(mine).order_by(_T.c.received.desc(), _T.c.id.desc()))
    return [_submission(row) for row in rows]


def of_lesson(connection: sa.Connection, lesson_id: int) -> list[model.Submission]:
    """All that was handed in for a lesson, newest first."""
    rows = connection.execute(
        sa.select(_T).where(_T.c.lesson_id == lesson_id).order_by(_T.c.received.desc(), _T.c.id.desc())
    )
    return [_submission(row) for row in rows]


def by_release(connection: sa.Connection, lesson_id: int) -> dict[int, tuple[int, int]]:
    """The hand-ins of each release of a lesson, and by how many people, by the release's key."""
    people = sa.func.count(sa.distinct(_T.c.person_id))
    asked = sa.select(_T.c.release_id, sa.func.count(), people).where(_T.c.lesson_id == lesson_id)
    rows = connection.execute(asked.group_by(_T.c.release_id))
    return {release_id: (count, persons) for release_id, count, persons in rows}


def people_of(connection: sa.Connection, course: course_model.Course) -> set[int]:
    """The keys of those who have handed something in in a course."""
    lessons = sa.select(schema.lesson.c.id).where(schema.lesson.c.course_id == course.id)
    query = sa.select(_T.c.person_id).where(_T.c.lesson_id.in_(lessons)).distinct()
    return set(connection.execute(query).scalars())


def of_lessons(
    connection: sa.Connection, lesson_ids: Collection[int], *, person_id: int | None = None
) -> list[model.Submission]:
    """All that was handed in for these lessons, by everybody or one person, oldest first."""
    asked: dict[str, Any] = {"lessons": list(lesson_ids)}
    if person_id is None:
        rows = connection.execute(_OF_LESSONS, asked)
    else:
        rows = connection.execute(_OF_ONE, asked | {"person": person_id})
    return [_submission(row) for row in rows]


class Brief(NamedTuple):
    """A hand-in without its files: of a whole class there are tens of thousands, so that what making one
    costs is felt.
    """

    id: int
    public: str
    person_id: int
    lesson_id: int
    release_id: int
    received: datetime.datetime
    late_seconds: int


def briefs(
    connection: sa.Connection, lesson_ids: Collection[int], people: Collection[int] | None
) -> list[Brief]:
    """All that was handed in for these lessons, by everybody or some people, oldest first."""
    told = [_T.c[name] for name in Brief._fields]
    query = _among(sa.select(*told), lesson_ids, people).order_by(_T.c.id)
    return [Brief._make(row) for row in connection.execute(query).all()]


def pairs(connection: sa.Connection, lesson_ids: Collection[int]) -> list[tuple[int, int]]:
    """Who (a key) has handed in which of these lessons."""
    query = _among(sa.select(_T.c.person_id, _T.c.lesson_id).distinct(), lesson_ids, None)
    return [(row[0], row[1]) for row in connection.execute(query).all()]


def late(lesson_ids: Collection[int], people: Collection[int] | None) -> sa.Select[tuple[int, int]]:
    """The question for who (a key) came late with which of these lessons."""
    query = sa.select(_T.c.person_id, _T.c.lesson_id).where(_T.c.late_seconds > 0)
    return _among(query, lesson_ids, people)


def _among(
    query: sa.Select[Any], lesson_ids: Collection[int], people: Collection[int] | None
) -> sa.Select[Any]:
    """The same for these lessons, of everybody or some people."""
    query = query.where(_T.c.lesson_id.in_(lesson_ids))
    return query if people is None else query.where(_T.c.person_id.in_(people))


@dataclasses.dataclass(frozen=True, kw_only=True)
class HandedIn:
    """That somebody handed in a lesson: how often, and when first."""

    times: int
    first: datetime.datetime


def handed_in(connection: sa.Connection, person_id: int, lesson_ids: Collection[int]) -> dict[int, HandedIn]:
    """Which of these lessons a person handed in, by their keys, without reading what."""
    mine = (_T.c.person_id == person_id) & _T.c.lesson_id.in_(lesson_ids)
    first = sa.func.min(_T.c.received).label("first")
    query = sa.select(_T.c.lesson_id, sa.func.count().label("times"), first).where(mine)
    rows = connection.execute(query.group_by(_T.c.lesson_id))
    return {row.lesson_id: HandedIn(times=row.times, first=row.first) for row in rows}


def _submission(row: sa.Row[tuple[object, ...]]) -> model.Submission:
    told = row._mapping
    return model.Submission(
        id=told["id"],
        public=told["public"],
        person_id=told["person_id"],
        lesson_id=told["lesson_id"],
        release_id=told["release_id"],
        client_key=told["client_key"],
        content_hash=told["content_hash"],
        files=model.entries_from_json(told["files"]),
        worked=told["worked"],
        received=told["received"],
        late_seconds=told["late_seconds"],
    )


def in_flight(connection: sa.Connection, person_id: int, course_id: int) -> list[model.Submission]:
    """A person's submissions in a course whose grading has not ended, newest first."""
    rows = connection.execute(_IN_FLIGHT, {"person": person_id, "course": course_id})
    return [_submission(row) for row in rows]
