"""A served course in which people have handed in answers that a person marks.

Out: the course, two who mark, and what they send from the page.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

from courseware.course import model, people
from courseware.exchange import model as exchange_model
from courseware.exchange import publish, submissions, submit
from courseware.grading import gradings, marks, pipeline, scores
from courseware.notebook import files
from tests import builders
from tests.builders import NOW
from tests.notebook import build
from tests.service import inside

WHY = exchange_model.Exercise(notebook="n", key="why", title="Why", points=4, kind="person")
PLACE = ("n", "why")
HERE = "/courses/c/lessons/one/marking/why"


def notebook(answer: files.Cell, **metadata: Any) -> bytes:
    """What is handed in: the question and the answer."""
    book = build.book(build.cell("Why is it so?", "markdown", id="q"), {**answer, "id": "answer"})
    return files.write({**book, "metadata": {**book["metadata"], **metadata}})


def text(said: str) -> files.Cell:
    """An answer in words."""
    return build.cell(said, "markdown", grade_id="why", grade=True, solution=True, points=4)


def code(source: str, outputs: Sequence[Mapping[str, Any]] = ()) -> files.Cell:
    """An answer in code."""
    made = build.cell(source, grade_id="why", grade=True, solution=True, points=4)
    return {**made, "outputs": [dict(each) for each in outputs]}


class Marking:
    """The course; `tess` and `gina` mark."""

    def __init__(self, site: inside.Inside) -> None:
        self.site, self.world = site, site.world
        self.publish(WHY)
        with self.world.database.write() as connection:
            gina = people.add(
                connection,
                self.world.course,
                username="gina",
                name="Gina",
                email=None,
                role="grader",
                now=NOW,
            )
        self.people = {"tess": self.world.teacher.person, "gina": gina}
        self.tokens = {name: site.token(person, "pages") for name, person in self.people.items()}

    def publish(self, *exercises: exchange_model.Exercise) -> None:
        """A release with these exercises."""
        self.keys = [each.key for each in exercises]
        bundle = dataclasses.replace(
            builders.bundle(),
            student={"n.ipynb": notebook(text(""))},
            instructor={"n.ipynb": notebook(text(""))},
            exercises=exercises,
        )
        world = self.world
        made = publish.publish(world.database, world.blobs, world.one, bundle, by=None, now=NOW)
        self.release = made.number

    def student(self, name: str) -> model.Viewer:
        """Somebody new."""
        with self.world.database.write() as connection:
            person = people.add(
                connection,
                self.world.course,
                username=name.lower().replace(" ", "-"),
                name=name,
                email=None,
                role="student",
                now=NOW,
            )
        return model.Viewer(person=person, course=self.world.course, role="student", ceiling="cli")

    def upload(
        self, viewer: model.Viewer, answer: files.Cell, once: str = "", **metadata: Any
    ) -> exchange_model.Submission:
        """An answer that waits for a machine."""
        key = once or f"k-{viewer.person.username}"
        upload = builders.upload(key, notebook(answer, **metadata), release=self.release)
        return submit.receive_upload(self.world.desk, viewer, "one", upload, now=NOW).submission

    def hand_in(
        self, viewer: model.Viewer, answer: files.Cell, once: str = "", **metadata: Any
    ) -> exchange_model.Submission:
        """An answer that a machine has looked at, so that a person can mark it."""
        got = self.upload(viewer, answer, once, **metadata)
        with self.world.database.write() as connection:
            grading = gradings.current(connection, got.id)
            assert grading is not None
            written = marks.Mark(score=0, points=4, auto_score=None, needs_person=True, verdict="manual")
            result = pipeline.Result(
                notebook="n",
                marks=dict.fromkeys(self.keys, written),
                executed=None,
                runs={},
                notes=(),
                seconds=0,
            )
            scores.save(connection, grading, scores.rows([result], {}), now=NOW)
        return got

    def look(self, query: str = "", who: str = "tess", at: str = HERE) -> str:
        """A page."""
        answer = self.site.ask(self.tokens[who], "GET", f"{at}{query}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, page: str, who: str = "tess", at: str = HERE, **told: str) -> Any:
        """The form of a page, with what is filled in."""
        form = page[page.index('id="mark"') :] if 'id="mark"' in page else page
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        fields = {**hidden, **{name.replace("_", "-", 1): value for name, value in told.items()}}
        return self.site.ask(self.tokens[who], "POST", at, fields)

    def score(self, work: exchange_model.Submission) -> scores.Score:
        """What the answer has now."""
        with self.world.database.read() as connection:
            return scores.of_submission(connection, work.id)[PLACE]

    def work(self, public: str) -> exchange_model.Submission:
        """A hand-in."""
        with self.world.database.read() as connection:
            return submissions.find(connection, public)


def shown(page: str) -> str:
    """Whose answer a page shows."""
    found = re.search(r'name="submission" value="(sub_[a-z0-9]+)"', page)
    assert found is not None, page
    return found[1]
