"""The edge to the web server: from a Tornado request to a `call.Call` and back.

In: HTTP. Out: HTTP. Everything that waits (SQL, blobs, a Hub) runs in the threads of `pools`, so that the
loop never does. Rules on lessons and people are elsewhere; here are sizes, headers, hosts, cookies and the
order of checks: host, sender, permission, then body.
"""

import dataclasses
import importlib.metadata
import urllib.parse
from collections.abc import Mapping
from typing import Any

import msgspec
import tornado.web

from courseware import errors, language, wiring
from courseware.service import (
    again,
    call,
    identity,
    limits,
    logs,
    perform,
    pools,
    problems,
    receive,
    render,
    sending,
    vouching,
)
from courseware.service import metrics as numbers

MAX_DRAINED = receive.MAX_BODY + limits.WRITE_BODY  # the largest hand-in, with what stands around its files
_VERSION = importlib.metadata.version("courseware")
_HANDSHAKE_SECONDS = 600
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
_WRITTEN = ("title", "body", "comment", "reason", "note", "notes")  # fields in which people write
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Site:
    """What all handlers share."""

    service: wiring.Service
    hosts: identity.Hosts
    threads: pools.Pools
    renderer: render.Renderer
    bounds: limits.Limits
    hub: vouching.Vouching | None = None
    metrics: numbers.Metrics | None = None


