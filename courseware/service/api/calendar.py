"""A person's dates as a calendar: an address of their own, and what it gives.

In: a credential that can do nothing but this. Out: an address that is shown once; the calendar. It is ended
like every sign-in.
"""

import contextlib
import datetime
from collections.abc import Iterator

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, credentials, dates, lessons, model, people, permissions
from courseware.progress import calendar
from courseware.service import call, types_schedule

_SUFFIX = ".ics"


def make(request: call.Call) -> types_schedule.CalendarAddress:
    """An address that a calendar reads one's own dates from."""
    viewer, holder = request.viewer, request.holder
    permissions.check_gives(viewer, viewer.role, "calendar")
    token = credentials.issue(
        request.connection,
        viewer.person,
        course=request.course,
        ceiling="calendar",
        label="calendar",
        now=request.now,
        expires=None,
        terms=credentials.Terms(made_by=holder.terms.made_by, made_from=holder.public),
    )
    return types_schedule.CalendarAddress(url=f"{request.base}/calendar/{token}{_SUFFIX}")


def feed(request: call.Call) -> call.File:
    """The calendar behind an address.

    Raises:
        UserError: the address is unknown, was ended, or its person left the course.
    """
    token = request.path["token"].removesuffix(_SUFFIX)
    with request.service.database.read() as connection:
        holder = credentials.verify(connection, token, now=request.now)
        viewer = _viewer(connection, holder, now=request.now)
        permissions.check(viewer, permissions.Action.READ_CALENDAR)
        found = list(_due(connection, viewer, request.base))
    if credentials.is_news(holder, request.now):
        with contextlib.suppress(errors.Temporary), request.service.database.write() as connection:
            credentials.note_used(connection, holder.public, now=request.now)
    data = calendar.calendar(viewer.course.title, found, now=request.now)
    return call.File(name=f"{viewer.course.slug}.ics", data=data, media_type=calendar.MEDIA_TYPE)


def _viewer(connection: sa.Connection, holder: credentials.Holder, *, now: datetime.datetime) -> model.Viewer:
    """Whose calendar it is, in the course that the address is for. A credential that can do more is none
    here: it would stand in an address.
    """
    if holder.ceiling != "calendar":
        raise errors.UserError("This is no address of a calendar.", code="unauthenticated")
    course = courses.by_id(connection, holder.course_id) if holder.course_id is not None else None
    role = people.role(connection, course, holder.person, now=now) if course else None
    if course is None or role is None:
        raise errors.UserError("This calendar is not known here.", code="not-found")
    return model.Viewer(person=holder.person, course=course, role=role, ceiling=holder.ceiling)


def _due(connection: sa.Connection, viewer: model.Viewer, base: str) -> Iterator[calendar.Due]:
    """What is due for somebody."""
    course, person = viewer.course, viewer.person
    changed = dates.revisions(connection, course, person.id)
    for lesson in lessons.of_course(connection, course):
        due = dates.effective(connection, person.id, lesson.id).due
        if due is not None:
            yield calendar.Due(
                uid=f"due-{lesson.public}-{person.public}@{course.public}",
                title=lesson.title,
                due=due,
                revision=changed.get(lesson.slug, 0),
                url=f"{base}/courses/{course.slug}/lessons/{lesson.slug}",
            )
