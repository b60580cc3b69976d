"""A mail server on loopback that takes letters for tests: real SMTP, with the faults that servers have.

In: how it should behave. Out: where it listens, and the letters it took.
"""

import contextlib
import datetime
import email
import email.message
import email.policy
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aiosmtpd import controller, smtp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.journeys import test_lab_student as lab


class Postbox:
    """What the server took, and what it shall do next."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.refuse_recipient: dict[str, str] = {}
        self.refuse_data = ""
        self.die_after_data = 0
        self.conversations = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse_recipient:
            return self.refuse_recipient[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuse_data:
            return self.refuse_data
        self.taken.append((envelope.rcpt_tos[0], envelope.content))
        if self.die_after_data:
            self.die_after_data -= 1
            # The letter is kept, and the line is cut before the server could say so.
            server.transport.abort()
        return "250 taken"

    def letters(self, recipient: str = "") -> list[email.message.EmailMessage]:
        """What came in, read as a mail program reads it; of one recipient, or all."""
        return [read(data) for to, data in self.taken if recipient in ("", to)]

    def mailbox(self, recipient: str) -> dict[str, email.message.EmailMessage]:
        """What somebody finds: letters with one Message-ID are one."""
        return {str(each["Message-ID"]): each for each in self.letters(recipient)}


def read(data: bytes) -> email.message.EmailMessage:
    """A letter as a mail program reads it."""
    made = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(made, email.message.EmailMessage)
    return made


def text(letter: email.message.EmailMessage, kind: str = "plain") -> str:
    """One of a letter's two bodies."""
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@contextlib.contextmanager
def listening(box: Postbox, *, port: int = 0, **how: Any) -> Iterator[int]:
    """The server until the block ends; its port."""
    server = controller.Controller(box, hostname="127.0.0.1", port=port or lab.free_port(), **how)
    server.start()
    try:
        yield int(server.port)
    finally:
        server.stop()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's key and certificate for 127.0.0.1 and localhost, and the file that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    return context, chain


def knows(user: str, password: str) -> Any:
    """What checks a login."""

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> smtp.AuthResult:
        right = data.login == user.encode() and data.password == password.encode()
        return smtp.AuthResult(success=right, handled=False)

    return check
