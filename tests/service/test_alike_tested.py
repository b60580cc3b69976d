"""Answers that a machine has marked: those that did the same wrong, by their test too, answered at once."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.exchange import model as exchange_model
from courseware.exchange import publish
from courseware.grading import gradings, marks, pipeline, scores
from courseware.notebook import files
from tests import builders
from tests.builders import NOW
from tests.notebook import build
from tests.service import inside
from tests.service.marked import Marking

SUM = exchange_model.Exercise(notebook="n", key="t", title="Sum", points=4, kind="tests")
THERE = "/courses/c/lessons/one/marking/t/alike"
ONE, SAME, OTHER = "def f(x):\n    return x", "def f(y):\n    # so\n    return y", "def f(x):\n    return 0"
RIGHT = "def f(x):\n    return x + 1"


class Machine(Marking):
    """The course, with an exercise that a machine marks."""

    def publish(self, *exercises: exchange_model.Exercise) -> None:
        book = build.book(build.answer("def f(x): ...", "f"), build.machine("assert f(1) == 2", "t", 4))
        told = {"n.ipynb": files.write(book)}
        bundle = dataclasses.replace(builders.bundle(), student=told, instructor=told, exercises=(SUM,))
        world = self.world
        made = publish.publish(world.database, world.blobs, world.one, bundle, by=None, now=NOW)
        self.release = made.number

    def marked(self, name: str, source: str, score: float) -> exchange_model.Submission:
        """Somebody's hand-in, with so many points of the machine's."""
        got = self.upload(self.student(name), build.answer(source, "f"))
        self.grade(got, score)
        return got

    def grade(self, got: exchange_model.Submission, score: float) -> None:
        """Give a hand-in so many points of the machine's."""
        verdict: marks.Verdict = "pass" if score == SUM.points else "partial" if score else "fail"
        given = marks.Mark(score=score, points=4, auto_score=score, needs_person=False, verdict=verdict)
        result = pipeline.Result(
            notebook="n", marks={"t": given}, executed=None, runs={}, notes=(), seconds=0
        )
        with self.world.database.write() as connection:
            grading = gradings.current(connection, got.id)
            assert grading is not None
            scores.save(connection, grading, scores.rows([result], {}), now=NOW)

    def sum(self, work: exchange_model.Submission) -> scores.Score:
        """The mark as it stands."""
        with self.world.database.read() as connection:
            return scores.of_submission(connection, work.id)["n", "t"]


@pytest.fixture
def made(database_url: str, tmp_path: Path) -> Iterator[Machine]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as site:
        yield Machine(site)
    world.close()


def form(page: str) -> str:
    """The form of the only group."""
    (found,) = [each for each in page.split('<form method="post" action="')[1:] if 'name="members"' in each]
    return found


def test_a_group_is_answered_at_once_and_that_is_undone(made: Machine) -> None:
    sources = {"Ann": ONE, "Ben": SAME, "Cem": ONE, "Dan": OTHER}
    works = {name: made.marked(name, source, 0) for name, source in sources.items()}
    for name in ("Eva", "Fay"):
        made.marked(name, RIGHT, 4)
    page = made.look(at=THERE)
    assert ("<h2>3 answers</h2>" in page, "3 without a comment" in page) == (True, True)
    assert "few or none are like them: 1 answer." in page  # who has all points is not among them
    assert "return x + 1" not in page
    assert 'name="score"' not in page
    answered = made.send(form(page), at=THERE, comment="Add *one*.")
    assert answered.headers["Location"].endswith("alike?marked=3&out=0")
    marked = {name: made.sum(work) for name, work in works.items()}
    assert [(each.score, each.source, each.comment) for each in marked.values()] == [
        *[(0, "machine", "Add *one*.")] * 3,
        (0, "machine", ""),
    ]
    page = made.look("?marked=3&out=0", at=THERE)
    assert ("Your comment stands at 3 answers." in page, "All have a comment" in page) == (True, True)
    (batch,) = re.findall(r'value="undo:(batch_\w+)"', page)
    assert made.send("", at=THERE, act=f"undo:{batch}").headers["Location"].endswith("alike?back=3")
    assert {made.sum(work).comment for work in works.values()} == {""}
    assert "3 comments taken back." in made.look("?back=3", at=THERE)


def test_other_points_are_another_group(made: Machine) -> None:
    for name, score in (("Ann", 0), ("Ben", 0), ("Cem", 2), ("Dan", 2)):
        made.marked(name, ONE, score)
    assert made.look(at=THERE).count("<h2>2 answers</h2>") == 2


def test_what_somebody_said_or_gave_meanwhile_stays(made: Machine) -> None:
    works = [made.marked(name, ONE, 0) for name in ("Ann", "Ben", "Cem")]
    page = made.look(at=THERE)
    with made.world.database.write() as connection:
        for work, score, comment in ((works[0], None, "Mine."), (works[1], 3.0, "")):
            scores.put_by_person(
                connection, work, ("n", "t"), score=score, comment=comment, by=made.people["gina"], now=NOW
            )
    answered = made.send(form(page), at=THERE, comment="All.")
    assert answered.headers["Location"].endswith("alike?marked=1&out=2")
    assert [(each.score, each.comment) for each in map(made.sum, works)] == [
        (0, "Mine."),
        (3, ""),
        (0, "All."),
    ]
    again = made.send(form(page), at=THERE, comment="Once more.")
    assert (again.status_code, "by now. Load the page again." in again.text) == (409, True)


def test_who_has_all_points_by_now_is_left_out(made: Machine) -> None:
    works = [made.marked(name, ONE, 0) for name in ("Ann", "Ben")]
    page = made.look(at=THERE)
    made.grade(works[0], 4)  # by a regrade, say
    answered = made.send(form(page), at=THERE, comment="Add one.")
    assert answered.headers["Location"].endswith("alike?marked=1&out=1")
    assert [made.sum(work).comment for work in works] == ["", "Add one."]
    assert "1 answer left as they are, because they have a comment" in made.look("?marked=1&out=1", at=THERE)


def test_a_comment_that_is_none_or_too_long_is_refused_and_stays(made: Machine) -> None:
    for name in ("Ann", "Ben"):
        made.marked(name, ONE, 0)
    page = made.look(at=THERE)
    empty = made.send(form(page), at=THERE, comment=" ")
    assert (empty.status_code, "Write what each of them reads." in empty.text) == (422, True)
    long = made.send(form(page), at=THERE, comment="x" * (scores.MAX_COMMENT + 1))
    assert (long.status_code, "x" * 100 in long.text) == (413, True)


def test_it_is_no_exercise_to_mark_by_hand(made: Machine) -> None:
    for path in (THERE.removesuffix("/alike"), THERE.replace("/t/", "/none/")):
        answer = made.site.ask(made.tokens["tess"], "GET", path)
        assert (answer.status_code, "no such exercise" in answer.text) == (404, True)
    sam = made.site.token(made.world.sam.person, "pages")
    assert made.site.ask(sam, "GET", THERE).status_code in (403, 404)
