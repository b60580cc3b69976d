"""A semester's people and their network: fourteen learners in fourteen time zones and one teacher.

In: a scratch folder and the port of a mail server. Out: the real service by a clock that goes three hours a
step, and what everybody made, asked and was shown. Everybody acts only while they are awake, with the
programs of a student's machine.
"""

import collections
import contextlib
import dataclasses
import datetime
import json
import os
import random
import time
import uuid
import zoneinfo
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from courseware import errors
from courseware.course import people
from courseware.lab import client, connections, copies, work
from courseware.notices import model as notice_model
from courseware.notices import preferences
from courseware.store import database, schema_notices
from tests import commands, forked, trust
from tests.journeys import clocked, flaky
from tests.journeys import test_lab_student as lab
from tests.notebook import build

SEED = 20261128
ZONES = (
    "Pacific/Apia",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Lisbon",
    "America/St_Johns",
    "America/Santiago",
    "America/Los_Angeles",
    "Pacific/Marquesas",
)
TEACHER_ZONE = zoneinfo.ZoneInfo("America/New_York")
BEGIN = datetime.datetime(2026, 9, 14, 12, tzinfo=datetime.UTC)
FULL = os.environ.get("COURSEWARE_SCALE") == "full"
WEEKS, STEP = 15 if FULL else 4, datetime.timedelta(hours=3)
LESSONS = tuple(f"week-{number}" for number in range(1, WEEKS, 2))
CUT = 0.08
RIGHT, WRONG = "def twice(x):\n    return 2 * x", "def twice(x):\n    return x"
C = "/api/v1/courses/tiny"


def course() -> str:
    """The manifest: a lesson every second week, due on Sunday evening in New York."""
    parts = ['[course]\nid = "tiny"\ntitle = "A semester"\ntime_zone = "America/New_York"\n']
    parts.append('[policies]\nmarks = "at-once"\n')
    for number, slug in enumerate(LESSONS):
        due = BEGIN.date() + datetime.timedelta(days=14 * number + 13)
        parts.append(f'[[lessons]]\nslug = "{slug}"\ntitle = "Lesson {number + 1}"\ndue = "{due}T20:00"\n')
    return "\n".join(parts)


