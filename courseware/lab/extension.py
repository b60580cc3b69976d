"""The Jupyter server extension: the routes that the JupyterLab plugins use, under `<base>/courseware/`.

In: requests of the student's own Lab, signed in by Jupyter. Out: JSON. Everything that waits runs in a
thread. The credential stays in this process; pages in the browser never see it.
"""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tornado.web
from jupyter_server.base.handlers import APIHandler
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_path_join
from traitlets import Unicode

from courseware import errors
from courseware.lab import course

Json = dict[str, Any]

# (method, address, what is done): the contents page of this extension.
ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", r"status", lambda c, body: c.status()),
    ("POST", r"join", lambda c, body: c.join(str(body.get("link", "")))),
    ("POST", r"serve", lambda c, body: c.serve()),
    ("GET", r"lessons", lambda c, body: c.lessons()),
    ("POST", r"lessons/(?P<lesson>[^/]+)/get", lambda c, body, lesson: c.get(lesson)),
    ("GET", r"lessons/(?P<lesson>[^/]+)/files", lambda c, body, lesson: c.going(lesson)),
    ("POST", r"lessons/(?P<lesson>[^/]+)/submit", lambda c, body, lesson: c.submit(lesson)),
    ("GET", r"lessons/(?P<lesson>[^/]+)/submissions", lambda c, body, lesson: c.submissions(lesson)),
    ("POST", r"lessons/(?P<lesson>[^/]+)/keep-copy", lambda c, body, lesson: c.keep_copy(lesson)),
    ("POST", r"lessons/(?P<lesson>[^/]+)/continue-here", lambda c, body, lesson: c.continue_here(lesson)),
    ("GET", r"submissions/(?P<public>[^/]+)", lambda c, body, public: c.submission(public)),
    ("GET", r"submissions/(?P<public>[^/]+)/feedback", lambda c, body, public: c.feedback(public)),
    ("GET", r"pulse", lambda c, body: c.pulse()),
)


class Handler(APIHandler):
    """One address; `does` is what its method does."""

    auth_resource = "contents"

    def initialize(self, known: course.Course, does: dict[str, Callable[..., Any]]) -> None:
        """What the route says."""
        self.known, self.does = known, does

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
            told = await asyncio.to_thread(self.does[method], self.known, body, **names)
        except errors.UserError as error:
            self._refuse(errors.STATUS.get(error.code, 422), error.code, error)
        except errors.Temporary as error:
            self._refuse(503, "away", error)
        except errors.Permanent as error:
            self._refuse(500, "failed", error)
        else:
            self.finish(json.dumps(told))

    def _refuse(self, status: int, code: str, error: errors.CoursewareError) -> None:
        # A 401 of the service is not one of this server: the page must not think that Jupyter signed it out.
        self.set_status(424 if status == 401 else status)
        self.set_header("Content-Type", "application/problem+json")
        details = list(getattr(error, "details", ()))
        self.finish(json.dumps({"status": status, "code": code, "detail": error.message, "details": details}))


class Courseware(ExtensionApp):
    """The extension; its one option names the course where several were joined."""

    name = "courseware"
    extension_url = "/courseware"
    course = Unicode("", help="The course, if several were joined.").tag(config=True)

    def initialize_handlers(self) -> None:
        """Add the routes."""
        root = Path(self.serverapp.root_dir).resolve()
        known = course.Course(root=root, course=self.course or None)
        found: dict[str, dict[str, Callable[..., Any]]] = {}
        for method, address, does in ROUTES:
            found.setdefault(address, {})[method] = does
        base = self.serverapp.web_app.settings["base_url"]
        self.handlers.extend(
            (url_path_join(base, "courseware", address), Handler, {"known": known, "does": methods})
            for address, methods in found.items()
        )


def _jupyter_server_extension_points() -> list[Json]:
    """Where Jupyter finds the extension."""
    return [{"module": "courseware.lab.extension", "app": Courseware}]
