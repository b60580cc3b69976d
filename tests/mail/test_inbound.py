"""Mail as strangers write it: read, whatever it is; what was said is what is left."""

import smtplib
import time
from pathlib import Path

import pytest
from hypothesis import given, strategies

from courseware.mail import inbound, listen, maildir, quoted, received


def parse(raw: bytes, **given: object) -> received.Received:
    return inbound.parse(raw, received.Envelope(**given), trusted="mx.uni.example")  # type: ignore[arg-type]


HEAD = b"From: Ana <ana@uni.example>\nTo: course@uni.example\nMessage-ID: <1@x>\n"
SAID = [
    ("Yes.\n\n> old\n> older", "Yes."),
    ("Yes.\n\nOn Mon, 3 May 2026 at 10:00, Tess <t@x.example> wrote:\n> old", "Yes."),
    ("Yes.\n\nOn Mon, 3 May 2026 at 10:00,\nTess <t@x.example> wrote:\n\n> old", "Yes."),
    ("Ja.\n\nAm 3. Mai 2026 um 10:00 schrieb Tess <t@x.example>:\n> alt", "Ja."),
    ("Oui.\n\nLe lun. 3 mai 2026 à 10:00, Tess <t@x.example> a écrit :\n> vieux", "Oui."),
    ("Sí.\n\nEl lun, 3 may 2026 a las 10:00, Tess (<t@x.example>) escribió:\n> viejo", "Sí."),
    ("Yes.\n\nFrom: Tess\nSent: Monday\nTo: Ana\nSubject: Re: x\n\nold text", "Yes."),
    ("Ja.\n\n________________________________\nVon: T\nGesendet: Mo\nAn: A\nBetreff: x\n\nalt", "Ja."),
    ("Yes.\n\n-----Original Message-----\nold", "Yes."),
    ("On Monday Tess wrote:\n> old\n\nBelow.", "Below."),
    ("> old\n\nBelow.", "Below."),
    ("Yes.\n-- \nAna Lopez", "Yes."),
    ("Yes.\n\nSent from my iPhone", "Yes."),
    ("Ja.\n\nViele Grüße\nAna", "Ja."),
    ("-- \nAna", ""),
    ("> all of it", ""),
    ("- one\n- two\n\n    code()", "- one\n- two\n\n    code()"),
    ("On it goes:\nI wrote a loop", "On it goes:\nI wrote a loop"),
]


@pytest.mark.parametrize(("text", "left"), SAID)
def test_what_is_left_is_what_was_said(text: str, left: str) -> None:
    assert quoted.said(text) == left


AUTOMATIC = [
    b"Auto-Submitted: auto-replied", b"Precedence: bulk", b"Precedence: junk",
    b"X-Auto-Response-Suppress: All",
    b"List-Id: <c.courseware>", b"Return-Path: <>", b"Content-Type: multipart/report; boundary=b",
    b"Content-Type: text/calendar; method=REPLY", b"Sender: MAILER-DAEMON@x.example",
    b"Subject: Out of office: away", b"Subject: =?utf-8?q?Automatische_Antwort=3A_weg?=", b"X-Vacation: yes",
]  # fmt: skip


@pytest.mark.parametrize("line", AUTOMATIC)
def test_what_a_program_sent_is_known_as_that(line: bytes) -> None:
    assert parse(HEAD + line + b"\n\nAway.").automatic


def test_what_a_person_sent_is_not() -> None:
    assert not parse(HEAD + b"Auto-Submitted: no\n\nHere.", sender="ana@uni.example").automatic


ODD = [
    (b"Content-Type: text/plain; charset=x-nothing\n\nabc", "characters"),
    (b"Content-Type: text/plain; charset=utf-7\n\n+ADw-script+AD4-", "characters"),
    (b"Content-Type: text/plain; charset=zlib\n\nabc", "characters"),
    (b"Content-Type: text/plain; charset=utf-8\n\n\xff\xfe", "characters"),
    (b"X: " + b"x" * 300_000 + b"\n\nabc", "head"),
    (
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)),
        "parts",
    ),
    (b"Content-Type: text/plain; " + b'a=";' * 20_000 + b"\n\nabc", "length"),
    (b"\n" + b"x" * (received.MOST + 1), "large"),
]


@pytest.mark.parametrize(("rest", "why"), ODD, ids=range(len(ODD)))
def test_odd_mail_says_what_is_wrong_with_it(rest: bytes, why: str) -> None:
    began = time.monotonic()
    assert why in parse(HEAD + rest).problem
    assert time.monotonic() - began < 5


