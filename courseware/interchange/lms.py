"""The marks of a class for a learning management system: Moodle's import, and a filled export of Canvas.

In: the table of a class; for Canvas the file that its gradebook exports. Out: CSV. Moodle has no columns of
its own: whoever imports says which is which. Canvas wants what it wrote itself, so its file is filled in: its
own columns of people, and a column for each lesson that is one of its assignments; what was in a cell stays
where there is no mark. No cell is a formula for a spreadsheet. Refused: a file that is no such export, one
that fits no lesson, and whatever could put a mark in another person's line.

Formats: docs.moodle.org, "Grade import"; community.canvaslms.com, "How do I import grades in the Gradebook?".
"""

import csv
import dataclasses
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from courseware import errors
from courseware.course import model, sheet
from courseware.grading import grades
from courseware.interchange import spreadsheet

_PEOPLE = ("student", "id", "sis user id", "sis login id", "integration id", "root account", "section")
"""Canvas's columns of people, in lower case; the first, the second and the last are always there."""
_POSSIBLE = "points possible"
_TEST_STUDENTS = ("student, test", "test student")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Filled:
    """A filled export: the CSV; the lessons that are in it and those that are not; how many marks were put
    in; people of Canvas who are not here, and those here who are not in Canvas; what else there is to know.
    """

    csv: str
    lessons: tuple[str, ...]
    left_out: tuple[str, ...]
    marks: int
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Export:
    """What stands in Canvas's file."""

    delimiter: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def place(self, name: str) -> int | None:
        """Where a column of people stands."""
        return next((n for n, title in enumerate(self.header) if _plain(title) == name), None)

    def value(self, row: Sequence[str], name: str) -> str:
        """What a row has in a column of people; empty if there is no such column."""
        place = self.place(name)
        return "" if place is None else row[place].strip()

    def is_person(self, row: Sequence[str]) -> bool:
        """Whether a row is somebody's: above them stand rows about the assignments."""
        name = self.value(row, "student")
        return bool(name) and _plain(name) != _POSSIBLE

    @property
    def possible(self) -> tuple[str, ...]:
        """The row of points, or nothing."""
        return next((row for row in self.rows if _plain(self.value(row, "student")) == _POSSIBLE), ())


def moodle(table: grades.Class) -> str:
    """The class as CSV for Moodle: username, name, e-mail address, then a column for each lesson."""
    titles = _titles(table)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["username", "name", "Email address", *(spreadsheet.harmless(each) for each in titles)])
    for member in table.members:
        person = member.person
        marks = [_mark(table, person, lesson) for lesson, _ in table.lessons]
        line = [person.username, person.name, person.email or "", *marks]
        writer.writerow([spreadsheet.harmless(text) for text in line])
    return out.getvalue()


def canvas(table: grades.Class, text: str) -> Filled:
    """Fill the file that Canvas's gradebook exported.

    Raises:
        UserError: it is no such file, has none of the lessons, or names somebody twice.
    """
    export = _read(text)
    fits, notes = _columns(table, export)
    if not fits:
        names = ", ".join(f"{_bare(title)!r}" for title in export.header if _plain(title) not in _PEOPLE)
        raise errors.UserError(
            "None of the lessons is an assignment of this file. An assignment in Canvas must have the title "
            f"of its lesson and the same points. The file has {names[:300] or 'none'}.",
            details=tuple(notes),
        )
    people = _people(table, export)
    keep = [n for n, title in enumerate(export.header) if _plain(title) in _PEOPLE]
    columns = {place: lesson for lesson, place in fits.items()}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=export.delimiter)
    writer.writerow([spreadsheet.harmless(export.header[n]) for n in (*keep, *columns)])
    marks = 0
    for number, row in enumerate(export.rows):
        person = people.get(number)
        given = {n: _mark(table, person, lesson) if person else "" for n, lesson in columns.items()}
        marks += sum(bool(each) for each in given.values())
        told = [_localised(given[n], export) or row[n] for n in columns]
        writer.writerow([_harmless(text) for text in (*(row[n] for n in keep), *told)])
    found = set(people.values())
    here = [m.person for m in table.members if m.ended is None]
    return Filled(
        csv=out.getvalue(),
        lessons=tuple(lesson.title for lesson in fits),
        left_out=tuple(lesson.title for lesson, _ in table.lessons if lesson not in fits),
        marks=marks,
        unknown=tuple(_strangers(export, people)),
        missing=tuple(person.name for person in here if person not in found),
        notes=tuple(notes),
    )


