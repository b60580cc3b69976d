"""How long it takes to tell 5,000 people and to send them their digest, over SMTP on loopback.

In: a database's address and a scratch folder. Out: seconds of the run of rules and of the run of the outbox.
"""

import contextlib
import dataclasses
import datetime
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from courseware.course import dates
from courseware.discussion import model as talk
from courseware.discussion import write
from courseware.mail import smtp
from courseware.notices import compose, outbox, rules
from courseware.store import ids, schema, schema_notices
from tests import builders
from tests.builders import NOW
from tests.journeys import test_lab_student as lab
from tests.mail import postbox

PEOPLE, SAID = 5_000, 4
TAKEN = "taken"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Times:
    """Seconds."""

    told: float
    sent: float


def measure(url: str, folder: Path, *, people: int = PEOPLE) -> Times:
    """The times of both runs.

    Raises:
        RuntimeError: somebody did not get exactly one letter.
    """
    world = builders.world(url, folder)
    try:
        _enrol(world, people)
        rules.run(world.database, mail=False, now=NOW)
        for number in range(SAID):
            words = talk.Words(body=f"News number **{number}**, with `code` and a [link](https://x.example).")
            wish = talk.Beginning(words=words, kind="announcement", title=f"News {number}")
            with world.database.write() as connection:
                write.begin(connection, world.teacher, talk.Place(course=world.course), wish, now=NOW)
        began = time.perf_counter()
        rules.run(world.database, mail=True, now=NOW)
        told = time.perf_counter() - began
        office = compose.Office(
            sender="c@school.example", reply="", base="https://c.example", secret=b"s" * 32
        )
        with _sink(folder) as port:
            sending = outbox.Outbox(
                database=world.database,
                sender=smtp.Smtp(host="127.0.0.1", port=port, security="plain"),
                office=office,
                clock=lambda: NOW + datetime.timedelta(days=2),
            )
            began = time.perf_counter()
            outbox.run(sending)
            sent = time.perf_counter() - began
            time.sleep(0.5)  # the sink notes what it took twenty times a second
        taken = (folder / TAKEN).read_text().split()
        if not len(set(taken)) == len(taken) == people:
            raise RuntimeError(f"{len(taken)} letters reached {len(set(taken))} of {people} people")
        return Times(told=round(told, 1), sent=round(sent, 1))
    finally:
        world.close()


@contextlib.contextmanager
def _sink(folder: Path) -> Iterator[int]:
    """A mail server in a process of its own, as mail servers are; it notes whom each letter is for."""
    port = lab.free_port()
    argv = [sys.executable, "-m", "tests.benchmarks.digest", str(folder / TAKEN), str(port)]
    process = subprocess.Popen(argv, cwd=Path(__file__).parents[2])
    try:
        lab.wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def serve(path: Path, port: int) -> None:
    """Take letters until the process is ended."""
    box = postbox.Postbox()
    with postbox.listening(box, port=port), path.open("w", buffering=1) as kept:
        done = 0
        while True:
            for to, _ in box.taken[done:]:
                kept.write(f"{to}\n")
                done += 1
            time.sleep(0.05)


def _enrol(world: builders.World, people: int) -> None:
    """So many students who want one digest a day."""
    with world.database.write() as connection:
        rows = [
            {
                "public": ids.new("per"),
                "username": f"p{n}",
                "name": f"Person {n}",
                "email": f"p{n}@school.example",
                "created": NOW,
            }
            for n in range(people)
        ]
        connection.execute(schema.person.insert(), rows)
        mine = schema.person.c.email.is_not(None)
        keys = connection.execute(sa.select(schema.person.c.id).where(mine)).scalars().all()
        place = {"course_id": world.course.id, "role": "student", "added": NOW}
        connection.execute(schema.membership.insert(), [{"person_id": key, **place} for key in keys])
        wanted = {"kind": "announcement", "choice": "daily"}
        connection.execute(
            schema_notices.mail_choice.insert(), [{"person_id": key, **wanted} for key in keys]
        )
        dates.rewrite(connection, world.course)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
