"""A class and what it did in three weeks, made through the real service, the same each time.

In: a folder. Out: a course that is served by a clock of its own, with people who joined by their links, got
their working copies, handed them in over HTTP and were marked by the real engine; who watched, asked and were
answered; and by `plan`, what each of them must have. It is made once a run (`once`), and served from copies
(`Class`). Never more than 40 different hand-ins of a lesson: what is equal comes from the service's cache.
"""

import contextlib
import dataclasses
import datetime
import fcntl
import os
import random
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from playwright.sync_api import Browser, Page

from courseware.lab import client, launcher, work
from courseware.store import database, schema
from tests import forked, trust
from tests.journeys import answers, clocked
from tests.journeys import test_class_of_five as five
from tests.journeys import test_lab_student as lab

SEED, PEOPLE = 7, 40
BEGIN = datetime.datetime(2026, 11, 2, 8, tzinfo=datetime.UTC)
WEEK, HOUR = datetime.timedelta(days=7), datetime.timedelta(hours=1)
NOW = BEGIN + 3 * WEEK + 4 * HOUR
_GIVEN = ("Ada", "Bao", "Chloé", "Dieter", "Esra", "Farid", "Gül", "Hana", "Ivo", "Jun", "Kofi")
_FAMILY = ("Abel", "Brandt-Oberhuber", "Çelik", "Diallo", "Eriksson", "Fuchs", "García", "Huang", "Ito")
_LONG = {5: "Maximiliane Wolkenstein-Rodenegg von und zu Trostburg", 11: "علي حسن", 17: "=Cem+1"}
"""Names that are hard to show, by number; the last one is no formula."""
ABSENT, LEFT = range(3), range(3, 7)
"""By number: who never comes, and who hands in once and is seen no more."""


