"""The minute before a deadline: everybody gets a receipt soon, and then their marks in the order they came.

100 students and as many open Labs here; 5,000 and 2,000 in `make soak`, which writes what it counted to
`build/soak.jsonl`.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from courseware.store import database
from tests.benchmarks import service
from tests.journeys import test_soak as soak
from tests.load import labs, storm

pytestmark = [pytest.mark.slow, pytest.mark.soak]
STUDENTS, SECONDS = (5000, 60.0) if soak.FULL else (100, 4.0)
LABS, WATCHED = (2000, 90.0) if soak.FULL else (100, 4.0)
SLOTS = 2
RECEIPT = 2.0
"""Seconds that 99 of 100 wait for their receipt at most."""
GROWTH = 16 * storm.MEBIBYTE
SHARE = 0.6
"""Of one core, for all open Labs."""


def test_a_class_hands_in_before_the_deadline(tmp_path: Path, postgres_url: str) -> None:
    with (
        service.running(tmp_path, postgres_url, students=1, runner="workers") as (server, running),
        server.workers(SLOTS),
    ):
        owner = (server.state / "owner.token").read_text().strip()
        db = database.open_at(postgres_url)
        try:
            tokens = storm.enrol(running, owner, db, STUDENTS)
            before = storm.kept(db, server.state / "blobs")
            used = labs.processor_seconds(server.process)
            told = storm.hand_in(running, tokens, seconds=SECONDS, process=server.process)
            used = labs.processor_seconds(server.process) - used
            drained = storm.drain(db, patience=STUDENTS / 2)
            grown = storm.kept(db, server.state / "blobs") - before
        finally:
            db.close()
        share = labs.ask(running, tokens[:LABS], seconds=WATCHED, process=server.process)
    _report(told, drained, share, {"service_ms": used * 1000 / STUDENTS, "kept_kb": grown / STUDENTS / 1000})
    assert told.statuses == {201: STUDENTS}
    assert told.p99 <= RECEIPT
    assert told.growth <= GROWTH
    assert drained.ended == {"marked": STUDENTS}
    assert drained.overtaken <= 2 * SLOTS
    assert set(share.statuses) == {200}
    assert share.asked >= LABS * 0.9
    assert share.core <= SHARE


def _report(told: storm.Storm, drained: storm.Drained, share: labs.Share, each: Mapping[str, float]) -> None:
    """One line about a run, for whoever reads what pytest captured, and for `make soak`; `each` is what one
    hand-in costs.
    """
    line = json.dumps(
        {
            "storm": STUDENTS,
            "cores": os.cpu_count(),
            "receipt_p50": round(sorted(told.receipts)[len(told.receipts) // 2], 3),
            "receipt_p99": round(told.p99, 3),
            "receipt_max": round(max(told.receipts), 3),
            "memory_mib": [size // storm.MEBIBYTE for size in (told.memory[0], max(told.memory))],
            "growth_mib": round(told.growth / storm.MEBIBYTE, 1),
            "ended": dict(drained.ended),
            "drained_after": drained.seconds,
            "per_second": drained.per_second,
            "overtaken": drained.overtaken,
            "labs": LABS,
            "asked": share.asked,
            "core": share.core,
            **{name: round(value, 1) for name, value in each.items()},
        }
    )
    print(line)
    if soak.FULL:
        (soak.ROOT / "build").mkdir(exist_ok=True)
        with (soak.ROOT / "build" / "soak.jsonl").open("a") as stream:
            stream.write(line + "\n")
