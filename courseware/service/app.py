"""`courseware serve`: from settings to a listening service, and back down without losing anything.

In: settings, an environment, perhaps a course folder. Out: a process that answers until it is told to stop.
One service holds one state folder (a lock says so). It listens on loopback unless the settings say
otherwise.
"""

import asyncio
import contextlib
import dataclasses
import fcntl
import json
import logging
import signal
from collections.abc import Callable, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any

import tornado.httpserver
import tornado.httputil
import tornado.netutil
import tornado.web
import uvloop

from courseware import errors, settings, wiring
from courseware.course import manifest
from courseware.desk import afterwards, roster
from courseware.grading import gradings
from courseware.notices import letters
from courseware.service import (
    affinity,
    call,
    collecting,
    edge,
    embedded,
    identity,
    idle,
    limits,
    logs,
    patience,
    pools,
    publishing,
    receiving,
    render,
    routes,
    sweeping,
    vouching,
)
from courseware.service import metrics as numbers

log = logging.getLogger("courseware.service")
_STATIC = Path(__file__).parent / "static"
_SECRET = (
    "/join/",
    "/sign-in/",
    "/mail/",
    "/unsubscribe/",
    "/calendar/",
)  # addresses that are their own secret
SAYS_SECONDS = 5.0
_MAX_BODY = 512 << 20  # what is read and thrown away so that the sender gets to read why
_LIMITS = patience.Limits()
_AT_ONCE = 4096
"""Connections that may wait to be taken, as far as the system lets them: after a restart all open Labs come
at once, and whoever finds no room is cut off.
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Address:
    """Where a running service is found; the files in `state` let the owner's programs in."""

    url: str
    pages: str
    state: Path


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a service will be: the names it answers to, its port and its state folder, and its patience."""

    hosts: identity.Hosts
    port: int
    state: Path
    limits: patience.Limits


def run(
    told: settings.Settings,
    course: Path | None,
    *,
    environment: Mapping[str, str],
    ready: Callable[[Address], None],
    clock: wiring.Clock = wiring.utc_now,
    limits: patience.Limits = _LIMITS,
) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        told: the deployment's settings.
        course: a course folder to be served with its owner, or None.
        environment: where the state folder is looked for.
        ready: called once requests are answered.
        clock: the time by which everything is judged, aware.
        limits: how long slow clients are waited for.

    Raises:
        UserError: course.toml cannot be read, or a service already holds this state.
        Temporary: another version migrated the database meanwhile.
        Permanent: no sandbox here, and the settings do not say `none`.
    """
    logs.begin(told.service.log)
    text = _manifest_text(course)
    parsed = manifest.parse(text) if text else None
    state = settings.state_folder(parsed.id if parsed else "service", told, environment)
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _lock(state), wiring.running(told, state=state, clock=clock) as service:
        if parsed and course is not None:
            listed = roster.read(course, parsed)
            embedded.ensure_course(service, parsed, text, state=state, roster=listed)
        port = told.service.port or _free_port(told.service.host)
        slug = parsed.slug if parsed else ""
        hosts = identity.hosts(told.service.public, told.service.pages, slug, port, names=told.service.names)
        with (
            receiving.running(service, told),
            sweeping.running(service),
            publishing.running(service),
            vouching.running(service, told.hub, hosts) as hub,
        ):
            place = _Place(hosts=hosts, port=port, state=state, limits=limits)
            uvloop.run(_serve(service, told, place, hub=hub, ready=ready))
    if service.database.refused:
        raise errors.Temporary(service.database.refused)


