"""The table of releases; what a release holds is never changed.

The newest is the last that was made: it numbers the next, and its tests grade whatever has its tasks. Offered
is what is not withdrawn: students get the newest of these. In force is what a lesson is for staff, in tables
of marks and in discussions: the newest that is offered, or where all are withdrawn the newest.
"""

import dataclasses
import datetime
import json
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.exchange import model
from courseware.notebook import questions
from courseware.store import database, ids, schema, schema_releases

_T, _W = schema.release, schema_releases.withdrawal
_GONE = sa.exists().where(_W.c.release_id == _T.c.id)
# Built once: every hand-in asks them.
_NUMBERED = (
    sa.select(_T, _W.c.withdrawn)
    .outerjoin(_W, _W.c.release_id == _T.c.id)
    .where((_T.c.lesson_id == sa.bindparam("lesson")) & (_T.c.number == sa.bindparam("number")))
)
_KEYS = sa.select(_T.c.id).where(_T.c.lesson_id == sa.bindparam("lesson")).order_by(_T.c.number.desc())
_SHOWN = sa.select(_T.c.id).where(_T.c.lesson_id == sa.bindparam("lesson"))
_SHOWN = _SHOWN.order_by(_GONE, _T.c.number.desc())


def lock(connection: sa.Connection, lesson_id: int) -> None:
    """Hold the releases of a lesson, its draft and what is planned, until the transaction ends."""
    database.lock(connection, f"release {lesson_id}")


def insert(
    connection: sa.Connection,
    lesson_id: int,
    bundle: model.Bundle,
    *,
    student: tuple[model.FileEntry, ...],
    instructor: tuple[model.FileEntry, ...],
    by: int | None,
    now: datetime.datetime,
) -> model.Release:
    """Write the next release of a lesson."""
    number = (
        connection.execute(sa.select(sa.func.max(_T.c.number)).where(_T.c.lesson_id == lesson_id)).scalar()
        or 0
    ) + 1
    connection.execute(
        _T.insert().values(
            public=ids.new("rel"),
            lesson_id=lesson_id,
            number=number,
            published=now,
            published_by=by,
            manifest=manifest(bundle, student, instructor),
            environment=json.dumps(dict(bundle.environment)),
            notes=bundle.notes,
        )
    )
    return find(connection, lesson_id, number)


def manifest(
    bundle: model.Bundle, student: tuple[model.FileEntry, ...], instructor: tuple[model.FileEntry, ...]
) -> str:
    """What a release holds, for its column."""
    return json.dumps(
        {
            "student": [dataclasses.asdict(file) for file in student],
            "instructor": [dataclasses.asdict(file) for file in instructor],
            "answers": sorted(bundle.answers),
            "exercises": [dataclasses.asdict(exercise) for exercise in bundle.exercises],
            "anchors": bundle.anchors,
            "report": bundle.report,
            "settings": dict(bundle.settings),
            "films": list(bundle.films),
            "questions": [
                {"notebook": each.notebook, "key": each.key, "question": questions.to_json(each.question)}
                for each in bundle.questions
            ],
        }
    )


def unpublished(
    held: str,
    environment: str,
    *,
    lesson_id: int,
    number: int,
    at: datetime.datetime,
    notes: str = "",
) -> model.Release:
    """A release as it would be, from what it holds; no row has its key."""
    told = {
        "id": 0,
        "public": "",
        "lesson_id": lesson_id,
        "number": number,
        "published": at,
        "notes": notes,
        "manifest": held,
        "environment": environment,
    }
    return _told(told)


def find(connection: sa.Connection, lesson_id: int, number: int) -> model.Release:
    """One release of a lesson.

    Raises:
        UserError: there is no release of this number.
    """
    return find_dated(connection, lesson_id, number)[0]


def find_dated(
    connection: sa.Connection, lesson_id: int, number: int
) -> tuple[model.Release, datetime.datetime | None]:
    """The same, and since when it is withdrawn; None while it is offered.

    Raises:
        UserError: there is no release of this number.
    """
    row = connection.execute(_NUMBERED, {"lesson": lesson_id, "number": number}).one_or_none()
    if row is None:
        raise errors.UserError(f"The lesson has no release {number}. Get the lesson again.", code="not-found")
    return _told(dict(row._mapping.items())), row.withdrawn


