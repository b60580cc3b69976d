"""Handing in: once, in order, signed, and nothing lost; on both databases."""

import concurrent.futures
import dataclasses
import datetime
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import obstore.store
import pytest

from courseware import errors, receipt
from courseware.course import courses, manifest
from courseware.exchange import keys, receipts, submissions, submit
from courseware.exchange import model as exchange_model
from courseware.grading import gradings, turns, worth
from courseware.store import blobs
from tests import builders
from tests.builders import HOUR, NOW, upload


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def hand_in(
    world: builders.World, wish: exchange_model.Upload, *, now: datetime.datetime = NOW, lesson: str = "one"
) -> submit.Received:
    return submit.receive_upload(world.desk, world.sam, lesson, wish, now=now)


def test_a_receipt_holds_and_the_chain_too(world: builders.World) -> None:
    first, second = hand_in(world, upload("k1")), hand_in(world, upload("k2"))
    assert receipt.problems(first.receipt, {"n.ipynb": builders.NOTEBOOK}) == []
    assert second.receipt["previous"] == receipt.digest(first.receipt)
    with world.database.read() as connection:
        assert receipts.broken_link(connection, world.course) is None
        signing = keys.current(connection, world.course)
    assert signing is not None
    assert first.receipt["public_key"] == signing[1]


def test_a_receipt_that_was_changed_does_not_hold(world: builders.World) -> None:
    body = hand_in(world, upload("k1")).receipt
    files = {"n.ipynb": builders.NOTEBOOK}
    assert receipt.problems({**body, "received": "2020-01-01T00:00:00Z"}, files) != []
    assert receipt.problems(body, {"n.ipynb": b"else"}) == ["n.ipynb is not what was handed in."]
    assert receipt.problems(body, {}) == ["n.ipynb is not there."]
    assert receipt.problems(body, files, pinned=("other",)) != []


def test_the_same_key_is_the_same_hand_in(world: builders.World) -> None:
    first, again = hand_in(world, upload("k")), hand_in(world, upload("k"))
    assert (first.fresh, again.fresh) == (True, False)
    assert again.receipt == first.receipt
    with pytest.raises(errors.UserError, match="another hand-in"):
        hand_in(world, upload("k", builders.NOTEBOOK + b"\n"))


def test_two_quick_clicks_are_one(world: builders.World) -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: hand_in(world, upload("k")), range(8)))
    assert len({each.submission.public for each in got}) == 1
    assert sum(each.fresh for each in got) == 1


def test_a_clock_that_goes_backwards_keeps_the_order(world: builders.World) -> None:
    first = hand_in(world, upload("k1"), now=NOW)
    second = hand_in(world, upload("k2"), now=NOW - HOUR)
    assert second.submission.received >= first.submission.received
    assert second.receipt["sequence"] == first.receipt["sequence"] + 1
    with world.database.read() as connection:
        kept = submissions.by_id(connection, second.submission.id)
    assert kept == second.submission
    assert kept.received == datetime.datetime.fromisoformat(second.receipt["received"])


def test_many_people_at_once_are_one_chain(world: builders.World) -> None:
    def one(number: int) -> int:
        who = (world.sam, world.kim, world.teacher)[number % 3]
        given = upload(f"k{number}", builders.NOTEBOOK + b" " * number)
        return submit.receive_upload(world.desk, who, "one", given, now=NOW).submission.id

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(one, range(24)))) == 24
    with world.database.read() as connection:
        assert receipts.broken_link(connection, world.course) is None


def test_of_two_at_once_only_as_many_are_taken_as_are_left(world: builders.World) -> None:
    """Both ask before either is written, so only what is asked once more can tell."""
    text = builders.MANIFEST.replace("[[lessons]]", "[policies]\nattempts = 1\n\n[[lessons]]", 1)
    with world.database.write() as connection:
        course = courses.put(connection, manifest.parse(text), text, now=NOW)
    viewer = dataclasses.replace(world.sam, course=course)
    both = threading.Barrier(2)

    class Together(blobs.Blobs):
        """Files that are kept once two are to be."""

        def put(self, data: bytes) -> str:
            both.wait(30)
            return super().put(data)

    desk = dataclasses.replace(world.desk, blobs=Together(obstore.store.MemoryStore(), None))

    def one(key: str) -> str:
        try:
            return submit.receive_upload(desk, viewer, "one", upload(key), now=NOW).submission.public
        except errors.UserError as error:
            return error.message

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(one, ("k1", "k2")))
    assert told[0].startswith("You have handed in 1 time, and 1 is all")
    assert told[1].startswith("sub_")


