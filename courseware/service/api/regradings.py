"""Grading a lesson's hand-ins again."""

import dataclasses

from courseware.grading import regrade
from courseware.service import access, call, types_regrading


def ask(request: call.Call) -> types_regrading.Regrading:
    """Have the hand-ins that count graded again."""
    service = request.service
    with service.database.read() as connection:
        reading = dataclasses.replace(request, open_connection=connection)
        lesson = access.lesson(reading)
    wish: types_regrading.RegradeRequest | None = request.body
    fresh = wish is not None and wish.fresh
    by = request.viewer.person
    regrade.lesson(
        service.database, service.blobs, lesson, by=by, fresh=fresh, now=request.now, queue=service.queue
    )
    service.queue.wake()
    with service.database.read() as connection:
        return standing(dataclasses.replace(request, open_connection=connection))


def standing(request: call.Call) -> types_regrading.Regrading:
    """How far it is."""
    told = regrade.standing(request.connection, access.lesson(request))
    return types_regrading.Regrading(**dataclasses.asdict(told))
