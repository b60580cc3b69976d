"""A served course whose lesson has hidden tests, handed in by two whose work differs in them alone.

Out: the course, with all that the two can do and read. Their work does what it can to tell: it prints what it
was called with, and spoils a later visible test when a hidden one went wrong.
"""

import email
import email.policy
import os
from pathlib import Path
from typing import Any

import httpx

from courseware.desk import release
from courseware.exchange import model as exchange_model
from courseware.exchange import submissions, submit
from courseware.grading import regrade, run, scores, turns
from courseware.mail import folder as mail_folder
from courseware.notebook import files
from courseware.notices import model as notice_model
from courseware.notices import preferences
from courseware.sandbox import port, pythons
from courseware.store import schema
from tests import builders, commands
from tests.builders import HOUR, NOW
from tests.notebook import build
from tests.notices import told
from tests.sandbox import isolated
from tests.service import inside

DAY, DUE = 24 * HOUR, NOW + HOUR
F = """MODE, LOG = "qqyes", []
def f(x):
    value = 0 if x > 5 and MODE == "qqnot" else 2 * x
    LOG.append((x, value))
    return value"""
G = """def g(x):
    return x + ((7, 0) in LOG)"""
F_TEST = """assert f(1) == 2, "Twice."
### BEGIN HIDDEN TESTS
assert f(7) == 14, "sevens"
### END HIDDEN TESTS"""
H_TEST = "### BEGIN HIDDEN TESTS\nassert f(9) == 18\n### END HIDDEN TESTS"
G_TEST = 'assert g(1) == 1, "The same."'


def source(g_test: str = G_TEST, f_test: str = F_TEST) -> dict[str, bytes]:
    """The lesson: tests with a hidden part, with none, with nothing else, and an answer for a person."""
    book = build.book(
        build.answer(f"### BEGIN SOLUTION\n{F}\n### END SOLUTION", "f"),
        build.machine(f_test, "f-test", 3),
        build.answer(f"### BEGIN SOLUTION\n{G}\n### END SOLUTION", "g"),
        build.machine(g_test, "g-test", 2),
        build.machine(H_TEST, "h-test", 4),
        build.cell("Why?", "markdown", grade_id="why", grade=True, solution=True, points=1),
    )
    return {"n.ipynb": files.write(book)}


def handed_in(mode: str) -> bytes:
    """The work: right by hidden tests with `qqyes`, wrong with `qqnot`; its last cell tells what it saw."""
    book = build.book(
        build.answer(F.replace("qqyes", mode), "f"),
        build.machine("pass", "f-test", 3),
        build.answer(G, "g"),
        build.machine("pass", "g-test", 2),
        build.machine("pass", "h-test", 4),
        build.cell('raise RuntimeError(f"saw {LOG}")', id="own"),
        build.cell("Because.", "markdown", grade_id="why", grade=True, solution=True, points=1),
    )
    named = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(book["cells"])]
    return files.write({**book, "cells": named})


