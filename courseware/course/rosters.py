"""A class list as CSV, as registries and spreadsheets give it out.

In: the text: columns username (or email), name (or first_name and last_name), email and role, or Moodle's;
with commas, semicolons or tabs. Out: people of the course, all of the list or none of it; and which students
are not in the list, for whoever decides what becomes of them. Refused: a list with a line that cannot be
taken, or one person twice.
"""

import csv
import dataclasses
import datetime
import io

import sqlalchemy as sa

from courseware import errors
from courseware.course import model, people, sheet


@dataclasses.dataclass(frozen=True, kw_only=True)
class Imported:
    """What a roster changed, in user names."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]

    @property
    def named(self) -> frozenset[str]:
        """Everybody in the list."""
        return frozenset((*self.added, *self.changed, *self.unchanged))


def import_csv(
    connection: sa.Connection, course: model.Course, text: str, *, now: datetime.datetime
) -> Imported:
    """Take a roster: columns username (or email), name (or first_name and last_name), email, role.

    Raises:
        UserError: names every line that cannot be taken; then nothing is changed.
    """
    rows = _rows(text)
    known = {member.person.username: member for member in people.members(connection, course)}
    added: list[str] = []
    changed: list[str] = []
    unchanged: list[str] = []
    problems: list[str] = []
    for line, told in rows:
        before = known.get(str(told["username"]))
        row = {**_as_it_is(before), **told}
        try:
            person = people.add(connection, course, now=now, **row)  # type: ignore[arg-type]  # the keys are add's own
        except errors.UserError as error:
            problems.append(f"line {line}: {error.message}")
            continue
        if before is None:
            added.append(person.username)
        else:
            same = before.person == person and before.role == row["role"]
            (unchanged if same else changed).append(person.username)
    if problems:
        raise errors.UserError("The roster was not taken.", details=tuple(problems[:50]))
    return Imported(added=tuple(added), changed=tuple(changed), unchanged=tuple(unchanged))


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
    known = {member.person.username for member in people.members(connection, course)}
    fresh = [(line, row) for line, row in _rows(text) if row["username"] not in known]
    for line, row in fresh:
        try:
            people.add(connection, course, now=now, **{**_as_it_is(None), **row})  # type: ignore[arg-type]  # the keys are add's own
        except errors.UserError as error:
            raise errors.UserError(f"The roster was not taken, line {line}: {error.message}") from None
    return tuple(str(row["username"]) for _, row in fresh)


def _as_it_is(member: model.Member | None) -> dict[str, str | None]:
    """What stays where a list has no such column."""
    if member is None:
        return {"email": None, "role": "student"}
    return {"email": member.person.email, "role": member.role}


_MOODLE = {"id_number": "id", "surname": "last_name", "email_address": "email"}
"""Columns as Moodle names them in what it exports."""


def _heading(told: str | None) -> str:
    """A column's name as it is known here."""
    plain = (told or "").strip().lower().replace(" ", "_")
    return _MOODLE.get(plain, plain)


def _rows(text: str) -> list[tuple[int, dict[str, str | None]]]:
    """The lines of a roster as arguments of `add`, with their numbers."""
    plain = text.lstrip("\ufeff")
    reader = csv.DictReader(io.StringIO(plain, newline=""), delimiter=sheet.delimiter(plain), strict=True)
    found: list[tuple[int, dict[str, str | None]]] = []
    seen: set[str] = set()
    try:
        headings = {_heading(heading) for heading in reader.fieldnames or ()}
        if not headings & {"username", "email", "id"}:
            raise errors.UserError(
                "The roster's first line must name the columns: username, name, email, role."
            )
        for raw in reader:
            row = {_heading(k): v.strip() for k, v in raw.items() if isinstance(v, str)}
            if not any(row.values()):
                continue
            email = row.get("email") or None
            username = row.get("username") or row.get("id") or email or ""
            name = row.get("name") or f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
            if username in seen:
                raise errors.UserError(f"The roster has {username!r} twice (line {reader.line_num}).")
            seen.add(username)
            person: dict[str, str | None] = {"username": username, "name": name}
            if "email" in row:
                person["email"] = email
            if "role" in row:
                person["role"] = row["role"].lower() or "student"
            found.append((reader.line_num, person))
    except csv.Error as error:
        raise errors.UserError(f"The roster is no CSV (line {reader.line_num}: {error}).") from None
    return found
