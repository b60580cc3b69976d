"""Mail about what changed since its letter, the same mail at once from several sides, and texts that are
emptied; on both databases.
"""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.discussion import moderation
from courseware.mail import received
from courseware.notices import arrivals
from tests import builders
from tests.discussion import test_threads as said
from tests.mail import ways
from tests.notices import test_inbound as mailed


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = mailed.enrolled(database_url, tmp_path)
    yield made
    made.close()


def changed(world: builders.World, thread: str, change: moderation.ThreadChange) -> None:
    with world.database.write() as connection:
        moderation.change_thread(connection, world.teacher, thread, change, now=mailed.NOW)


CHANGES = {
    "locked": (moderation.ThreadChange(locked=True), "closed"),
    "hidden": (moderation.ThreadChange(hidden=True), "no such discussion"),
    "left": (None, "not in this course any more"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_reply_to_what_is_closed_to_its_sender_is_refused_in_words_and_never_posted(
    world: builders.World, case: str
) -> None:
    change, words = CHANGES[case]
    thread = said.ask(world, world.kim).id
    raw = mailed.mail(f"course+{mailed.letter(world, thread)}@here.example", "Late.")
    if change is not None:
        changed(world, thread, change)
    else:
        mailed.leave(world)
    verdict = mailed.office(world).take(raw, received.Envelope(answering=True))
    assert verdict.kind == "refused"
    assert verdict.reply.startswith("550 5.7.1 ")
    assert words in verdict.reply
    assert (mailed.rows(world), mailed.bodies(world, thread)) == ([], ["Why?"])
    # Nobody hears a verdict about what lies in a folder: staff get to see it.
    assert mailed.take(world, raw, answering=False) == "accepted"
    ((state, reason),) = mailed.rows(world)
    assert (state, words in reason) == ("filed", True)
    assert mailed.bodies(world, thread) == ["Why?"]
    with world.database.read() as connection:
        (row,) = arrivals.filed(connection, world.teacher)
    assert (row["person_id"] is None) == (case == "left")


@pytest.mark.parametrize("to", ["reply", "course"])
def test_the_same_mail_from_several_sides_at_once_acts_once(world: builders.World, to: str) -> None:
    thread = said.ask(world, world.kim).id
    token = mailed.letter(world, thread)
    detail = f"+{token}" if to == "reply" else ""
    raw = mailed.mail(f"course{detail}@here.example", "At once.", more=mailed.VOUCHED)
    office, together, verdicts = mailed.office(world), threading.Barrier(4), list[str]()

    def deliver() -> None:
        together.wait()
        verdicts.append(office.take(raw, received.Envelope()).kind)

    sides = [threading.Thread(target=deliver) for _ in range(4)]
    for side in sides:
        side.start()
    for side in sides:
        side.join(60)
    while "temporary" in verdicts:  # busy is no answer: it is offered again
        verdicts.remove("temporary")
        verdicts.append(office.take(raw, received.Envelope()).kind)
    assert verdicts == ["accepted"] * 4
    assert [state for state, _ in mailed.rows(world)] == ["posted"]
    if to == "reply":
        assert mailed.bodies(world, thread) == ["Why?", "At once."]


def test_one_mail_by_every_way_is_one_post(world: builders.World, tmp_path: Path) -> None:
    thread = said.ask(world, world.kim).id
    to = f"course+{mailed.letter(world, thread)}@here.example"
    raw = mailed.mail(to, "One.\n\n> old\n")
    office = mailed.office(world)
    with contextlib.ExitStack() as stack:
        for name in ways.NAMES:
            way = stack.enter_context(ways.way(name, office, tmp_path, to=to))
            way.give(raw)
            way.move()
            assert way.waiting == 0
    assert mailed.bodies(world, thread) == ["Why?", "One."]


@pytest.mark.parametrize("name", ways.NAMES)
def test_a_mail_to_the_course_comes_in_by_every_way(world: builders.World, tmp_path: Path, name: str) -> None:
    with ways.way(name, mailed.office(world), tmp_path, to="course+c@here.example") as way:
        way.give(mailed.mail("course+c@here.example", "Help", more=mailed.VOUCHED))
        way.move()
        assert way.waiting == 0
    assert mailed.rows(world) == [("posted", "")]


def test_no_text_is_kept_for_longer_than_thirty_days(world: builders.World) -> None:
    mailed.take(world, mailed.mail("course@here.example", "Who?"))
    mailed.take(world, mailed.mail("course@here.example", "Help", sender="eve@x.example"))

    def texts(after: int) -> int:
        with world.database.write() as connection:
            arrivals.tidy(connection, mailed.NOW + arrivals.KEPT * after / 30)
            return sum(row["kept"] is not None for row in mailed.all_rows(connection))

    assert [texts(29), texts(30), texts(31)] == [2, 2, 0]
    assert mailed.take(world, mailed.mail("course@here.example", "Who?")) == "accepted"
    assert [state for state, _ in mailed.rows(world)] == ["asked", "filed"]
