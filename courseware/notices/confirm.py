"""Mail to the course whose sender is not certain: the enrolled address is asked, and says yes on a page.

In: a mail that waits. Out: one letter an hour to the person at most, a signed path, and after the yes a
private thread. The letter's text is written where letters are written.
"""

import base64
import datetime
import hashlib
import hmac

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, model, people
from courseware.discussion import model as talk
from courseware.discussion import text, write
from courseware.notices import arrivals
from courseware.store import ids, schema_notices

HOUR, VALID = datetime.timedelta(hours=1), datetime.timedelta(days=7)
_LETTER = schema_notices.letter


def path(secret: bytes, public: str) -> str:
    """The address of the page on which a mail is confirmed."""
    return f"/mail/{public}/{_mark(secret, public)}"


def asked_lately(connection: sa.Connection, person: model.Person, *, now: datetime.datetime) -> bool:
    """Whether somebody was asked within the hour."""
    mine = (_LETTER.c.person_id == person.id) & (_LETTER.c.kind == "confirmation")
    query = sa.select(_LETTER.c.id).where(mine & (_LETTER.c.created > now - HOUR))
    return connection.execute(query.limit(1)).first() is not None


def ask(
    connection: sa.Connection,
    person: model.Person,
    course: model.Course,
    public: str,
    *,
    now: datetime.datetime,
) -> None:
    """Queue the letter that asks; its slot is the mail."""
    connection.execute(
        _LETTER.insert().values(
            public=ids.new("let"),
            person_id=person.id,
            course_id=course.id,
            kind="confirmation",
            slot=public,
            state="waiting",
            created=now,
            due=now,
        )
    )


def waiting(
    connection: sa.Connection, secret: bytes, public: str, mark: str, *, now: datetime.datetime
) -> arrivals.Row:
    """The mail that a link names.

    Raises:
        UserError: the link is not ours, too old, or was used.
    """
    if not hmac.compare_digest(_mark(secret, public).encode(), mark.encode("utf-8", "replace")):
        raise errors.UserError("There is no such mail.", code="not-found")
    row = arrivals.find(connection, public)
    if row["state"] != "asked" or row["received"] < now - VALID:
        raise errors.UserError("This link was used, or is too old.", code="gone")
    return row


def accept(connection: sa.Connection, row: arrivals.Row, *, now: datetime.datetime) -> str:
    """Make the private thread of a mail that waits, as its sender; the thread's public id."""
    person = people.by_id(connection, row["person_id"])
    course = courses.by_id(connection, row["course_id"])
    thread = begin(connection, person, course, arrivals.kept(row), now=now)
    arrivals.settle(connection, row, "posted", thread=thread, now=now)
    return thread


def begin(
    connection: sa.Connection,
    person: model.Person,
    course: model.Course,
    kept: arrivals.Kept,
    *,
    now: datetime.datetime,
) -> str:
    """A private thread with what a mail says."""
    wish = talk.Beginning(words=talk.Words(body=kept.text), kind="private", title=kept.subject[: text.TITLE])
    who = viewer(connection, person, course, now=now)
    return write.begin(connection, who, talk.Place(course=course), wish, now=now).id


def viewer(
    connection: sa.Connection, person: model.Person, course: model.Course, *, now: datetime.datetime
) -> model.Viewer:
    """Somebody as they are by mail: with a student's rights at most.

    Raises:
        UserError: they are not in the course any more.
    """
    role = people.role(connection, course, person, now=now)
    if role is None:
        raise errors.UserError("You are not in this course any more.", code="forbidden")
    return model.Viewer(person=person, course=course, role=role, ceiling="lab")


def _mark(secret: bytes, public: str) -> str:
    digest = hmac.new(secret, b"confirm " + public.encode("utf-8", "replace"), hashlib.sha256).digest()
    return base64.b32encode(digest[:15]).decode().lower()
