"""Checks on the course, on both databases: a verdict and a hint, so many a day, and nothing else."""

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, manifest
from courseware.exchange import drafts, submit
from courseware.exchange import model as exchange_model
from courseware.grading import course_checks, holds, run
from courseware.notebook import files
from courseware.sandbox import port, pythons
from courseware.store import archive, blobs, database, schema, schema_checks
from tests import builders
from tests.builders import NOW
from tests.notebook import build
from tests.sandbox import isolated
from tests.service import hidden, inside

CHECKS = "/api/v1/courses/c/lessons/one/checks"
PAGE = "/courses/c/lessons/one"
HINT = '<p class="hint" dir="auto">Twice one is two.</p>'
DAY = datetime.timedelta(days=1)
TESTS = """assert f(1) == 2, "Twice one is two."
### BEGIN HIDDEN TESTS
assert f(7) == 14, "qq-sevens"
### END HIDDEN TESTS"""
RIGHT, HALF, WRONG = (
    "def f(x):\n    return 2 * x",
    "def f(x):\n    return 2 * x if x < 5 else 0",
    "def f(x):\n    return x",
)


def allow(world: builders.World, said: str) -> None:
    """What the course says of checks."""
    text = builders.MANIFEST + f"\n[policies]\n{said}\n"
    with world.database.write() as connection:
        courses.put(connection, manifest.parse(text), text, now=NOW)


def _work(answer: str, release: int) -> exchange_model.Upload:
    book = build.book(build.answer(answer, "f"), build.machine("pass", "f-test", 3))
    named = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(book["cells"])]
    given = files.write({**book, "cells": named})
    return exchange_model.Upload(release=release, files={"n.ipynb": given}, client_key="k")


class Checked(hidden.Course):
    """A course with one exercise, in which Sam keeps copies and has them checked."""

    def keep(self, answer: str, release: int = 2) -> None:
        """Sam keeps a copy."""
        world, copy = self.world, _work(answer, release)
        drafts.keep(world.database, world.blobs, world.sam, world.one, copy, now=self.site.now)

    def hand_in_now(self, answer: str) -> None:
        """Sam hands this in."""
        submit.receive_upload(self.world.desk, self.world.sam, "one", _work(answer, 2), now=self.site.now)

    def page(self, who: str = "sam") -> str:
        """The lesson's page."""
        answer = self.site.ask(self.tokens[who], "GET", PAGE)
        assert answer.status_code == 200
        return answer.text

    def press(self, exercise: str = "f-test") -> Any:
        """Press the button of an exercise on the page."""
        return self.site.ask(self.tokens["sam"], "POST", f"{PAGE}/checks", {"exercise": exercise})

    def ask(self, exercise: str = "f-test", who: str = "sam") -> Any:
        """Ask for a check."""
        return self.site.ask(self.tokens[who], "POST", CHECKS, {"exercise": exercise})

    def run_checks(self, sandbox: port.Sandbox | None = None) -> None:
        """Run all checks that wait."""
        worker = run.Worker(
            database=self.world.database,
            blobs=self.world.blobs,
            sandbox=sandbox or isolated.Plain(),
            limits=port.Limits(),
            clock=self.site.clock,
            python=lambda environment: pythons.current(),
        )
        with self.world.database.read() as connection:
            waiting = course_checks.unfinished(connection)
        for key in waiting:
            course_checks.perform(worker, key)

    def checked(self, answer: str) -> Any:
        """Keep this, have it checked, and read the verdict."""
        self.keep(answer)
        told = self.ask()
        assert told.status_code == 202, told.text
        self.run_checks()
        return self.site.ask(self.tokens["sam"], "GET", f"{CHECKS}/{told.json()['id']}").json()


@pytest.fixture
def course(database_url: str, tmp_path: Path) -> Iterator[Checked]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW, queue=builders.idle_queue()) as site:
        made = Checked(site, tmp_path)
        book = build.book(
            build.answer("### BEGIN SOLUTION\ndef f(x):\n    return 2 * x\n### END SOLUTION", "f"),
            build.machine(TESTS, "f-test", 3),
        )
        assert made.release({"n.ipynb": files.write(book)}) == 2
        allow(world, "checks = 3")
        yield made
    world.close()


def test_a_verdict_and_the_hint_and_no_more(course: Checked) -> None:
    wrong = course.checked(WRONG)
    assert (wrong["state"], wrong["verdict"], wrong["hint"]) == ("done", "fail", "Twice one is two.")
    half = course.checked(HALF)
    assert (half["verdict"], half["hint"], half["left"]) == ("fail", "", 1)
    right = course.checked(RIGHT)
    assert (right["verdict"], right["words"], right["left"]) == ("pass", "All points", 0)
    assert set(right) == {"id", "exercise", "state", "verdict", "words", "hint", "left"}
    with course.world.database.read() as connection:
        rows = connection.execute(sa.select(schema_checks.course_check)).mappings().all()
        assert not re.search("qq-|14", str([(row["hint"], row["verdict"]) for row in rows]))
        for table in (schema.submission, schema.mark, schema.grading):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0


