"""Mail that no person wrote just now: out-of-office notes, bounces, lists, our own letters come back.

In: the headers of a mail and the sender of its envelope. Out: why it is automatic, in words, or nothing. Such
mail is never answered and never becomes a comment (RFC 3834).
"""

import re

from courseware.mail import headers

_LISTS = ("list-id", "list-unsubscribe", "list-post", "list-help", "feedback-id")
_ROBOTS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-response-suppress",
    "x-loop",
    "x-failed-recipients",
    "x-vacation",
)
_PRECEDENCE = {"bulk", "junk", "list", "auto_reply"}
_NOBODY = re.compile(
    r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|vacation)"
    r"([+.=-].*)?@.*",
    re.S,
)
_AWAY = re.compile(
    r"(automatic reply|auto(matic)?[ -]?reply|out of (the )?office|autosvar|automatische antwort|"
    r"abwesenheits|"
    r"réponse automatique|respuesta automática|risposta automatica|resposta automática|automatisch antwoord|"
    r"undeliver|delivery status notification|mail delivery failed|returned mail|accepted:|"
    r"declined:|tentative:)",
    re.I,
)


def reason(found: headers.Headers, envelope_sender: str | None) -> str:
    """Why a mail counts as automatic."""
    submitted = found.first("auto-submitted").partition(";")[0].strip().lower()
    kind = found.first("content-type").lower()
    checks = (
        (submitted not in ("", "no"), "it says that it was sent by a program"),
        (found.first("precedence").strip().lower() in _PRECEDENCE, "it was sent in bulk"),
        (bool(found.all(*_LISTS)), "it came from a mailing list"),
        (bool(found.all(*_ROBOTS)), "it was sent by a program"),
        (envelope_sender == "", "it has no return path"),
        (kind.startswith("multipart/report"), "it reports on another mail"),
        (kind.startswith("text/calendar"), "it answers an invitation"),
        (
            any(_NOBODY.fullmatch(each) for each in _senders(found, envelope_sender)),
            "nobody reads its sender",
        ),
        (
            bool(_AWAY.match(headers.words(found.first("subject")))),
            "its subject is that of an automatic reply",
        ),
    )
    return next((told for holds, told in checks if holds), "")


def _senders(found: headers.Headers, envelope_sender: str | None) -> tuple[str, ...]:
    return (*headers.addresses(found.all("from", "sender")), envelope_sender or "")
