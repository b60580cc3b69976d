"""Which course a request is about, and whether the sender may see the work it names; the one place that
decides it.

In: a verified credential and the names in the address. Out: a viewer, a lesson, a submission. What is not
the sender's to see does not exist for them: the refusal is the same as for a name that was never given
out.
"""

import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, credentials, lessons, model, permissions
from courseware.discussion import posts, threads
from courseware.exchange import model as exchange_model
from courseware.exchange import releases, submissions
from courseware.service import call


def viewer(
    connection: sa.Connection, holder: credentials.Holder, request: call.Call, *, now: datetime.datetime
) -> model.Viewer | None:
    """Who asks, in the course that the address names; None where it names none.

    Raises:
        UserError: the course does not exist for this person.
    """
    wanted = _course(connection, request)
    if wanted is None:
        return None
    course, role = courses.entered(connection, wanted, holder.person, now=now)
    if role is None or (holder.course_id is not None and holder.course_id != course.id):
        raise errors.UserError(
            f"There is no such {_named(request)}, or it is not open to you.", code="not-found"
        )
    # A limited credential acts as the lesser role in every respect, not only in what it may do.
    role = permissions.lowered(role, holder.terms.at_most)
    return model.Viewer(person=holder.person, course=course, role=role, ceiling=holder.ceiling)


def _course(connection: sa.Connection, request: call.Call) -> str | int | None:
    """The course of an address: its own name, or the key of that of the submission, thread or post it names.
    A course in the query counts only where the address names nothing.
    """
    if "c" in request.path:
        return request.path["c"]
    if "s" in request.path:
        submission = submissions.find(connection, request.path["s"])
        return lessons.by_id(connection, submission.lesson_id).course_id
    if "t" in request.path or "post" in request.path:
        return _talked(connection, request)
    return request.query.get("course") or None


def _named(request: call.Call) -> str:
    """What the address names: what is in a course of others is refused like what never was."""
    if "c" in request.path or not {"s", "t", "post"} & request.path.keys():
        return "course here"
    return "submission" if "s" in request.path else "discussion"


def _talked(connection: sa.Connection, request: call.Call) -> int:
    """The key of the course of a thread or a post."""
    if "t" in request.path:
        key = threads.course_of(connection, request.path["t"])
    else:
        key = posts.course_of(connection, request.path["post"])
    if key is None:
        raise errors.UserError("There is no such discussion, or it is not open to you.", code="not-found")
    return key


def lesson(request: call.Call) -> model.Lesson:
    """The lesson that the address names."""
    return lessons.find(request.connection, request.course, request.path["l"])


def work(request: call.Call) -> exchange_model.Submission:
    """The submission that the address names, if it is the sender's own or they may read everybody's.

    Raises:
        UserError: it does not exist for them.
    """
    found = submissions.find(request.connection, request.path["s"])
    if found.person_id != request.viewer.person.id and not request.may(permissions.Action.READ_ALL_WORK):
        raise errors.UserError("There is no such submission, or it is not open to you.", code="not-found")
    return found


def exercise(request: call.Call, found: model.Lesson) -> str:
    """The key in the address, of an exercise that some release of the lesson has.

    Raises:
        UserError: none has it; names those that there are.
    """
    key = request.path["key"]
    published = releases.of_lesson(request.connection, found.id)
    known = dict.fromkeys(each.key for release in published for each in release.exercises)
    if key not in known:
        told = f"Known are {', '.join(list(known)[:50])}." if known else "No release has exercises."
        message = f"There is no exercise {key[:80]!r} in a release of this lesson. {told}"
        raise errors.UserError(message, code="not-found")
    return key
