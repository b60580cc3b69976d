"""What the tables hold of a person goes when they are erased, whatever the table; nothing of others does."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from courseware.store import archive, columns, personal, schema, tables
from tests import builders
from tests.builders import NOW

STAY = {each.name for each in personal._STAY}


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[builders.World]:
    """A world with a row of each table for two students, every text of it theirs alone. On SQLite only, which
    can leave out the checks of what a text may be.
    """
    world = builders.world(f"sqlite:///{tmp_path / 'filled.sqlite'}", tmp_path)
    for person in (world.sam.person.id, world.kim.person.id):
        _fill(world, person)
    yield world
    world.close()


def _fill(world: builders.World, person: int) -> None:
    """A row in each table, hanging together; what refers to a person refers to this one."""
    made: dict[str, int] = {"person": person}
    with world.database.write() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = 1")
        for table in tables.metadata.sorted_tables:
            own = personal._own(table, person)
            known = connection.execute(table.select().limit(1)).first() if own is None else None
            if own is not None and table.name not in made:
                connection.execute(table.delete().where(own))
            if table.name not in made and "id" in table.c:
                row = {c.name: _value(c, person, made) for c in table.c if c.name != "id"}
                made[table.name] = known.id if known else _inserted(connection, table, row)


def _inserted(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> int:
    (key,) = connection.execute(table.insert().values(row)).inserted_primary_key or (0,)
    return int(key)


def _value(column: sa.Column[Any], person: int, made: dict[str, int]) -> Any:
    """Something that fits a column, and is this person's where it is a text."""
    for key in column.foreign_keys:
        return made[key.column.table.name]
    if isinstance(column.type, columns.Instant):
        return NOW
    if isinstance(column.type, sa.LargeBinary):
        return f"secret of {person}".encode()
    if column.name in ("files", "source", "student"):
        return json.dumps(
            [{"path": f"of-{person}.ipynb", "sha256": f"{column.table.name}-{person}", "size": 1}]
        )
    if column.name == "manifest":
        return json.dumps({"student": [{"sha256": f"{column.table.name}-{person}"}], "instructor": []})
    if column.name in ("content", "feedback_hash"):
        return f"{column.table.name}-{person}"
    if column.table is schema.receipt and column.name == "body":
        return json.dumps({"received": NOW.isoformat(), "person": f"text of {person}"})
    if isinstance(column.type, sa.String | sa.Text):
        return f"text of {person} {column.table.name}.{column.name}"
    if isinstance(column.type, sa.Boolean):
        return True
    if isinstance(column.type, sa.Date):
        return datetime.date(2026, 11, 29)
    return person


def _columns_with(world: builders.World, text: str) -> set[str]:
    """The columns of all tables that have a text somewhere."""
    with world.database.read() as connection:
        return {
            f"{table.name}.{name}"
            for table in tables.metadata.sorted_tables
            for row in connection.execute(table.select()).mappings()
            for name, value in row.items()
            if text in str(value)
        }


def _texts(world: builders.World) -> dict[str, list[str]]:
    """All rows of all tables, as text."""
    with world.database.read() as connection:
        return {
            table.name: [str(tuple(row)) for row in connection.execute(table.select())]
            for table in tables.metadata.sorted_tables
        }


def test_every_table_is_filled(filled: builders.World) -> None:
    empty = {name for name, rows in _texts(filled).items() if not rows}
    assert empty <= {"journal_cursor", "erased_blob"}