def test_a_clock_that_once_stood_ahead_closes_nothing(world: builders.World) -> None:
    ahead = hand_in(world, upload("k1"), now=NOW + 24 * HOUR)
    after = hand_in(world, upload("k2"), now=NOW)
    assert ahead.submission.late_seconds > 0
    assert after.submission.late_seconds == after.receipt["late_seconds"] == 0
    assert after.submission.received >= ahead.submission.received
    staff = submit.receive_upload(world.desk, world.teacher, "one", upload("k3"), now=NOW + 900 * HOUR)
    assert staff.fresh
    assert hand_in(world, upload("k4"), now=NOW).submission.late_seconds == 0
    with pytest.raises(errors.UserError, match="is closed"):
        hand_in(world, upload("k5"), now=NOW + 48 * HOUR)


def test_a_lost_receipt_is_given_again_when_the_lesson_has_closed(world: builders.World) -> None:
    first = hand_in(world, upload("k"))
    again = hand_in(world, upload("k"), now=NOW + 48 * HOUR)
    assert (again.fresh, again.receipt) == (False, first.receipt)
    with pytest.raises(errors.UserError, match="another hand-in"):
        hand_in(world, upload("k", builders.NOTEBOOK + b"\n"), now=NOW + 48 * HOUR)
    with pytest.raises(errors.UserError, match="is closed"):
        hand_in(world, upload("k2"), now=NOW + 48 * HOUR)


def test_late_is_accepted_and_told_and_closed_is_refused(world: builders.World) -> None:
    on_time = hand_in(world, upload("k1"), now=NOW)
    late = hand_in(world, upload("k2"), now=NOW + 3 * HOUR)
    assert (on_time.submission.late_seconds, late.submission.late_seconds) == (0, 7200)
    with world.database.read() as connection:
        ledger = worth.ledger(connection, world.course, [world.one], now=NOW)
    assert ledger.counting(world.sam.person.id, world.one) == on_time.submission
    with pytest.raises(errors.UserError, match="is closed"):
        hand_in(world, upload("k3"), now=NOW + 48 * HOUR)
    with pytest.raises(errors.UserError, match="not open yet"):
        hand_in(world, upload("k4"), lesson="two")


def test_the_time_of_receipt_decides_and_the_receipt_says_both(world: builders.World) -> None:
    due = NOW + HOUR
    received, worked = due + datetime.timedelta(minutes=1), due - HOUR
    wish = dataclasses.replace(upload("k"), worked=worked)
    told = hand_in(world, wish, now=received)
    assert (told.submission.late_seconds, told.receipt["late_seconds"]) == (60, 60)
    assert (told.receipt["worked"], told.receipt["received"]) == (
        f"{worked:%Y-%m-%dT%H:%M:%SZ}",
        f"{received:%Y-%m-%dT%H:%M:%SZ}",
    )
    assert receipt.problems(told.receipt, {"n.ipynb": builders.NOTEBOOK}) == []


@pytest.mark.parametrize(
    ("claim", "kept"),
    [
        ("2026-11-23T09:00:00+05:00", "2026-11-23T04:00:00Z"),
        ("2999-01-01T00:00:00Z", f"{NOW:%Y-%m-%dT%H:%M:%SZ}"),
        ("9999-12-31T23:59:59-10:00", f"{NOW:%Y-%m-%dT%H:%M:%SZ}"),
        ("1999-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00+10:00", None),
        ("2026-11-23T09:00:00", None),
    ],
    ids=["zone", "future", "no-utc", "old", "no-utc-old", "no-zone"],
)
def test_a_time_of_work_that_cannot_be_hinders_nobody(
    world: builders.World, claim: str, kept: str | None
) -> None:
    """A machine's clock may be wrong, and it is only a claim."""
    wish = dataclasses.replace(upload("k"), worked=datetime.datetime.fromisoformat(claim))
    told = hand_in(world, wish, now=NOW)
    assert (told.receipt["worked"], told.submission.late_seconds) == (kept, 0)
    assert hand_in(world, wish, now=NOW + HOUR).receipt == told.receipt


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (upload("a", b"no notebook"), "not a notebook"),
        (upload("b", name="../n.ipynb"), "plain relative path"),
        (upload("c", release=7), "no release 7"),
        (upload("", release=1), "Idempotency-Key"),
        (upload("d", name="renamed.ipynb"), r"n\.ipynb\) none is in this hand-in \(renamed\.ipynb"),
        (upload("e", b"hello", name="x.txt"), r"n\.ipynb\) none is in this hand-in \(x\.txt"),
        (upload("f", name="folder/n.ipynb"), "none is in this hand-in"),
    ],
)
def test_what_cannot_be_taken_leaves_nothing(
    world: builders.World, wish: exchange_model.Upload, says: str
) -> None:
    with pytest.raises(errors.UserError, match=says):
        hand_in(world, wish)
    with world.database.read() as connection:
        assert submissions.of_person(connection, world.sam.person.id, world.one.id) == []


