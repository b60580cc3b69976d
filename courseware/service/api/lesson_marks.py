"""Marks that staff set for a whole lesson of a student.

In: a lesson and a student in the address. Out: what is set, and what was handed in says. Refused: a student
whom the sender does not look after.
"""

from courseware.course import people
from courseware.grading import grades, lesson_marks, set_mark
from courseware.service import access, call, show, types_lesson_marks


def one(request: call.Call) -> types_lesson_marks.LessonMark:
    """What a lesson is worth for a student."""
    connection = request.connection
    lesson, member = access.marked(request)
    attempts = grades.attempts(connection, request.course, lesson, member.person.id, now=request.now)
    changes = lesson_marks.changes(connection, lesson.id, member.person.id)
    told = types_lesson_marks.LessonMark(
        person=show.person(member.person),
        lesson=lesson.slug,
        points=None,
        computed=next((each.computed for each in attempts if each.counts), None),
        max_score=set_mark.points(connection, lesson),
        version=len(changes),
    )
    if changes:
        last = changes[-1]
        told.points, told.reason, told.comment, told.at = last.points, last.reason, last.comment, last.at
        told.by = show.person(people.by_id(connection, last.by), with_email=False)
    return told


def put(request: call.Call) -> types_lesson_marks.LessonMark:
    """Set it, or take it back."""
    lesson, member = access.marked(request)
    asked: types_lesson_marks.LessonMarkRequest = request.body
    wish = lesson_marks.Wish(
        points=asked.points, comment=asked.comment, reason=asked.reason, version=asked.version
    )
    set_mark.put(
        request.connection,
        request.course,
        lesson,
        member.person,
        wish,
        by=request.viewer.person,
        now=request.now,
    )
    return one(request)
