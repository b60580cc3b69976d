"""A course that sends letters to a mail server of the test and takes answers itself; people are on phones.

In: a folder, a notebook and the port of that mail server. Out: a world with JupyterLab, to which mail is sent
as a mail server hands it over.
"""

import email.message
import smtplib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.journeys import board, talk
from tests.journeys import test_lab_student as lab

AT, SAM, TESS = "course@here.example", "sam@uni.example", "tess@uni.example"
PHONE: Any = board.PHONE


class World(talk.Talk):
    """The student sam and the instructor Tess Tutor, who both have addresses."""

    def __init__(
        self,
        folder: Path,
        outgoing: int,
        notebook: dict[str, Any],
        *,
        name: str = "Sam Doe",
        beside: Mapping[str, bytes] | None = None,
    ) -> None:
        self.mail_port = lab.free_port()
        told = {"MAIL_HOST": "127.0.0.1", "MAIL_PORT": str(outgoing), "MAIL_SECURITY": "plain"}
        told |= {"MAIL_SENDER": AT, "MAIL_REPLY": AT, "INBOUND_SMTP": f"127.0.0.1:{self.mail_port}"}
        variables = {f"COURSEWARE_{each}": value for each, value in told.items()}
        super().__init__(folder, notebook, environment=variables, beside=beside or {})
        self.command("people", "set", "sam", "--name", name, "--email", SAM)
        self.command("people", "add", "tess", "--name", "Tess Tutor", "--email", TESS, "--role", "instructor")

    def pages(self, browser: Browser, name: str, **more: Any) -> Page:
        """Somebody on the pages, signed in, on a phone."""
        page = browser.new_context(viewport=PHONE, **more).new_page()
        page.goto(self.command("people", "link", name).strip())
        page.get_by_role("button", name="Continue as").click()
        return page

    def send(self, letter: email.message.EmailMessage) -> None:
        """A mail to the course from Tess."""
        with smtplib.SMTP("127.0.0.1", self.mail_port, timeout=30) as session:
            session.send_message(letter, from_addr=TESS, to_addrs=[str(letter["To"])])


def choose(page: Page, *, zone: str = "", quiet: bool, **kinds: str) -> None:
    """Somebody chooses letters on the pages, whose page this is: these kinds so, in this zone, and whether
    none come between 22 and 7.
    """
    page.get_by_role("link", name="Letters", exact=True).click()
    for label, choice in kinds.items():
        page.get_by_label(label.replace("_", " ")).select_option(choice)
    if zone:
        page.get_by_label("Time zone").select_option(zone)
    page.get_by_label("Quiet hours").set_checked(quiet)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    page.context.close()
