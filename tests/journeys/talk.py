"""A small course with one lesson, its service and a student's JupyterLab, to try discussions in.

In: a scratch folder and the lesson's notebook. Out: the running pair, a browser page of the student, and
connections of other people to the API, who are never there at the same time.
"""

import contextlib
import json
import os
import signal
import sys
import types
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page

from courseware.lab import client, work
from tests import trust
from tests.journeys import test_lab_student as lab

COURSE = """\
[course]
id = "tiny"
title = "A tiny course"
time_zone = "UTC"

[[lessons]]
slug = "one"
title = "Lesson one"
"""
FILE = "lab/tiny/one/one.ipynb"


class Talk(lab.World):
    """The service, the Lab of the student `sam` with the lesson fetched, and whoever else comes by.

    The Lab runs in the environment of `python`, with further options and variables. `beside` are further
    files of the lesson.
    """

    def __init__(
        self,
        folder: Path,
        notebook: dict[str, Any],
        *,
        python: str = sys.executable,
        options: Sequence[str] = (),
        environment: Mapping[str, str] = types.MappingProxyType({}),
        beside: Mapping[str, bytes] = types.MappingProxyType({}),
    ) -> None:
        self.visitors: list[httpx.Client] = []
        self.folder, self.course, self.root = folder, folder / "course", folder / "lab"
        self.environment = {
            **os.environ,
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
            **environment,
        }
        lesson = self.course / "lessons" / "one"
        lesson.mkdir(parents=True)
        self.root.mkdir()
        (self.course / "course.toml").write_text(COURSE)
        (lesson / "one.ipynb").write_text(json.dumps(notebook))
        for path, data in beside.items():
            (lesson / path).parent.mkdir(exist_ok=True)
            (lesson / path).write_bytes(data)
        self.port, self.lab_port = lab.free_port(), lab.free_port()
        self.service = self.serve()
        self.command("release", "one")
        link = self.command("people", "add", "sam", "--name", "Sam Doe").strip()
        settings = folder / "config" / "courseware" / "connections.json"
        connection = work.join(link, settings)
        with contextlib.closing(client.for_connection(connection)) as service:
            work.get(service, connection, self.root, "one")
        self.released = self.copy.read_bytes()
        flags = ["--allow-root"] if os.geteuid() == 0 else []
        flags += ["--no-browser", f"--port={self.lab_port}", "--IdentityProvider.token=t"]
        flags += [f"--ServerApp.root_dir={self.root}", "--LabApp.expose_app_in_browser=True", *options]
        self.lab = self.open_lab(flags, python)

    @property
    def copy(self) -> Path:
        """The student's notebook."""
        return self.folder / FILE

    def person(self, name: str, role: str = "student", *, given: str = "") -> httpx.Client:
        """Somebody's connection to the API, who is brought into the course if need be."""
        link = self.linked(name, role, given=given)
        base = f"http://127.0.0.1:{self.port}"
        wish = {"token": link.rsplit("/", 1)[-1], "label": "test"}
        told = httpx.post(f"{base}/api/v1/join", json=wish, verify=trust.known()).raise_for_status().json()
        token = {"Authorization": f"Bearer {told['credential']}"}
        self.visitors.append(
            httpx.Client(base_url=f"{base}/api/v1", headers=token, timeout=30, verify=trust.known())
        )
        return self.visitors[-1]

    def end(self) -> None:
        """Everybody leaves."""
        for visitor in self.visitors:
            visitor.close()
        super().end()

    def on_page(self, browser: Browser, shows: str, **more: Any) -> Page:
        """The lesson's page, signed in as the student, in a browser that has nothing else of them."""
        page = browser.new_context(viewport={"width": 1280, "height": 1000}, **more).new_page()
        page.goto(self.command("people", "link", "sam").strip())
        page.get_by_role("button", name="Continue as").click()
        page.get_by_role("link", name="Lesson one").first.click()
        page.wait_for_selector(shows)
        return page

    def stop_service(self) -> None:
        """The service goes away."""
        self.service.send_signal(signal.SIGKILL)
        self.service.wait()


def say(person: httpx.Client, key: str | None, body: str, **given: Any) -> dict[str, Any]:
    """Begin a thread on a cell, or on the lesson."""
    wish = {"key": key, "kind": "question", "title": "", "body": body, "anonymous": False, **given}
    return sent(person, "POST", "/courses/tiny/lessons/one/threads", {"attachment": None, **wish})


def reply(person: httpx.Client, thread: str, body: str, **given: Any) -> dict[str, Any]:
    """Add to a thread."""
    wish = {"body": body, "anonymous": False, "attachment": None, **given}
    return sent(person, "POST", f"/threads/{thread}/posts", wish)


def sent(person: httpx.Client, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """One write, with a key of its own."""
    key = {"Idempotency-Key": uuid.uuid4().hex}
    answer = person.request(method, path, json=body, headers=key)
    assert answer.is_success, answer.text
    return dict(answer.json()) if answer.content else {}


SETTLED = """async () => {
  await window.jupyterapp.restored;
  await window.jupyterapp.shell.currentWidget.sessionContext.ready;
}"""


def open_lab(
    world: Talk, opened: Browser, *, dark: bool = False, width: int = 1440, name: str = "one.ipynb"
) -> Page:
    """The student's JupyterLab with the lesson's notebook in front."""
    lab.wait_for(world.lab_port)
    page = opened.new_page(viewport={"width": width, "height": 900})
    load(world, page, name)
    if dark:
        run(page, "apputils:change-theme", {"theme": "JupyterLab Dark"})
    return page


def load(world: Talk, page: Page, name: str = "one.ipynb") -> None:
    """JupyterLab as somebody finds it who was never in it, with a notebook of the lesson in front."""
    page.goto(f"http://127.0.0.1:{world.lab_port}/lab/tree/tiny/one/{name}?token=t&reset")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.evaluate(SETTLED)  # until then JupyterLab itself moves the focus


def run(page: Page, command: str, arguments: dict[str, Any] | None = None) -> None:
    """A command of JupyterLab."""
    script = "([c, a]) => window.jupyterapp.commands.execute(c, a).then(() => null)"
    page.evaluate(script, [command, arguments or {}])


BADGES = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  return panel.content.widgets.map(w => {
    const b = w.node.querySelector(':scope > .cw-Badge');
    return [w.model.sharedModel.getSource(), b ? b.textContent : null];
  });
}"""


def badges(page: Page) -> list[list[str | None]]:
    """Each cell of the open notebook with what its badge says; None where it has none."""
    found: list[list[str | None]] = page.evaluate(BADGES)
    return found
