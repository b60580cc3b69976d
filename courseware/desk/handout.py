"""What a course keeps of a person, for that person, as one zip.

In: who asks. Out: their rows as JSON, the marks and notes that they may see now, the files that they handed
in or kept, each content once. It is written to a temporary file, since it can be larger than the memory.
Nothing of others is in it, and nothing that waits: no mark before it shows, no hidden test.
"""

import datetime
import json
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any

import sqlalchemy as sa

from courseware.course import lessons, model
from courseware.exchange import drafts, submissions
from courseware.exchange import model as exchange_model
from courseware.grading import grades, lesson_marks, notes, outcome, requests
from courseware.store import blobs as blobs_store
from courseware.store import personal

ABOUT = """What the course {title!r} keeps of {name}, as of {now}.

data.json    rows of the database: what you wrote, chose and did, by table
marks.json   the marks and notes that you may see now, and where you asked for another look, of each hand-in
files.json   where the files of each hand-in stand here: what you handed in again unchanged is here once
hand-ins/    the files of each hand-in, by lesson and time
copies/      the copies that you keep in the course
"""


class _Archive:
    """A zip whose entries are all as old as what they tell of; each content is in it once."""

    def __init__(self, zipped: zipfile.ZipFile, blobs: blobs_store.Blobs, at: datetime.datetime) -> None:
        self._zipped, self._blobs, self._at = zipped, blobs, at
        self._there: dict[str, str] = {}

    def add(self, name: str, data: str | bytes) -> None:
        """Write an entry."""
        at = self._at
        entry = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._zipped.writestr(entry, data)

    def files(self, folder: str, entries: tuple[exchange_model.FileEntry, ...]) -> dict[str, str]:
        """Write files that are not there yet; where each is found."""
        for entry in entries:
            if entry.sha256 not in self._there:
                self._there[entry.sha256] = f"{folder}/{entry.path}"
                self.add(f"{folder}/{entry.path}", self._blobs.get(entry.sha256))
        return {entry.path: self._there[entry.sha256] for entry in entries}


def of(
    connection: sa.Connection, blobs: blobs_store.Blobs, viewer: model.Viewer, *, now: datetime.datetime
) -> IO[bytes]:
    """The zip, in a temporary file that is the caller's to close."""
    made = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this
    try:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
            _fill(_Archive(zipped, blobs, now), connection, viewer, now)
    except BaseException:
        made.close()
        raise
    return made


def _fill(archive: _Archive, connection: sa.Connection, viewer: model.Viewer, now: datetime.datetime) -> None:
    """Write all of it."""
    about = ABOUT.format(title=viewer.course.title, name=viewer.person.name, now=now.isoformat())
    archive.add("about.txt", about)
    told = personal.rows(connection, viewer.person.id, viewer.course.id)
    for receipt in told.get("receipt", ()):
        receipt["body"] = json.loads(receipt["body"])
    archive.add("data.json", _json(told))
    marks: list[dict[str, Any]] = []
    stand: list[dict[str, Any]] = []
    for lesson in lessons.of_course(connection, viewer.course):
        work = submissions.of_person(connection, viewer.person.id, lesson.id)
        given = grades.shown_set_mark(connection, lesson, viewer.person.id, now=now)
        if given and not work:
            marks.append({"lesson": lesson.slug, **_set_mark(given)})
        for found in work:
            marks.append(_marks(connection, found, lesson, now))
            folder = f"hand-ins/{lesson.slug}/{found.received:%Y-%m-%dT%H%M%S}-{found.public}"
            files = archive.files(folder, found.files)
            stand.append({"submission": found.public, "lesson": lesson.slug, "files": files})
        if drafts.kept(connection, viewer.person.id, lesson.id):
            copy = drafts.find(connection, viewer, lesson)
            files = archive.files(f"copies/{lesson.slug}", copy.files)
            stand.append({"copy": True, "lesson": lesson.slug, "files": files})
    archive.add("marks.json", _json(marks))
    archive.add("files.json", _json(stand))


def _marks(
    connection: sa.Connection, found: exchange_model.Submission, lesson: model.Lesson, now: datetime.datetime
) -> dict[str, Any]:
    """What somebody may see of the marks of a hand-in, of the notes at it, and where they asked for another
    look.
    """
    whole = grades.standing(connection, found, now=now)
    standing = whole.as_seen()
    noted = notes.of_submission(connection, found)
    return {
        "submission": found.public,
        "lesson": lesson.slug,
        "counts": standing.counts,
        **(_set_mark(standing.set_mark) if standing.set_mark else {}),
        "exercises": list(_exercises(standing)) if standing.visible else [],
        "notes": [
            {"notebook": each.notebook, "cell": each.cell, "line": each.line, "note": each.body}
            for place, some in noted.items()
            if whole.notes_show(*place)
            for each in some
        ],
        "requests": [
            {
                "notebook": each.notebook,
                "exercise": each.exercise,
                "thread": each.thread,
                "asked": each.asked.isoformat(),
                "decision": each.decision,
                "decided": each.decided.isoformat() if each.decided else None,
            }
            for each in requests.of_submission(connection, found.id)
        ],
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


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1)