class Course:
    """The served world with the lesson handed in by Sam (right) and Kim (wrong in hidden tests)."""

    def __init__(self, site: inside.Inside, folder: Path) -> None:
        self.site, self.world, self.folder = site, site.world, folder
        self.viewers = {"sam": self.world.sam, "kim": self.world.kim}
        self.ids: dict[str, str] = {}
        self.tokens = {name: site.token(viewer.person, "pages") for name, viewer in self.viewers.items()}
        self.letters = folder / "letters"
        assert site.telling is not None
        self.telling = site.telling
        self.telling.sender = mail_folder.Folder(path=self.letters)
        with self.world.database.write() as connection:
            address = schema.person.c.username + "@school.example"
            connection.execute(schema.person.update().values(email=address))
            for viewer in self.viewers.values():
                preferences.choose(connection, viewer.person.id, {"marked": "at-once", "changed": "at-once"})
                habit = notice_model.Habit(quiet_from=None, quiet_until=None, texts=True)
                preferences.keep_habit(connection, viewer.person.id, habit)

    def release(self, given: dict[str, bytes]) -> int:
        """Release the lesson; the number."""
        tools = release.Tools(
            database=self.world.database,
            blobs=self.world.blobs,
            sandbox=isolated.Plain(),
            limits=port.Limits(),
        )
        wish = release.Wish(files=given, accept=frozenset({"key-below-full"}))
        return release.release(tools, self.world.teacher, self.world.one, wish, now=self.site.now).number

    def hand_in(self, name: str, number: int, mode: str, *, key: str = "k") -> None:
        """Hand the work in; what counts is this."""
        upload = exchange_model.Upload(
            release=number, files={"n.ipynb": handed_in(mode)}, client_key=f"{key}-{name}"
        )
        got = submit.receive_upload(self.world.desk, self.viewers[name], "one", upload, now=self.site.now)
        self.ids[name] = got.submission.public

    def both(self, number: int) -> None:
        """Both hand in, and are graded."""
        self.hand_in("sam", number, "qqyes")
        self.hand_in("kim", number, "qqnot")
        self.grade()

    def grade(self, sandbox: port.Sandbox | None = None) -> None:
        """Grade all that waits."""
        worker = run.Worker(
            database=self.world.database,
            blobs=self.world.blobs,
            sandbox=sandbox or isolated.Plain(),
            limits=port.Limits(),
            clock=self.site.clock,
            python=lambda environment: pythons.current(),
        )
        with self.world.database.read() as connection:
            waiting = turns.order(connection)
        for key in waiting:
            run.run(worker, key)

    def judge(self, score: float) -> None:
        """A person marks the answers of both."""
        for public in self.ids.values():
            with self.world.database.write() as connection:
                work = submissions.find(connection, public)
                scores.put_by_person(
                    connection,
                    work,
                    ("n", "why"),
                    score=score,
                    comment="So it is.",
                    by=self.world.teacher.person,
                    now=self.site.now,
                )

    def regrade(self) -> None:
        """Grade both again by the newest release."""
        world = self.world
        by, queue = world.teacher.person, builders.idle_queue()
        regrade.lesson(
            world.database, world.blobs, world.one, by=by, fresh=False, now=self.site.now, queue=queue
        )
        self.grade()

    def tell(self) -> None:
        """A round of telling what happened and what time brings, once all of it can be read."""
        told.read(self.world, now=self.site.now)
        self.telling._near = None
        self.telling.once()

    def get(self, name: str, path: str) -> httpx.Response:
        """A page or an answer, as one of the two gets it."""
        plain = {"Accept-Encoding": "identity"}  # squeezed, the length would depend on the ids
        return self.site.ask(self.tokens[name], "GET", path, headers=plain)

    def work(self, name: str) -> dict[str, Any]:
        """The hand-in as its author sees it."""
        found: dict[str, Any] = self.get(name, f"/api/v1/submissions/{self.ids[name]}").json()
        return found

    def command(self, name: str, *arguments: str) -> str:
        """What a command prints to one of the two."""
        own = {"XDG_CONFIG_HOME": str(self.folder / name), "PATH": os.environ["PATH"]}
        done = commands.run(*arguments, cwd=self.folder, environment=own)
        return f"{done.returncode}\n{done.stdout}\n{done.stderr}"

    def join(self) -> None:
        """Have both join on a machine of their own."""
        for name, viewer in self.viewers.items():
            token = self.site.token(viewer.person, "join")
            assert self.command(name, "join", f"http://127.0.0.1:{self.site.port}/join/{token}")[0] == "0"

    def mail(self, name: str) -> list[str]:
        """The letters to one of the two, in order of time."""
        letters = sorted(self.letters.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        found = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in letters]
        return [
            f"{letter['Subject']}\n{letter.get_body(('plain',)).get_content()}"  # type: ignore[union-attr]
            for letter in found
            if str(letter["To"]).find(f"{name}@") >= 0
        ]
