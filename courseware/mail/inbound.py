"""Read a mail that somebody sent: from raw bytes to a record.

In: bytes, and how they arrived. Out: `Received`, whatever the bytes are. What would take long or deep to read
(many nested parts, huge headers) is not read: the record says so in `problem`. Headers are taken raw and read
by `headers`, with limits; the standard parser is used for the parts.
"""

import email
import email.message
import email.policy
import re

from courseware.mail import authentication, automatic, body, headers, quoted, received

NESTED, HEAD = 40, 256_000
_CONTAINER = re.compile(rb"boundary|message/", re.I)
_LONG_FIELD = re.compile(rb"^content-[a-z-]{1,40}:[^\n]*(?:\n[ \t][^\n]*)*", re.I | re.M)


def parse(raw: bytes, envelope: received.Envelope, *, trusted: str) -> received.Received:
    """The mail. `trusted` is the name under which our own server writes Authentication-Results."""
    problem = _bomb(raw, envelope)
    message = _message(_head(raw) if problem else raw)
    if message is None:
        message, problem = _message(_head(raw)[:4_000]) or email.message.Message(), "it cannot be read"
    told = headers.Headers(message)
    text, left_out = "", 0
    if not problem:
        whole, problem, left_out = body.read(message)
        text = quoted.said(whole)
    senders = headers.addresses(told.all("from"))
    returned = _return_path(told) if envelope.sender is None else _bare(envelope.sender)
    names = ("delivered-to", "x-original-to", "to", "cc")
    recipients = (
        *(_bare(each) for each in envelope.recipients),
        *(each for name in names for each in headers.addresses(told.all(name))),
    )
    return received.Received(
        sender=senders[0] if len(senders) == 1 and len(told.all("from")) == 1 else "",
        envelope_sender=returned or "",
        recipients=tuple(dict.fromkeys(recipients))[:100],
        message_id=next(iter(headers.ids([told.first("message-id")])), told.first("message-id")[:500]),
        references=headers.ids(told.all("in-reply-to", "references"))[:200],
        subject=headers.words(told.first("subject"))[:300],
        text=text,
        date=told.first("date")[:100],
        automatic=automatic.reason(told, returned),
        problem=problem,
        left_out=left_out,
        authentication=authentication.found(told.all("authentication-results"), trusted),
    )


def _bomb(raw: bytes, envelope: received.Envelope) -> str:
    """Why the parts of a mail are not looked at."""
    if max(len(raw), envelope.size) > received.MOST:
        return "it is too large"
    if len(_head(raw)) > HEAD:
        return "its head is too large"
    if sum(1 for _ in _CONTAINER.finditer(raw)) > NESTED:
        return "it has too many parts"
    if any(found.end() - found.start() > 4_000 for found in _LONG_FIELD.finditer(raw)):
        return "its parts are described at too great a length"
    return ""


def _head(raw: bytes) -> bytes:
    """The headers of a mail."""
    ends = [at for at in (raw.find(b"\n\n"), raw.find(b"\n\r\n")) if at >= 0]
    return raw[: min(ends) + 1] if ends else raw[: HEAD + 1]


def _message(raw: bytes) -> email.message.Message | None:
    """The parsed mail, or nothing where the parser gives up."""
    try:
        return email.message_from_bytes(raw[: received.MOST], policy=email.policy.compat32)
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError):
        return None


def _return_path(told: headers.Headers) -> str | None:
    """Where bounces would go; empty for the null path, None where no server wrote it."""
    found = told.all("return-path")
    return _bare(found[0]) if found else None


def _bare(address: str) -> str:
    return address.strip().strip("<>").strip().lower()