class _Application(tornado.web.Application):
    """Leaves every refusal to a handler of ours, which reads the body first: what Tornado itself refuses ends
    the connection under whoever still sends.
    """

    def get_handler_delegate(
        self,
        request: tornado.httputil.HTTPServerRequest,
        target_class: type[tornado.web.RequestHandler],
        target_kwargs: dict[str, Any] | None = None,
        path_args: list[bytes] | None = None,
        path_kwargs: dict[str, bytes] | None = None,
    ) -> Any:
        """The handler of an address; of one that is no text, the handler of those that there are not."""
        try:
            for part in (*(path_args or ()), *(path_kwargs or {}).values()):
                part.decode()
        except UnicodeDecodeError:
            path_args, path_kwargs = None, None
            target_class = edge.Handler
            pages = not request.path.startswith("/api/")
            target_kwargs = {**self.settings["default_handler_args"], "pages": pages}
        if request.method not in target_class.SUPPORTED_METHODS:
            request.method = "OPTIONS"  # one that no address of ours takes either
        return super().get_handler_delegate(request, target_class, target_kwargs, path_args, path_kwargs)


def application(
    service: wiring.Service,
    hosts: identity.Hosts,
    *,
    threads: int,
    watch: idle.Watch | None = None,
    renderer: render.Renderer | None = None,
    hub: vouching.Vouching | None = None,
    metrics: str = "",
    told: settings.Limits | None = None,
) -> tornado.web.Application:
    """The web application: one handler class, one table of routes. `watch` hears of each request; `renderer`
    writes the pages, in all languages that there are unless somebody gives their own; people come from `hub`
    if there is one; `metrics` is the token that shows the service's numbers; `told` says how much somebody
    may ask in a minute, the usual if nobody says.
    """
    counting = numbers.Metrics(metrics, service.database, service.clock) if metrics else None

    def log_request(handler: tornado.web.RequestHandler) -> None:
        _log(handler, counting)
        if watch is not None:
            watch.touch()

    threaded = pools.Pools(threads)
    site = edge.Site(
        service=service,
        hosts=hosts,
        threads=threaded,
        renderer=renderer or render.Renderer(),
        bounds=limits.Limits(told or settings.Limits()),
        hub=hub,
        metrics=counting,
    )
    made = _Application(
        _rules(site),
        default_handler_class=edge.Handler,
        default_handler_args={"site": site, "routes": {}, "pages": True},
        log_function=log_request,
        compress_response=True,
    )
    made.settings["pools"] = threaded
    return made


def _rules(site: edge.Site) -> list[Any]:
    """Which address goes where, in the order in which they are tried."""
    found: dict[str, dict[str, call.Route]] = {}
    for route in (*routes.API, *routes.PAGES):
        found.setdefault(route.path, {})[route.method] = route
    rules: list[Any] = [
        (routes.pattern(path), edge.Handler, {"site": site, "routes": methods, "pages": routes.is_page(path)})
        for path, methods in sorted(found.items(), key=_named_first)
    ]
    rules.append((r"/static/(.*)", edge.Static, {"path": str(_STATIC)}))
    rules.append((r"/api/.*", edge.Handler, {"site": site, "routes": {}, "pages": False}))
    return rules


def _named_first(rule: tuple[str, object]) -> list[bool]:
    """A word in an address comes before a placeholder at the same place, which would take the word too."""
    return [part.startswith("{") for part in rule[0].split("/")]


def serve_on(
    app: tornado.web.Application, host: str, port: int, limits: patience.Limits = _LIMITS
) -> tuple[tornado.httpserver.HTTPServer, int]:
    """A server that takes connections, and the port it got."""
    sockets = tornado.netutil.bind_sockets(port, address=host, backlog=_AT_ONCE)
    patience.give_up(sockets, limits)
    server = tornado.httpserver.HTTPServer(
        patience.Patient(app, limits),
        max_body_size=_MAX_BODY,
        max_header_size=32_768,
        idle_connection_timeout=limits.head,
        body_timeout=limits.body,
    )
    server.add_sockets(sockets)
    return server, int(sockets[0].getsockname()[1])