def course() -> str:
    """The manifest: a lesson a week, due on Sunday evening; each late day costs a tenth."""
    parts = ['[course]\nid = "c"\ntitle = "A class"\ntime_zone = "Europe/Berlin"\n']
    parts.append('[policies]\nmarks = "at-once"\nlate = { kind = "linear", percent = 10 }\n')
    parts.append("[attention]\nenabled = true\nweeks = 6\n")
    for number, (slug, (title, _)) in enumerate(answers.LESSONS.items()):
        due = BEGIN.date() + datetime.timedelta(days=7 * number + 6)
        parts.append(f'[[lessons]]\nslug = "{slug}"\ntitle = "{title}"\ndue = "{due}T20:00"\n')
    return "\n".join(parts)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody: how sure of themselves from 0 to 1, where they keep their work."""

    number: int
    name: str
    sure: float

    @property
    def username(self) -> str:
        return f"s{self.number:02}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Work:
    """A hand-in that is to come: when, of whom, and what is in it."""

    at: datetime.datetime
    person: Person
    lesson: str
    given: tuple[answers.Answer, answers.Answer]
    said: str
    late: bool

    @property
    def points(self) -> float:
        """What the tests give for it, before what is late loses."""
        return sum(each.points for each in self.given)


def people() -> list[Person]:
    """Everybody."""
    chance = random.Random(SEED)
    return [
        Person(
            number=number,
            name=_LONG.get(number, f"{_GIVEN[number % 11]} {_FAMILY[number % 9]}"),
            sure=chance.random(),
        )
        for number in range(PEOPLE)
    ]


def plan() -> list[Work]:
    """All hand-ins in the order of their times."""
    chance = random.Random(SEED)
    found: list[Work] = []
    for each in people():
        for week, slug in enumerate(answers.LESSONS):
            stays = each.number not in ABSENT and (week == 0 or each.number not in LEFT)
            if stays and chance.random() > 0.07:
                found += _of_lesson(each, slug, BEGIN + week * WEEK, chance)
    return sorted(found, key=lambda each: (each.at, each.person.number))


def _of_lesson(person: Person, slug: str, begin: datetime.datetime, chance: random.Random) -> list[Work]:
    """One or two hand-ins of somebody, the later one better; some come after the due date."""
    due = begin + datetime.timedelta(days=6, hours=11)  # 20:00 in Berlin
    at = due - chance.randint(1, 100) * HOUR + chance.randint(0, 59) * datetime.timedelta(minutes=1)
    late, again = chance.random() < 0.12, chance.random() < 0.25
    if late:
        at = due + 20 * HOUR
    hopes = [person.sure, min(1.0, person.sure + 0.4)] if again and not late else [person.sure]
    _, exercises = answers.LESSONS[slug]
    made = []
    for number, hope in enumerate(hopes):
        first, second = (
            chance.choice(each.right if chance.random() < 0.25 + 0.7 * hope else each.wrong)
            for each in exercises
        )
        said = answers.SAID[exercises[0].right.index(first) if first in exercises[0].right else 4]
        when = at if number == 0 else at + (due - at) / 2
        made.append(Work(at=when, person=person, lesson=slug, given=(first, second), said=said, late=late))
    return made


def counting() -> dict[tuple[str, str], Work]:
    """By person and lesson the hand-in that counts: the last one."""
    return {(each.person.username, each.lesson): each for each in plan()}


class Class(five.Class):
    """The course, served by a clock that goes on from where the class is now."""

    def __init__(self, folder: Path, original: Path | None = None) -> None:
        self.folder, self.course, self.port = folder, folder / "course", lab.free_port()
        state = {"XDG_STATE_HOME": str(folder / "state"), "XDG_CONFIG_HOME": str(folder / "config")}
        self.environment = {**os.environ, **state}
        self.clock = folder / "clock.json"
        if original is None:
            for slug in answers.LESSONS:
                place = self.course / "lessons" / slug
                for name, data in answers.source(slug).items():
                    (place / name).parent.mkdir(parents=True, exist_ok=True)
                    (place / name).write_bytes(data)
            (self.course / "course.toml").write_text(course())
        else:
            shutil.copytree(original / "course", self.course)
            shutil.copytree(original / "state", folder / "state")
        clocked.write(self.clock, NOW if original else BEGIN)
        self._cookies: dict[str, Any] = {}
        self.service = self.serve()

    @property
    def state(self) -> Path:
        return self.folder / "state" / "courseware" / "c"

    @property
    def origin(self) -> str:
        return f"http://c.courseware.localhost:{self.port}"

    def serve(self) -> forked.Process:
        log = self.folder / "service.log"
        process = clocked.start(self.course, self.port, self.clock, log=log, environment=self.environment)
        lab.wait_answering(self.port)
        return process

    @contextlib.contextmanager
    def owner(self) -> Iterator[client.Client]:
        """What the course's folder can ask."""
        url = launcher.address(self.state)
        assert url
        found = client.Client(url, (self.state / "owner.token").read_text().strip(), "c")
        yield found
        found.close()

    def asked(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """A request of the course's folder to any address of the API."""
        token = (self.state / "owner.token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
        url = f"http://127.0.0.1:{self.port}{path}"
        answer = httpx.request(method, url, json=body, headers=headers, timeout=60, verify=trust.known())
        return answer.raise_for_status()

    def public(self, username: str) -> str:
        """Somebody's id in addresses."""
        told = self.asked("GET", "/api/v1/courses/c/people").json()["people"]
        return str(next(each["person"]["id"] for each in told if each["person"]["username"] == username))

    def handed_in(self, username: str) -> str:
        """The id of somebody's last hand-in of the first lesson."""
        with self.owner() as owner:
            return str(owner.submissions(next(iter(answers.LESSONS)), username)[0]["id"])

    def page(self, browser: Browser, who: str, **options: Any) -> Page:
        """A browser of somebody who is signed in: by a link once, then with what that gave them."""
        context = browser.new_context(**options)
        page = context.new_page()
        if who in self._cookies:
            context.add_cookies(self._cookies[who])
            page.goto(f"{self.origin}/courses/c")
            return page
        with self.owner() as owner:
            page.goto(str(owner.join_link(who)["url"]))
        page.get_by_role("button", name="Continue as").click()
        page.wait_for_url("**/courses/*")
        self._cookies[who] = context.cookies()
        return page


def make(folder: Path) -> None:
    """Make the class in this folder, and end its service."""
    made = Class(folder)
    try:
        _live(made)
    finally:
        made.end()


def once(run: Path) -> Path:
    """The class that all workers of a run copy; the first who needs it makes it, the others wait for that."""
    with (run / "generated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (run / "generated").exists():
            fresh = Path(tempfile.mkdtemp(dir=run))
            make(fresh)
            fresh.rename(run / "generated")
    return run / "generated"


def _live(made: Class) -> None:
    """Three weeks of everybody."""
    with made.owner() as owner:
        for slug in answers.LESSONS:
            owner.publish(slug, answers.source(slug), accept=[], notes="")
        owner.add_person({"username": "tess", "name": "Tess", "email": None, "role": "instructor"})
        services, connections = {}, {}
        for each in people():
            mail = f"{each.username}@uni.example"
            owner.add_person({"username": each.username, "name": each.name, "email": mail, "role": "student"})
            if each.number not in ABSENT:
                file = made.folder / f"{each.username}.json"
                connections[each.username] = work.join(str(owner.join_link(each.username)["url"]), file)
                services[each.username] = client.for_connection(connections[each.username])
        handed: dict[str, str] = {}
        for done in plan():
            clocked.write(made.clock, done.at)
            who = done.person.username
            copy = work.get(services[who], connections[who], made.folder / who, done.lesson).copy
            _, exercises = answers.LESSONS[done.lesson]
            answers.write(copy.folder / f"{answers.NOTEBOOK}.ipynb", done.given, done.said, exercises)
            answer = work.submit(services[who], copy, now=done.at).answer
            assert answer is not None
            handed[f"{who}/{done.lesson}"] = str(answer["submission"]["id"])
            _beside(services[who], done)
        clocked.write(made.clock, NOW)
        _marked(made)
        _staff(made, owner, handed)
        for service in services.values():
            service.close()


def _beside(service: client.Client, each: Work) -> None:
    """What somebody does beside handing in: the less sure watch longer, and ask."""
    lesson = f"/lessons/{each.lesson}"
    if each.lesson == "numbers":
        end = round(21.5 * (1 - each.person.sure / 2), 1)
        told = {"path": answers.FILM, "duration": 21.5, "position": end, "spans": [[0, end]]}
        service.ask("PUT", f"{lesson}/watched", told)
    if each.person.number % 5 == 3:
        key = (*(one.key for one in answers.LESSONS[each.lesson][1]), "why")[each.person.number % 3]
        wish = {"key": key, "kind": "question", "title": "", "anonymous": False, "attachment": None}
        service.ask("POST", f"{lesson}/threads", {**wish, "body": f"What is meant by {key}?"})


def _staff(made: Class, owner: client.Client, handed: dict[str, str]) -> None:
    """Every second question is answered, two thirds of the first lesson's answers in words are marked."""
    for each in owner.ask("GET", "/threads")["threads"][::2]:
        wish = {"body": "What the task says.", "anonymous": False, "attachment": None}
        made.asked("POST", f"/api/v1/threads/{each['id']}/posts", wish)
    works = [public for place, public in handed.items() if place.endswith("/numbers")]
    for number, public in enumerate(works):
        if number % 3:
            wish = {"score": number % 3, "comment": "Clear and short."}
            owner.ask("PUT", f"/api/v1/submissions/{public}/marks/{answers.NOTEBOOK}/why", wish)


def _marked(made: Class) -> None:
    """Wait until the engine has marked all."""
    kept = database.open_at(f"sqlite:///{made.state / 'courseware.db'}")
    state = schema.grading.c.state
    until = time.monotonic() + 300
    while True:
        with kept.read() as connection:
            found = connection.execute(
                sa.select(sa.func.count()).where(state.in_(("waiting", "running")))
            ).scalar_one()
        if not found:
            break
        assert time.monotonic() < until, found
        time.sleep(0.1)
    kept.close()
