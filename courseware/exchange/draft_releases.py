"""The table of draft releases: what somebody would release, one for each lesson, seen by staff alone.

In: files that are kept already, what the check said. Out: records. A newer draft takes the place of the one
before and has another public id, so that nobody publishes one that they have not seen.
"""

import dataclasses
import datetime
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.exchange import model, releases
from courseware.store import ids, schema

_T = schema.draft_release


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fresh:
    """A draft to be kept: the author's files, what students would get, and what the check said; `manifest` is
    what a release of it would hold, without the instructor's files.
    """

    source: tuple[model.FileEntry, ...]
    student: tuple[model.FileEntry, ...]
    accept: frozenset[str]
    report: Mapping[str, Any]
    notes: str
    manifest: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class DraftRelease(Fresh):
    """A kept draft."""

    public: str
    lesson_id: int
    uploaded: datetime.datetime
    uploaded_by: int


def put(
    connection: sa.Connection, lesson_id: int, draft: Fresh, *, by: int, now: datetime.datetime
) -> DraftRelease:
    """Keep a draft in place of the one before."""
    values = {
        "public": ids.new("drl"),
        "uploaded": now,
        "uploaded_by": by,
        "source": model.entries_to_json(draft.source),
        "student": model.entries_to_json(draft.student),
        "accept": json.dumps(sorted(draft.accept)),
        "report": json.dumps(dict(draft.report)),
        "notes": draft.notes,
        "manifest": draft.manifest,
    }
    releases.lock(connection, lesson_id)
    here = _T.c.lesson_id == lesson_id
    if connection.execute(_T.update().where(here).values(**values)).rowcount == 0:
        connection.execute(_T.insert().values(lesson_id=lesson_id, **values))
    return find(connection, lesson_id)


def uploaded(connection: sa.Connection, lesson_id: int) -> datetime.datetime | None:
    """When the draft of a lesson was uploaded, if there is one."""
    return connection.execute(sa.select(_T.c.uploaded).where(_T.c.lesson_id == lesson_id)).scalar()


def of_lesson(connection: sa.Connection, lesson_id: int) -> DraftRelease | None:
    """The draft of a lesson, if there is one."""
    row = connection.execute(sa.select(_T).where(_T.c.lesson_id == lesson_id)).one_or_none()
    if row is None:
        return None
    return DraftRelease(
        public=row.public,
        lesson_id=row.lesson_id,
        uploaded=row.uploaded,
        uploaded_by=row.uploaded_by,
        source=model.entries_from_json(row.source),
        student=model.entries_from_json(row.student),
        accept=frozenset(json.loads(row.accept)),
        report=json.loads(row.report),
        notes=row.notes,
        manifest=row.manifest,
    )


def find(connection: sa.Connection, lesson_id: int, public: str | None = None) -> DraftRelease:
    """The draft of a lesson; with its public id only that one.

    Raises:
        UserError: there is none, or meanwhile another.
    """
    found = of_lesson(connection, lesson_id)
    if found is None:
        raise errors.UserError("This lesson has no draft release.", code="not-found")
    if public is not None and found.public != public:
        raise errors.UserError(
            "Somebody has uploaded another draft meanwhile. Look at that one first.", code="conflict"
        )
    return found


def as_release(draft: DraftRelease, number: int) -> model.Release:
    """A draft as students would get it under this number. Of one that was uploaded before a draft kept more
    than its files, these alone are known.
    """
    alone = model.Bundle(
        student={},
        instructor={},
        answers=frozenset(),
        exercises=(),
        anchors={},
        report=draft.report,
        environment={},
    )
    return releases.unpublished(
        draft.manifest or releases.manifest(alone, draft.student, ()),
        "{}",
        lesson_id=draft.lesson_id,
        number=number,
        at=draft.uploaded,
        notes=draft.notes,
    )


def take(connection: sa.Connection, lesson_id: int, public: str) -> None:
    """Keep a draft no more: whoever takes it publishes or drops it, and nobody else does.

    Raises:
        UserError: it was published or dropped meanwhile, or another is in its place.
    """
    releases.lock(connection, lesson_id)
    mine = (_T.c.lesson_id == lesson_id) & (_T.c.public == public)
    if connection.execute(_T.delete().where(mine)).rowcount == 0:
        find(connection, lesson_id, public)