def newest(connection: sa.Connection, lesson_id: int) -> model.Release | None:
    """The latest release of a lesson, if it has one."""
    query = sa.select(_T).where(_T.c.lesson_id == lesson_id).order_by(_T.c.number.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return _release(row) if row else None


def offered(connection: sa.Connection, lesson_id: int) -> model.Release | None:
    """The newest release of a lesson that students can get, if there is one."""
    return offered_of(connection, [lesson_id]).get(lesson_id)


def in_force(connection: sa.Connection, lesson_id: int) -> model.Release | None:
    """The release that a lesson is now, if it has one; where all are withdrawn, the newest."""
    return in_force_of(connection, [lesson_id]).get(lesson_id)


def offered_of(connection: sa.Connection, lesson_ids: Collection[int]) -> dict[int, model.Release]:
    """What students can get of each of these lessons, by the lesson's key."""
    return _first(connection, _T.c.lesson_id.in_(lesson_ids) & ~_GONE)


def in_force_of(connection: sa.Connection, lesson_ids: Collection[int]) -> dict[int, model.Release]:
    """What each of these lessons is now, by the lesson's key."""
    return _first(connection, _T.c.lesson_id.in_(lesson_ids))


def _first(connection: sa.Connection, among: sa.ColumnElement[bool]) -> dict[int, model.Release]:
    """The newest of these releases for each lesson, those that are offered first."""
    place = sa.func.row_number().over(partition_by=_T.c.lesson_id, order_by=(_GONE, _T.c.number.desc()))
    ranked = sa.select(_T.c.id, place.label("place")).where(among).subquery()
    rows = connection.execute(sa.select(_T).join(ranked, ranked.c.id == _T.c.id).where(ranked.c.place == 1))
    return {release.lesson_id: release for release in map(_release, rows)}


def note(connection: sa.Connection, release_id: int, notes: str) -> None:
    """Other notes for students: the one thing of a release that is no part of what it holds."""
    connection.execute(_T.update().where(_T.c.id == release_id).values(notes=notes))


def is_offered(connection: sa.Connection, release_id: int) -> bool:
    """Whether a release is not withdrawn."""
    return connection.execute(sa.select(_W.c.id).where(_W.c.release_id == release_id)).scalar() is None


def offers(connection: sa.Connection, lesson_id: int) -> bool:
    """Whether students can get any release of a lesson."""
    asked = sa.select(_T.c.id).where((_T.c.lesson_id == lesson_id) & ~_GONE).limit(1)
    return connection.execute(asked).scalar() is not None


def by_keys(connection: sa.Connection, keys: Collection[int]) -> dict[int, model.Release]:
    """The releases of other rows, by their keys."""
    return {row.id: _release(row) for row in connection.execute(sa.select(_T).where(_T.c.id.in_(keys)))}


def of_lesson(connection: sa.Connection, lesson_id: int) -> list[model.Release]:
    """All releases of a lesson, newest first."""
    rows = connection.execute(sa.select(_T).where(_T.c.lesson_id == lesson_id).order_by(_T.c.number.desc()))
    return [_release(row) for row in rows]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Published:
    """That a release was made, without what it holds."""

    number: int
    published: datetime.datetime
    published_by: int | None
    notes: str


def published(connection: sa.Connection, lesson_id: int) -> list[Published]:
    """When the releases of a lesson that students can get were made and by whom, oldest first."""
    wanted = sa.select(_T.c.number, _T.c.published, _T.c.published_by, _T.c.notes)
    rows = connection.execute(wanted.where((_T.c.lesson_id == lesson_id) & ~_GONE).order_by(_T.c.number))
    return [Published(**row) for row in rows.mappings()]


def since(connection: sa.Connection, lesson_ids: Collection[int]) -> dict[int, datetime.datetime]:
    """Since when these lessons have a release that students can get; without those that have none."""
    first = sa.select(_T.c.lesson_id, _T.c.published).where(_T.c.lesson_id.in_(lesson_ids) & ~_GONE)
    rows = connection.execute(first.order_by(_T.c.number.desc())).all()
    return {row.lesson_id: row.published for row in rows}  # the last that is named is the first


def keys_of_lesson(connection: sa.Connection, lesson_id: int) -> list[int]:
    """The rows of a lesson's releases, newest first, without reading what they hold."""
    return list(connection.execute(_KEYS, {"lesson": lesson_id}).scalars())


def keys_as_shown(connection: sa.Connection, lesson_id: int) -> list[int]:
    """The same with the one in force first: those that are withdrawn come last."""
    return list(connection.execute(_SHOWN, {"lesson": lesson_id}).scalars())


def by_id(connection: sa.Connection, key: int) -> model.Release:
    """The release of another row."""
    return _release(connection.execute(sa.select(_T).where(_T.c.id == key)).one())


def _release(row: sa.Row[tuple[object, ...]]) -> model.Release:
    return _told(dict(row._mapping.items()))


def _told(told: Mapping[Any, Any]) -> model.Release:
    held = json.loads(told["manifest"])
    return model.Release(
        id=told["id"],
        public=told["public"],
        lesson_id=told["lesson_id"],
        number=told["number"],
        published=told["published"],
        published_by=told.get("published_by"),
        notes=told["notes"],
        student=tuple(model.FileEntry(**file) for file in held["student"]),
        instructor=tuple(model.FileEntry(**file) for file in held["instructor"]),
        answers=frozenset(held["answers"]),
        exercises=tuple(model.Exercise(**exercise) for exercise in held["exercises"]),
        anchors=held["anchors"],
        report=held["report"],
        environment=json.loads(told["environment"]),
        settings=held.get("settings", {}),
        films=tuple(held.get("films", ())),
        questions=tuple(
            model.Asked(
                notebook=each["notebook"],
                key=each["key"],
                question=questions.from_json(each["question"]),
            )
            for each in held.get("questions", ())
        ),
    )
