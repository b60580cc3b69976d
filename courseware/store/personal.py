"""What the tables hold of a person: all of it, to be handed out, and all of it, to be taken away.

In: the key of a person. Out: rows as plain values; or the rows gone, and the hashes of the files that they
named. Which rows are somebody's follows from the tables themselves: those that refer to the person as
`person_id`, to a hand-in of theirs, or to a post of theirs. So a table that is added later goes too, whoever
forgets it. What has to stay for others is named here, with what is taken out of it: the
thread around a post, the place of a receipt in its chain, who is who in an anonymous thread. What somebody
did as staff stays, under no name: their marks are other people's.
"""

import datetime
import json
from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa

from courseware.store import (
    archive,
    columns,
    schema,
    schema_audit,
    schema_desk,
    schema_discussion,
    schema_groups,
    schema_schedule,
    tables,
)

_P, _S, _R = schema.person, schema.submission, schema.receipt
_POST, _THREAD = schema_discussion.post, schema_discussion.thread
_GROUP = schema_groups.group
GONE = "[deleted]"
"""What stands where a name was."""

_STAY = (
    *(_P, _S, _R, _POST, _THREAD, schema_discussion.pseudonym, schema_discussion.recipient),
    schema_audit.access_record,
)
"""Tables whose rows of a person stay: others' threads, chains and records of access hang on them."""
_NOT_TOLD = (
    *(schema.idempotency, schema_schedule.attainment, schema_audit.access_record),
    schema_desk.lesson_mark,
)
"""Tables that say nothing new, or what the person may not know yet."""
_SECRETS = frozenset({schema_schedule.allowance.c.reason, _POST.c.words})
"""What staff wrote for staff, and what is only there to be searched."""
_NAMES = {
    schema.course.c.slug: "course",
    schema.lesson.c.slug: "lesson",
    schema.submission.c.public: "submission",
    _THREAD.c.public: "thread",
    _POST.c.public: "post",
    _GROUP.c.name: "group",
}
"""What tells of what a row is, by the column that refers to it."""


def erase(connection: sa.Connection, person_id: int, *, now: datetime.datetime) -> frozenset[str]:
    """Take away what there is of a person; the hashes of files that no row names any more.

    The caller has ended the memberships. A row of `person` stays, without a name.
    """
    named = set(_blobs(connection, person_id))
    for table in reversed(tables.metadata.sorted_tables):
        if table not in _STAY and (own := _own(table, person_id)) is not None:
            connection.execute(table.delete().where(own))
    _empty(connection, person_id, now)
    return frozenset(named - still_named(connection, named))


def still_named(connection: sa.Connection, wanted: Collection[str]) -> frozenset[str]:
    """Those of some hashes that a row names; all rows are looked through, as a backup does."""
    found: set[str] = set()
    for table in archive.NAMING if wanted else ():
        streamed = connection.execute(table.select(), execution_options={"yield_per": 500})
        for row in streamed.mappings():
            found.update(
                wanted_here for wanted_here in archive.named(table, dict(row)) if wanted_here in wanted
            )
    return frozenset(found)


