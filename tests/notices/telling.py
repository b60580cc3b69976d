"""A process that tells people as a service does, by a clock that a test moves: to be killed in the middle.

In: a database's address, the port of a mail server, a file with the time. Out: letters, until it is ended.
"""

import datetime
import sys
import threading
from pathlib import Path

from courseware.mail import smtp
from courseware.notices import teller
from courseware.store import database
from tests.notices import told


def main(url: str, port: str, clock: str) -> None:
    """Tell until somebody ends this process."""
    where = smtp.Smtp(host="127.0.0.1", port=int(port), security="plain", timeout=10)

    def now() -> datetime.datetime:
        return datetime.datetime.fromisoformat(Path(clock).read_text())

    telling = teller.Teller(database.open_at(url), now, where, told.OFFICE)
    telling.start()
    print("tells", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
