"""One request from settled headers to an answer: sender, permission, idempotency, then the function behind
the route.

In: a `call.Call` and the presented credential. Out: what the route's function returns. This is the one
place in the service where permission is asked, and where an Idempotency-Key is looked up: in the same
transaction as the effect, so that both happen or none.
"""

import dataclasses
from typing import Any

import msgspec
import sqlalchemy as sa

from courseware import errors
from courseware.course import credentials, permissions
from courseware.service import access, call, idempotency
from courseware.store import database

Kept = idempotency.Kept


def allow(request: call.Call, token: str, route: call.Route) -> None:
    """Refuse before a large body is read.

    Raises:
        UserError: no or a bad credential, or not permitted.
    """
    with request.service.database.read() as connection:
        _settled(connection, request, token, route)


def perform(request: call.Call, token: str, route: call.Route) -> Any:
    """Run the route's function inside the transaction that its mode names."""
    kept = request.service.database
    if route.mode == "write":
        with kept.write() as connection:
            answer = _written(_settled(connection, request, token, route), route)
        request.service.teller.wake()
        return answer
    with kept.read() as connection:
        settled = _settled(connection, request, token, route)
        if route.mode == "read":
            return route.run(settled)
    return route.run(dataclasses.replace(settled, open_connection=None))


def _settled(connection: sa.Connection, request: call.Call, token: str, route: call.Route) -> call.Call:
    """The call with its sender and place, once permission is checked."""
    request = dataclasses.replace(request, open_connection=connection)
    if not token:
        if route.public:
            return request
        message = "A credential is missing. Use your join link, or sign in again."
        raise errors.UserError(message, code="unauthenticated")
    if route.public:
        return request
    holder = credentials.verify(connection, token, now=request.now)
    viewer = access.viewer(connection, holder, request, now=request.now)
    if route.action is not None:
        if viewer is None:
            raise errors.UserError("This address names no course.", code="not-found")
        permissions.check(viewer, route.action)
    return dataclasses.replace(request, holder=holder, known_viewer=viewer)


def _written(settled: call.Call, route: call.Route) -> Any:
    """The answer of a write: the kept one if this key was seen, else a fresh one, which is kept."""
    is_api = route.path.startswith("/api/")
    if not is_api or route.public or route.secret:
        return route.run(settled)
    if not settled.key:
        if route.method == "POST":
            raise errors.UserError("This request needs an Idempotency-Key header.", code="bad-request")
        return route.run(settled)
    fingerprint = idempotency.fingerprint(route.method, route.path, dict(settled.path), settled.body)
    person = settled.holder.person
    database.lock(settled.connection, f"key {person.id} {settled.key}")
    kept = idempotency.find(settled.connection, person, settled.key, fingerprint)
    if kept is not None:
        return kept
    answer = route.run(settled)
    body = b"" if answer is None else msgspec.json.encode(answer)
    fresh = Kept(status=route.status, body=body)
    idempotency.keep(settled.connection, person, settled.key, fingerprint, fresh, now=settled.now)
    return fresh if body else None
