"""What a course keeps of a person, for that person, as one zip.

In: who asks. Out: their rows as JSON, the marks that they may see now, the files that they handed in or kept.
Nothing of others is in it, and nothing that waits: no mark before it shows, no hidden test.
"""

import dataclasses
import datetime
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from courseware.course import lessons, model
from courseware.exchange import drafts, submissions
from courseware.exchange import model as exchange_model
from courseware.grading import grades, lesson_marks, outcome
from courseware.store import blobs as blobs_store
from courseware.store import personal

ABOUT = """What the course {title!r} keeps of {name}, as of {now}.

data.json    rows of the database: what you wrote, chose and did, by table
marks.json   the marks that you may see now, of each hand-in
hand-ins/    the files of each hand-in, by lesson and time
copies/      the copies that you keep in the course
"""


@dataclasses.dataclass(frozen=True)
class _Archive:
    """A zip whose entries are all as old as what they tell of."""

    zipped: zipfile.ZipFile
    at: datetime.datetime

    def add(self, name: str, data: str | bytes) -> None:
        """Write an entry."""
        at = self.at
        entry = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
        entry.compress_type = zipfile.ZIP_DEFLATED
        self.zipped.writestr(entry, data)


def of(
    connection: sa.Connection, blobs: blobs_store.Blobs, viewer: model.Viewer, *, now: datetime.datetime
) -> bytes:
    """The zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        archive = _Archive(zipped, now)
        about = ABOUT.format(title=viewer.course.title, name=viewer.person.name, now=now.isoformat())
        archive.add("about.txt", about)
        told = personal.rows(connection, viewer.person.id, viewer.course.id)
        for receipt in told.get("receipt", ()):
            receipt["body"] = json.loads(receipt["body"])
        archive.add("data.json", _json(told))
        marks = []
        for lesson in lessons.of_course(connection, viewer.course):
            work = submissions.of_person(connection, viewer.person.id, lesson.id)
            given = grades.shown_set_mark(connection, lesson, viewer.person.id, now=now)
            if given and not work:
                marks.append({"lesson": lesson.slug, **_set_mark(given)})
            for found in work:
                marks.append(_marks(connection, found, lesson, now))
                moment = f"{found.received:%Y-%m-%dT%H%M%S}"
                _files(archive, blobs, f"hand-ins/{lesson.slug}/{moment}-{found.public}", found.files)
            if drafts.kept(connection, viewer.person.id, lesson.id):
                copy = drafts.find(connection, viewer, lesson)
                _files(archive, blobs, f"copies/{lesson.slug}", copy.files)
        archive.add("marks.json", _json(marks))
    return made.getvalue()


def _marks(
    connection: sa.Connection, found: exchange_model.Submission, lesson: model.Lesson, now: datetime.datetime
) -> dict[str, Any]:
    """What somebody may see of the marks of a hand-in."""
    standing = grades.standing(connection, found, now=now).as_seen()
    return {
        "submission": found.public,
        "lesson": lesson.slug,
        "counts": standing.counts,
        **(_set_mark(standing.set_mark) if standing.set_mark else {}),
        "exercises": list(_exercises(standing)) if standing.visible else [],
    }


def _set_mark(given: lesson_marks.Mark) -> dict[str, Any]:
    """What staff set for a whole lesson."""
    return {"set": given.points, "comment": given.comment}


def _exercises(standing: outcome.Standing) -> Iterator[dict[str, Any]]:
    """The exercises whose marks do not wait."""
    for each in standing.open:
        yield {
            "notebook": each.notebook,
            "exercise": each.key,
            "points": each.score,
            "of": each.points,
            "verdict": each.verdict,
            "comment": each.comment,
        }


def _files(
    archive: _Archive,
    blobs: blobs_store.Blobs,
    folder: str,
    entries: tuple[exchange_model.FileEntry, ...],
) -> None:
    for entry in entries:
        archive.add(f"{folder}/{entry.path}", blobs.get(entry.sha256))


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1)
