"""A letter's bytes: nothing that somebody wrote becomes a header, and long words stay whole."""

import dataclasses
import datetime

import pytest
from hypothesis import given, settings, strategies

from courseware import errors
from courseware.mail import message
from tests.mail import postbox

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
PLAIN = message.Letter(
    sender="course@example.org",
    sender_name="A course",
    recipient="sam@example.org",
    recipient_name="Sam",
    subject="Hello",
    message_id="<a@example.org>",
    date=NOW,
    text="text",
    html="<p>text</p>",
    more={},
)
EVIL = "x\r\nBcc: eve@example.org\r\n\r\nbody\u2028\u0085\x0bBcc: eve@example.org"
TEXTS = strategies.text(strategies.characters(exclude_categories=["Cs"]), max_size=200)


@given(subject=TEXTS, name=TEXTS, text=TEXTS)
@settings(max_examples=200, deadline=None)
def test_no_text_makes_a_header(subject: str, name: str, text: str) -> None:
    for evil in ("", EVIL):
        made = dataclasses.replace(
            PLAIN,
            subject=subject + evil,
            sender_name=name + evil,
            recipient_name=evil + name,
            text=text,
            html=text,
        )
        read = postbox.read(message.built(made))
        assert sorted(read.keys()) == [
            "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To",
        ]  # fmt: skip
        assert [each.addr_spec for each in read["To"].addresses] == ["sam@example.org"]
        assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]


def test_long_words_stay_whole() -> None:
    address = f"<https://course.example.org/unsubscribe/{'u' * 300}>"
    more = {"List-Unsubscribe": address, "References": f"<thr_{'a' * 26}@{'h' * 100}.example.org>"}
    data = message.built(
        dataclasses.replace(PLAIN, more=more, message_id=f"<{'m' * 42}@{'h' * 100}.example.org>")
    )
    for value in (*more.values(), "m" * 42):
        assert value.encode() in data
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    assert data.count(b"\n") == data.count(b"\r\n")


def test_a_letter_is_built_the_same_again() -> None:
    assert message.built(PLAIN) == message.built(PLAIN)


@pytest.mark.parametrize(
    "wrong", ["", "sam", "sam@", "@x", "a b@x", "a@x\r\nBcc: b@x", "a@x,b@x", "<a@x>", "ü@example.org"]
)
def test_an_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(errors.Permanent):
        message.built(dataclasses.replace(PLAIN, recipient=wrong))


def test_a_host_in_another_script_gets_its_plain_form() -> None:
    read = postbox.read(message.built(dataclasses.replace(PLAIN, recipient="sam@bücher.example")))
    assert read["To"].addresses[0].addr_spec == "sam@xn--bcher-kva.example"
