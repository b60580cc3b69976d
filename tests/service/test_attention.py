"""Who may need a word, on the pages: off until the course says so, told to students then, in order of names;
and what staff write to one student reaches that student, and no other.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import courses, hidden_names, manifest
from courseware.desk import begin
from courseware.notices import rules
from tests import builders
from tests.benchmarks import big_class
from tests.builders import NOW
from tests.insight.test_attention import DAY, ON
from tests.service import inside

LIST, SEEN = "/courses/c/attention", "/courses/c/seen"
_NAME = re.compile(r'<li class="card"><h2><bdi>(.*?)</bdi>')


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    big_class.fill(world, students=12, places=5)
    with inside.serving(world, tmp_path, now=NOW + 12 * DAY) as made:
        yield made
    world.close()


@pytest.fixture
def tess(served: inside.Inside) -> str:
    return served.token(served.world.teacher.person, "pages")


def enable(served: inside.Inside) -> None:
    text = big_class.text(5) + ON
    with served.world.database.write() as connection:
        courses.put(connection, manifest.parse(text), text, now=NOW)


def test_it_is_off_until_the_course_says_so_and_then_students_read_of_it(
    served: inside.Inside, tess: str
) -> None:
    sam = served.token(served.world.sam.person, "pages")
    off = served.ask(tess, "GET", LIST).raise_for_status().text
    assert "[attention]" in off
    assert not _NAME.findall(off)
    assert "Whether you may need a word" not in served.ask(sam, "GET", SEEN).text
    enable(served)
    names = _NAME.findall(served.ask(tess, "GET", LIST).raise_for_status().text)
    assert "sam" in names
    assert names == sorted(names, key=str.casefold)
    assert "Whether you may need a word" in served.ask(sam, "GET", SEEN).raise_for_status().text
    assert served.ask(sam, "GET", LIST).status_code == 403


def test_hidden_names_are_hidden_here_too(served: inside.Inside, tess: str) -> None:
    enable(served)
    with served.world.database.write() as connection:
        hidden_names.put(connection, served.world.teacher, hidden=True)
    page = served.ask(tess, "GET", LIST).text
    assert "Student " in page
    assert "<bdi>sam</bdi>" not in page


def test_a_word_reaches_one_student(served: inside.Inside, tess: str) -> None:
    world = served.world
    sam, kim = (served.token(each.person, "pages") for each in (world.sam, world.kim))
    path = f"/courses/c/people/{world.sam.person.public}/message"
    assert "A private discussion" in served.ask(tess, "GET", path).raise_for_status().text
    empty = served.ask(tess, "POST", path, {"body": " ", "once": "a"})
    assert empty.status_code == 422
    sent = served.ask(
        tess, "POST", path, {"body": "How are you <script>doing()</script>?", "once": "b", "title": "A word"}
    )
    again = served.ask(
        tess, "POST", path, {"body": "How are you <script>doing()</script>?", "once": "b", "title": "A word"}
    )
    thread = sent.headers["location"].split("?")[0]
    assert sent.status_code == 303
    assert again.headers["location"] == sent.headers["location"]
    mine = served.ask(sam, "GET", thread).raise_for_status().text
    assert "How are you" in mine
    assert "<script>doing" not in mine
    assert "To <bdi>sam</bdi>" in " ".join(served.ask(tess, "GET", thread).text.split())
    assert served.ask(kim, "GET", thread).status_code == 404
    assert thread not in served.ask(kim, "GET", "/courses/c/threads").text
    assert thread in served.ask(sam, "GET", "/courses/c/threads").text
    assert thread not in served.ask(tess, "GET", "/courses/c/inbox").text, "it is no question"
    rules.run(world.database, mail=False, now=served.now)
    assert "A word" in served.ask(sam, "GET", "/courses/c/notices").text
    assert "A word" not in served.ask(kim, "GET", "/courses/c/notices").text
    answered = served.ask(sam, "POST", f"{thread}/posts", {"body": "Fine.", "once": "c"})
    assert answered.status_code == 303, answered.text
    rules.run(world.database, mail=False, now=served.now)
    assert "Fine." in served.ask(tess, "GET", "/courses/c/notices").text


def test_who_was_written_to_is_told_so(served: inside.Inside, tess: str) -> None:
    enable(served)
    assert "Staff wrote to them" not in served.ask(tess, "GET", LIST).text
    path = f"/courses/c/people/{served.world.sam.person.public}/message"
    sent = served.ask(tess, "POST", path, {"body": "How are you?", "once": "b", "title": "A word"})
    page = served.ask(tess, "GET", LIST).raise_for_status().text
    (sams,) = [card for card in page.split('<li class="card">') if path in card]
    assert page.count("Staff wrote to them") == 1
    assert f'<a href="{sent.headers["location"].split("?")[0]}">Staff wrote to them</a>' in sams


def test_only_staff_write_so_and_only_to_students(served: inside.Inside, tess: str) -> None:
    world = served.world
    sam = served.token(world.sam.person, "pages")
    kims = f"/courses/c/people/{world.kim.person.public}/message"
    assert served.ask(sam, "GET", kims).status_code == 403
    assert served.ask(sam, "POST", kims, {"body": "Hi", "once": "a"}).status_code == 403
    own = f"/courses/c/people/{world.teacher.person.public}/message"
    assert served.ask(tess, "POST", own, {"body": "Hi", "once": "b"}).status_code == 404


def test_when_it_is_enabled_everybody_is_told_once(served: inside.Inside) -> None:
    cli = served.token(served.world.teacher.person, "cli")
    sam = served.token(served.world.sam.person, "pages")
    board = "/api/v1/courses/c/threads"

    def told() -> list[str]:
        listed = served.ask(sam, "GET", board).json()["threads"]
        return [each["title"] for each in listed if each["kind"] == "announcement"]

    def put(text: str) -> None:
        served.ask(cli, "PUT", "/api/v1/courses/c", {"manifest": text}).raise_for_status()

    put(big_class.text(5))
    assert told() == []
    for _ in range(2):
        put(big_class.text(5) + ON)
    assert told() == ["Whether you may need a word"]
    page = served.ask(sam, "GET", "/courses/c/threads").text
    assert "Whether you may need a word" in page


def test_a_course_that_is_served_from_its_folder_tells_it_too(served: inside.Inside) -> None:
    text = big_class.text(5) + ON
    world = served.world
    for _ in range(2):
        with world.database.write() as connection:
            begin.begin(connection, world.keys, manifest.parse(text), text, owner="tess", now=served.now)
    sam = served.token(world.sam.person, "pages")
    listed = served.ask(sam, "GET", "/api/v1/courses/c/threads").json()["threads"]
    assert [each["kind"] for each in listed].count("announcement") == 1
