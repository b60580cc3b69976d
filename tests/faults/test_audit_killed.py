"""The service is killed while staff change things: each change and its record are both there, or neither."""

import concurrent.futures
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from courseware.store import database, schema, schema_audit
from tests import trust
from tests.journeys import test_class_of_five as five

pytestmark = pytest.mark.slow
C = "/api/v1/courses/data-in-python"
GROUPS = 400


@pytest.fixture
def served(tmp_path: Path, served_database: str) -> Iterator[five.Class]:
    made = five.Class(tmp_path, served_database)
    made.command("people", "add", "sam")
    yield made
    made.end()


def counted(world: five.Class) -> tuple[int, int]:
    """How many changes of groups there are, by the journal and by the audit."""
    state = world.folder / "state" / "courseware" / "data-in-python"
    db = database.open_at(
        world.environment["COURSEWARE_STORE_DATABASE"] or f"sqlite:///{state / 'courseware.db'}"
    )
    entry, record = schema.journal, schema_audit.access_record
    groups = record.c.route == "/api/v1/courses/{c}/groups/{g}"
    with db.read() as connection:
        found = [
            connection.execute(sa.select(sa.func.count()).select_from(table).where(which)).scalar_one()
            for table, which in ((entry, entry.c.kind == "group.changed"), (record, groups))
        ]
    db.close()
    return found[0], found[1]


def test_a_change_and_its_record_are_one(served: five.Class) -> None:
    state = served.folder / "state" / "courseware" / "data-in-python"
    token = (state / "owner.token").read_text().strip()
    some, answered = threading.Event(), []

    def change(number: int) -> None:
        url = f"http://127.0.0.1:{served.port}{C}/groups/g{number}"
        head = {"Authorization": f"Bearer {token}"}
        try:
            answer = httpx.put(url, headers=head, json={"people": ["sam"]}, timeout=30, verify=trust.known())
        except httpx.TransportError:
            return
        assert answer.status_code == 200, answer.text
        answered.append(number)
        if len(answered) >= 20:
            some.set()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(change, number) for number in range(GROUPS)]
        assert some.wait(60)
        served.service.send_signal(signal.SIGKILL)
        served.service.wait()
        for each in asked:
            each.result()
    served.service = served.serve()
    changes, records = counted(served)
    assert changes == records
    assert len(answered) <= changes < GROUPS