def test_nothing_of_somebody_stays_and_nothing_of_others_goes(filled: builders.World) -> None:
    sam, kim = filled.sam.person.id, filled.kim.person.id
    before = _texts(filled)
    with filled.database.write() as connection:
        gone = personal.erase(connection, sam, now=NOW)
    after = _texts(filled)
    left = {each for each in _columns_with(filled, f"text of {sam} ") if each.split(".")[0] not in COURSES}
    assert left == {
        # Names of their own that nobody can read anything from, a place in a chain, a choice of others.
        *("submission.public", "submission.client_key"),
        *("receipt.hash", "receipt.previous_hash"),
        *("thread.public", "thread.anchor", "thread.kind", "thread.state", "post.public"),
        # Who used which right over others: for as long as the settings say, under no name.
        *(f"access_record.{name}" for name in RECORDED),
    }
    for name, rows in before.items():
        assert not [row for row in rows if f"text of {kim}" in row and row not in after[name]], name
    own = ("submission", "draft", "course_check", "grading", "execution", "trial_work")
    assert gone == {f"{name}-{sam}" for name in own}


RECORDED = (
    "credential",
    "ceiling",
    "system_user",
    "role",
    "at_most",
    "action",
    "method",
    "route",
    "place",
    "request",
)
COURSES = {
    "course_file",
    "draft_release",
    "group",
    "hold",
    "journal",
    "late_rule",
    "lesson",
    "people_group",
    "planned_release",
    "release",
    "review_batch",
    "rubric",
    "signing_key",
    "trial",
    "right_answer",
    "test_audit",
    "withdrawal",
}
"""Tables of the course, in which a row says who did something at most."""


def test_what_is_tagged_as_gone_with_the_person_is(filled: builders.World) -> None:
    """Each column that is kept until the person is erased is empty then, or its row is gone."""
    sam = filled.sam.person.id
    with filled.database.write() as connection:
        personal.erase(connection, sam, now=NOW)
    with filled.database.read() as connection:
        for table in tables.metadata.sorted_tables:
            tagged = [c for c in table.c if c.info.get("retention") == "until the person is erased"]
            own = personal._own(table, sam)
            if not tagged or own is None or table.name == "pseudonym":
                continue
            for row in connection.execute(sa.select(*tagged).where(own)):
                assert not [value for value in row if f"text of {sam}" in str(value)], table.name
                if table.name not in ("person", "thread", "submission", "receipt"):
                    assert not any(row), (table.name, row)


def test_whatever_a_backup_takes_along_is_looked_through_for_what_is_named(filled: builders.World) -> None:
    with filled.database.read() as connection:
        for table in tables.metadata.sorted_tables:
            rows = [dict(row) for row in connection.execute(table.select()).mappings()]
            named = {digest for row in rows for digest in archive.named(table, row)}
            assert not named or table in archive.NAMING, table.name
            assert personal.still_named(connection, named) == named


def test_a_file_that_somebody_else_has_stays(filled: builders.World) -> None:
    sam, kim = filled.sam.person.id, filled.kim.person.id
    shared = json.dumps([{"path": "n.ipynb", "sha256": f"draft-{sam}", "size": 1}])
    with filled.database.write() as connection:
        theirs = schema.submission.c.person_id == kim
        connection.execute(schema.submission.update().where(theirs).values(files=shared))
        gone = personal.erase(connection, sam, now=NOW)
    assert f"draft-{sam}" not in gone
    assert f"submission-{sam}" in gone


def test_what_somebody_is_told_is_theirs_and_no_mark(filled: builders.World) -> None:
    sam, kim = filled.sam.person.id, filled.kim.person.id
    with filled.database.read() as connection:
        told = personal.rows(connection, sam, filled.course.id)
        elsewhere = personal.rows(connection, sam, filled.course.id + 1)
    text = json.dumps(told)
    assert f"text of {kim} " not in text
    assert not {"mark", "mark_override", "grading", "execution", "attainment"} & set(told)
    assert {"person", "submission", "receipt", "post", "answer", "watched", "draft"} <= set(told)
    for secret in ("allowance.reason", "secret of", "idempotency", "post.words"):
        assert secret not in text
    assert (told["watched"][0]["lesson"], told["receipt"][0]["submission"][:4]) == ("one", "text")
    assert set(elsewhere) == {"person", "mail_choice", "mail_habit"}
