"""One contract for every way in: what is taken is gone, what cannot be taken now is offered again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.mail import imap, received
from tests.mail import mailbox, postbox, ways
from tests.mail import test_inbound as odd

RAW = odd.HEAD + b"Subject: Hello\n\nOne\n.\nTwo \xc3\xa9\n"


@pytest.fixture(params=ways.NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def taker() -> odd.Fake:
    return odd.Fake()


@pytest.fixture
def way(name: str, taker: odd.Fake, tmp_path: Path) -> Iterator[ways.Way]:
    with ways.way(name, taker, tmp_path, to="known@here") as made:
        yield made


def plain(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").rstrip(b"\n")


def test_what_is_taken_came_whole_and_waits_no_more(way: ways.Way, taker: odd.Fake) -> None:
    way.give(RAW)
    way.move()
    way.move()
    assert [plain(raw) for raw in taker.got] == [plain(RAW)]
    assert way.waiting == 0


def test_what_cannot_be_taken_now_waits_and_is_taken_later(way: ways.Way, taker: odd.Fake) -> None:
    taker.away = True
    for _ in range(3):
        way.give(RAW)
    way.move()
    assert (way.waiting, taker.got) == (3, [])
    taker.away = False
    way.move()
    assert (way.waiting, len(taker.got)) == (0, 3)


def test_what_is_refused_is_not_offered_again(way: ways.Way, taker: odd.Fake) -> None:
    taker.refuses = True
    way.give(RAW)
    way.move()
    way.move()
    assert (way.waiting, len(taker.got)) == (0, 1)


def test_of_what_is_too_large_the_head_is_read_at_most(way: ways.Way, taker: odd.Fake) -> None:
    way.give(RAW + (b"x" * 76 + b"\n") * (received.MOST // 77 + 100))
    way.give(RAW)
    way.move()
    assert way.waiting == 0
    assert plain(taker.got[-1]) == plain(RAW)
    assert all(len(raw) < 300_000 for raw in taker.got)
    assert all(size > received.MOST for size in taker.sizes[:-1])


def at(port: int, *, tls: bool = False, **more: str) -> imap.Mailbox:
    told = {"user": "course", "password": "in the box", **more}
    return imap.Mailbox(host="127.0.0.1", port=port, tls=tls, **told)


def test_a_mailbox_that_refuses_or_goes_away_loses_nothing(taker: odd.Fake) -> None:
    box = mailbox.Mailbox()
    box.messages.append(RAW)
    with mailbox.listening(box) as port:
        for wrong in (at(port, password="x"), at(port, folder="Other")):
            with pytest.raises(errors.Temporary):
                imap.sweep(wrong, taker)
        for command in ("LOGIN", "SELECT", "UID SEARCH", "UID FETCH"):
            box.dies_at = command
            with pytest.raises(errors.Temporary):
                imap.sweep(at(port), taker)
        assert (taker.got, box.unseen) == ([], [1])
        box.dies_at = "UID STORE"
        with pytest.raises(errors.Temporary):
            imap.sweep(at(port), taker)
        box.dies_at = ""
        assert imap.sweep(at(port), taker) == 1
    # Offered twice, since it was not marked: whoever takes it knows it by then.
    assert (len(taker.got), box.unseen) == (2, [])
    with pytest.raises(errors.Temporary):
        imap.sweep(at(port), taker)


def test_a_message_that_the_mailbox_does_not_give_is_not_marked(taker: odd.Fake) -> None:
    box = mailbox.Mailbox()
    box.messages.append(RAW)
    box.empty_fetch = True
    with mailbox.listening(box) as port:
        assert imap.sweep(at(port), taker) == 0
    assert (taker.got, box.unseen) == ([], [1])


def test_a_mailbox_with_a_certificate_of_nobody_is_not_told_the_password(
    taker: odd.Fake, tmp_path: Path
) -> None:
    context, _ = postbox.certificate(tmp_path)
    box = mailbox.Mailbox()
    with mailbox.listening(box, context) as port, pytest.raises(errors.Temporary, match="certificate"):
        imap.sweep(at(port, tls=True), taker)
    assert box.said == []
