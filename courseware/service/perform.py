"""One request from settled headers to an answer: sender, permission, idempotency, then the function behind
the route.

In: a `call.Call` and the presented credential. Out: what the route's function returns. This is the one
place in the service where permission is asked, where a request counts as one of somebody's, and where an
Idempotency-Key is looked up: in the same transaction as the effect, so that both happen or none; a route with
transactions of its own claims its key first. What was a use of a right over others, or was refused, is
recorded (`uses`). Refused: what staff send while they view the pages as a student does.
"""

import contextlib
import dataclasses
import functools
from typing import Any

import msgspec
import sqlalchemy as sa

from courseware import errors
from courseware.course import credentials, model, people, permissions
from courseware.progress import views, visits
from courseware.service import access, call, idempotency, render, twice, uses, vouching
from courseware.store import database

Kept = idempotency.Kept
_LOOKS = (
    "While you view the course as a student, you only look. Go back to teaching, and send it again there."
)


def allow(request: call.Call, token: str, route: call.Route) -> None:
    """Refuse before a large body is read.

    Raises:
        UserError: no or a bad credential, or not permitted.
    """
    with uses.refusals(request, route), request.service.database.read() as connection:
        _settled(connection, request, token, route)


def perform(request: call.Call, token: str, route: call.Route) -> Any:
    """Run the route's function inside the transaction that its mode names; without any where it says whether
    the service stands, which is no matter of the database's, and is asked by who would kill it.
    """
    if route.mode == "none":
        return route.run(request)
    with uses.refusals(request, route):
        if route.mode == "write":
            return _writing(request, token, route)
        return _reading(request, token, route)


def _writing(request: call.Call, token: str, route: call.Route) -> Any:
    """The answer of a route that writes, with its record in one transaction."""
    with request.service.database.write() as connection:
        settled = _settled(connection, request, token, route)
        if settled.holder is not None:
            people.hold(connection, settled.holder.person)
        if _is_used(settled):
            credentials.note_used(connection, settled.holder.public, now=settled.now)
        answer = _written(settled, route)
        uses.in_transaction(connection, settled, route, answer)
    request.service.teller.wake()
    return answer


def _reading(request: call.Call, token: str, route: call.Route) -> Any:
    """The answer of a route that reads, or that has transactions of its own."""
    with request.service.database.read() as connection:
        settled = _settled(connection, request, token, route)
        looks = settled.use.lowered  # nobody of the class opens a lesson where staff see what they would
        here = route.visit and not looks and _is_news(settled)
        answer = route.run(settled) if route.mode == "read" else None
        opened = _opened(settled) if route.opens and not looks else None
    if route.mode == "read":
        uses.afterwards(settled, route, answer)
    else:
        own = dataclasses.replace(settled, open_connection=None)
        run = route.run if route.keyed or not _needs_key(own, route) else functools.partial(_claimed, route)
        answer = uses.apart(own, route, lambda: run(own))
    if here or opened or _is_used(settled):
        _noted(settled, visit=here, opened=opened)
    return answer


def tongue(request: call.Call, token: str) -> str:
    """The language of whoever sends this; what the browser asks for where nobody knows them."""
    with request.service.database.read() as connection:
        try:
            holder = credentials.verify(connection, token, now=request.now)
        except errors.UserError:
            return request.language
        return render.tongue(dataclasses.replace(request, holder=holder, open_connection=connection))


def _opened(settled: call.Call) -> model.Lesson | None:
    """The lesson that the sender was just given, if it has to be written that they have opened it."""
    lesson = access.lesson(settled)
    return lesson if views.is_due(settled.connection, settled.viewer, lesson) else None


def _is_news(settled: call.Call) -> bool:
    """Whether it has to be written that the sender is here."""
    return visits.is_due(visits.find(settled.connection, settled.viewer), settled.now)


def _is_used(settled: call.Call) -> bool:
    """Whether it has to be written that the sender's credential is used."""
    return settled.holder is not None and credentials.is_news(settled.holder, settled.now)


def _noted(settled: call.Call, *, visit: bool, opened: model.Lesson | None) -> None:
    """Write that the sender is here, with which credential and in which lesson; an answer is not lost when
    that cannot be written now, or they were erased meanwhile.
    """
    unwritten = contextlib.suppress(errors.Temporary, errors.UserError)
    with unwritten, settled.service.database.write() as connection:
        if visit or opened:
            people.hold(connection, settled.holder.person)
        if visit:
            visits.note(connection, settled.viewer, now=settled.now)
        if opened:
            views.note(connection, settled.viewer, opened, now=settled.now)
        if _is_used(settled):
            credentials.note_used(connection, settled.holder.public, now=settled.now)


