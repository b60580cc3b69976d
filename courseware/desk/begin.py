"""A course begins in a service, or is brought up to its manifest: course, lessons, key, owner.

In: a parsed course.toml and who owns the course. Out: rows, in the transaction that is handed in. Releases
are not made here.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware.course import courses, lessons, manifest, model, people
from courseware.desk import announcing
from courseware.exchange import keys
from courseware.grading import reaching


@dataclasses.dataclass(frozen=True, kw_only=True)
class Begun:
    """A course and its first owner."""

    course: model.Course
    owner: model.Person


def begin(
    connection: sa.Connection,
    ring: keys.Ring,
    parsed: manifest.Manifest,
    text: str,
    *,
    owner: str,
    now: datetime.datetime,
) -> Begun:
    """Make the course of a manifest, or bring it up to it. Whoever owned it first stays its first owner.

    Raises:
        UserError: a user name that cannot be.
    """
    before = next((each for each in courses.everything(connection) if each.slug == parsed.slug), None)
    course = courses.put(connection, parsed, text, now=now)
    lessons.sync(connection, course, parsed, now=now)
    reaching.note_course(connection, course, now=now)
    ring.ensure(connection, course, now=now)
    first = people.owner(connection, course)
    if first is None:
        first = people.known(connection, owner)
        if first is None:
            first = people.add(
                connection, course, username=owner, name=owner, email=None, role="owner", now=now
            )
        people.enrol(connection, course, first, "owner", now=now)
    viewer = model.Viewer(person=first, course=course, role="owner", ceiling="cli")
    announcing.tell(connection, viewer, manifest.of(before) if before else None, parsed, now=now)
    return Begun(course=course, owner=first)
