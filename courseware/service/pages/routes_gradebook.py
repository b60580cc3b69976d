"""The addresses of the gradebook. A route names the right it needs."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import gradebook

_PC = "/courses/{c}"
ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_PC + "/class",
        run=gradebook.read,
        summary="Class and marks",
        action=Action.READ_GRADES,
        visit=True,
    ),
    Route(
        method="POST",
        path=_PC + "/class/names",
        run=gradebook.names,
        summary="Hide names",
        action=Action.READ_GRADES,
        mode="write",
    ),
)