def _read(text: str) -> _Export:
    """The export, with rows as long as its header."""
    plain = text.lstrip("\ufeff")
    delimiter = sheet.delimiter(plain)
    try:
        lines = list(csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise errors.UserError(f"The file is no CSV ({error}). Export it from Canvas once more.") from None
    header = tuple(lines[0]) if lines else ()
    known = {_plain(title) for title in header}
    if not {"student", "id", "section"} <= known:
        raise errors.UserError(
            "This is no export of Canvas's gradebook: its first line must name the columns Student, ID and "
            "Section. In Canvas, choose Grades, Export, Export Entire Gradebook."
        )
    rows = [tuple(line) for line in lines[1:] if any(cell.strip() for cell in line)]
    for number, row in enumerate(rows, start=2):
        if len(row) > len(header):
            raise errors.UserError(
                f"Row {number} of the file has {len(row)} cells, its first line has {len(header)}. Export it "
                "from Canvas once more."
            )
    filled = tuple((*row, *[""] * (len(header) - len(row))) for row in rows)
    return _Export(delimiter=delimiter, header=header, rows=filled)


def _columns(table: grades.Class, export: _Export) -> tuple[dict[model.Lesson, int], list[str]]:
    """Where each lesson stands, and why some do not: a column is a lesson's by its title or short name, with
    the same points.
    """
    fits: dict[model.Lesson, int] = {}
    notes: list[str] = []
    for lesson, points in table.lessons:
        names = {_plain(lesson.title), _plain(lesson.slug)}
        places = [
            n
            for n, title in enumerate(export.header)
            if _plain(title) not in _PEOPLE and _plain(_bare(title)) in names and not _read_only(export, n)
        ]
        if len(places) > 1:
            notes.append(f"Canvas has more than one assignment {lesson.title!r}; none was filled.")
        elif places and not _same_points(export, places[0], points):
            told = export.possible[places[0]].strip()
            notes.append(
                f"{lesson.title!r} has {told} points in Canvas and {points:g} here; it was not filled. "
                "Make them the same in Canvas, and export again."
            )
        elif places:
            fits[lesson] = places[0]
    return fits, notes


def _people(table: grades.Class, export: _Export) -> dict[int, model.Person]:
    """Who stands in which row: by login, number of the registry or address, never by name."""
    known: dict[str, model.Person] = {}
    for member in table.members:
        for name in (member.person.username, member.person.email or ""):
            if name:
                other = known.setdefault(name.casefold(), member.person)
                if other != member.person:
                    raise errors.UserError(
                        f"{name!r} is both {other.name} and {member.person.name} here. Change one of them on "
                        "the page of people first."
                    )
    found: dict[int, model.Person] = {}
    for number, row in enumerate(export.rows):
        if not export.is_person(row):
            continue
        names = [export.value(row, name).casefold() for name in ("sis login id", "sis user id")]
        people = {known[name].public: known[name] for name in names if name in known}
        if len(people) > 1:
            told = " and ".join(sorted(person.name for person in people.values()))
            raise errors.UserError(
                f"The row of {export.value(row, 'student')!r} is of two people here: {told}. "
                "Nothing was filled."
            )
        for person in people.values():
            if person in found.values():
                raise errors.UserError(f"{person.name} stands in two rows of the file. Nothing was filled.")
            found[number] = person
    return found


def _strangers(export: _Export, people: Mapping[int, model.Person]) -> Iterator[str]:
    """The names of those in Canvas who are not here; Canvas's own test student is nobody."""
    for number, row in enumerate(export.rows):
        name = export.value(row, "student")
        if export.is_person(row) and number not in people and _plain(name) not in _TEST_STUDENTS:
            yield name


def _same_points(export: _Export, place: int, points: float) -> bool:
    """Whether an assignment has so many points; one that says nothing of them may have any."""
    told = export.possible[place].strip() if export.possible else ""
    try:
        return not told or float(told.replace(",", ".")) == points
    except ValueError:
        return False


def _read_only(export: _Export, place: int) -> bool:
    """Whether Canvas says so, in brackets and in the language of whoever exported."""
    return bool(export.possible) and re.fullmatch(r"\(.+\)", export.possible[place].strip()) is not None


def _titles(table: grades.Class) -> list[str]:
    """A heading for each lesson; two lessons of one title have their short names with it."""
    titles = [lesson.title for lesson, _ in table.lessons]
    return [
        f"{lesson.title} ({lesson.slug})" if titles.count(lesson.title) > 1 else lesson.title
        for lesson, _ in table.lessons
    ]


def _mark(table: grades.Class, person: model.Person, lesson: model.Lesson) -> str:
    """What somebody has in a lesson, late or not; empty as long as there is nothing."""
    final = table.settled(person.id, lesson.id)
    return "" if final is None else f"{final:g}"


def _localised(number: str, export: _Export) -> str:
    """A number as the export writes them: with a comma where its points have one."""
    commas = any(re.fullmatch(r"\d+,\d+", each.strip()) for each in export.possible)
    return number.replace(".", ",") if commas else number


def _harmless(text: str) -> str:
    """A cell that is no formula: a number below 0 is none, nor is Canvas's dash where there is no mark."""
    return text if re.fullmatch(r"-?(\d+([.,]\d+)?)?", text) else spreadsheet.harmless(text)


def _bare(title: str) -> str:
    """The title of an assignment without the number that Canvas puts after it."""
    return re.sub(r"\(\d+\)\s*$", "", title).rstrip()


def _plain(text: str) -> str:
    """As titles are compared: blanks and capitals do not count."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()
