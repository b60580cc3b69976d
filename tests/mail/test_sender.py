"""What both senders do, over a real conversation on loopback and into a folder; and what can go wrong."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.mail import folder, message, sender, smtp
from tests.mail import postbox

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


def letter(number: int = 1, to: str = "sam@example.org") -> sender.Outgoing:
    made = message.Letter(
        sender="course@example.org",
        sender_name="Ein Kurs: über „Zahlen“",
        recipient=to,
        recipient_name="Sam",
        subject="Grüße",
        message_id=f"<{number}@example.org>",
        date=NOW,
        text="Hallo\n.\nEnde",
        html="<p>Hallo</p>",
        more={"Auto-Submitted": "auto-generated"},
    )
    return sender.Outgoing(sender="course@example.org", recipient=to, data=message.built(made))


@pytest.fixture(params=["smtp", "folder"])
def place(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[sender.Sender, Callable[[], list[bytes]]]]:
    """A sender, and what arrived."""
    if request.param == "folder":
        kept = tmp_path / "letters"
        yield folder.Folder(path=kept), lambda: [path.read_bytes() for path in sorted(kept.glob("*.eml"))]
        return
    box = postbox.Postbox()
    with postbox.listening(box) as port:
        yield (
            smtp.Smtp(host="127.0.0.1", port=port, security="plain"),
            lambda: [data for _, data in box.taken],
        )


def test_letters_arrive_whole(place: tuple[sender.Sender, Callable[[], list[bytes]]]) -> None:
    to, arrived = place
    with to.open() as session:
        for number in range(3):
            session.send(letter(number))
    found = [postbox.read(data) for data in arrived()]
    assert {str(each["Message-ID"]) for each in found} == {f"<{n}@example.org>" for n in range(3)}
    for each in found:
        assert each["Subject"] == "Grüße"
        assert each["From"].addresses[0].display_name == "Ein Kurs: über „Zahlen“"
        assert postbox.text(each).replace("\r\n", "\n") == "Hallo\n.\nEnde\n"


def test_a_folder_keeps_one_letter_of_one_message_id(tmp_path: Path) -> None:
    with folder.Folder(path=tmp_path / "a").open() as session:
        session.send(letter())
        session.send(letter())
        session.send(letter(to="kim@example.org"))
    assert len(list((tmp_path / "a").glob("*.eml"))) == 2
    assert not list((tmp_path / "a").glob(".*"))


def test_a_folder_that_cannot_be_made_is_away(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(sender.Away), folder.Folder(path=tmp_path / "file" / "x").open():
        pass


def test_starttls_and_login(tmp_path: Path) -> None:
    context, trusted = postbox.certificate(tmp_path)
    box = postbox.Postbox()
    how = {"tls_context": context, "authenticator": postbox.knows("me", "secret"), "auth_required": True}
    with postbox.listening(box, **how) as port:
        right = {"host": "localhost", "port": port, "authorities": str(trusted), "timeout": 10.0}
        with smtp.Smtp(**right, user="me", password="secret").open() as session:  # type: ignore[arg-type]
            session.send(letter())
        for wrong in (
            smtp.Smtp(**right, user="me", password="wrong"),  # type: ignore[arg-type]
            smtp.Smtp(host="localhost", port=port, user="me", password="secret", timeout=10),
            smtp.Smtp(host="localhost", port=port, security="tls", timeout=10, authorities=str(trusted)),
        ):
            with pytest.raises(sender.Away), wrong.open():
                pass
    assert len(box.taken) == 1


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    context, trusted = postbox.certificate(tmp_path)
    box = postbox.Postbox()
    with (
        postbox.listening(box, ssl_context=context) as port,
        smtp.Smtp(host="localhost", port=port, security="tls", authorities=str(trusted)).open() as session,
    ):
        session.send(letter())
    assert len(box.taken) == 1


def test_a_password_is_not_in_what_is_printed() -> None:
    assert "hunter2" not in repr(smtp.Smtp(host="h", user="u", password="hunter2"))


def test_a_server_that_is_not_there_is_away() -> None:
    box = postbox.Postbox()
    with postbox.listening(box) as port:
        pass
    with (
        pytest.raises(sender.Away, match="cannot be used now"),
        smtp.Smtp(host="127.0.0.1", port=port, security="plain").open(),
    ):
        pass


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("550 no such mailbox", errors.Permanent),
        ("452 mailbox is full", errors.Temporary),
        ("421 closing", sender.Away),
    ],
)
def test_what_a_server_says_of_a_letter(said: str, means: type[Exception]) -> None:
    box = postbox.Postbox()
    box.refuse_recipient["sam@example.org"] = said
    with (
        postbox.listening(box) as port,
        smtp.Smtp(host="127.0.0.1", port=port, security="plain").open() as session,
    ):
        with pytest.raises(means) as refused:
            session.send(letter())
        assert type(refused.value) is means
        if means is not sender.Away:
            session.send(letter(2, to="kim@example.org"))
    assert len(box.taken) == (0 if means is sender.Away else 1)


@pytest.mark.parametrize(("said", "means"), [("554 spam", errors.Permanent), ("451 later", errors.Temporary)])
def test_a_refusal_after_the_text(said: str, means: type[Exception]) -> None:
    box = postbox.Postbox()
    box.refuse_data = said
    with (
        postbox.listening(box) as port,
        smtp.Smtp(host="127.0.0.1", port=port, security="plain").open() as session,
        pytest.raises(means),
    ):
        session.send(letter())


def test_a_server_that_dies_after_the_text_is_away() -> None:
    box = postbox.Postbox()
    box.die_after_data = 1
    with (
        postbox.listening(box) as port,
        pytest.raises(sender.Away),
        smtp.Smtp(host="127.0.0.1", port=port, security="plain", timeout=5).open() as session,
    ):
        session.send(letter())
    assert len(box.taken) == 1