def test_html_is_read_as_words_alone() -> None:
    page = b"<p>Yes <b>so</b></p><script>x()</script><img src=http://x.example/1><blockquote>old</blockquote>"
    assert parse(HEAD + b"Content-Type: text/html\n\n" + page).text == "Yes so"


def test_nothing_hides_in_a_mail() -> None:
    found = parse(HEAD + b"Subject: =?utf-8?b?YQ0KQmNjOiB4?= \xe2\x80\xae\n\na\x00b\xe2\x80\xaec")
    assert "\n" not in found.subject
    assert (
        found.text == "abc" or parse(HEAD + b"Content-Type: text/plain; charset=utf-8\n\na\x00b").text == "ab"
    )


def test_only_the_trusted_server_vouches_and_only_in_its_topmost_header() -> None:
    def vouched(*lines: bytes) -> bool:
        told = b"".join(b"Authentication-Results: " + line + b"\n" for line in lines)
        return parse(HEAD + told + b"\nx").authentication.vouches_for("ana@uni.example")

    assert vouched(b"mx.uni.example; dmarc=pass header.from=uni.example")
    assert vouched(b"mx.uni.example; dkim=pass header.d=uni.example")
    assert not vouched(b"evil.example; dmarc=pass header.from=uni.example")
    assert not vouched(b"mx.uni.example; dkim=fail", b"mx.uni.example; dmarc=pass header.from=uni.example")
    assert not vouched(b"mx.uni.example; dkim=pass header.d=evil.example")
    assert not vouched(b"mx.uni.example; (dmarc=pass header.from=uni.example)")


def test_two_senders_are_none() -> None:
    assert parse(b"From: ana@uni.example, eve@x.example\n\nx").sender == ""
    assert parse(b'From: "ana@uni.example" <eve@x.example>\n\nx').sender == "eve@x.example"


@given(strategies.binary(max_size=2_000))
def test_any_bytes_are_read(raw: bytes) -> None:
    parse(raw)
    parse(HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + raw)


class Fake:
    """Takes what is for `known`, and can be away or refuse what it got."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.sizes: list[int] = []
        self.away = self.refuses = False

    def recipient(self, address: str) -> received.Verdict:
        known = address.startswith("known@")
        return received.Verdict(
            kind="accepted" if known else "refused", reply="250 OK" if known else "550 No"
        )

    def take(self, raw: bytes, envelope: received.Envelope) -> received.Verdict:
        if self.away:
            return received.Verdict(kind="temporary", reply="451 Later")
        self.got.append(raw)
        self.sizes.append(envelope.size)
        if self.refuses:
            return received.Verdict(kind="refused", reply="550 No")
        return received.Verdict(kind="accepted", reply="250 OK")


@pytest.mark.parametrize("speaks", ["smtp", "lmtp"])
def test_a_conversation(speaks: str) -> None:
    taker = Fake()
    server = listen.Listener(taker, "127.0.0.1", 0, speaks=speaks)
    server.start()
    try:
        kind = smtplib.LMTP if speaks == "lmtp" else smtplib.SMTP
        with kind("127.0.0.1", server.port) as client:
            client.ehlo_or_helo_if_needed()
            assert client.esmtp_features["size"] == str(received.MOST)
            assert "auth" not in client.esmtp_features
            client.sendmail("a@x.example", ["known@here"], HEAD + b"\nHello")
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                client.sendmail("a@x.example", ["other@there"], b"\n\nx")
            client.rset()
            assert client.docmd("MAIL", f"FROM:<a@x.example> SIZE={10_000_000}")[0] == 552
            taker.away = True
            client.mail("a@x.example")
            client.rcpt("known@here")
            assert client.data(b"x\r\n")[0] == 451
        assert len(taker.got) == 1
    finally:
        server.stop()


def test_a_maildir_keeps_what_cannot_be_taken_now(tmp_path: Path) -> None:
    taker = Fake()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1").write_bytes(HEAD + b"\nHello")
    (tmp_path / "new" / "link").symlink_to("/etc/hostname")
    taker.away = True
    assert maildir.sweep(tmp_path, taker) == 0
    taker.away = False
    assert maildir.sweep(tmp_path, taker) == 1
    assert [path.name for path in (tmp_path / "cur").iterdir()] == ["1:2,S"]
