"""The letter that asks whether a mail is its reader's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.mail import received, sender
from courseware.notices import arrivals, compose, confirm, inbound, letters
from tests import builders
from tests.discussion import test_threads as said
from tests.mail import postbox
from tests.notices import test_inbound as mailed

OFFICE = compose.Office(
    sender="letters@other.example",
    reply="course@here.example",
    base="https://c.example",
    secret=mailed.SECRET,
)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = mailed.enrolled(database_url, tmp_path)
    yield made
    made.close()


def asked(world: builders.World) -> sender.Outgoing | None:
    """The letter that is due."""
    with world.database.write() as connection:
        (claimed,) = letters.claim(connection, 5, now=mailed.NOW)
        return compose.composed(connection, claimed.letter, OFFICE, now=mailed.NOW)


def test_it_holds_a_link_that_works_and_nothing_of_the_mail(world: builders.World) -> None:
    mailed.take(world, mailed.mail("course@here.example", "Buy a xylophone now"))
    made = asked(world)
    assert made is not None
    assert made.recipient == "Sam@uni.example"
    assert b"xylophone" not in made.data
    read = postbox.read(made.data)
    assert read["Auto-Submitted"] == "auto-generated"
    (link,) = re.findall(r"https://c\.example(/mail/\S+)", postbox.text(read))
    _, _, public, mark = link.split("/")
    with world.database.read() as connection:
        row = confirm.waiting(connection, mailed.SECRET, public, mark, now=mailed.NOW)
        assert arrivals.kept(row).text == "Buy a xylophone now"


def test_nothing_is_asked_about_what_was_decided(world: builders.World) -> None:
    mailed.take(world, mailed.mail("course@here.example", "Help"))
    with world.database.write() as connection:
        (row,) = mailed.all_rows(connection)
        confirm.accept(connection, row, now=mailed.NOW)
    assert asked(world) is None


def test_where_no_letter_can_ask_staff_decide(world: builders.World) -> None:
    office = inbound.Office(
        world.database,
        mailed.SECRET,
        address="course@here.example",
        trusted="",
        clock=lambda: mailed.NOW,
        asks=False,
    )
    office.take(mailed.mail("course@here.example", "Help"), received.Envelope())
    ((state, reason),) = mailed.rows(world)
    assert (state, "no letter can ask" in reason) == ("filed", True)


def test_a_letter_from_another_host_is_found_by_its_id(world: builders.World) -> None:
    thread = said.ask(world, world.kim).id
    token = mailed.letter(world, thread)
    more = f"In-Reply-To: <{token}@other.example>\n"
    mailed.take(world, mailed.mail("course@here.example", more=more))
    assert mailed.bodies(world, thread) == ["Why?", "Thanks."]
