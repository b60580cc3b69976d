"""The addresses of questions in lessons. A route names the right it needs."""

from courseware.course.permissions import Action
from courseware.service import types_quiz
from courseware.service.api import questions
from courseware.service.call import Route

_C = "/api/v1/courses/{c}"
_L = _C + "/lessons/{l}"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_L + "/questions",
        run=questions.listed,
        summary="The questions of a lesson, and where one stands",
        action=Action.ANSWER,
        answer=types_quiz.Questions,
    ),
    Route(
        method="POST",
        path=_L + "/questions/{key}/answers",
        run=questions.answer,
        summary="Answer a question",
        action=Action.ANSWER,
        request=types_quiz.AnswerRequest,
        answer=types_quiz.Question,
        mode="write",
    ),
    Route(
        method="GET",
        path=_C + "/review",
        run=questions.review,
        summary="Questions that are asked again today",
        action=Action.ANSWER,
        answer=types_quiz.Review,
    ),
)
