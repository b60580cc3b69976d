"""The addresses of pages with questions. A route names the right it needs."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import questions

_PC = "/courses/{c}"
ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_PC + "/review",
        run=questions.review,
        summary="Questions that are asked again",
        action=Action.ANSWER,
        visit=True,
    ),
    Route(
        method="POST",
        path=_PC + "/lessons/{l}/questions/{key}",
        run=questions.answer,
        summary="Answer",
        action=Action.ANSWER,
        mode="write",
    ),
)
