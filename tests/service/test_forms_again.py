"""A form that is refused comes back on its page, on both databases, with the sentence and what was typed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import people
from courseware.desk import second_look
from courseware.exchange import submissions
from courseware.grading import scores
from courseware.store import schema
from tests import builders
from tests.builders import NOW
from tests.grading import test_worth
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


def test_a_decision_that_came_twice(served: inside.Inside, ina: str) -> None:
    work = test_worth.hand_in(served.world, "k", score=3)
    with served.world.database.write() as connection:
        one = schema.lesson.c.id == served.world.one.id
        connection.execute(schema.lesson.update().where(one).values(marks_policy="at-once"))
        found = submissions.find(connection, work.public)
        thread = second_look.ask(connection, served.world.sam, found, ("n", "t"), "Why?", now=served.now)
    place = f"/threads/{thread}"
    page = served.ask(ina, "GET", place).text
    assert f"/marks/{served.world.sam.person.public}?submission={work.public}" in page
    sent = {"decision": "changed", "reason": "So it is.", "over": "", "points": ""}
    refused = served.ask(ina, "POST", f"{place}/decision", sent)
    assert (refused.status_code, "has not changed since the request" in refused.text) == (409, True)
    assert ">\nSo it is.</textarea>" in refused.text
    done = served.ask(ina, "POST", f"{place}/decision", {**sent, "points": "4"})
    assert done.status_code == 303
    again = served.ask(ina, "POST", f"{place}/decision", {**sent, "decision": "stays"})
    assert (again.status_code, "was decided already" in again.text) == (409, True)
    assert ">\nSo it is.</textarea>" in again.text
    assert "Correct the decision" in again.text


def test_a_decision_over_a_mark_that_was_given_meanwhile(served: inside.Inside, ina: str) -> None:
    work = test_worth.hand_in(served.world, "k", score=3)
    with served.world.database.write() as connection:
        one = schema.lesson.c.id == served.world.one.id
        connection.execute(schema.lesson.update().where(one).values(marks_policy="at-once"))
        found = submissions.find(connection, work.public)
        thread = second_look.ask(connection, served.world.sam, found, ("n", "t"), "Why?", now=served.now)
    page = served.ask(ina, "GET", f"/threads/{thread}").text
    with served.world.database.write() as connection:
        by = served.world.teacher.person
        scores.put_by_person(connection, found, ("n", "t"), score=2, comment="", by=by, now=served.now)
    sent = {"decision": "changed", "reason": "So it is.", "over": "", "points": "4"}
    refused = served.ask(ina, "POST", decision(page), sent)
    assert (refused.status_code, "has marked this meanwhile" in refused.text) == (412, True)
    assert (">\nSo it is.</textarea>" in refused.text, 'value="4"' in refused.text) == (True, True)
    assert decision(refused.text) != decision(page)
    none = served.ask(ina, "POST", f"/threads/{thread}/decision?version=x", sent)
    assert (none.status_code, ">\nSo it is.</textarea>" in none.text) == (400, True)
    stays = served.ask(ina, "POST", decision(refused.text), {**sent, "decision": "stays"})
    assert (stays.status_code, 'value="4"' in stays.text) == (400, True)
    cli = served.token(served.world.teacher.person, "cli")
    wish = {"decision": "changed", "reason": "So.", "points": 4, "version": 0}
    assert served.ask(cli, "PUT", f"/api/v1/threads/{thread}/decision", wish).status_code == 412
    wish["decision"] = "stays"
    assert served.ask(cli, "PUT", f"/api/v1/threads/{thread}/decision", wish).status_code == 400
    assert served.ask(ina, "POST", decision(refused.text), sent).status_code == 303


def decision(page: str) -> str:
    """Where the form of a decision goes."""
    found = re.search(r'action="([^"]+/decision[^"]*)"', page)
    assert found
    return found[1]


def test_a_draft_that_is_there_no_more(served: inside.Inside, ina: str) -> None:
    draft = test_drafts.draft(served.world).public
    dropped = [served.ask(ina, "POST", f"{LESSON}/draft-release/drop", {"id": draft}) for _ in range(2)]
    assert [each.status_code for each in dropped] == [303, 404]
    assert "has no draft" in dropped[1].text
    assert "Students get version" in dropped[1].text.partition('role="alert"')[2]


def test_a_draft_that_is_to_be_published_in_the_past(served: inside.Inside, ina: str) -> None:
    draft = test_drafts.draft(served.world).public
    sent = {"id": draft, "at": "2020-01-01T08:00"}
    answer = served.ask(ina, "POST", f"{LESSON}/draft-release/plan", sent)
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert 'value="2020-01-01T08:00"' in answer.text
    assert "<details open>" in answer.text