QUESTION = 'Which word?\n\n### BEGIN QUIZ KEY\naccepted = ["return"]\n### END QUIZ KEY'


def test_a_lesson_that_is_done_when_all_of_it_is_checked(course: Checked) -> None:
    book = build.book(
        build.answer("### BEGIN SOLUTION\ndef f(x):\n    return 2 * x\n### END SOLUTION", "f"),
        build.machine(TESTS, "f-test", 3),
        build.cell(QUESTION, "markdown", id="word"),
    )
    assert course.release({"n.ipynb": files.write(book)}) == 3
    allow(course.world, 'checks = 3\ncomplete = "checked"')

    def way(who: str = "sam") -> tuple[Any, ...]:
        told = course.site.ask(course.tokens[who], "GET", "/api/v1/courses/c/lessons").json()
        one = told["progress"]["lessons"][0]
        return tuple(one[name] for name in ("complete", "state", "checked", "checks"))

    assert way() == ("checked", "open", 0, 2)
    assert course.checked(HALF)["verdict"] == "fail"
    assert way() == ("checked", "open", 0, 2)
    assert course.checked(RIGHT)["verdict"] == "pass"
    assert way() == ("checked", "started", 1, 2)
    shown = course.site.ask(course.tokens["sam"], "GET", "/courses/c").text
    assert "In progress: 1 of 2 checked" in " ".join(shown.split())
    course.site.ask(
        course.tokens["sam"],
        "POST",
        "/api/v1/courses/c/lessons/one/questions/word/answers",
        {"text": "return"},
    )
    assert way() == ("checked", "done", 2, 2)
    assert way("kim") == ("checked", "open", 0, 2)
    # What was right once stays so.
    assert course.checked(WRONG)["verdict"] == "fail"
    assert way() == ("checked", "done", 2, 2)


def test_what_cannot_be_checked_now_is_not_waited_for(course: Checked) -> None:
    allow(course.world, 'complete = "checked"')

    def first() -> Any:
        told = course.site.ask(course.tokens["sam"], "GET", "/api/v1/courses/c/lessons").json()
        return told["progress"]["lessons"][0]

    assert (first()["complete"], first()["checks"]) == ("submitted", None)
    allow(course.world, 'checks = 3\ncomplete = "checked"')
    assert (first()["complete"], first()["checks"]) == ("checked", 1)
    with course.world.database.write() as connection:
        tess = course.world.teacher.person
        holds.put(connection, course.world.one, "f-test", "", by=tess, now=NOW)
    assert (first()["complete"], first()["checks"]) == ("submitted", None)


def test_so_many_a_day_and_more_tomorrow(course: Checked) -> None:
    for _ in range(3):
        course.checked(WRONG)
    refused = course.ask()
    assert refused.status_code == 429
    assert "the next is taken in" in refused.json()["detail"]
    course.site.now += DAY
    assert course.checked(RIGHT)["verdict"] == "pass"


def test_one_that_is_being_checked_is_not_begun_twice(course: Checked) -> None:
    course.keep(RIGHT)
    assert course.ask().json()["id"] == course.ask().json()["id"]


def test_what_cannot_be_checked_is_refused_in_words(course: Checked) -> None:
    nothing = course.ask()
    assert (nothing.status_code, "nothing of yours" in nothing.json()["detail"]) == (404, True)
    course.keep(RIGHT)
    assert course.ask("f").status_code == 404
    assert course.ask("x\0" * 50).status_code == 404
    mine = course.ask().json()["id"]
    other = course.site.ask(course.tokens["kim"], "GET", f"{CHECKS}/{mine}")
    assert other.status_code == 404
    allow(course.world, "")
    refused = course.ask()
    assert refused.status_code == 403
    assert "only when it is handed in" in refused.json()["detail"]


class _Broken(isolated.Plain):
    """A sandbox that breaks off."""

    def open(self, workspace: port.Workspace) -> port.Session:
        raise RuntimeError("gone")


def test_one_that_breaks_off_is_run_again_and_not_for_ever(course: Checked) -> None:
    course.keep(RIGHT)
    check = course.ask().json()["id"]
    for _ in range(3):
        with pytest.raises(RuntimeError):
            course.run_checks(_Broken())
    course.run_checks()
    told = course.site.ask(course.tokens["sam"], "GET", f"{CHECKS}/{check}").json()
    assert (told["state"], told["verdict"], told["left"]) == ("failed", "", 3)
    assert told["hint"] == run.LOOKED_AT
    assert course.checked(RIGHT)["verdict"] == "pass"


class _Away(isolated.Plain):
    """A sandbox that is away for a moment."""

    def open(self, workspace: port.Workspace) -> port.Session:
        raise errors.Temporary("away")


def test_what_will_pass_is_no_attempt(course: Checked) -> None:
    course.keep(RIGHT)
    check = course.ask().json()["id"]
    for _ in range(5):
        with pytest.raises(errors.Temporary):
            course.run_checks(_Away())
    course.run_checks()
    told = course.site.ask(course.tokens["sam"], "GET", f"{CHECKS}/{check}").json()
    assert (told["state"], told["verdict"]) == ("done", "pass")


