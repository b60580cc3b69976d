"""A reply by mail, from a maildir into a running service, and a mail that its sender says is theirs."""

import datetime
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from courseware.lab import work
from courseware.notices import reply_address
from courseware.notices import secret as signing
from courseware.store import ids, schema, schema_notices
from tests import trust
from tests.journeys import board
from tests.journeys import test_class_of_five as five
from tests.journeys import test_lab_student as lab
from tests.mail import postbox

pytestmark = pytest.mark.slow
C = "/api/v1/courses/data-in-python"
AT = "course@here.example"


class World(board.Board):
    """A service that takes mail from a folder."""

    def __init__(self, folder: Path) -> None:
        self.maildir = folder / "mail"
        for name in ("tmp", "new", "cur"):
            (self.maildir / name).mkdir(parents=True)
        self.letters = folder / "letters"
        settings = {"INBOUND_MAILDIR": str(self.maildir), "MAIL_REPLY": AT, "INBOUND_POLL_SECONDS": "0.2"}
        settings |= {"MAIL_FOLDER": str(self.letters), "MAIL_SENDER": "course@here.example"}
        self.told = {f"COURSEWARE_{name}": value for name, value in settings.items()}
        os.environ.update(self.told)
        try:
            super().__init__(folder)
        finally:
            for name in self.told:
                del os.environ[name]
        self.state = folder / "state" / "courseware" / "data-in-python"
        self.secret = signing.ensure(self.state / "keys")

    def deliver(self, name: str, raw: str) -> None:
        """Put a mail into the folder as a mail server does."""
        (self.maildir / "tmp" / name).write_text(raw)
        (self.maildir / "tmp" / name).rename(self.maildir / "new" / name)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.end()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_reply_by_mail_and_a_mail_that_is_confirmed(world: World) -> None:
    world.command("release", five.LESSON)
    link = world.command("people", "add", "sam", "--email", "sam@uni.example").strip()
    token = work.join(link, world.folder / "sam.json").credential
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "one"}
    with httpx.Client(
        base_url=f"http://127.0.0.1:{world.port}", headers=headers, timeout=60, verify=trust.known()
    ) as service:
        thread = service.post(f"{C}/threads", json={"body": "Why?", "title": "A question"}).json()["id"]
        at = _letter_to_sam(world, thread)
        sam = "From: Sam <sam@uni.example>\n"
        world.deliver("1.x", f"{sam}To: {at}\nMessage-ID: <1@x>\n\nBecause.\n\n> Why?\n")
        world.deliver("2.x", f"{sam}To: {at}\nAuto-Submitted: auto-replied\n\nAway.\n")
        world.deliver("3.x", f"{sam}To: {AT}\nMessage-ID: <3@x>\nSubject: Help\n\nI am stuck.\n")
        until(lambda: len(list((world.maildir / "cur").iterdir())) == 3)
        posts = service.get(f"/api/v1/threads/{thread}").json()["posts"]
        assert [post["body"] for post in posts] == ["Why?", "Because."]
        pages = {"Host": f"data-in-python.courseware.localhost:{world.port}"}
        until(lambda: len(_links(world)) == 1)
        (path,) = _links(world)
        assert "I am stuck." in service.get(path, headers=pages).text
        assert service.post(path, headers=pages, data={"": ""}).status_code == 200
        kinds = [each["kind"] for each in service.get(f"{C}/threads").json()["threads"]]
        assert sorted(kinds) == ["private", "question"]
    log = (world.folder / "service.log").read_text()
    assert path not in log
    assert "Traceback" not in log


def _letter_to_sam(world: World, thread: str) -> str:
    """The address at which a letter to sam about a thread is answered."""
    engine = sa.create_engine(f"sqlite:///{world.state / 'courseware.db'}")
    letter, person, course = schema_notices.letter, schema.person, schema.course
    public, now = ids.new("let"), datetime.datetime.now(datetime.UTC)
    with engine.begin() as connection:
        sam = connection.execute(sa.select(person.c.id).where(person.c.username == "sam")).scalar_one()
        here = connection.execute(sa.select(course.c.id)).scalar_one()
        connection.execute(
            letter.insert().values(
                public=public, person_id=sam, course_id=here, kind="notice", thread=thread, slot=public,
                state="sent", created=now, due=now,
            )
        )  # fmt: skip
    engine.dispose()
    return reply_address.address(AT, reply_address.token(world.secret, public))


def _links(world: World) -> list[str]:
    """Where the letters that ask their reader lead."""
    texts = (postbox.text(postbox.read(each.read_bytes())) for each in sorted(world.letters.glob("*.eml")))
    return [path for text in texts for path in re.findall(r"https?://[^/\s]+(/mail/\S+)", text)]


def test_a_way_in_without_an_address_does_not_start(world: World) -> None:
    world.end()
    world.environment.pop("COURSEWARE_MAIL_REPLY")
    with pytest.raises(AssertionError, match=r"\[mail\] reply"):
        world.command("serve", str(world.course), "--port", str(lab.free_port()))
    world.environment.update(world.told)
    world.service = world.serve()
