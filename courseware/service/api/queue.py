"""The queue of a course, for those who run it."""

import dataclasses

from courseware.grading import queued
from courseware.service import call, types_queue


def standing(request: call.Call) -> types_queue.Queue:
    """How it stands."""
    found = queued.standing(request.connection, request.course, now=request.now)
    failed = [types_queue.FailedGrading(**dataclasses.asdict(each)) for each in found.failed]
    return types_queue.Queue(
        waiting=found.waiting,
        running=found.running,
        oldest=found.oldest,
        marked_in_an_hour=found.marked_in_an_hour,
        usual_seconds=found.usual_seconds,
        failed=failed,
        paused=found.paused,
    )


def retry(request: call.Call) -> types_queue.Retried:
    """Have what failed run once more."""
    service = request.service
    wish: types_queue.RetryRequest | None = request.body
    wanted = wish.submission if wish is not None else None
    number = queued.retry(
        service.database,
        service.blobs,
        request.course,
        wanted,
        service.queue,
        by=request.viewer.person,
        now=request.now,
    )
    service.queue.wake()
    return types_queue.Retried(retried=number)


def pause(request: call.Call) -> None:
    """Grade nothing more."""
    queued.pause(request.connection, request.course, by=request.viewer.person, now=request.now)


def resume(request: call.Call) -> None:
    """Grade what waits."""
    service = request.service
    with service.database.write() as connection:
        queued.resume(connection, request.course, service.queue, by=request.viewer.person, now=request.now)
    service.queue.wake()
