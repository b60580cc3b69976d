"""Dates of a group on the pages: the same to everybody in it, a row and an audit entry each; and back."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from courseware.course import courses, groups, lessons, manifest, model, people
from courseware.store import schema, schema_schedule
from tests import builders
from tests.builders import NOW
from tests.service import inside

NAME = "Tue evening é"
PAGE = "/courses/c/groups/Tue%20evening%20%C3%A9"
DUE, LATER = "2026-11-23T13:00:00Z", "2026-11-26T13:00:00Z"
FORM = {"kind": "extension", "lesson": "one", "days": "3", "reason": "<b>zqstorm</b>"}
LISTED = """
[[groups]]
name = "Tue evening é"
days_later = 2

[groups.lessons.two]
due = 2027-02-01T08:00:00
"""


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with world.database.write() as connection:
        for name, role in (("gus", "grader"), ("ina", "instructor"), ("lou", "student")):
            people.add(connection, world.course, username=name, name=name, email=None, role=role, now=NOW)
        groups.put(connection, world.course, NAME, ["sam", "kim"], now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def token(served: inside.Inside, name: str, ceiling: model.Ceiling = "pages") -> str:
    with served.world.database.read() as connection:
        return served.token(people.by_username(connection, name), ceiling)


def one(served: inside.Inside, name: str) -> Any:
    """The first lesson as somebody has it."""
    return served.ask(token(served, name), "GET", "/api/v1/courses/c/plan").json()["dates"][0]


def into(served: inside.Inside, *names: str) -> None:
    """Who is in the group from now on."""
    with served.world.database.write() as connection:
        groups.put(connection, served.world.course, NAME, names, now=served.now)


def test_everybody_in_the_group_gets_it_with_an_entry_each(served: inside.Inside) -> None:
    ina = token(served, "ina")
    assert f'href="{PAGE}/dates"' in served.ask(ina, "GET", "/courses/c/people").text
    sent = served.ask(ina, "POST", f"{PAGE}/allowances", FORM)
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{PAGE}/dates")
    for name in ("sam", "kim"):
        assert one(served, name)["due"] == LATER
        assert "3 more days by an extension." in one(served, name)["why"]
    assert one(served, "lou")["due"] == DUE
    into(served, "sam", "kim", "lou")
    assert one(served, "lou")["due"] == DUE
    with served.world.database.read() as connection:
        who = {people.by_username(connection, name).public for name in ("sam", "kim")}
        wanted = schema.journal.c.kind == "allowance.extension"
        entries = connection.execute(sa.select(schema.journal).where(wanted)).all()
        assert {row.actor_id for row in entries} == {people.by_username(connection, "ina").id}
        assert len(entries) == len(who)
        assert all(sum(public in row.data for row in entries) == 1 for public in who)
        held = schema_schedule.allowance
        assert len(connection.execute(sa.select(held.c.reason)).all()) == 2


def test_the_page_tells_one_act_once_and_takes_it_back_from_all(served: inside.Inside) -> None:
    ina = token(served, "ina")
    served.ask(ina, "POST", f"{PAGE}/allowances", FORM)
    served.ask(ina, "POST", f"{PAGE}/allowances", {"kind": "waiver", "lesson": "", "reason": "known"})
    with served.world.database.read() as connection:
        sam = people.by_username(connection, "sam").public
    own = {"kind": "extra-attempts", "attempts": "2", "lesson": "one", "reason": "his own"}
    served.ask(ina, "POST", f"/courses/c/people/{sam}/allowances", own)
    told = served.ask(ina, "GET", f"{PAGE}/dates").text
    assert told.count("&lt;b&gt;zqstorm&lt;/b&gt;") == 1
    assert (told.count("all of them"), told.count("<bdi>sam</bdi>")) == (2, 1)
    ends = re.findall(rf'action="({PAGE}/allowances/alw_\w+/end)"', told)
    assert len(ends) == 3
    assert served.ask(ina, "POST", ends[-1]).status_code == 303
    assert {one(served, name)["due"] for name in ("sam", "kim")} == {DUE}
    assert served.ask(ina, "POST", ends[-1]).status_code == 404
    left = served.ask(ina, "GET", f"{PAGE}/dates").text
    assert "zqstorm" not in left
    assert "his own" in left
    assert "taken back by" in served.ask(ina, "GET", f"/courses/c/people/{sam}/dates").text


def test_who_has_left_the_group_keeps_what_they_got(served: inside.Inside) -> None:
    ina = token(served, "ina")
    served.ask(ina, "POST", f"{PAGE}/allowances", FORM)
    into(served, "kim", "lou")
    told = served.ask(ina, "GET", f"{PAGE}/dates").text
    assert "all of them" not in told
    end = re.search(rf'action="({PAGE}/allowances/alw_\w+/end)"', told)
    assert end is not None
    assert served.ask(ina, "POST", end[1]).status_code == 303
    assert (one(served, "sam")["due"], one(served, "kim")["due"]) == (LATER, DUE)


def test_the_page_tells_what_the_course_says_of_the_group(served: inside.Inside) -> None:
    ina = token(served, "ina")
    assert "the dates of the course hold for it" in served.ask(ina, "GET", f"{PAGE}/dates").text
    text = builders.MANIFEST + LISTED
    with served.world.database.write() as connection:
        course = courses.put(connection, manifest.parse(text), text, now=NOW)
        lessons.sync(connection, course, manifest.parse(text), now=NOW)
    told = served.ask(ina, "GET", f"{PAGE}/dates").text
    assert "Every due date is later by 2 days." in told
    assert "Mon 1 Feb 2027, 08:00 CET" in told
    served.ask(ina, "POST", f"{PAGE}/allowances", FORM)
    why = one(served, "sam")["why"]
    assert "2 more days by the dates of your group. 3 more days by an extension." in why


WAYS: tuple[tuple[str, str, dict[str, str] | None], ...] = (
    ("GET", f"{PAGE}/dates", None),
    ("POST", f"{PAGE}/allowances", FORM),
    ("POST", f"{PAGE}/allowances/alw_x/end", {}),
)


def test_who_may(served: inside.Inside) -> None:
    for name in ("sam", "lou", "gus"):
        for method, path, body in WAYS:
            assert served.ask(token(served, name), method, path, body).status_code == 403, (name, path)
    for method, path, body in WAYS:
        assert served.ask(token(served, "ina", "lab"), method, path, body).status_code == 403, path
    assert one(served, "sam")["due"] == DUE
    for name in ("gus", "sam"):
        assert PAGE not in served.ask(token(served, name), "GET", "/courses/c/people").text


def test_what_cannot_be_granted_is_granted_to_nobody(served: inside.Inside) -> None:
    ina = token(served, "ina")
    for wrong, says in (
        ({"days": "x"}, "must be a number"),
        ({"days": "0"}, "from 1 to 366"),
        ({"reason": " "}, "Say why"),
        ({"kind": "gold"}, "Choose what to grant"),
        ({"lesson": "", "days": "", "until": "2026-12-24T23:59"}, "say which"),
    ):
        answer = served.ask(ina, "POST", f"{PAGE}/allowances", {**FORM, **wrong})
        assert (answer.status_code in (400, 422), says in answer.text) == (True, True), answer.text
    for group in ("nobody", "%00", "..%2F.."):
        for method, path, body in WAYS:
            there = path.replace(PAGE, f"/courses/c/groups/{group}")
            assert served.ask(ina, method, there, body).status_code in (400, 404), there
    with served.world.database.read() as connection:
        assert connection.execute(sa.select(schema_schedule.allowance)).all() == []
