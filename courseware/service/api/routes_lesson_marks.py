"""The addresses of marks that staff set for a whole lesson."""

from courseware.course.permissions import Action
from courseware.service import types_lesson_marks
from courseware.service.api import lesson_marks
from courseware.service.call import Route

_M = "/api/v1/courses/{c}/lessons/{l}/marks/{p}"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_M,
        run=lesson_marks.one,
        summary="What a lesson is worth for a student",
        action=Action.READ_GRADES,
        answer=types_lesson_marks.LessonMark,
    ),
    Route(
        method="PUT",
        path=_M,
        run=lesson_marks.put,
        summary="Set what a lesson is worth for a student, or take that back",
        action=Action.MARK,
        request=types_lesson_marks.LessonMarkRequest,
        answer=types_lesson_marks.LessonMark,
        mode="write",
    ),
)
