"""The address at which hand-ins of another system come in."""

from courseware.course.permissions import Action
from courseware.service import types
from courseware.service.api import bring
from courseware.service.call import Route

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path="/api/v1/courses/{c}/lessons/{l}/brought",
        run=bring.hand_in,
        summary="Bring in a hand-in of another system with its marks",
        action=Action.CHANGE_COURSE,
        answer=types.Submission,
        status=201,
        mode="own",
        upload=True,
        keyed=True,
    ),
)
