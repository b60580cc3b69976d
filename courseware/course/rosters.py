"""A class list as CSV, as registries and spreadsheets give it out.

In: the text; see `roster_lines` for its columns. Out: people of the course, all of the list or none of it,
with what became of each; and which students are not in the list, for whoever decides what becomes of them.
What the list does not say of somebody stays as it is. Refused: a list with a line that cannot be taken, or
one person twice; to take the uploader's own role away.
"""

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa

from courseware import errors
from courseware.course import amend, groups, model, people, roster_lines

What = Literal["added", "changed", "back"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Field:
    """Something that is otherwise now: `name`, `email`, `role` or `group`."""

    name: str
    before: str
    after: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Changed:
    """What became of one person: who is `back` was in the course before, and had left."""

    username: str
    name: str
    role: str
    what: What
    fields: tuple[Field, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Imported:
    """What a roster changed; those it names without changing them, and columns that it could not use."""

    changes: tuple[Changed, ...]
    unchanged: tuple[str, ...]
    ignored: tuple[roster_lines.Ignored, ...]

    @property
    def added(self) -> tuple[str, ...]:
        """Who is new, by user name."""
        return tuple(each.username for each in self.changes if each.what == "added")

    @property
    def changed(self) -> tuple[str, ...]:
        """Who was there already, or is back."""
        return tuple(each.username for each in self.changes if each.what != "added")

    @property
    def named(self) -> frozenset[str]:
        """Everybody in the list."""
        return frozenset((*self.added, *self.changed, *self.unchanged))


def import_csv(
    connection: sa.Connection,
    course: model.Course,
    text: str,
    *,
    by: model.Person | None,
    now: datetime.datetime,
) -> Imported:
    """Take a roster that somebody uploads.

    Raises:
        UserError: names every line that cannot be taken; then nothing is changed.
    """
    roster = roster_lines.read(text)
    known = {member.person.username: member for member in people.members(connection, course)}
    grouped = _groups_of(connection, course)
    problems: list[str] = []
    for line in roster.lines:
        try:
            _take(connection, course, line, known.get(line.username), by=by, now=now)
        except errors.UserError as error:
            problems.append(f"line {line.number}: {error.message}")
    if problems:
        raise errors.UserError("The roster was not taken.", details=tuple(problems[:50]))
    _join(connection, course, roster.lines, now=now)
    after = {member.person.username: member for member in people.members(connection, course)}
    grouped_now = _groups_of(connection, course)
    found = [
        _told(known.get(each), after[each], grouped.get(each, ""), grouped_now.get(each, ""))
        for each in (line.username for line in roster.lines)
    ]
    return Imported(
        changes=tuple(each for each in found if each.what != "changed" or each.fields),
        unchanged=tuple(each.username for each in found if each.what == "changed" and not each.fields),
        ignored=roster.ignored,
    )


def missing(connection: sa.Connection, course: model.Course, told: Imported) -> list[model.Person]:
    """The students of a course who are not in a list."""
    everybody = people.members(connection, course)
    students = [each.person for each in everybody if each.role == "student" and each.ended is None]
    return [person for person in students if person.username not in told.named]


def import_new(
    connection: sa.Connection, course: model.Course, text: str, *, now: datetime.datetime
) -> tuple[str, ...]:
    """Bring in those of a roster who never were in the course; their user names.

    Raises:
        UserError: a line cannot be taken; then nothing is changed.
    """
    roster = roster_lines.read(text)
    known = {member.person.username for member in people.members(connection, course)}
    fresh = [line for line in roster.lines if line.username not in known]
    for line in fresh:
        try:
            _take(connection, course, line, None, by=None, now=now)
        except errors.UserError as error:
            raise errors.UserError(f"The roster was not taken, line {line.number}: {error.message}") from None
    _join(connection, course, fresh, now=now)
    return tuple(line.username for line in fresh)


def _take(
    connection: sa.Connection,
    course: model.Course,
    line: roster_lines.Line,
    before: model.Member | None,
    *,
    by: model.Person | None,
    now: datetime.datetime,
) -> None:
    """Add somebody, or change what the line says of them; what another course shows too stays."""
    if before is None:
        people.add(
            connection,
            course,
            username=line.username,
            name=line.name or "",
            email=line.email,
            role=line.role or "student",
            now=now,
        )
        return
    theirs = people.elsewhere(connection, course, before.person.id)
    wish = amend.Change(
        name=None if theirs else line.name, email=None if theirs else line.email, role=line.role, back=True
    )
    amend.change(connection, course, before, wish, by=by, now=now)


def _join(
    connection: sa.Connection,
    course: model.Course,
    lines: Sequence[roster_lines.Line],
    *,
    now: datetime.datetime,
) -> None:
    """Put people into the groups that the list names, beside those they are in."""
    wanted: dict[str, list[model.Person]] = {}
    known = {member.person.username: member.person for member in people.members(connection, course)}
    for line in lines:
        for name in line.groups:
            wanted.setdefault(name, []).append(known[line.username])
    for name, each in wanted.items():
        groups.join(connection, course, name, each, now=now)


def _groups_of(connection: sa.Connection, course: model.Course) -> dict[str, str]:
    """The groups of people, by user name."""
    found: dict[str, list[str]] = {}
    for name, inside in groups.of_course(connection, course).items():
        for person in inside:
            found.setdefault(person.username, []).append(name)
    return {username: ", ".join(names) for username, names in found.items()}


def _told(before: model.Member | None, after: model.Member, group: str, group_now: str) -> Changed:
    """What is otherwise with somebody."""
    was, person = before.person if before else after.person, after.person
    role = before.role if before else after.role
    pairs = (
        ("name", was.name, person.name),
        ("email", was.email or "", person.email or ""),
        ("role", role, after.role),
        ("group", group, group_now),
    )
    fields = tuple(Field(name=name, before=old, after=new) for name, old, new in pairs if old != new)
    what: What = "added" if before is None else "back" if before.ended is not None else "changed"
    return Changed(username=person.username, name=person.name, role=after.role, what=what, fields=fields)