def notebook() -> bytes:
    """One exercise."""
    cells = (
        {**build.answer(f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION", "twice"), "id": "answer"},
        {**build.machine("assert twice(2) == 4", "test-twice", points=2), "id": "tests"},
    )
    return json.dumps(build.book(*cells)).encode()


@dataclasses.dataclass
class Learner:
    """Somebody, their machine, and what they have done."""

    name: str
    zone: zoneinfo.ZoneInfo
    root: Path
    file: Path
    made: dict[str, list[bool]] = dataclasses.field(default_factory=lambda: collections.defaultdict(list))
    drafts: list[tuple[str, str, dict[str, Any]]] = dataclasses.field(default_factory=list)
    asked: list[str] = dataclasses.field(default_factory=list)
    visits: list[set[str]] = dataclasses.field(default_factory=list)

    def service(self) -> client.Client:
        return client.for_connection(self.connection)

    @property
    def connection(self) -> connections.Connection:
        return connections.read(self.file)[0]

    def awake(self, now: datetime.datetime) -> bool:
        return 8 <= now.astimezone(self.zone).hour < 22


class Semester:
    """The service, its mail, the network, and everybody."""

    def __init__(self, folder: Path, outgoing: int) -> None:
        self.folder, self.course = folder, folder / "course"
        self.random = random.Random(SEED)
        self.now, self.file = BEGIN, folder / "clock.json"
        clocked.write(self.file, self.now)
        told = {"MAIL_HOST": "127.0.0.1", "MAIL_PORT": str(outgoing), "MAIL_SECURITY": "plain"}
        told |= {"MAIL_SENDER": "course@here.example"}
        self.environment = {
            **os.environ,
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            **{f"COURSEWARE_{name}": value for name, value in told.items()},
        }
        for slug in LESSONS:
            (self.course / "lessons" / slug).mkdir(parents=True)
            (self.course / "lessons" / slug / f"{slug}.ipynb").write_bytes(notebook())
        (self.course / "course.toml").write_text(course())
        self.port = lab.free_port()
        self.process = self._serve()
        self.network = flaky.Flaky(self.port, SEED, CUT)
        try:
            self._begin()
        except BaseException:
            self.stop()
            raise

    def _begin(self) -> None:
        """Everybody joins; all lessons are released."""
        self.command("people", "add", "tess", "--role", "instructor", "--email", "tess@uni.example")
        self.tess = self._api(self._join("tess", self.port))
        self.learners = [self._learner(number) for number in range(len(ZONES))]
        self._live()
        for slug in LESSONS:
            self.command("release", slug)

    def _serve(self) -> forked.Process:
        log = self.folder / "service.log"
        process = clocked.start(self.course, self.port, self.file, log=log, environment=self.environment)
        lab.wait_answering(self.port)
        return process

    def command(self, *arguments: str) -> str:
        done = commands.run(*arguments, cwd=self.course, environment=self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _join(self, name: str, port: int) -> Path:
        link = self.command("people", "link", name).strip().replace(f":{self.port}/", f":{port}/")
        file = self.folder / f"{name}.json"
        while True:
            try:
                work.join(link, file)
                return file
            except errors.Temporary:
                link = self.command("people", "link", name).strip().replace(f":{self.port}/", f":{port}/")

    def _learner(self, number: int) -> Learner:
        name = f"s{number:02}"
        self.command("people", "add", name, "--email", f"{name}@uni.example")
        root = self.folder / name
        root.mkdir()
        zone = zoneinfo.ZoneInfo(ZONES[number])
        return Learner(name=name, zone=zone, root=root, file=self._join(name, self.network.port))

    def _api(self, file: Path) -> httpx.Client:
        token = {"Authorization": f"Bearer {connections.read(file)[0].credential}"}
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", headers=token, timeout=60, verify=trust.known()
        )

    def _live(self) -> None:
        """Everybody has said where they live."""
        self.kept = database.open_at(f"sqlite:///{self.folder / 'state/courseware/tiny/courseware.db'}")
        with self.kept.write() as connection:
            for each in self.learners:
                person = people.by_username(connection, each.name)
                habit = notice_model.Habit(time_zone=each.zone.key)
                preferences.keep_habit(connection, person.id, habit)

    def leap(self) -> None:
        """Three hours later; no letter is on its way meanwhile: it would be written before and sent after.
        Nothing is claimed while this transaction writes.
        """
        t = schema_notices.letter
        under_way = sa.select(t.c.id).where(t.c.state == "sending").limit(1)
        self.now += STEP
        while True:
            with self.kept.write() as connection:
                if connection.execute(under_way).first() is None:
                    clocked.write(self.file, self.now)
                    return
            time.sleep(0.01)

    def end(self) -> None:
        self.tess.close()
        self.kept.close()
        self.stop()

    def stop(self) -> None:
        self.network.close()
        self.process.terminate()
        self.process.wait(30)

    def lives(self, who: Learner) -> None:
        """What somebody does when they sit down: first what is left over, then perhaps something new."""
        with contextlib.closing(who.service()) as service, contextlib.suppress(errors.Temporary):
            for slug in who.made:
                work.flush(service, self.copy(who, slug))
        self.send(who)
        self.look(who)
        chance = self.random.random()
        slug = self.open_lesson()
        with contextlib.closing(who.service()) as service, contextlib.suppress(errors.Temporary):
            if chance < 0.25:
                self.work_on(who, service, slug)
            elif chance < 0.32:
                self.ask(who, slug)

    def open_lesson(self) -> str:
        """The one of these two weeks."""
        return LESSONS[min(len(LESSONS) - 1, (self.now - BEGIN).days // 14)]

    def copy(self, who: Learner, slug: str) -> copies.Copy:
        found = copies.find(copies.place(who.root, "tiny", slug))
        assert found is not None
        return found

    def work_on(self, who: Learner, service: client.Client, slug: str) -> None:
        """Get the lesson, type something, hand in; what does not go through waits on the machine."""
        if copies.find(copies.place(who.root, "tiny", slug)) is None:
            work.get(service, who.connection, who.root, slug)
        copy, right = self.copy(who, slug), self.random.random() < 0.5
        path = copy.folder / f"{slug}.ipynb"
        book = json.loads(path.read_text())
        (cell,) = (each for each in book["cells"] if each["id"] == "answer")
        cell["source"] = f"# {len(who.made[slug])}\n{RIGHT if right else WRONG}"
        path.write_text(json.dumps(book))
        who.made[slug].append(right)
        work.submit(service, copy, now=self.now)

    def ask(self, who: Learner, slug: str) -> None:
        """A question on a cell, written down before it is sent."""
        body = f"{who.name} asks {len(who.asked)}"
        who.asked.append(body)
        wish = {"key": "twice", "kind": "question", "title": "", "body": body, "anonymous": False}
        path = f"{C}/lessons/{slug}/threads"
        who.drafts.append((uuid.uuid4().hex, path, {**wish, "attachment": None}))
        self.send(who)

    def send(self, who: Learner) -> None:
        """Send what was written, under the key that it had the first time; what fails stays."""
        for key, path, wish in list(who.drafts):
            with contextlib.suppress(httpx.TransportError), self.mine(who) as api:
                answer = api.post(path, json=wish, headers={"Idempotency-Key": key})
                assert answer.is_success, answer.text
                who.drafts.remove((key, path, wish))

    def mine(self, who: Learner) -> httpx.Client:
        """Somebody's way to the service, through the network."""
        token = {"Authorization": f"Bearer {who.connection.credential}"}
        base = f"http://127.0.0.1:{self.network.port}"
        return httpx.Client(base_url=base, headers=token, timeout=60, verify=trust.known())

    def look(self, who: Learner) -> None:
        """What is new; asked again until it comes, as a panel does."""
        while True:
            with contextlib.suppress(httpx.TransportError), self.mine(who) as api:
                told = api.get(f"{C}/since").raise_for_status().json()
                break
        said = told["talk"]["said"]
        assert told["talk"]["number"] == len(said)
        who.visits.append({each["post"]["id"] for each in said if each["why"] == "answer"})

    def teach(self) -> None:
        """Tess answers what waits, when she is awake and has time."""
        told = self.tess.get(f"{C}/threads", params={"filter": "unanswered"}).raise_for_status().json()
        for each in told["threads"]:
            path = f"/api/v1/threads/{each['id']}/posts"
            wish = {"body": "Twice means two times.", "anonymous": False, "attachment": None}
            headers = {"Idempotency-Key": uuid.uuid4().hex}
            self.tess.post(path, json=wish, headers=headers).raise_for_status()

    def run(self) -> None:
        """The semester, step by step."""
        for _ in range(WEEKS * 7 * 24 // 3):
            self.leap()
            for who in self.learners:
                if who.awake(self.now) and self.random.random() < 0.3:
                    self.lives(who)
            if 9 <= self.now.astimezone(TEACHER_ZONE).hour < 18 and self.random.random() < 0.5:
                self.teach()
        self.end_cut_off(self.learners[0])

    def end_cut_off(self, who: Learner) -> None:
        """The last question of the semester stays on the machine of who asks it."""
        self.network.down = True
        self.ask(who, self.open_lesson())
        assert who.drafts
        self.network.down = False

    def settle(self) -> None:
        """The network holds, and everybody is there once more, in the middle of their day. A question that
        was cut off on somebody's last day comes now, and is answered as the others were.
        """
        self.network.calm = True
        for _ in range(16):
            self.leap()
            self.teach()
            for who in self.learners:
                if who.awake(self.now):
                    with contextlib.closing(who.service()) as service:
                        for slug in who.made:
                            work.flush(service, self.copy(who, slug))
                    self.send(who)
                    self.look(who)
            time.sleep(0.3)
