"""The page and the addresses of a lesson's rule for late work, on both databases."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import people
from tests import builders
from tests.builders import HOUR, NOW
from tests.grading import test_worth as worth
from tests.service import inside

PAGE = "/courses/c/lessons/one/regrade/late"
API = "/api/v1/courses/c/lessons/one/late-rules"
LINE = '{ kind = "linear", percent = 25 }'


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    worth.under(made, 'late = { kind = "linear", percent = 10 }')
    worth.hand_in(made, "k", after=30 * HOUR, score=3)
    yield made
    made.close()


@pytest.fixture
def site(world: builders.World, tmp_path: Path) -> Iterator[inside.Inside]:
    with inside.serving(world, tmp_path, now=NOW + 40 * HOUR) as made:
        yield made


def hidden(page: str) -> dict[str, str]:
    """What the form that decides would send."""
    named = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value.replace("&#34;", '"') for name, value in named}


def test_it_is_applied_from_the_comparison_and_taken_back(world: builders.World, site: inside.Inside) -> None:
    tess, sam = (site.token(each.person, "pages") for each in (world.teacher, world.sam))
    looked = site.ask(tess, "GET", f"{PAGE}?late={LINE}").text
    assert "Would change: 1 mark" in looked
    assert "2.4" in looked
    assert "This is what course.toml says." in looked
    refused = site.ask(tess, "POST", PAGE, {**hidden(looked), "reason": " "})
    assert (refused.status_code, "Say why, in 1 to 2000" in refused.text) == (409, True)
    wish = {**hidden(looked), "reason": "<i>strike</i>"}
    worth.hand_in(world, "l", after=31 * HOUR, score=4)
    meanwhile = site.ask(tess, "POST", PAGE, wish)
    assert meanwhile.status_code == 409
    assert "Something came in between" in meanwhile.text
    assert 'value="&lt;i&gt;strike&lt;/i&gt;"' in meanwhile.text
    assert (
        site.ask(tess, "POST", PAGE, {**hidden(meanwhile.text), "reason": "<i>strike</i>"}).status_code == 303
    )

    page = site.ask(tess, "GET", f"{PAGE}?saved=yes").text
    assert "&lt;i&gt;strike&lt;/i&gt;" in page
    assert "course.toml says:" in page
    assert (
        "Late work loses 25 % of its points for each day begun."
        in site.ask(sam, "GET", "/courses/c/lessons/one").text
    )
    why = site.ask(tess, "GET", f"/courses/c/lessons/one/marks/{world.sam.person.public}").text
    assert "another rule for late work" in why
    (back,) = re.findall(r"\?back=(\w+)#what", page)
    looked = site.ask(tess, "GET", f"{PAGE}?back={back}").text
    assert "Late work loses 10 % of its points for each day begun." in looked
    assert site.ask(tess, "POST", f"{PAGE}/back", hidden(looked)).status_code == 303
    twice = site.ask(tess, "POST", f"{PAGE}/back", hidden(looked))  # the same form is done once
    assert twice.status_code == 303
    assert site.ask(tess, "POST", f"{PAGE}/back", {**hidden(looked), "once": "x"}).status_code == 409
    assert "This is what course.toml says." in site.ask(tess, "GET", PAGE).text


def test_the_addresses_tell_the_same(world: builders.World, site: inside.Inside) -> None:
    tess, sam = (site.token(each.person, "cli") for each in (world.teacher, world.sam))
    found = site.ask(tess, "GET", f"{API}/comparison?rule={LINE}").json()
    assert (found["changes"], found["up"], found["down"], found["people"]) == (1, 0, 1, 1)
    assert found["lines"][0]["percent_after"] == 50
    assert "email" not in found["lines"][0]["person"] or found["lines"][0]["person"]["email"] is None
    wish = {"rule": LINE, "reason": "a strike", "seal": found["seal"]}
    assert site.ask(tess, "POST", API, {**wish, "seal": "x"}).status_code == 409
    set_now = site.ask(tess, "POST", API, wish)
    assert (set_now.status_code, set_now.json()["rule"]) == (201, LINE)
    lesson = site.ask(sam, "GET", "/api/v1/courses/c/lessons/one").json()
    assert lesson["late_rule"] == "Late work loses 25 % of its points for each day begun."
    rule = set_now.json()["rules"][0]["id"]
    seal = site.ask(tess, "GET", f"{API}/comparison?back={rule}").json()["seal"]
    assert site.ask(tess, "GET", f"{API}/comparison?back=ltr_x").status_code == 409
    ended = site.ask(tess, "POST", f"{API}/{rule}/end", {"seal": seal}).json()
    assert (ended["rule"], ended["rules"][0]["ended_by"]) == ('{ kind = "linear", percent = 10 }', "tess")


def test_who_may(world: builders.World, site: inside.Inside) -> None:
    with world.database.write() as connection:
        gus = people.add(
            connection, world.course, username="gus", name="Gus", email=None, role="grader", now=NOW
        )
    tokens = {
        "sam": site.token(world.sam.person, "pages"),
        "gus": site.token(gus, "pages"),
        "lab": site.token(world.teacher.person, "lab"),
    }
    wish = {"rule": LINE, "reason": "x", "seal": "x"}
    for token in tokens.values():
        for path in (PAGE, API, f"{API}/comparison?rule={LINE}"):
            assert site.ask(token, "GET", path).status_code == 403
        assert site.ask(token, "POST", PAGE, {"late": LINE}).status_code == 403
        assert site.ask(token, "POST", API, wish).status_code == 403
