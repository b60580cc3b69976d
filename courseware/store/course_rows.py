"""Which rows belong to one course, so that it can be taken to another place without the others.

In: a course's key. Out: whether a row belongs to it: it refers to the course, or to a row that does, and to
none of another course. People come along as far as rows of the course name them. Nothing that lets anybody in
comes along, nor what belongs to a person in all courses alike.
"""

import collections
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from courseware.store import schema, tables

_NOT = (schema.credential, schema.idempotency)
_WHOLE = (schema.journal_cursor,)
"""Places among the events; told anew by those that come along."""


class Course:
    """The rows of a course."""

    def __init__(self, connection: sa.Connection, course_id: int) -> None:
        self._keys: dict[str, set[int]] = collections.defaultdict(set)
        self._keys["course"].add(course_id)
        self._publics: set[str] = set()
        for table in tables.metadata.sorted_tables:
            if table in (schema.course, schema.person, schema.journal, *_NOT, *_WHOLE):
                continue
            for row in _rows(connection, table):
                if self._is_mine(table, row):
                    self._note(table, row)
        for row in _rows(connection, schema.journal):
            if self._is_event(row):
                self._note(schema.journal, row)

    def has(self, table: sa.Table, row: Mapping[str, Any]) -> bool:
        """Whether a row belongs to the course."""
        if table in _WHOLE:
            return True
        return "id" in row and row["id"] in self._keys[table.name]

    def _is_mine(self, table: sa.Table, row: Mapping[str, Any]) -> bool:
        """Whether a row refers to the course, through others too, and to no other one."""
        found = [
            row[column.name] in self._keys[target] for column, target in _courses(table) if row[column.name]
        ]
        return bool(found) and all(found)

    def _is_event(self, row: Mapping[str, Any]) -> bool:
        """Whether an event is the course's: it says so, or is about something of it."""
        if row["course_id"] is not None:
            return row["course_id"] in self._keys["course"]
        return row["subject"] in self._publics

    def _note(self, table: sa.Table, row: Mapping[str, Any]) -> None:
        """Take a row, and the people whom it names."""
        self._keys[table.name].add(row["id"])
        if "public" in row:
            self._publics.add(row["public"])
        for column in table.c:
            refers = any(key.column.table is schema.person for key in column.foreign_keys)
            if refers and row[column.name] is not None:
                self._keys["person"].add(row[column.name])


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    """The keys of each row of a table, and what it is called outside."""
    wanted = [c for c in table.c if c.foreign_keys or c.name in ("id", "public", "subject")]
    if "id" in table.c:
        told = connection.execute(sa.select(*wanted), execution_options={"yield_per": 1000})
        yield from (dict(row) for row in told.mappings())


def _courses(table: sa.Table) -> Iterator[tuple[sa.Column[Any], str]]:
    """The columns by which a row may belong to a course, and which table each refers to."""
    for column in table.c:
        for key in column.foreign_keys:
            if key.column.table is not schema.person:
                yield column, key.column.table.name
