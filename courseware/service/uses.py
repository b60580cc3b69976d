"""The record of each use of a right over others or over the course, and of each refusal.

In: a call, its route, and how it ended. Out: a row in the transaction of what was done, so that a deed and
its record are there together or not at all; of reading and of refusals, which change nothing, a moment after
the answer. A route with transactions of its own has its row before it begins, and is told how it ended after:
what was broken off in between stands there without an end. What was not done for another reason than a right,
such as points that are out of range, leaves no row. Nothing is recorded of what students do with their own.
"""

import contextlib
import dataclasses
import logging
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import access_records, permissions
from courseware.service import call, idempotency, logs

log = logging.getLogger("courseware.audit")


def in_transaction(connection: sa.Connection, request: call.Call, route: call.Route, answer: Any) -> None:
    """Write in the transaction of what was done."""
    if _is_recorded(request, route):
        access_records.insert(connection, _record(request, route, status=_status(route, answer)))


def afterwards(request: call.Call, route: call.Route, answer: Any) -> None:
    """Have it written soon that something was read."""
    if _is_recorded(request, route):
        request.service.recorder.note(_record(request, route, status=_status(route, answer)))


def apart(request: call.Call, route: call.Route, run: Callable[[], Any]) -> Any:
    """Do what has transactions of its own; its row is there before it begins."""
    if route.action is None or not permissions.over_others(route.action):
        answer = run()
        afterwards(request, route, answer)
        return answer
    kept = request.service.database
    with kept.write() as connection:
        key = access_records.insert(connection, _record(request, route, status=None))
    try:
        answer = run()
    except errors.CoursewareError:
        with _told(), kept.write() as connection:
            access_records.remove(connection, key)
        raise
    with _told(), kept.write() as connection:
        repeated, status = request.use.repeated, _status(route, answer)
        access_records.settle(connection, key, status=status, repeated=repeated)
    return answer


@contextlib.contextmanager
def refusals(request: call.Call, route: call.Route) -> Iterator[None]:
    """Have it written soon if the block refuses a right to somebody who is known; whoever is not known stands
    in the log alone.
    """
    try:
        yield
    except errors.UserError as error:
        refused = error.code == "forbidden" or request.use.refused
        if refused and request.use.holder is not None and route.action is not None:
            told = _record(request, route, status=errors.STATUS.get(error.code, 422))
            request.service.recorder.note(dataclasses.replace(told, allowed=False))
        raise


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What is done is not undone because its record cannot be changed now: it says on that it was begun."""
    try:
        yield
    except errors.Temporary as error:
        log.warning("the record of a use of a right says no end: %s", error.message)


def _is_recorded(request: call.Call, route: call.Route) -> bool:
    """Whether this was a use of a right over others, by its route or by what it turned out to be."""
    used = _used(request, route)
    return used is not None and permissions.over_others(used)


def _used(request: call.Call, route: call.Route) -> permissions.Action | None:
    """The right that was used: what the route did with others, before what it took to see it."""
    use, own = request.use, route.action is None or not permissions.over_others(route.action)
    return use.action or (use.sight if own and use.sight else route.action)


def _record(request: call.Call, route: call.Route, *, status: int | None) -> access_records.Record:
    """What is kept of a request."""
    use, action = request.use, _used(request, route)
    if action is None:
        raise RuntimeError("a route without a right has no record")
    place = {name: value for name, value in request.path.items() if name not in _TEXTS}
    return access_records.Record(
        at=request.now,
        action=action,
        method=route.method,
        route=route.path,
        place=place,
        request=logs.REQUEST.get(),
        allowed=True,
        status=status,
        repeated=use.repeated,
        person_id=use.holder.person.id,
        credential=use.holder.public,
        ceiling=use.holder.ceiling,
        course_id=use.course.id if use.course else None,
        role=use.viewer.role if use.viewer else None,
        at_most=use.holder.terms.at_most,
    )


_TEXTS = frozenset({"path", "notebook"})
"""What in an address is the name of somebody's file."""


def _status(route: call.Route, answer: Any) -> int:
    """The status of an answer."""
    match answer:
        case call.Page() | call.File() | idempotency.Kept():
            return answer.status
        case call.Redirect():
            return 303
    return route.status
