"""A big class with its marks, written straight into the tables: handing all of it in would take hours.

In: a world of `builders`, how many students and lessons. Out: the same world, with a release of three
exercises (two by tests, one by a person) for each lesson, nearly all of it handed in, some late, some twice,
some with a part to mark. It is the same class each time.
"""

import dataclasses
import datetime
import random
from typing import Any

import sqlalchemy as sa

from courseware.course import courses, dates, lessons, manifest, model
from courseware.exchange import model as exchange_model
from courseware.exchange import publish, releases
from courseware.store import ids, schema, schema_groups
from tests import builders
from tests.builders import HOUR, NOW

EXERCISES = (
    exchange_model.Exercise(notebook="n", key="first", title="First", points=4, kind="tests"),
    exchange_model.Exercise(notebook="n", key="second", title="Second", points=4, kind="tests"),
    exchange_model.Exercise(notebook="n", key="essay", title="Essay", points=2, kind="person"),
)
VARIANTS = 40
"""So many different hand-ins there are of a lesson: a larger class does not differ more."""
_FIRST = ("Ada", "Bao", "Chloé", "Dieter", "Esra", "Farid", "Gül", "Hana", "Ivo", "Jun", "Kofi")
_LAST = ("Abel", "Brandt-Oberhuber", "Çelik", "Diallo", "Eriksson", "Fuchs", "García", "Huang", "Ito")


def text(places: int) -> str:
    """A course.toml: lessons due one after the other, each late day costs a tenth."""
    said = (
        builders.MANIFEST.split("[[lessons]]")[0]
        + '\n[policies]\nlate = { kind = "linear", percent = 10, late_days = 3 }\n'
    )
    for number in range(places):
        due = (NOW - datetime.timedelta(days=places - number - 2)).strftime("%Y-%m-%dT%H:%M:%S")
        title = f"Lesson {number + 1}: numbers and lists" if number % 3 else f"Lesson {number + 1}"
        said += f'\n[[lessons]]\nslug = "l{number:02}"\ntitle = "{title}"\ndue = {due}\n'
    return said


def fill(world: builders.World, *, students: int, places: int) -> None:
    """Write the class."""
    said = text(places)
    parsed = manifest.parse(said)
    with world.database.write() as connection:
        course = courses.put(connection, parsed, said, now=NOW)
        lessons.sync(connection, course, parsed, now=NOW)
        made = [lessons.find(connection, course, f"l{number:02}") for number in range(places)]
    bundle = dataclasses.replace(builders.bundle(), exercises=EXERCISES)
    for lesson in made:
        publish.publish(world.database, world.blobs, lesson, bundle, by=None, now=NOW)
    files = [_variant(world, number) for number in range(VARIANTS)]
    with world.database.write() as connection:
        people = _people(connection, course, students)
        dates.rewrite(connection, course)
        own = _Class(people=people, teacher=world.teacher.person.id, files=files, chance=random.Random(7))
        for lesson in made:
            _lesson(connection, lesson, own)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Class:
    """Keys of students and of a teacher, the files that are handed in as a column holds them, and chance."""

    people: list[int]
    teacher: int
    files: list[str]
    chance: random.Random


def _variant(world: builders.World, number: int) -> str:
    """A notebook of its own."""
    book = builders.NOTEBOOK.replace(b'"source": "1"', f'"source": "{number}"'.encode())
    entry = exchange_model.FileEntry(path="n.ipynb", sha256=world.blobs.put(book), size=len(book))
    return exchange_model.entries_to_json([entry])


def _people(connection: sa.Connection, course: model.Course, students: int) -> list[int]:
    """Students, in groups of 50."""
    rows = [
        {
            "public": ids.new("per"),
            "username": f"s{number:04}",
            "name": f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]} {number}",
            "created": NOW,
        }
        for number in range(students)
    ]
    keys = _insert(connection, schema.person, rows)
    joined = [{"course_id": course.id, "person_id": k, "role": "student", "added": NOW} for k in keys]
    connection.execute(schema.membership.insert(), joined)
    groups = [{"course_id": course.id, "name": f"g{n}"} for n in range(-(-students // 50))]
    made = _insert(connection, schema_groups.group, groups)
    put = [{"group_id": made[n // 50], "person_id": key} for n, key in enumerate(keys)]
    connection.execute(schema_groups.group_member.insert(), put)
    return keys


def _lesson(connection: sa.Connection, lesson: model.Lesson, own: _Class) -> None:
    """What everybody handed in for a lesson, with its marks."""
    release = releases.newest(connection, lesson.id)
    due = dates.of_lesson(connection, lesson.id).due
    assert release
    assert due
    chance = own.chance
    work = [
        {
            "public": ids.new("sub"),
            "person_id": person,
            "lesson_id": lesson.id,
            "release_id": release.id,
            "client_key": ids.new("key"),
            "content_hash": f"{person % VARIANTS:064}",
            "files": own.files[person % VARIANTS],
            "received": due + hours * HOUR,
            "late_seconds": max(0, hours * 3600),
        }
        for person in own.people
        for _ in range(chance.choice((0, *[1] * 17, 2, 2)))
        for hours in [chance.choice((-30, -5, -1, -1, -1, -1, -1, 20))]
    ]
    submissions = _insert(connection, schema.submission, work)
    gradings = _insert(connection, schema.grading, [_grading(key, release.id, chance) for key in submissions])
    marks, changed = [], []
    for key, grading in zip(submissions, gradings, strict=True):
        for exercise in EXERCISES:
            mark = _mark(key, grading, exercise, chance)
            marks.append(mark)
            if mark["needs_person"] and chance.random() < 0.9:
                changed.append(_override(key, exercise, own.teacher))
    connection.execute(schema.mark.insert(), marks)
    connection.execute(schema.mark_override.insert(), changed)


def _grading(submission: int, release: int, chance: random.Random) -> dict[str, Any]:
    state = "failed" if chance.random() < 0.003 else "marked"
    return {
        "public": ids.new("grd"),
        "submission_id": submission,
        "release_id": release,
        "state": state,
        "current": True,
        "queued": NOW,
        "started": NOW,
        "finished": NOW,
        "result": "{}",
    }


def _mark(submission: int, grading: int, exercise: exchange_model.Exercise, chance: random.Random) -> Any:
    person = exercise.kind == "person"
    return {
        "submission_id": submission,
        "notebook": exercise.notebook,
        "exercise": exercise.key,
        "points": exercise.points,
        "score": None if person else float(chance.randrange(0, 5)),
        "needs_person": person,
        "verdict": "manual" if person else "partial",
        "test_mode": "isolated",
        "grading_id": grading,
    }


def _override(submission: int, exercise: exchange_model.Exercise, teacher: int) -> dict[str, Any]:
    return {
        "submission_id": submission,
        "notebook": exercise.notebook,
        "exercise": exercise.key,
        "score": 1.5,
        "comment": "",
        "marked_by": teacher,
        "marked": NOW,
    }


def _insert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> list[int]:
    """The keys of rows, in their order: they count on from the last."""
    last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))).scalar_one()
    if not rows:
        return []
    connection.execute(table.insert(), rows)
    found = connection.execute(sa.select(table.c.id).where(table.c.id > last).order_by(table.c.id))
    return list(found.scalars())