def test_a_notebook_that_cannot_be_read_fails_with_its_reason(course: Checked) -> None:
    told = course.checked("def f(x:\n    return")
    assert (told["state"], told["verdict"]) == ("done", "error")


def test_a_backup_holds_what_waits_to_be_checked(course: Checked, tmp_path: Path) -> None:
    course.keep(WRONG)
    course.ask()
    course.keep(RIGHT)  # what was kept then is named by nothing but the check
    world = course.world
    archive.backup(world.database, world.blobs, tmp_path / "keys", tmp_path / "x.zip")
    again = database.open_at(f"sqlite:///{tmp_path / 'again.sqlite'}")
    place = blobs.open_at(str(tmp_path / "again"))
    archive.restore(again, place, tmp_path / "keys2", tmp_path / "x.zip")
    with again.read() as connection:
        [files_of] = connection.execute(sa.select(schema_checks.course_check.c.files)).scalars()
    [entry] = exchange_model.entries_from_json(files_of)
    assert b"return x" in place.get(entry.sha256)
    again.close()


def test_without_a_copy_the_last_hand_in_is_checked(course: Checked) -> None:
    course.hand_in_now(WRONG)
    told = course.ask()
    assert told.status_code == 202, told.text
    assert "No copy of yours is kept, so this checks what you handed in" in course.page()
    course.run_checks()
    assert HINT in course.page()
    course.keep(RIGHT)
    course.press()
    course.run_checks()
    told_now = course.page()
    assert "This checks the copy that you kept" in told_now
    assert "All tests pass, also those that you do not have." in told_now


def test_the_page_says_what_is_checked_that_it_runs_and_what_came_of_it(course: Checked) -> None:
    staff = course.site.ask(course.site.token(course.world.teacher.person, "pages"), "GET", PAGE)
    assert (staff.status_code, "Check on the course" in staff.text) == (200, False)
    first = course.page()
    assert "The course has nothing of yours to check here yet." in first
    assert f'action="{PAGE}/checks"' not in first
    course.keep(WRONG)
    told = course.page()
    assert re.search(r"This checks the copy that you kept <time [^>]*>Mon 23 Nov 2026, 13:\d\d CET", told)
    assert "Checks left today: 3" in told
    assert f'action="{PAGE}/checks"' in told
    sent = course.press()
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{PAGE}#checks")
    runs = course.page()
    assert re.search(rf'data-busy="yes" data-address="{CHECKS}/chk_\w+" data-page="{PAGE}"', runs)
    assert "Waiting to be checked" in runs
    assert re.search(rf'<noscript><p><a href="{PAGE}\?look=[^"]+#checks">', runs)
    assert f'action="{PAGE}/checks"' not in runs
    course.run_checks()
    done = course.page()
    assert 'data-busy=""' in done
    for words in ("Not yet right", HINT, "Checks left today: 2"):
        assert words in done
    assert "other work of yours" not in done
    course.keep(RIGHT)
    assert "of other work of yours than is there now" in course.page()


def test_the_page_says_that_no_check_is_left_and_when_the_next_is(course: Checked) -> None:
    course.keep(WRONG)
    for _ in range(3):
        course.press()
        course.run_checks()
    full = course.page()
    assert re.search(r"The next is taken <time [^>]*>Tue 24 Nov 2026, 13:\d\d CET \(in 23 hours\)", full)
    assert f'action="{PAGE}/checks"' not in full
    refused = course.press()
    assert (refused.status_code, "the next is taken in" in refused.text) == (429, True)
    course.site.now += DAY
    assert "Checks left today: 3" in course.page()


def test_after_the_lesson_has_closed_nothing_is_checked(course: Checked) -> None:
    course.keep(WRONG)
    course.press()
    course.run_checks()
    course.site.now += DAY + 2 * builders.HOUR
    closed = course.page()
    assert "The lesson is closed; nothing is checked any more." in closed
    assert HINT in closed
    assert f'action="{PAGE}/checks"' not in closed
    assert (course.press().status_code, course.ask().status_code) == (409, 409)


def test_the_page_has_no_checks_where_the_course_has_none(course: Checked) -> None:
    course.keep(WRONG)
    allow(course.world, "")
    assert "Check on the course" not in course.page()
    assert course.press().status_code == 403


def test_what_a_form_or_a_copy_names_may_not_exist(course: Checked) -> None:
    course.keep(WRONG)
    assert course.press("x\0" * 50).status_code == 404
    assert course.press("").status_code == 404
    course.keep(WRONG, release=99)
    assert "The lesson has no release 99." in course.page()
    assert course.press().status_code == 404


def test_each_sees_their_own_checks_alone(course: Checked) -> None:
    course.keep(WRONG)
    course.press()
    course.run_checks()
    assert HINT not in course.page("kim")
    course.hand_in("kim", 2, "qqnot")
    assert "Checks left today: 3" in course.page("kim")
