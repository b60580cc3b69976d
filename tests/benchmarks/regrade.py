"""How fast a regrade is tried out on a running service, beside the engine alone on the same hand-ins.

In: a scratch folder. Out: rows. The engine is `courseware autograde`, the slope between few students and all
of them; a dry run goes through the service, its queue and its database. Both use as many slots, in isolated
tests, and rounds alternate. No round takes over what another found: each is by other tests.
"""

import dataclasses
import hashlib
import json
import statistics
import time
from pathlib import Path
from typing import Any

import httpx

from tests.benchmarks import grading, hand_ins, rows, service

STUDENTS, FEW, ROUNDS, SLOTS = 200, 20, 3, 2
LEAST = 0.8
LOOK_SECONDS = 0.7
"""As often as the page looks how far it is."""
MOST_SECONDS = 120
_LESSON, _ASSIGNMENT = service.LESSON, "ps1"
_NOTEBOOK = f"{_LESSON}.ipynb"


def all_rows(scratch: Path) -> list[rows.Row]:
    """What a hand-in takes in a dry run, and what applying it takes, beside the engine's."""
    scratch.mkdir()
    course = hand_ins.course(scratch / "course", STUDENTS, figure=False)
    with service.running(scratch, "", students=STUDENTS) as (server, running):
        owner = (server.state / "owner.token").read_text().strip()
        with running.client(owner) as client:
            desk = _Desk(client, running.course, course)
            desk.release(0)
            for number, token in enumerate(running.students):
                with running.client(token) as student:
                    desk.hand_in(student, number)
            with running.client(running.students[-1]) as student:
                desk.settle(student)
            alone, tried, applied = _rounds(desk, server)
    return [
        _row("the engine alone", alone),
        _row("a dry run of a regrade", tried),
        _row("applying it", applied),
        rows.Row(
            name="a dry run's rate beside the engine's, hand-ins a second",
            value=round(alone / tried, 2),
            unit="x",
            budget=LEAST,
            at_most=False,
        ),
    ]


def _rounds(desk: "_Desk", server: service.Server) -> tuple[float, float, float]:
    """Seconds of a hand-in: by the engine, in a dry run, and while one is applied."""
    engine, tried, applied = [], [], []
    for number in range(1, ROUNDS + 1):
        server.rest()
        engine.append(grading.engine_seconds(desk.source, FEW, STUDENTS, workers=SLOTS))
        desk.release(number)
        tried.append(_pace(desk.watched("", {"draft": False}, "ready")))
        whole = desk.watched("/apply", {"id": desk.newest()["id"]}, "applied")
        applied.append((whole[-1].at - whole[0].at) / STUDENTS)
    return statistics.median(engine), statistics.median(tried), statistics.median(applied)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Look:
    """How many hand-ins were through, at a time in seconds."""

    at: float
    done: int


def _pace(seen: list[_Look]) -> float:
    """Seconds of a hand-in once the first ones are through, as the engine's are told without its start."""
    under_way = [each for each in seen if 0 < each.done < STUDENTS]
    first, last = under_way[0], under_way[-1]
    return (last.at - first.at) / (last.done - first.done)


def _row(what: str, seconds: float) -> rows.Row:
    name = f"{what}, a hand-in, {SLOTS} slots"
    return rows.Row(name=name, value=round(seconds * 1000, 1), unit="ms")


class _Desk:
    """What an instructor does with a lesson on the service, and the class's hand-ins in a folder."""

    def __init__(self, client: httpx.Client, course: str, source: Path) -> None:
        self.source = source
        self._client = client
        self._lesson = f"/api/v1/courses/{course}/lessons/{_LESSON}"
        self._asked = 0

    def release(self, number: int) -> None:
        """Publish the lesson with another test than before."""
        book = json.loads((self.source / "source" / _ASSIGNMENT / f"{_ASSIGNMENT}.ipynb").read_text())
        book["cells"][-1]["source"] += f"\nassert f2({number}) == {number + 2}"
        manifest = {"manifest": json.dumps({"accept": [], "notes": ""})}
        self._post("/releases", data=manifest, files=[("file", (_NOTEBOOK, json.dumps(book)))])

    def hand_in(self, student: httpx.Client, number: int) -> None:
        """Hand in the work of the student of this number."""
        folder = self.source / "submitted" / hand_ins.names(number + 1)[-1] / _ASSIGNMENT
        content = (folder / f"{_ASSIGNMENT}.ipynb").read_bytes()
        entry = {"path": _NOTEBOOK, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        answer = student.post(
            f"{self._lesson}/submissions",
            data={"manifest": json.dumps({"release": 2, "files": [entry]})},
            files={"file": (_NOTEBOOK, content)},
            headers={"Idempotency-Key": f"hand-in-{number}"},
        )
        answer.raise_for_status()

    def settle(self, last: httpx.Client) -> None:
        """Wait until the hand-in of who came last is marked."""
        listed = last.get(f"{self._lesson}/submissions").raise_for_status().json()["submissions"]
        until = time.monotonic() + MOST_SECONDS
        while last.get(f"/api/v1/submissions/{listed[0]['id']}").json()["state"] in {"waiting", "running"}:
            if time.monotonic() > until:
                raise RuntimeError("the class was not graded")
            time.sleep(0.1)

    def newest(self) -> dict[str, Any]:
        """The newest dry run."""
        return self._get("/trial")

    def watched(self, place: str, body: dict[str, Any], state: str) -> list[_Look]:
        """Begin something with a dry run, and look until it stands so."""
        seen = [_Look(at=time.perf_counter(), done=0)]
        self._post(f"/trial{place}", json=body)
        while True:
            told = self._get("/trial/progress")
            seen.append(_Look(at=time.perf_counter(), done=told["done"]))
            if told["state"] == state:
                return seen
            if seen[-1].at - seen[0].at > MOST_SECONDS:
                raise RuntimeError(f"the dry run stands at {told}")
            time.sleep(LOOK_SECONDS)

    def _post(self, place: str, **what: Any) -> None:
        self._asked += 1
        key = {"Idempotency-Key": f"desk-{self._asked}"}
        self._client.post(self._lesson + place, headers=key, timeout=300, **what).raise_for_status()

    def _get(self, place: str) -> dict[str, Any]:
        told: dict[str, Any] = self._client.get(self._lesson + place).raise_for_status().json()
        return told
