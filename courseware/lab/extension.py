"""The Jupyter server extension: the routes that the JupyterLab plugins use, under `<base>/courseware/`.

In: requests of the student's own Lab, signed in by Jupyter. Out: JSON. Everything that waits runs in a
thread. The credential stays in this process; pages in the browser never see it.
"""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tornado.web
from jupyter_server.base.handlers import APIHandler
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_path_join
from traitlets import List, Unicode

from courseware import errors
from courseware.lab import choice, course, hub, proxy, telling

Json = dict[str, Any]
_UNSIGNED = 424
"""Instead of the service's 401: the page must not think that Jupyter signed it out."""
_SEALED = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}

# (method, address, what is done): the contents page of this extension.
ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", r"status", lambda c, body: c.status()),
    ("POST", r"join", lambda c, body: c.join(str(body.get("link", "")))),
    ("POST", r"serve", lambda c, body: c.serve()),
    ("POST", r"choose", lambda c, body: c.choose()),
    ("GET", r"lessons", lambda c, body: c.lessons()),
    ("POST", r"lessons/(?P<lesson>[^/]+)/get", lambda c, body, lesson: c.get(lesson)),
    ("GET", r"lessons/(?P<lesson>[^/]+)/files", lambda c, body, lesson: c.going(lesson)),
    ("POST", r"lessons/(?P<lesson>[^/]+)/submit", lambda c, body, lesson: c.submit(lesson)),
    ("GET", r"lessons/(?P<lesson>[^/]+)/submissions", lambda c, body, lesson: c.submissions(lesson)),
    ("POST", r"lessons/(?P<lesson>[^/]+)/keep-copy", lambda c, body, lesson: c.keep_copy(lesson)),
    ("POST", r"lessons/(?P<lesson>[^/]+)/continue-here", lambda c, body, lesson: c.continue_here(lesson)),
    ("GET", r"lessons/(?P<lesson>[^/]+)/update", lambda c, body, lesson: c.preview(lesson)),
    ("POST", r"lessons/(?P<lesson>[^/]+)/update", lambda c, body, lesson: c.update(lesson)),
    ("POST", r"lessons/(?P<lesson>[^/]+)/undo-update", lambda c, body, lesson: c.undo_update(lesson)),
    ("POST", r"lessons/(?P<lesson>[^/]+)/pack", lambda c, body, lesson: c.pack(lesson)),
    ("GET", r"submissions/(?P<public>[^/]+)", lambda c, body, public: c.submission(public)),
    ("GET", r"submissions/(?P<public>[^/]+)/feedback", lambda c, body, public: c.feedback(public)),
    ("POST", r"pages", lambda c, body: c.pages(str(body.get("page", "")))),
    ("GET", r"pulse", lambda c, body: c.pulse()),
    ("POST", r"author/place", lambda c, body: c.authoring().told(body)),
    ("POST", r"author/lint", lambda c, body: c.authoring().lint(body)),
    ("POST", r"author/desk", lambda c, body: c.authoring().desk(body)),
    ("POST", r"author/copy", lambda c, body: c.authoring().copy(body)),
    ("POST", r"author/remove", lambda c, body: c.authoring().remove(body)),
    ("POST", r"author/draft", lambda c, body: c.authoring().draft(body)),
)


class Handler(APIHandler):
    """One address; `does` is what its method does."""

    auth_resource = "contents"

    def initialize(self, windows: choice.Windows, does: dict[str, Callable[..., Any]]) -> None:
        """What the route says."""
        self.windows, self.does = windows, does

    @tornado.web.authenticated
    async def get(self, **names: str) -> None:
        """Read."""
        await self._do("GET", {}, names)

    @tornado.web.authenticated
    async def post(self, **names: str) -> None:
        """Write."""
        body = self.get_json_body()
        await self._do("POST", body if isinstance(body, dict) else {}, names)

    async def _do(self, method: str, body: Json, names: dict[str, str]) -> None:
        """Run it in a thread and answer; errors become problem+json with the service's own status."""
        if method not in self.does:
            raise tornado.web.HTTPError(405)
        try:
            known = self.windows.of(self.request.headers.get(choice.HEADER, ""))
            told = await asyncio.to_thread(self.does[method], known, body, **names)
        except errors.CoursewareError as error:
            refuse(self, error)
        except OSError as error:
            refuse(self, errors.of_system(error))
        else:
            self.finish(json.dumps(telling.told(told, tongue(self))))


