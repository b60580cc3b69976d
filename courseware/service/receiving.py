"""Mail that comes in while the service runs.

In: a running service and the settings of mail. Out: listeners and polls in threads of their own, until the
block ends; nothing where no way in is set. Refused: a way in without the
address that letters are answered at.
"""

import contextlib
import logging
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from courseware import errors, settings, wiring
from courseware.mail import imap, listen, maildir
from courseware.notices import arrivals, inbound, reply_address

log = logging.getLogger("courseware.mail")


@contextlib.contextmanager
def running(service: wiring.Service, whole: settings.Settings) -> Iterator[None]:
    """Take mail in every way that is set, until the block ends.

    Raises:
        UserError: no usable address that letters are answered at, or one to listen at that is taken or no
            HOST:PORT.
    """
    told = whole.inbound
    if not (told.smtp or told.lmtp or told.maildir or told.imap):
        yield
        return
    if not whole.mail.reply:
        raise errors.UserError(
            "[inbound] says how mail comes in, so [mail] reply must name the address that is answered to."
        )
    reply_address.address(whole.mail.reply, "")  # refuses one that cannot carry a token
    office = inbound.Office(
        service.database,
        service.mail_secret,
        address=whole.mail.reply,
        trusted=told.authserv,
        clock=service.clock,
        asks=service.teller.sender is not None,
    )
    stop = threading.Event()
    with contextlib.ExitStack() as stack:
        for speaks, where in (("smtp", told.smtp), ("lmtp", told.lmtp)):
            if where:
                stack.callback(_listening(office, where, speaks, told).stop)
        polls = [threading.Thread(target=_poll, args=(each, stop, told.poll_seconds), daemon=True)
                 for each in _sweeps(service, office, told)]  # fmt: skip
        for thread in polls:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in polls:
                thread.join(20)


def _listening(office: inbound.Office, where: str, speaks: str, told: settings.Inbound) -> listen.Listener:
    host, port = _place(where)
    made = listen.Listener(office, host, port, speaks=speaks)
    try:
        if told.certificate:
            made.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            made.tls.load_cert_chain(told.certificate, told.key or None)
        made.start()
    except OSError as error:
        raise errors.UserError(f"Cannot take mail at {where}: {error}.") from None
    return made


def _sweeps(
    service: wiring.Service, office: inbound.Office, told: settings.Inbound
) -> list[Callable[[], object]]:
    """What is looked at again and again."""

    def tidy() -> None:
        with service.database.write() as connection:
            arrivals.tidy(connection, service.clock())

    found: list[Callable[[], object]] = [tidy]
    if told.maildir:
        found.append(lambda: maildir.sweep(Path(told.maildir), office))
    if told.imap:
        host, port = _place(told.imap)
        box = imap.Mailbox(
            host=host,
            port=port,
            user=told.imap_user,
            password=told.imap_password,
            folder=told.imap_folder,
            tls=told.imap_security == "tls",
        )
        found.append(lambda: imap.sweep(box, office))
    return found


def _poll(sweep: Callable[[], object], stop: threading.Event, seconds: float) -> None:
    while not stop.is_set():
        try:
            sweep()
        except errors.CoursewareError as error:
            log.warning("mail waits: %s", error.message)
        except Exception:
            # A defect must not end the taking of mail; what was not taken stays where it is.
            log.exception("mail could not be taken")
        stop.wait(seconds)


def _place(where: str) -> tuple[str, int]:
    host, _, port = where.rpartition(":")
    if not host or not port.isdigit():
        raise errors.UserError(f"{where!r} is no HOST:PORT.")
    return host, int(port)
