"""The addresses of a course's queue. A route names the right it needs."""

from courseware.course.permissions import Action
from courseware.service import types_queue
from courseware.service.api import queue
from courseware.service.call import Route

_Q = "/api/v1/courses/{c}/queue"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=_Q,
        run=queue.standing,
        summary="What waits to be graded, and what failed",
        action=Action.RUN_QUEUE,
        answer=types_queue.Queue,
    ),
    Route(
        method="POST",
        path=_Q + "/retry",
        run=queue.retry,
        summary="Run what failed once more",
        action=Action.RUN_QUEUE,
        request=types_queue.RetryRequest,
        answer=types_queue.Retried,
        mode="own",
    ),
    Route(
        method="PUT",
        path=_Q + "/pause",
        run=queue.pause,
        summary="Grade nothing more of the course",
        action=Action.RUN_QUEUE,
        status=204,
        mode="write",
    ),
    Route(
        method="DELETE",
        path=_Q + "/pause",
        run=queue.resume,
        summary="Grade what waits again",
        action=Action.RUN_QUEUE,
        status=204,
        mode="own",
    ),
)