@tornado.web.stream_request_body
class Handler(tornado.web.RequestHandler):
    """Any address of the API or the pages; `routes` are the methods it takes."""

    def initialize(self, site: Site, routes: Mapping[str, call.Route], pages: bool) -> None:
        """Settings from the table of routes."""
        self.site, self.routes, self.pages = site, routes, pages
        self.receiver: receive.Receiver | None = None
        self.body = bytearray()
        self.too_large = False
        self.refused: Exception | None = None
        self.route: call.Route | None = None
        self.ticket: limits.Ticket | None = None
        self.tag, self.tongue, self.number = "", "", ""

    def set_default_headers(self) -> None:
        """The same for every answer, errors too."""
        self.clear_header("Server")
        for name, value in _SECURITY.items():
            self.set_header(name, value)

    async def prepare(self) -> None:
        """Everything that needs no body to be refused; it is refused once the body came, as far as one comes.

        An answer before that ends the connection under a sender who still writes: where the system then
        resets it, the answer is lost and the refusal looks like a network that failed.
        """
        self.set_header("Content-Security-Policy", PAGE_POLICY if self.pages else sending.POLICY)
        self.number = logs.request_id(self.request.headers.get("X-Request-ID", ""))
        logs.REQUEST.set(self.number)
        self.set_header("X-Request-ID", self.number)
        try:
            await self._admit()
        except (errors.CoursewareError, tornado.web.HTTPError) as error:
            if not self._is_sending():
                raise
            self.refused = error

    def _is_sending(self) -> bool:
        """Whether a body that is not too large comes without being asked for."""
        headers = self.request.headers
        if headers.get("Expect", "").lower() == "100-continue":
            return False
        length = headers.get("Content-Length", "0")
        return "Transfer-Encoding" in headers or (length.isdigit() and 0 < int(length) <= MAX_DRAINED)

    def _is_short(self) -> bool:
        """Whether a body comes that is no larger than any other route takes before it asks who sends it."""
        length = self.request.headers.get("Content-Length", "")
        return self._is_sending() and length.isdigit() and int(length) <= limits.WRITE_BODY

    async def _admit(self) -> None:
        """The checks of host, sender and permission, in this order; and a place for an upload."""
        method = "GET" if self.request.method == "HEAD" else self.request.method or ""
        identity.check_host(self.request.host, self.site.hosts)
        if not self.pages:
            identity.check_client(self.request.headers.get("Courseware-Client"), _VERSION)
        if self.pages and self.request.host.lower() != self.site.hosts.pages:
            if method == "GET":
                told = self.request.uri or "/"
                # What does not begin so would become part of the host's name.
                self.redirect(self.site.hosts.origin + (told if told.startswith("/") else "/"))
                return
            raise errors.UserError("Pages take forms under their own host name only.", code="bad-request")
        route = self.route = self.routes.get(method)
        if route is None:
            raise tornado.web.HTTPError(405 if self.routes else 404)
        self.ticket = self.site.bounds.ticket(route.counts_as, self.request.remote_ip or "")
        self.presented = identity.presented(
            self.request.headers,
            self.get_cookie(self.site.hosts.cookie),
            on_pages=self.request.host.lower() == self.site.hosts.pages,
        )
        if self.pages or self.presented.by == "cookie":
            identity.check_same_origin(self.request.headers, self.site.hosts, writes=method != "GET")
        if self.presented.by == "cookie" and method != "GET" and not self.pages:
            identity.check_xsrf(self.presented.token, self.request.headers.get("X-XSRFToken", ""))
        if self.site.hub is not None and not route.public and self.site.hub.stale(self.presented.token):
            known, token = self.site.hub, self.presented.token
            await self.site.threads.reading.run(lambda: known.ask_again(token))
        if route.upload:
            self.receiver = await self._taker(route)

    async def _taker(self, route: call.Route) -> receive.Receiver:
        """What takes an upload apart. Who may not send it is told so before it comes, and before what is
        wrong with it; a short one is here already, so that is asked once, when it is used.
        """
        try:
            made = receive.Receiver(self.request.headers.get("Content-Type", ""), route.most_bytes)
        except errors.UserError:
            await self._ask_leave(route)
            raise
        if not self._is_short():
            await self._ask_leave(route)
        return made

    async def _ask_leave(self, route: call.Route) -> None:
        """Refuse whoever may not send this."""
        if not route.public:
            request, token = self._call(), self.presented.token
            await self.site.threads.reading.run(lambda: perform.allow(request, token, route))

    def data_received(self, chunk: bytes) -> None:
        """A piece of the body; what is over the limit or refused already is read and thrown away."""
        if self.refused is not None:
            return
        if self.receiver is not None:
            self.receiver.feed(chunk)
        elif self.route is None or len(self.body) + len(chunk) > self.route.most_bytes:
            self.too_large = True
        else:
            self.body += chunk

    async def serve(self, **_: str) -> None:
        """Do what the route says and answer."""
        if self.refused is not None:
            raise self.refused
        if self.too_large:
            size = self._route().most_bytes
            most = f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size // 1_000} kB"
            raise errors.UserError(f"The request is larger than {most}.", code="too-large")
        request = dataclasses.replace(self._call(), body=await self._body())
        # A join link is its own secret, and is opened by whoever was signed in before, under an old cookie.
        own_form = self.pages and not self._route().public and request.body is not None
        if own_form and self.presented.by == "cookie":
            identity.check_xsrf(self.presented.token, request.body.fields.get("_xsrf", ""))
        pool = self.site.threads.of(self._route())
        try:
            answer = await pool.run(lambda: again.answer(request, self.presented.token, self._route()))
        except errors.UserError:
            await self._heed()
            raise
        await self._answer(answer)

    async def _heed(self) -> None:
        """Find out in which language somebody who is signed in reads the page of an error."""
        token = self.presented.token
        if self.pages and token:
            self.tongue = await self.site.threads.reading.run(lambda: perform.tongue(self._call(), token))

    get = head = post = put = patch = delete = options = serve

    def on_finish(self) -> None:
        """Temporary files go with the request."""
        if self.receiver is not None:
            self.receiver.close()

    def on_connection_close(self) -> None:
        """The sender went away in the middle."""
        if self.receiver is not None:
            self.receiver.close()
        super().on_connection_close()

    def write_error(self, status_code: int, **details: Any) -> None:
        """An exception as problem+json, or as a page that says the same."""
        error = details.get("exc_info", (None, None, None))[1]
        if self._goes_to_hub(error):
            wanted = urllib.parse.quote(identity.own_page(self.request.uri or ""), safe="")
            self.redirect(f"{self.site.hosts.origin}/hub/sign-in?next={wanted}", status=303)
            return
        known = isinstance(error, tornado.web.HTTPError) or error is None
        failure = problems.from_status(status_code) if known else problems.from_exception(error)
        self.set_status(failure.status)
        for name, value in failure.headers.items():
            self.set_header(name, value)
        if failure.status == 405:
            self.set_header("Allow", ", ".join(sorted({*self.routes, *("HEAD",) * ("GET" in self.routes)})))
        if self.pages:
            told = self.tongue or language.asked(self.request.headers.get("Accept-Language", ""))
            self._html(
                self.site.renderer.problem(failure.problem, self.site.hosts, draft=self._draft(), told=told)
            )
        else:
            self.set_header("Content-Type", "application/problem+json")
            self.finish(msgspec.json.encode(failure.problem))

    def _goes_to_hub(self, error: object) -> bool:
        """Whether a browser that opens a page signs in at the Hub first. What a script fetches is refused: it
        would follow for ever.
        """
        unknown = isinstance(error, errors.UserError) and error.code == "unauthenticated"
        opens = self.request.method == "GET" and (
            self.request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        )
        public = self.route is None or self.route.public
        return self.site.hub is not None and self.pages and unknown and opens and not public

    def _draft(self) -> str:
        """The text of a form that could not be taken, so that nobody writes it twice."""
        if self.request.method != "POST" or self.receiver is not None:
            return ""
        try:
            fields = render.form_fields(bytes(self.body))
            return "\n\n".join(fields[name] for name in _WRITTEN if fields.get(name))
        except errors.UserError:
            return ""

    def compute_etag(self) -> str | None:
        """The tag of a file that is known by its hash, else one made of the bytes that are sent."""
        return self.tag or super().compute_etag()

    def log_exception(self, *_: Any) -> None:
        """Failures are logged once, in `problems`."""

    def _route(self) -> call.Route:
        if self.route is None:
            raise tornado.web.HTTPError(405)
        return self.route

    def _call(self) -> call.Call:
        """The request so far."""
        headers = self.request.headers
        key = headers.get("Idempotency-Key", "")
        if len(key) > 80:
            raise errors.UserError("An Idempotency-Key has at most 80 characters.", code="bad-request")
        return call.Call(
            service=self.site.service,
            now=self.site.service.clock(),
            base=self.site.hosts.origin,
            path={name: str(value) for name, value in self.path_kwargs.items()},
            query={name: self.get_query_argument(name) for name in self.request.query_arguments},
            key=key,
            language=language.asked(headers.get("Accept-Language", "")),
            xsrf=identity.xsrf(self.presented.token) if self.presented.by == "cookie" else "",
            range=headers.get("Range", ""),
            if_range=headers.get("If-Range", ""),
            hub=self.site.hub,
            metrics=self.site.metrics,
            ticket=self.ticket,
            token=self.presented.token,
            handshake=self.get_cookie(self.site.hosts.handshake) or "",
            as_student=self.pages and self.get_cookie(self.site.hosts.sight) == call.STUDENT,
        )

    async def _body(self) -> Any:
        """The decoded body; whoever may not send it at all is told that first."""
        try:
            return self._decoded()
        except errors.UserError:
            await self._ask_leave(self._route())
            raise

    def _decoded(self) -> Any:
        """The body as the route's struct, as fields and files, or None."""
        route = self._route()
        if self.receiver is not None:
            self.receiver.finish()
            return call.Upload(fields=self.receiver.fields, files=tuple(self.receiver.files))
        if self.pages and route.method == "POST":
            return call.Upload(fields=render.form_fields(bytes(self.body)), files=())
        if route.request is None:
            return None
        try:
            return msgspec.json.decode(bytes(self.body), type=route.request)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            message = f"The body of this request is not as described in the API: {error}"
            raise errors.UserError(message, code="bad-request") from None

    async def _answer(self, answer: Any) -> None:
        """Write what the function behind the route returned."""
        self.set_status(self._route().status)
        match answer:
            case call.Page():
                self.set_status(answer.status)
                self._html(self.site.renderer.page(answer))
            case call.Framed():
                self.set_header("Content-Security-Policy", render.frame_policy(answer.html))
                self._html(answer.html)
            case call.Redirect():
                self._redirect(answer)
            case call.File():
                self.tag = answer.tag
                sending.file(self, answer)
            case call.Made():
                await sending.made(self, answer)
            case None:
                self.set_status(204)
                self.finish()
            case _:
                self.set_header("Content-Type", "application/json")
                self.finish(answer.body if isinstance(answer, perform.Kept) else msgspec.json.encode(answer))

    def _html(self, text: str) -> None:
        self.set_header("Vary", "Accept-Language")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(text)

    def _redirect(self, answer: call.Redirect) -> None:
        """Send the browser on, with or without its cookies."""
        self._cookie(self.site.hosts.cookie, answer.credential, answer.seconds)
        self._cookie(self.site.hosts.handshake, answer.handshake, _HANDSHAKE_SECONDS)
        self._cookie(self.site.hosts.sight, answer.sight, _HANDSHAKE_SECONDS)
        self.redirect(answer.to, status=303)

    def _cookie(self, name: str, value: str | None, seconds: int) -> None:
        """Give the browser a cookie for so long, take it away where it is empty, leave it at None."""
        if value is None:
            return
        how: dict[str, Any] = {
            "path": "/",
            "httponly": True,
            "secure": self.site.hosts.scheme == "https",
            "samesite": "Lax",
        }
        if value:
            self.set_cookie(name, value, max_age=seconds, **how)
        else:
            self.clear_cookie(name, **how)


@tornado.web.stream_request_body
class Static(tornado.web.StaticFileHandler):
    """Our own style sheet, script and icon."""

    def data_received(self, chunk: bytes) -> None:
        """A file is asked for without a body; one that comes is not kept."""

    async def get(self, path: str, include_body: bool = True) -> None:
        """A file of ours; no system has one with this sign in its name."""
        if "\0" in path:
            raise tornado.web.HTTPError(404)
        await super().get(path, include_body)

    def set_default_headers(self) -> None:
        """The same protection as every answer has."""
        self.clear_header("Server")
        for name, value in _SECURITY.items():
            self.set_header(name, value)

    def set_extra_headers(self, path: str) -> None:
        """A file of ours is nobody's secret."""
        self.set_header("Cache-Control", "public, max-age=300")
