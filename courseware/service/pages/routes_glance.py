"""The addresses of the class at a glance. A route names the right it needs."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import glance

_PC = "/courses/{c}"
ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_PC + "/glance",
        run=glance.read,
        summary="The class at a glance",
        action=Action.READ_GRADES,
        visit=True,
    ),
    Route(
        method="GET",
        path=_PC + "/lessons/{l}/glance",
        run=glance.lesson,
        summary="A lesson at a glance",
        action=Action.READ_GRADES,
        visit=True,
    ),
)
