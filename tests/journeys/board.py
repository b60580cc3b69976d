"""A course service with a released lesson, and people who come by in a browser, each with their own cookies.

In: a scratch folder and perhaps a database. Out: browser pages of signed-in people, and their connections to
the API.
"""

import uuid
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page

from tests import trust
from tests.journeys import test_class_of_five as five

LESSON = "numbers-and-lists"
SLUG = "data-in-python"
C = f"/courses/{SLUG}"
L = f"{C}/lessons/{LESSON}"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


class Board(five.Class):
    """The demonstration course with one lesson released."""

    def __init__(self, folder: Path, database: str = "") -> None:
        super().__init__(folder, database)
        self.command("release", LESSON)
        self.tokens: dict[str, str] = {}

    @property
    def origin(self) -> str:
        """Where the pages are."""
        return f"http://{SLUG}.courseware.localhost:{self.port}"

    def person(self, name: str, role: str = "student", *, given: str = "") -> str:
        """Somebody's join link, who is brought into the course if need be."""
        return self.linked(name, role, given=given)

    def visit(self, browser: Browser, link: str, **options: Any) -> Page:
        """A fresh browser of somebody, signed in."""
        page = browser.new_context(**options).new_page()
        page.goto(link)
        page.get_by_role("button", name="Continue as").click()
        page.wait_for_url("**/courses/*")
        return page

    def ask(self, name: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One request to the API in somebody's name; it must succeed."""
        if name not in self.tokens:
            link = self.person(name)
            wish = {"token": link.rsplit("/", 1)[-1], "label": "test"}
            url = f"http://127.0.0.1:{self.port}/api/v1/join"
            told = httpx.post(url, json=wish, verify=trust.known()).raise_for_status()
            self.tokens[name] = told.json()["credential"]
        headers = {"Authorization": f"Bearer {self.tokens[name]}", "Idempotency-Key": uuid.uuid4().hex}
        url = f"http://127.0.0.1:{self.port}/api/v1{path}"
        answer = httpx.request(method, url, json=body, headers=headers, timeout=60, verify=trust.known())
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def begin(self, name: str, body: str, *, lesson: bool = False, **given: Any) -> dict[str, Any]:
        """Somebody begins a discussion."""
        where = f"{C}/lessons/{LESSON}/threads" if lesson else f"{C}/threads"
        return dict(self.ask(name, "POST", where, {"kind": "question", "title": "", "body": body, **given}))

    def reply(self, name: str, thread: str, body: str, **given: Any) -> dict[str, Any]:
        """Somebody adds a comment."""
        return dict(self.ask(name, "POST", f"/threads/{thread}/posts", {"body": body, **given}))
