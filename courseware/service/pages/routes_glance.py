"""The addresses of the class at a glance. A route names the right it needs."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import attention, glance, message

_PC = "/courses/{c}"
_PM = _PC + "/people/{p}/message"
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
    Route(
        method="GET",
        path=_PC + "/attention",
        run=attention.read,
        summary="Who may need a word",
        action=Action.READ_GRADES,
        visit=True,
    ),
    Route(
        method="GET",
        path=_PM,
        run=message.look,
        summary="Write to one student",
        action=Action.READ_PRIVATE,
    ),
    Route(
        method="POST",
        path=_PM,
        run=message.send,
        once=True,
        summary="Send it",
        action=Action.READ_PRIVATE,
        mode="write",
    ),
)
