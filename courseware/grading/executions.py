"""The table of executions: how the cells of each notebook of a hand-in went when it was last graded.

In: what a grading found, with the number of the conditions it was found under. Out: what a later grading of
the same person's work in the same lesson may take over. Never anybody else's: what a cell printed is its
author's, and feedback without it would tell that somebody handed in the same. What cannot be read any more
counts as not kept.
"""

import datetime
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from courseware import errors
from courseware.exchange import model
from courseware.grading import reuse
from courseware.store import blobs as blobs_store
from courseware.store import schema

_T, _S = schema.execution, schema.submission
Places = Mapping[str, str]
"""The conditions by notebook."""


def recall(
    connection: sa.Connection, blobs: blobs_store.Blobs, submission: model.Submission, conditions: Places
) -> dict[str, reuse.Known]:
    """What is known under these conditions, by notebook: of this hand-in, else of its author's newest."""
    mine = (_S.c.person_id == submission.person_id) & (_S.c.lesson_id == submission.lesson_id)
    rows = connection.execute(
        sa.select(_T.c.notebook, _T.c.conditions, _T.c.content)
        .join(_S, _S.c.id == _T.c.submission_id)
        .where(mine)
        .order_by((_T.c.submission_id == submission.id).desc(), _T.c.submission_id.desc())
    )
    found: dict[str, reuse.Known] = {}
    for row in rows.all():
        if row.notebook in found or conditions.get(row.notebook) != row.conditions:
            continue
        try:
            found[row.notebook] = reuse.from_json(blobs.get(row.content))
        except (ValueError, errors.Permanent):
            continue
    return found


def keep(
    connection: sa.Connection,
    submission: model.Submission,
    found: Mapping[str, str],
    conditions: Places,
    *,
    now: datetime.datetime,
) -> None:
    """Keep the blobs found by notebook in place of earlier ones."""
    forget(connection, [submission.id])
    rows = [
        {
            "submission_id": submission.id,
            "notebook": notebook,
            "conditions": conditions[notebook],
            "content": content,
            "kept": now,
        }
        for notebook, content in found.items()
    ]
    if rows:
        connection.execute(_T.insert(), rows)


def of_submissions(connection: sa.Connection, wanted: Collection[int]) -> dict[int, dict[str, str]]:
    """What is kept of these hand-ins: the blobs by submission and notebook."""
    query = sa.select(_T.c.submission_id, _T.c.notebook, _T.c.content).where(_T.c.submission_id.in_(wanted))
    found: dict[int, dict[str, str]] = {}
    for row in connection.execute(query).all():
        found.setdefault(row.submission_id, {})[row.notebook] = row.content
    return found


def forget(connection: sa.Connection, submissions: list[int]) -> None:
    """Have the next grading of these hand-ins run everything."""
    connection.execute(_T.delete().where(_T.c.submission_id.in_(submissions)))
