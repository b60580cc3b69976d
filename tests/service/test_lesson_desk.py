"""What staff have on a lesson's page in place of a student's hand-in, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import people
from tests import builders
from tests.builders import NOW
from tests.service import inside, marked

LESSON = "/courses/c/lessons/one"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def test_staff_have_the_class_and_students_their_work(served: inside.Inside) -> None:
    made = marked.Marking(served)
    made.hand_in(made.student("ann"), marked.text("Because."))
    tess, sam = made.tokens["tess"], served.token(served.world.sam.person, "pages")
    page = " ".join(served.ask(tess, "GET", LESSON).text.split())
    assert "<dt>Answers to mark</dt><dd>1</dd>" in page
    assert "<bdi>1 / 3</bdi>" in page
    assert f'<a class="button" href="{LESSON}/releases">' in page
    assert "Nothing handed in yet." not in page
    assert f'action="{LESSON}/submissions"' not in page
    page = served.ask(sam, "GET", LESSON).text
    assert ("Answers to mark" in page, f'action="{LESSON}/submissions"' in page) == (False, True)
    assert "Not handed in" not in served.ask(tess, "GET", "/courses/c").text
    assert "Not handed in" in served.ask(sam, "GET", "/courses/c").text
    served.ask(tess, "POST", "/courses/c/sight", {"as": "student"})
    page = served.ask(tess, "GET", LESSON).text
    assert ("Answers to mark" in page, f'action="{LESSON}/submissions"' in page) == (False, True)


def test_who_left_is_not_in_the_class_and_what_waits_of_theirs_still_waits(served: inside.Inside) -> None:
    made = marked.Marking(served)
    for name in ("ann", "bo"):
        made.hand_in(made.student(name), marked.text("Because."))
    with served.world.database.write() as connection:
        for name in ("ann", "kim"):
            people.end(connection, served.world.course, people.by_username(connection, name), now=NOW)
    page = " ".join(served.ask(made.tokens["tess"], "GET", LESSON).text.split())
    assert "<bdi>1 / 2</bdi>" in page
    assert "<dt>Answers to mark</dt><dd>2</dd>" in page


def test_what_was_published_is_said_with_what_comes_next(served: inside.Inside) -> None:
    tess, sam = (served.token(each.person, "pages") for each in (served.world.teacher, served.world.sam))
    page = served.ask(tess, "GET", f"{LESSON}?published=1").text
    assert "Version 1 is published." in page
    assert f'href="{LESSON}/threads?kind=announcement#write"' in page
    form = served.ask(tess, "GET", f"{LESSON}/threads?kind=announcement").text
    assert 'value="announcement" selected' in form or 'value="announcement" checked' in form
    for who, query in ((tess, "?published=2"), (sam, "?published=1")):
        assert "is published." not in served.ask(who, "GET", LESSON + query).text
