"""Which course a request is about, and whether the sender may see the work it names; the one place that
decides it.

In: a verified credential and the names in the address. Out: a viewer, a lesson, a submission. What is not
the sender's to see does not exist for them: the refusal is the same as for a name that was never given
out.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, credentials, duties, lessons, model, people, permissions
from courseware.discussion import posts, threads
from courseware.exchange import model as exchange_model
from courseware.exchange import releases, submissions
from courseware.grading import grades
from courseware.service import call

# Built once. What stands in an address, and the question for the course it is in.
_PLACES = {
    "c": ("course here", courses.BY_NAME),
    "s": ("submission", courses.entering(submissions.COURSE)),
    "t": ("discussion", courses.entering(threads.COURSE)),
    "post": ("discussion", courses.entering(posts.COURSE)),
}


def viewer(
    connection: sa.Connection, holder: credentials.Holder, request: call.Call, *, now: datetime.datetime
) -> model.Viewer | None:
    """Who asks, in the course that the address names; None where it names none.

    Raises:
        UserError: the course does not exist for this person.
    """
    asked = _asked(request)
    if asked is None:
        return None
    found = courses.entered(connection, asked.question, asked.wanted, holder.person, now=now)
    course, role = found or (None, None)
    request.use.course = course
    if course is None or role is None or holder.course_id not in (None, course.id):
        # What is in a course of others is refused like what never was; its owner reads that it was asked for.
        request.use.refused = course is not None
        message = f"There is no such {asked.what}, or it is not open to you."
        raise errors.UserError(message, code="not-found")
    # A limited credential acts as the lesser role in every respect, not only in what it may do.
    role = permissions.lowered(role, holder.terms.at_most)
    if request.as_student and role in model.STAFF:
        request.use.lowered, role = True, "student"
    return model.Viewer(person=holder.person, course=course, role=role, ceiling=holder.ceiling)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Asked:
    """What an address names, and the question for its course."""

    what: str
    question: courses.Question
    wanted: str


def _asked(request: call.Call) -> _Asked | None:
    """What the address names. A course in the query counts only where the address names nothing."""
    for place, (what, question) in _PLACES.items():
        if place in request.path:
            return _Asked(what=what, question=question, wanted=request.path[place])
    told = request.query.get("course")
    return _Asked(what="course here", question=courses.BY_NAME, wanted=told) if told else None


def lesson(request: call.Call) -> model.Lesson:
    """The lesson that the address names."""
    return lessons.find(request.connection, request.course, request.path["l"])


def taught(request: call.Call) -> model.Lesson:
    """The lesson that the address names, if the asking person, who is staff, looks after it.

    Raises:
        UserError: they do not.
    """
    found = lesson(request)
    if not duties.reach(request.connection, request.viewer).has_lesson(found.id):
        request.use.refused = True
        raise errors.UserError("There is no lesson here that you look after.", code="not-found")
    return found


def work(request: call.Call) -> exchange_model.Submission:
    """The submission that the address names, if it is the sender's own or they may read everybody's.

    Raises:
        UserError: it does not exist for them.
    """
    found = submissions.find(request.connection, request.path["s"])
    if found.person_id == request.viewer.person.id:
        return found
    request.use.sight = permissions.Action.READ_ALL_WORK
    if not request.may(permissions.Action.READ_ALL_WORK) or not looked_after(request, found):
        request.use.refused = True
        raise errors.UserError("There is no such submission, or it is not open to you.", code="not-found")
    return found


def looked_after(request: call.Call, found: exchange_model.Submission) -> bool:
    """Whether a hand-in is one that the asking person, who is staff, looks after."""
    return duties.reach(request.connection, request.viewer).covers(found.lesson_id, found.person_id)


def marked(request: call.Call) -> tuple[model.Lesson, model.Member]:
    """The lesson and the student whose marks the address is about, if the asking person looks after both.

    Raises:
        UserError: they do not exist for them.
    """
    found = lesson(request)
    member = people.find(request.connection, request.course, request.path["p"])
    reach = duties.reach(request.connection, request.viewer)
    if member.role != "student" or not reach.covers(found.id, member.person.id):
        raise errors.UserError("You have no marks to look after here.", code="not-found")
    return found, member


def class_table(request: call.Call) -> grades.Class:
    """The marks of the class, as far as the asking person looks after it."""
    table = grades.of_class(request.connection, request.course, now=request.now)
    return grades.within(table, duties.reach(request.connection, request.viewer))


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
