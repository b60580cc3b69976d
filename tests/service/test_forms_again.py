"""A form that is refused comes back on its page, on both databases, with the sentence and what was typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import people
from tests import builders
from tests.builders import NOW
from tests.service import inside, test_drafts

LESSON = "/courses/c/lessons/one"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with world.database.write() as connection:
        people.add(connection, world.course, username="ina", name="", email=None, role="instructor", now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


@pytest.fixture
def ina(served: inside.Inside) -> str:
    with served.world.database.read() as connection:
        return served.token(people.by_username(connection, "ina"), "pages")


def test_the_name_of_a_group(served: inside.Inside, ina: str) -> None:
    answer = served.ask(ina, "POST", "/courses/c/groups", {"name": "a/b", "people": "sam\nkim"})
    assert answer.status_code == 422
    assert "none of these: / " in answer.text
    assert 'value="a/b"' in answer.text
    assert ">\nsam\nkim</textarea>" in answer.text
    assert "<h1>" in answer.text.partition('role="alert"')[2]  # the page itself, not one of an error


def test_an_extension_of_days_that_are_none(served: inside.Inside, ina: str) -> None:
    sent = {"kind": "extension", "lesson": "one", "days": "-5", "reason": "illness"}
    person = served.world.sam.person.public
    answer = served.ask(ina, "POST", f"/courses/c/people/{person}/allowances", sent)
    assert (answer.status_code, 'value="-5"' in answer.text) == (422, True)
    assert 'value="illness"' in answer.text or ">\nillness</textarea>" in answer.text
    assert 'role="alert"' in answer.text


def test_who_may_not_see_the_page_gets_the_error_alone(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    answer = served.ask(sam, "POST", "/courses/c/groups", {"name": "a/b", "people": "sam"})
    assert (answer.status_code, "a/b" in answer.text) == (403, False)


def test_a_dry_run_that_is_none(served: inside.Inside, ina: str) -> None:
    for verb in ("apply", "undo", "drop"):
        answer = served.ask(ina, "POST", f"{LESSON}/regrade/{verb}", {"id": "trl_x"})
        assert (answer.status_code, "There is no such dry run" in answer.text) == (404, True)
        assert "Grade again" in answer.text.partition('role="alert"')[2]


def test_a_draft_that_is_to_be_published_in_the_past(served: inside.Inside, ina: str) -> None:
    draft = test_drafts.draft(served.world).public
    sent = {"id": draft, "at": "2020-01-01T08:00"}
    answer = served.ask(ina, "POST", f"{LESSON}/draft-release/plan", sent)
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert 'value="2020-01-01T08:00"' in answer.text
    assert "<details open>" in answer.text
