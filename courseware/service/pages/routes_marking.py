"""The addresses of the pages of marking by hand. A route names the right it needs."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import alike, answer, marking, rubric

_PC = "/courses/{c}"
_PK = _PC + "/lessons/{l}/marking/{key}"
ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_PC + "/marking",
        run=marking.exercises,
        summary="Marking",
        action=Action.MARK,
        visit=True,
    ),
    Route(method="GET", path=_PK, run=marking.read, summary="Mark", action=Action.MARK, mode="own"),
    Route(
        method="POST",
        path=_PK,
        run=marking.mark,
        once=True,
        summary="Save a mark",
        action=Action.MARK,
        mode="write",
    ),
    Route(
        method="GET",
        path=_PK + "/alike",
        run=alike.read,
        summary="Answers that are alike",
        action=Action.MARK,
        long=True,
    ),
    Route(
        method="POST",
        path=_PK + "/alike",
        run=alike.act,
        once=True,
        summary="Mark answers that are alike",
        action=Action.MARK,
        mode="write",
        long=True,
    ),
    Route(
        method="GET",
        path="/submissions/{s}/notebooks/{notebook*}",
        run=answer.whole,
        summary="A notebook as it was handed in",
        action=Action.MARK,
    ),
    Route(method="GET", path=_PK + "/rubric", run=rubric.read, summary="A rubric", action=Action.MARK),
    Route(
        method="POST",
        path=_PK + "/rubric",
        run=rubric.save,
        once=True,
        summary="Change a rubric",
        action=Action.MARK,
        mode="write",
    ),
)