def rows(connection: sa.Connection, person_id: int, course_id: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of a person by table, those of one course and those of none: what they say, and when. Not of
    them are marks and what tests said, which the person may not know yet, and reasons that staff gave.
    """
    found = {}
    for table in tables.metadata.sorted_tables:
        direct = [each == person_id for each in _refers(table, "person")]
        mine = _own(table, person_id) if table in (_P, _R) else sa.or_(*direct) if direct else None
        if mine is None or table in _NOT_TOLD:
            continue
        wanted = [*(column for column in table.c if _is_told(column)), *_places(table)]
        query = sa.select(*wanted).where(mine, *_in_course(table, course_id))
        told = connection.execute(query.order_by(*table.primary_key.columns)).mappings()
        if listed := [{name: _plain(value) for name, value in row.items()} for row in told]:
            found[table.name] = listed
    return found


def _places(table: sa.Table) -> Iterator[sa.Label[Any]]:
    """What a row is about, by the name that it has outside."""
    for column, name in _NAMES.items():
        for each in table.c:
            if each.name == f"{name}_id" and any(
                key.column.table is column.table for key in each.foreign_keys
            ):
                yield sa.select(column).where(column.table.c.id == each).scalar_subquery().label(name)


def _in_course(table: sa.Table, course_id: int) -> Iterator[sa.ColumnElement[bool]]:
    """That rows belong to a course, as far as they belong to one at all."""
    of_course = {
        "course_id": sa.select(schema.course.c.id).where(schema.course.c.id == course_id),
        "lesson_id": sa.select(schema.lesson.c.id).where(schema.lesson.c.course_id == course_id),
        "submission_id": sa.select(_S.c.id).join(schema.lesson).where(schema.lesson.c.course_id == course_id),
        "thread_id": sa.select(_THREAD.c.id).where(_THREAD.c.course_id == course_id),
        "post_id": sa.select(_POST.c.id).join(_THREAD).where(_THREAD.c.course_id == course_id),
        "group_id": sa.select(_GROUP.c.id).where(_GROUP.c.course_id == course_id),
    }
    for name, known in of_course.items():
        if name in table.c:
            yield table.c[name].in_(known) | table.c[name].is_(None)


def _is_told(column: sa.Column[Any]) -> bool:
    """Whether a column belongs to what somebody is told of themselves."""
    if column in _SECRETS:
        return False
    return bool(column.info) or column.name == "public" or isinstance(column.type, columns.Instant)


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return value.isoformat() if isinstance(value, datetime.datetime | datetime.date) else value


def _own(table: sa.Table, person_id: int) -> sa.ColumnElement[bool] | None:
    """Which rows of a table are somebody's; None if it has none of anybody."""
    if table is _P:
        return _P.c.id == person_id
    mine: list[sa.ColumnElement[bool]] = [each == person_id for each in _refers(table, "person")]
    for owner, whose in ((_S, _S.c.person_id), (_POST, _POST.c.author_id)):
        owned = sa.select(owner.c.id).where(whose == person_id)
        mine += [each.in_(owned) for each in _refers(table, owner.name)]
    return sa.or_(*mine) if mine else None


def _refers(table: sa.Table, target: str) -> list[sa.Column[Any]]:
    """The columns by which a row of a table is that of a person, a hand-in or a post: who did something with
    it is in columns of other names.
    """
    names = ("person_id", "author_id", "submission_id", "post_id")
    return [
        column
        for column in table.c
        if column.name in names and any(key.column.table.name == target for key in column.foreign_keys)
    ]


def _empty(connection: sa.Connection, person_id: int, now: datetime.datetime) -> None:
    """Take out of what stays all that says something."""
    mine = _S.c.person_id == person_id
    given = _R.c.submission_id.in_(sa.select(_S.c.id).where(mine))
    for row in connection.execute(sa.select(_R.c.id, _R.c.body).where(given)).all():
        # The next receipt's time follows from it, and the chain goes on over its hash, which stays.
        kept = {"erased": True, "received": json.loads(row.body)["received"]}
        connection.execute(_R.update().where(_R.c.id == row.id).values(body=json.dumps(kept)))
    connection.execute(
        _S.update().where(mine).values(files="[]", worked=None, content_hash="", client_key=_S.c.public)
    )
    gone = {"body": "", "attachment": None, "words": "", "state": "deleted", "edited": None}
    connection.execute(_POST.update().where(_POST.c.author_id == person_id).values(**gone))
    connection.execute(_THREAD.update().where(_THREAD.c.author_id == person_id).values(title=""))
    public = connection.execute(sa.select(_P.c.public).where(_P.c.id == person_id)).scalar_one()
    nobody = {"username": f"erased-{public}", "name": GONE, "email": None, "erased": now}
    connection.execute(_P.update().where(_P.c.id == person_id).values(**nobody))


def _blobs(connection: sa.Connection, person_id: int) -> Iterator[str]:
    """The hashes of the files that rows of a person name."""
    for table in archive.NAMING:
        if (own := _own(table, person_id)) is not None:
            for row in connection.execute(table.select().where(own)).mappings():
                yield from archive.named(table, dict(row))
