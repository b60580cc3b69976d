"""Sam and Tess are never online together: a question on a cell in JupyterLab, answered by e-mail.

Real browser, real SMTP both ways on loopback. Sam asks and leaves. Tess finds the question in the inbox on
the pages, leaves, and answers the letter that she got. Sam comes back, is told, jumps to the cell, and closes
the question. He got one letter.
"""

import contextlib
import email.message
import email.policy
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import chromium, letters, talk, test_discussion_cells, test_mail_in
from tests.mail import postbox

pytestmark = pytest.mark.slow
AT, SAM, TESS = letters.AT, letters.SAM, letters.TESS
DAY = 86_400_000_000


class World(letters.World):
    """The course in which a day passes at once."""

    def a_day_passes(self) -> None:
        """Whoever was here was so yesterday."""
        (kept,) = (self.folder / "state").rglob("courseware.db")
        with contextlib.closing(sqlite3.connect(kept)) as connection:
            connection.execute("update visit set began = began - ?, last = last - ?", (DAY, DAY))
            connection.commit()


@pytest.fixture
def box() -> postbox.Postbox:
    return postbox.Postbox()


@pytest.fixture
def world(tmp_path: Path, box: postbox.Postbox) -> Iterator[World]:
    with postbox.listening(box) as port:
        made = World(tmp_path, port, test_discussion_cells.lesson())
        yield made
        made.end()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def choose(world: World, browser: Browser, name: str, **kinds: str) -> None:
    """Somebody chooses letters, which come at any hour of the day."""
    letters.choose(pages(world, browser, name), quiet=False, **kinds)


def pages(world: World, browser: Browser, name: str) -> Page:
    """Somebody on the pages without JavaScript."""
    return world.pages(browser, name, java_script_enabled=False)


def reply(letter: email.message.EmailMessage, text: str) -> email.message.EmailMessage:
    """An answer as a mail program writes it, with what it answers below."""
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["From"], made["To"] = f"Tess Tutor <{TESS}>", str(letter["Reply-To"])
    made["Subject"] = f"Re: {letter['Subject']}"
    made["Message-ID"] = "<answer.1@uni.example>"
    made["In-Reply-To"] = made["References"] = str(letter["Message-ID"])
    quoted = "\n".join(f"> {line}" for line in postbox.text(letter).splitlines())
    made.set_content(f"{text}\n\n-- \nTess Tutor, Room 7\n\nOn Monday, A tiny course wrote:\n{quoted}\n")
    return made


def test_asked_on_a_cell_answered_by_mail_closed_on_the_cell(
    world: World, browser: Browser, box: postbox.Postbox
) -> None:
    choose(world, browser, "tess", new_questions="at-once")
    choose(world, browser, "sam")
    sam_asks_and_leaves(world, browser)

    test_mail_in.until(lambda: len(box.letters(TESS)) == 1)
    tess_looks_at_the_inbox_and_leaves(world, browser)
    [asked] = box.letters(TESS)
    assert "Sam Doe asked a question" in postbox.text(asked)
    world.send(reply(asked, "Look at the cell before: `a` is **1**."))
    test_mail_in.until(lambda: len(box.letters(SAM)) == 1)
    [answer] = box.letters(SAM)
    assert "Tess Tutor answered your question" in postbox.text(answer)
    assert answer["In-Reply-To"] == asked["In-Reply-To"]
    for part in ("plain", "html"):
        said = postbox.text(answer, part)
        assert "Room 7" not in said
        assert "Why is b two?" not in said.split("Look at the cell before", 1)[1]

    world.a_day_passes()
    sam_comes_back_and_closes_the_question(world, browser)
    one_letter_and_no_more(world, box)


def sam_asks_and_leaves(world: World, browser: Browser) -> None:
    page = talk.open_lab(world, browser)
    page.locator(".cw-Badge").nth(1).click()
    page.get_by_label("Ask about this cell").fill("Why is b two?")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("article", name="Comment 1 by Sam Doe")).to_contain_text("Why is b two?")
    page.close()


def tess_looks_at_the_inbox_and_leaves(world: World, browser: Browser) -> None:
    page = pages(world, browser, "tess")
    page.get_by_role("link", name="Inbox").click()
    expect(page.get_by_role("main").get_by_role("link", name="Why is b two?")).to_be_visible()
    page.context.close()


def sam_comes_back_and_closes_the_question(world: World, browser: Browser) -> None:
    page = talk.open_lab(world, browser)
    badge = page.locator(".cw-Badge.cw-mod-unread")
    expect(badge).to_have_text("2", timeout=60_000)
    talk.run(page, "courseware:show")
    since = page.get_by_role("list", name="Since you were last here")
    expect(since).to_contain_text("Answer to your question")
    expect(since).to_contain_text("Look at the cell before: a is 1.")
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 4; }")
    since.get_by_role("button", name="Why is b two?").click()
    article = page.get_by_role("article", name="Comment 2 by Tess Tutor")
    expect(article).to_contain_text("Look at the cell before: a is 1.")
    assert "Room 7" not in article.inner_text()
    here = "() => window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.getSource()"
    assert page.evaluate(here) == "a = 1\nb = 2"
    page.get_by_role("button", name="Mark as answered").click()
    expect(page.get_by_text("Answered question")).to_be_visible()
    expect(page.locator(".cw-Badge.cw-mod-unread")).to_have_count(0)
    page.close()


def one_letter_and_no_more(world: World, box: postbox.Postbox) -> None:
    """News that came later went out, so all that came before has."""
    talk.say(world.person("kim", given="Kim Roe"), None, "Something else")
    test_mail_in.until(lambda: len(box.letters(TESS)) == 2)
    assert len(box.letters(SAM)) == len(box.mailbox(SAM)) == 1