def _settled(connection: sa.Connection, request: call.Call, token: str, route: call.Route) -> call.Call:
    """The call with its sender and place, once permission is checked."""
    request = dataclasses.replace(request, open_connection=connection)
    if request.ticket is not None and (route.public or not token):
        request.ticket.address()
    if not token:
        if route.public:
            return request
        message = "A credential is missing. Use your join link, or sign in again."
        raise errors.UserError(message, code="unauthenticated")
    if route.public:
        return request
    holder = request.use.holder = _holder(connection, request, token)
    viewer = request.use.viewer = access.viewer(connection, holder, request, now=request.now)
    if request.use.lowered and route.method != "GET" and not route.turns:
        raise errors.UserError(_LOOKS, code="conflict")
    if route.action is not None:
        if viewer is None:
            raise errors.UserError("This address names no course.", code="not-found")
        _check(connection, request, viewer, route.action)
    return dataclasses.replace(request, holder=holder, known_viewer=viewer)


def _holder(connection: sa.Connection, request: call.Call, token: str) -> credentials.Holder:
    """Whose credential it is; the request counts as one of theirs, and as one of the address if nobody's."""
    try:
        holder = credentials.verify(connection, token, now=request.now)
    except errors.UserError:
        if request.ticket is not None:
            request.ticket.stranger()
        raise
    if request.ticket is not None:
        request.ticket.person(holder.person.id)
    return holder


def _check(
    connection: sa.Connection, request: call.Call, viewer: model.Viewer, action: permissions.Action
) -> None:
    """Refuse what is not allowed. Staff who come by a Hub whose host name the pages share are told what it is
    that makes them students here.
    """
    if request.hub is not None and request.hub.shared and not permissions.allowed(viewer, action):
        role = people.role(connection, viewer.course, viewer.person, now=request.now)
        if viewer.ceiling == "pages" and role in model.STAFF and viewer.role == "student":
            raise errors.UserError(vouching.SHARED, code="forbidden")
    permissions.check(viewer, action)


def _needs_key(settled: call.Call, route: call.Route) -> bool:
    """Whether this is a write whose answer is kept under its key.

    Raises:
        UserError: it has no key, and done twice it would be two.
    """
    if route.method == "GET" or not route.path.startswith("/api/") or route.public or route.secret:
        return False
    if not settled.key and route.method == "POST":
        raise errors.UserError("This request needs an Idempotency-Key header.", code="bad-request")
    return bool(settled.key)


def _fingerprint(settled: call.Call, route: call.Route) -> str:
    """What makes two requests the same; of files their names and hashes."""
    body = settled.body
    if isinstance(body, call.Upload):
        body = [dict(body.fields), sorted((each.field, each.path, each.sha256) for each in body.files)]
    return idempotency.fingerprint(route.method, route.path, dict(settled.path), body)


def _claimed(route: call.Route, settled: call.Call) -> Any:
    """The answer of a write with transactions of its own.

    Its key is claimed before and the answer kept after. What was broken off in between stays claimed: nobody
    knows whether it was done, so it is never done twice.
    """
    fingerprint, person, kept = _fingerprint(settled, route), settled.holder.person, settled.service.database
    with kept.write() as connection:
        people.hold(connection, person)
        database.lock(connection, f"key {person.id} {settled.key}")
        known = idempotency.find(connection, person, settled.key, fingerprint)
        if known is not None and known.status == idempotency.CLAIMED:
            message = (
                "This request came before and is being done, or was broken off. Look before you repeat it."
            )
            raise errors.UserError(message, code="conflict")
        if known is not None:
            settled.use.repeated = True
            return known
        claim = Kept(status=idempotency.CLAIMED, body=b"")
        idempotency.keep(connection, person, settled.key, fingerprint, claim, now=settled.now)
    try:
        answer = route.run(settled)
    except errors.CoursewareError:
        with kept.write() as connection:
            idempotency.drop(connection, person, settled.key)
        raise
    fresh = Kept(status=route.status, body=b"" if answer is None else msgspec.json.encode(answer))
    with kept.write() as connection:
        idempotency.answered(connection, person, settled.key, fresh)
    return fresh if fresh.body else None


def _written(settled: call.Call, route: call.Route) -> Any:
    """The answer of a write: the kept one if this key was seen, else a fresh one, which is kept."""
    if route.once:
        return twice.once(settled, route.run)
    if not _needs_key(settled, route):
        return route.run(settled)
    fingerprint = _fingerprint(settled, route)
    person = settled.holder.person
    database.lock(settled.connection, f"key {person.id} {settled.key}")
    kept = idempotency.find(settled.connection, person, settled.key, fingerprint)
    if kept is not None:
        settled.use.repeated = True
        return kept
    answer = route.run(settled)
    body = b"" if answer is None else msgspec.json.encode(answer)
    fresh = Kept(status=route.status, body=body)
    idempotency.keep(settled.connection, person, settled.key, fingerprint, fresh, now=settled.now)
    return fresh if body else None
