"""No text of a lesson's page goes past the catalogues: its film, its questions, what is checked on the
course, and what comes back for review.
"""

import datetime
import json
import re
from pathlib import Path

from courseware.desk import release
from courseware.exchange import drafts
from courseware.exchange import model as exchange_model
from courseware.notebook import files
from courseware.sandbox import port
from tests import builders
from tests.builders import NOW
from tests.notebook import build
from tests.notebook import test_films as films
from tests.sandbox import isolated
from tests.service import test_checks as checks
from tests.service import test_pseudo as walks
from tests.service import test_questions as questions

C, PAGE = "/courses/c", "/courses/c/lessons/one"
LINES = re.compile(rb"^(?!WEBVTT|NOTE|[\d:.]+ -->).+$", re.MULTILINE)
AUTHORS = (
    *("Title", "How many?", "Which?", "Which word?", "What is 1 / 4?", "two", "three", "Lists"),
    *(line.decode() for path in films.LECTURE.glob("*.vtt") for line in LINES.findall(path.read_bytes())),
    *(f"media/{path.name}" for path in films.LECTURE.iterdir()),
    *(
        "What is the index of the first item?",
        "f-test",
        "qq-hint-one",
        "YOUR CODE HERE",
        'assert f(1) == 2, "Twice one is two."',
    ),
)


def taught(world: builders.World) -> None:
    """A lesson with a film that asks, questions of each kind and an exercise; Sam keeps a copy of it."""
    checks.allow(world, "checks = 3")
    asked = (questions.cell(name, text) for name, text in questions.SOURCES.items())
    solved = f"### BEGIN SOLUTION\n{checks.RIGHT}\n### END SOLUTION"
    exercise = (build.answer(solved, "f"), build.machine(checks.TESTS, "f-test", 3))
    book = build.book(questions.cell("film", f"# Title\n\n{films.WHY}"), *asked, *exercise)
    tools = release.Tools(
        database=world.database, blobs=world.blobs, sandbox=isolated.Plain(), limits=port.Limits()
    )
    wish = release.Wish(files={**films.lesson(""), "n.ipynb": files.write(book)})
    made = release.release(tools, world.teacher, world.one, wish, now=NOW)
    copy = exchange_model.Upload(release=made.number, files={"n.ipynb": files.write(book)}, client_key="k")
    drafts.keep(world.database, world.blobs, world.sam, world.one, copy, now=NOW)


def test_a_lesson_that_shows_asks_and_checks(tmp_path: Path) -> None:
    world = builders.world(f"sqlite:///{tmp_path / 'db'}", tmp_path)
    taught(world)
    with walks.site(world, tmp_path, data=AUTHORS) as made:
        sam = made.token("sam")
        made.walk("sam", PAGE, f"{C}/review")
        answers = (
            ("one", {"pick-1": "yes"}),
            ("number", {"text": "many"}),
            ("number", {"text": "3"}),
            ("text", {"text": " "}),
            ("text", {"text": "qq-return"}),
            ("several", {"pick-1": "yes", "pick-3": "yes"}),
        )
        for key, given in answers:
            made.see(sam, "POST", f"{PAGE}/questions/{key}", {"back": "", **given})
        made.see(sam, "POST", f"{PAGE}/checks", {"exercise": "none"})
        made.walk("sam", PAGE, f"{C}/review")
        made.served.now += datetime.timedelta(days=40)
        made.walk("sam", f"{C}/review")
        made.walk("tess", PAGE)
    world.close()
    assert made.past == {}, json.dumps(made.past, indent=1)
    assert {f"GET {PAGE}", f"GET {C}/review"} <= made.pages
