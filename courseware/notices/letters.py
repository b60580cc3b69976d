"""The table of letters: e-mails and what became of each.

In: public ids. Out: records. What a letter says is not kept.
"""

from typing import cast

import sqlalchemy as sa

from courseware.notices import model
from courseware.store import schema_notices

_T = schema_notices.letter


def find(connection: sa.Connection, public: str) -> model.Letter | None:
    """The letter of a public id, if there is one."""
    row = connection.execute(sa.select(_T).where(_T.c.public == public)).one_or_none()
    if row is None:
        return None
    return model.Letter(
        id=row.id,
        public=row.public,
        person_id=row.person_id,
        course_id=row.course_id,
        kind=cast(model.LetterKind, row.kind),
        thread=row.thread,
        slot=row.slot,
        state=cast(model.LetterState, row.state),
        attempt=row.attempt,
        created=row.created,
        due=row.due,
    )