async def _serve(
    service: wiring.Service,
    told: settings.Settings,
    place: _Place,
    *,
    hub: vouching.Vouching | None,
    ready: Callable[[Address], None],
) -> None:
    """Listen, tell where, wait for the signal, let what runs end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    watch = idle.Watch(told.service.idle_seconds)
    hosts, state = place.hosts, place.state
    app = application(
        service,
        hosts,
        threads=told.service.threads,
        watch=watch,
        hub=hub,
        metrics=told.service.metrics,
        told=told.limits,
    )
    collecting.settle()
    try:
        server, port = serve_on(app, told.service.host, place.port, place.limits)
    except OSError as error:
        where = f"{told.service.host}:{place.port}"
        raise errors.UserError(
            f"Cannot listen on {where}: {error.strerror}. Choose another --port."
        ) from None
    url = told.service.public or f"http://{told.service.host}:{port}"
    address = Address(url=url, pages=hosts.origin, state=state)
    embedded.announce(state, url=url, pages=hosts.origin)
    service.teller.office = dataclasses.replace(service.teller.office, base=hosts.origin)
    affinity.settle()
    service.teller.start()
    service.recorder.start()
    try:
        ready(address)
        await _told_to_end(stop, watch.wait(lambda: _busy(service, app)), _moved(service))
    finally:
        (state / embedded.ANNOUNCED).unlink(missing_ok=True)
        server.stop()
        await asyncio.wait_for(server.close_all_connections(), timeout=10)
        app.settings["pools"].close()


async def _told_to_end(stop: asyncio.Event, *reasons: Coroutine[None, None, None]) -> None:
    """Until a signal came, or one of these is over."""
    waiting = [asyncio.ensure_future(each) for each in reasons]
    for each in waiting:
        each.add_done_callback(lambda _: stop.set())
    await stop.wait()
    for each in waiting:
        each.cancel()


async def _moved(service: wiring.Service) -> None:
    """Until another version has migrated the database, and who asks has read that for some seconds: time for
    a proxy to look at /ready and send people elsewhere.
    """
    while not service.database.refused:
        await asyncio.sleep(0.5)
    await asyncio.sleep(SAYS_SECONDS)


def _busy(service: wiring.Service, app: tornado.web.Application) -> bool:
    """Whether a request is in hand, the queue has work, or a letter is to be sent."""
    if app.settings["pools"].busy:
        return True
    with service.database.read() as connection:
        if gradings.any_open(connection) or any(afterwards.unfinished(connection)):
            return True
        mail = service.teller.sender is not None
        return mail and letters.any_due(connection, now=service.clock())


def _free_port(host: str) -> int:
    """A port that is free now; host names of the pages name it, so it must be known first."""
    (socket, *rest) = tornado.netutil.bind_sockets(0, address=host)
    port = int(socket.getsockname()[1])
    for each in (socket, *rest):
        each.close()
    return port


@contextlib.contextmanager
def _lock(state: Path) -> Iterator[None]:
    """Hold the state folder for this process alone; the system lets go of it however the process ends."""
    with (state / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            where = running_at(state)
            raise errors.UserError(
                f"A service for this course already runs{where}.", code="conflict"
            ) from None
        yield


def running_at(state: Path) -> str:
    """` at URL` of the service that holds this state, as far as it said."""
    try:
        return f" at {json.loads((state / embedded.ANNOUNCED).read_text())['url']}"
    except (OSError, ValueError, KeyError):
        return ""


def _manifest_text(course: Path | None) -> str:
    """The text of course.toml."""
    if course is None:
        return ""
    try:
        return (course / "course.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise errors.UserError(
            f"{course} has no readable course.toml. Make one with: courseware new"
        ) from None


def _log(handler: tornado.web.RequestHandler, counting: numbers.Metrics | None) -> None:
    """One line per request, without its query (it may hold what is private) and without the tokens of links
    that let people in and the marks of links in letters.
    """
    request = handler.request
    hidden = next((each for each in _SECRET if request.path.startswith(each)), "")
    path = f"{hidden}…" if hidden else request.path
    took, status, method = request.request_time(), handler.get_status(), request.method or ""
    route = handler.route if isinstance(handler, edge.Handler) else None
    named = route.path if route is not None else ""
    if counting is not None:
        counting.count(method, named, status, took)
    facts = {"method": method, "route": named, "status": status, "ms": round(took * 1000, 1)}
    log.info("%s %s %s %.0f ms", status, method, path, took * 1000, extra={"facts": facts})
