"""Letters to a mail server: the one place that speaks SMTP outwards.

In: where the server is, how the line is kept private, name and password. Out: a `Sender`. The server's
certificate is checked. What goes wrong with the server itself (no answer, a refused login, a refused sender
address) is `Away`: the letters are not to blame, and wait.
"""

import contextlib
import dataclasses
import smtplib
import ssl
from collections.abc import Iterator
from typing import Literal

from courseware import errors
from courseware.mail import sender

Security = Literal["starttls", "tls", "plain"]
_PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "plain": 25}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Smtp:
    """See `sender.Sender`; `authorities` is a file of certificates to trust instead of the system's."""

    host: str
    port: int = 0
    security: Security = "starttls"
    user: str = ""
    password: str = dataclasses.field(default="", repr=False)
    timeout: float = 30.0
    authorities: str = ""

    @contextlib.contextmanager
    def open(self) -> Iterator[sender.Session]:
        """Connect, make the line private, sign in; see `sender.Sender`."""
        line = self._connected()
        try:
            yield _Session(line)
        finally:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                line.quit()
            line.close()

    def _connected(self) -> smtplib.SMTP:
        """A line that is ready for letters."""
        port = self.port or _PORTS[self.security]
        line: smtplib.SMTP | None = None
        try:
            if self.security == "tls":
                line = smtplib.SMTP_SSL(self.host, port, timeout=self.timeout, context=self._context())
            else:
                line = smtplib.SMTP(self.host, port, timeout=self.timeout)
            if self.security == "starttls":
                line.starttls(context=self._context())
            if self.user:
                line.login(self.user, self.password)
            line.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as error:
            if line is not None:
                line.close()
            said = _said(error)
            raise sender.Away(f"The mail server {self.host}:{port} cannot be used now: {said}.") from error
        return line

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authorities or None)


class _Session:
    """See `sender.Session`."""

    def __init__(self, line: smtplib.SMTP) -> None:
        self._line = line

    def send(self, letter: sender.Outgoing) -> None:
        """Hand over one letter; see `sender.Session`."""
        try:
            self._line.sendmail(letter.sender, [letter.recipient], letter.data)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _refusal(code, text) from error
        except smtplib.SMTPSenderRefused as error:
            said = _said(error)
            raise sender.Away(f"The mail server refuses the sender {letter.sender}: {said}.") from error
        except smtplib.SMTPServerDisconnected as error:
            raise sender.Away("The mail server broke the conversation off.") from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise sender.Away(f"The mail server broke off: {_said(error)}.") from error


def _refusal(code: int, text: bytes | str) -> errors.CoursewareError:
    """What the server's answer to a letter means; 421 says that it closes the line."""
    said = f"The mail server said: {code} {_text(text)}"
    if code == 421 or not 400 <= code < 600:
        return sender.Away(said)
    return errors.Temporary(said) if code < 500 else errors.Permanent(said)


def _said(error: Exception) -> str:
    """The words of an error in one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return _text(str(error)) or type(error).__name__


def _text(given: bytes | str) -> str:
    told = given.decode("utf-8", "replace") if isinstance(given, bytes) else given
    return " ".join(told.split())[:300].rstrip(".")
