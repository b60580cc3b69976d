"""The addresses of the gradebook. A route names the right it needs."""

from courseware.course.permissions import Action
from courseware.service.call import Route
from courseware.service.pages import gradebook, marks

_PC = "/courses/{c}"
_PM = _PC + "/lessons/{l}/marks/{p}"
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
    Route(method="GET", path=_PM, run=marks.why, summary="Why this mark", action=Action.READ_GRADES),
    Route(
        method="POST",
        path=_PM,
        run=marks.change,
        once=True,
        summary="Change a mark",
        action=Action.MARK,
        mode="write",
    ),
    Route(
        method="POST",
        path=_PM + "/whole",
        run=marks.set_whole,
        once=True,
        summary="Set the mark of a whole lesson",
        action=Action.MARK,
        mode="write",
    ),
)