def refuse(handler: APIHandler, error: errors.CoursewareError) -> None:
    """Answer with an error as problem+json, with the service's own status."""
    match error:
        case errors.UserError():
            status, code = errors.STATUS.get(error.code, 422), error.code
        case errors.Temporary():
            status, code = 503, "away"
        case _:
            status, code = 500, "failed"
    handler.set_status(_UNSIGNED if status == 401 else status)
    handler.set_header("Content-Type", "application/problem+json")
    details = list(getattr(error, "details", ()))
    problem = {"status": status, "code": code, "detail": error.message, "details": details}
    handler.finish(json.dumps(telling.told(problem, tongue(handler))))


def tongue(handler: APIHandler) -> str:
    """The language that the Lab asks for."""
    return str(handler.request.headers.get(telling.HEADER, ""))


class Passed(APIHandler):
    """A call of the course's own API, passed on; see `lab.proxy` for which."""

    auth_resource = "contents"

    def initialize(self, windows: choice.Windows) -> None:
        """What the route says."""
        self.windows = windows

    @tornado.web.authenticated
    async def _pass(self, route: str) -> None:
        """Pass it on in a thread and answer as the service did."""
        asked = proxy.Asked(
            method=self.request.method or "",
            route=route,
            query={name: self.get_query_argument(name) for name in self.request.query_arguments},
            headers=self.request.headers,
            body=self.request.body,
        )
        try:
            known = self.windows.of(proxy.course_of(route) or self.request.headers.get(choice.HEADER, ""))
            told = await asyncio.to_thread(known.ask, asked)
        except errors.CoursewareError as error:
            refuse(self, error)
            return
        self.set_status(_UNSIGNED if told.status == 401 else told.status)
        for name, value in {**told.headers, **_SEALED}.items():
            self.set_header(name, value)
        speaks = told.body and (told.status >= 400 or proxy.speaks(route))
        self.finish(self._spoken(told.body) if speaks else told.body)

    def _spoken(self, body: bytes) -> str:
        """What the service says, in the language of the Lab."""
        return json.dumps(telling.told(json.loads(body), tongue(self)))

    get = post = put = patch = _pass


class Courseware(ExtensionApp):
    """The extension and its options."""

    name = "courseware"
    extension_url = "/courseware"
    course = Unicode("", help="The only course to show, if several were joined.").tag(config=True)
    url = Unicode(
        "", help="The course service's address; no service is started here then, whatever lies in the folder."
    ).tag(config=True)
    folders = List(
        Unicode(), help="Folders to look for a course in, besides the root and one level below it."
    ).tag(config=True)

    def initialize_handlers(self) -> None:
        """Add the routes."""
        root = Path(self.serverapp.root_dir).resolve()
        known = course.Course(
            root=root,
            course=self.course or os.environ.get(hub.COURSE) or None,
            url=self.url,
            by_hub=not self.url and bool(hub.service(os.environ)),
            folders=tuple(Path(folder).expanduser() for folder in self.folders),
        )
        found: dict[str, dict[str, Callable[..., Any]]] = {}
        for method, address, does in ROUTES:
            found.setdefault(address, {})[method] = does
        # Jupyter puts the server's own prefix (`/user/sam/` on a Hub) before each of them.
        given = {"windows": choice.Windows(known)}
        self.handlers.append((url_path_join("courseware", "api", "(?P<route>.+)"), Passed, given))
        self.handlers.extend(
            (url_path_join("courseware", address), Handler, {**given, "does": methods})
            for address, methods in found.items()
        )


def _jupyter_server_extension_points() -> list[Json]:
    """Where Jupyter finds the extension."""
    return [{"module": "courseware.lab.extension", "app": Courseware}]
