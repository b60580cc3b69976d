"""The lines of a class list, by whatever its columns are called.

In: the text of a CSV: commas, semicolons or tabs; columns for a user name (or an e-mail address), a name (or
first and last name), an address, a role and groups. Out: lines; what a line does not say is None; and columns
that mean nothing here. Refused: text without such columns, that is no CSV, that names somebody twice, or has
a line that cannot be read.
"""

import csv
import dataclasses
import difflib
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping

from courseware import errors, names
from courseware.course import sheet

_MEANS: Mapping[str, tuple[str, ...]] = {
    "username": (
        "username",
        "login",
        "loginname",
        "loginid",
        "userid",
        "user",
        "benutzername",
        "id",
        "idnumber",
    ),
    "name": ("name", "fullname", "displayname", "studentname", "student"),
    "first": ("firstname", "givenname", "forename", "vorname"),
    "last": ("lastname", "surname", "familyname", "nachname"),
    "email": ("email", "emailaddress", "mail", "mailaddress", "emailadresse"),
    "role": ("role", "rolle"),
    "group": ("group", "groups", "section", "sections", "gruppe", "gruppen"),
}
"""What columns are called, without case, blanks and hyphens; of two that mean the same the first counts."""
_KNOWN = {heading: means for means, headings in _MEANS.items() for heading in headings}
_AS_TOLD = {"first": "first name", "last": "last name"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """What one line says of somebody."""

    number: int
    username: str
    name: str | None
    email: str | None
    role: str | None
    groups: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ignored:
    """A column that means nothing here, and what was perhaps meant."""

    column: str
    perhaps: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Roster:
    """A list as it was read."""

    lines: tuple[Line, ...]
    ignored: tuple[Ignored, ...]


def read(text: str) -> Roster:
    """Read a list.

    Raises:
        UserError: it does not name its columns, is no CSV, has somebody twice, or names every line that
            cannot be read.
    """
    plain = text.lstrip("\ufeff")
    reader = csv.reader(io.StringIO(plain, newline=""), delimiter=sheet.delimiter(plain), strict=True)
    lines: list[Line] = []
    problems: list[str] = []
    seen: set[str] = set()
    try:
        headings = [each.strip() for each in next(reader, [])]
        places = _places(headings)
        if not {"username", "email"} & places.keys():
            raise errors.UserError(
                "The roster's first line must name the columns: username, name, email, role."
            )
        for raw in reader:
            cells = [each.strip() for each in raw]
            if not any(cells):
                continue
            line = _line(reader.line_num, cells, places)
            if line.username in seen:
                raise errors.UserError(f"The roster has {line.username!r} twice (line {line.number}).")
            seen.add(line.username)
            lines.append(line)
            problems += [f"line {line.number}: {each}" for each in _wrong(line, cells, len(headings))]
    except csv.Error as error:
        raise errors.UserError(f"The roster is no CSV (line {reader.line_num}: {error}).") from None
    if problems:
        raise errors.UserError("The roster was not taken.", details=tuple(problems[:50]))
    return Roster(lines=tuple(lines), ignored=tuple(_ignored(headings)))


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading).lower()


def _places(headings: list[str]) -> dict[str, list[int]]:
    """Where the columns of each meaning stand, the surest first."""
    found: dict[str, list[int]] = {}
    for means, known in _MEANS.items():
        places = [n for each in known for n, heading in enumerate(headings) if _plain(heading) == each]
        if places:
            found[means] = places
    return found


def _ignored(headings: list[str]) -> Iterator[Ignored]:
    for heading in headings:
        if heading and _plain(heading) not in _KNOWN:
            near = difflib.get_close_matches(_plain(heading), _KNOWN, n=1, cutoff=0.75)
            means = _KNOWN[near[0]] if near else ""
            yield Ignored(column=heading[:80], perhaps=_AS_TOLD.get(means, means))


def _line(number: int, cells: list[str], places: Mapping[str, list[int]]) -> Line:
    """A line by what its cells mean; an empty cell says nothing."""

    def said(means: str) -> list[str]:
        return [cells[n] for n in places.get(means, ()) if n < len(cells) and cells[n]]

    email = next(iter(said("email")), None)
    name = next(iter(said("name")), None) or " ".join((*said("first")[:1], *said("last")[:1])) or None
    inside = [each.strip() for cell in said("group") for each in re.split(r"[,;|]", cell)]
    return Line(
        number=number,
        username=next(iter(said("username")), None) or email or "",
        name=name,
        email=email,
        role=next((each.lower() for each in said("role")), None),
        groups=tuple(dict.fromkeys(each for each in inside if each)),
    )


def _wrong(line: Line, cells: list[str], columns: int) -> Iterator[str]:
    """What of a line cannot be taken, whoever it is about."""
    if any(cells[columns:]):
        yield "it has more cells than the first line has columns. Put a name with a comma into quotes."
    signs = {c for cell in cells for c in cell if unicodedata.category(c) in ("Cc", "Cs")} - set("\t\r\n")
    if signs:
        yield f"it has a sign that cannot be shown (number {ord(min(signs))}). Take it out."
    for name in line.groups:
        if not names.GROUP.fullmatch(name):
            yield f"{name[:64]!r} cannot be the name of a group."