class Full(blobs.Blobs):
    """A store on a full disk."""

    def __init__(self) -> None:
        super().__init__(None, None)  # type: ignore[arg-type]  # nothing is ever written

    def put(self, data: bytes) -> str:
        raise errors.Temporary("The course's storage cannot take files now. Try again later.")


def test_a_full_disk_is_temporary_and_keeps_no_half(world: builders.World) -> None:
    desk = submit.Desk(database=world.database, blobs=Full(), keys=world.keys, enqueue=world.desk.enqueue)
    with pytest.raises(errors.Temporary):
        submit.receive_upload(desk, world.sam, "one", upload("k"), now=NOW)
    assert hand_in(world, upload("k")).fresh


def test_a_notebook_of_another_lesson_is_refused(world: builders.World) -> None:
    book: dict[str, Any] = json.loads(builders.NOTEBOOK)
    book["metadata"]["courseware"] = {"course": "c", "lesson": "two"}
    with pytest.raises(errors.UserError, match="belongs to the lesson 'two'"):
        hand_in(world, upload("k", json.dumps(book).encode()))
    book["metadata"]["courseware"] = {"course": "another", "lesson": "one"}
    with pytest.raises(errors.UserError, match="belongs to the course 'another', not to 'c'"):
        hand_in(world, upload("k", json.dumps(book).encode()))


def test_a_newer_hand_in_sets_a_waiting_one_aside_only_if_it_cannot_count(world: builders.World) -> None:
    first, second = hand_in(world, upload("k1")), hand_in(world, upload("k2"))
    late = hand_in(world, upload("k3"), now=NOW + 3 * HOUR)
    with world.database.read() as connection:
        states = [
            found.state
            for each in (first, second, late)
            if (found := gradings.current(connection, each.submission.id))
        ]
    assert states == ["superseded", "waiting", "waiting"]


def test_a_newer_hand_in_moves_an_older_waiting_one_back(world: builders.World) -> None:
    first = hand_in(world, upload("k1"))
    kims = submit.receive_upload(world.desk, world.kim, "one", upload("k"), now=NOW).submission
    late = hand_in(world, upload("k2"), now=NOW + 3 * HOUR)
    with world.database.write() as connection:
        order = [gradings.by_id(connection, key).submission_id for key in turns.order(connection)]
        back = gradings.current(connection, first.submission.id)
        assert back is not None
        assert turns.Turns().before(connection, back.id) == 2
    assert order == [kims.id, late.submission.id, first.submission.id]


def test_the_last_failed_attempt_is_news(world: builders.World) -> None:
    received = hand_in(world, upload("k"))
    with world.database.write() as connection:
        waiting = gradings.current(connection, received.submission.id)
        assert waiting is not None
        for _ in range(gradings.MAX_ATTEMPTS):
            assert gradings.claim(connection, waiting.id, now=NOW) is not None
        assert gradings.claim(connection, waiting.id, now=NOW) is None
        assert gradings.claim(connection, waiting.id, now=NOW) is None
        assert gradings.by_id(connection, waiting.id).state == "failed"
        told = [(each.kind, each.subject) for each in builders.events(connection)]
    assert told.count(("submission.failed", received.submission.public)) == 1


def test_only_the_attempt_that_owns_a_grading_writes_it(world: builders.World) -> None:
    received = hand_in(world, upload("k"))
    with world.database.write() as connection:
        waiting = gradings.current(connection, received.submission.id)
        assert waiting is not None
        old = gradings.claim(connection, waiting.id, now=NOW)
        new = gradings.claim(connection, waiting.id, now=NOW)
        assert old is not None
        assert new is not None
        assert gradings.finish(connection, old, state="failed", now=NOW) is False
        assert gradings.finish(connection, new, state="marked", now=NOW) is True
        assert gradings.claim(connection, waiting.id, now=NOW) is None
