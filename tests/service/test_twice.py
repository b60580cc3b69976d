"""A form that is sent twice, as by a double click, is done once: each route of the pages says by what."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import allowances
from courseware.service.pages import routes
from tests import builders
from tests.builders import NOW
from tests.service import inside

_SETS = "It says how things are to be, and says the same again."
_ENDS = "What it ends is ended."
_LINK = "Another link is made; each stands on the page and can be ended."
_STATE = "It goes on from one state, and the second finds another and says so."
HARMLESS = {
    "/unsubscribe/{token}": _SETS,
    "/mail/{mail}/{mark}": _STATE,
    "/courses/{c}/sight": _SETS,
    "/courses/{c}/people/{p}/erase": _ENDS,
    "/courses/{c}/lessons/{l}/submissions": "The form's own key makes it one hand-in with one receipt.",
    "/courses/{c}/lessons/{l}/checks": "A check that waits or runs is not begun twice.",
    "/courses/{c}/people": _SETS,
    "/courses/{c}/people/import": "It only looks.",
    "/courses/{c}/people/import/take": _SETS,
    "/courses/{c}/people/{p}/change": _SETS,
    "/courses/{c}/people/{p}/back": _SETS,
    "/courses/{c}/people/end": _ENDS,
    "/courses/{c}/people/{p}/join-link": _LINK,
    "/courses/{c}/people/{p}/end": _ENDS,
    "/courses/{c}/lessons/{l}/holds/{key}": _SETS,
    "/courses/{c}/lessons/{l}/release-marks": _SETS,
    "/sign-in": "Letters of one address are limited, and each link works.",
    "/sign-in/{token}": "A link signs in once.",
    "/join/{token}": "The same person is signed in.",
    "/sign-out": _ENDS,
    "/courses/{c}/sign-ins": _LINK,
    "/courses/{c}/sign-ins/{credential}/end": _ENDS,
    "/courses/{c}/people/{p}": _LINK,
    "/courses/{c}/people/{p}/sign-ins/{credential}/end": _ENDS,
    "/courses/{c}/lessons/{l}/draft-release/publish": "Whoever publishes takes the draft; there is one.",
    "/courses/{c}/lessons/{l}/draft-release/plan": _SETS,
    "/courses/{c}/lessons/{l}/draft-release/cancel": _ENDS,
    "/courses/{c}/lessons/{l}/draft-release/drop": _ENDS,
    "/courses/{c}/exports/canvas": "It changes nothing.",
    "/threads/{t}": _SETS,
    "/posts/{post}": _SETS,
    "/posts/{post}/reports": "One person's report of one comment is one.",
    "/courses/{c}/replies/{reply}/remove": _ENDS,
    "/courses/{c}/mail/{mail}": _STATE,
    "/courses/{c}/notices": _SETS,
    "/courses/{c}/preferences": _SETS,
    "/courses/{c}/groups": _SETS,
    "/courses/{c}/people/{p}/duty": _SETS,
    "/courses/{c}/dates/calendar": _LINK,
    "/courses/{c}/people/{p}/allowances/{a}/end": _ENDS,
    "/courses/{c}/groups/{g}/allowances/{a}/end": _ENDS,
    "/submissions/{s}/chosen": _SETS,
    "/courses/{c}/lessons/{l}/questions/{key}": "The same answer as the last changes nothing.",
    "/courses/{c}/class/names": _SETS,
    "/courses/{c}/lessons/{l}/regrade": _STATE,
    "/courses/{c}/lessons/{l}/regrade/apply": _STATE,
    "/courses/{c}/lessons/{l}/regrade/undo": _STATE,
    "/courses/{c}/lessons/{l}/regrade/drop": _STATE,
    "/courses/{c}/lessons/{l}/releases/{n}/withdraw": _STATE,
    "/courses/{c}/lessons/{l}/releases/{n}/offer": _STATE,
    "/courses/{c}/lessons/{l}/releases/{n}/notes": _SETS,
    "/courses/{c}/lessons/{l}/draft-release/wrong-answers": "A draft is tried once at a time.",
    "/courses/{c}/lessons/{l}/draft-release/wrong-answers/right": _SETS,
}
"""Why twice is harmless, for each route that is not done `once`."""
POSTS = [route for route in routes.PAGES if route.method == "POST"]


def test_each_form_is_done_once_or_harmless_twice() -> None:
    assert {route.path for route in POSTS if not route.once} == HARMLESS.keys()


def test_what_is_done_once_is_one_transaction_of_somebody_known() -> None:
    assert all(
        route.mode == "write" and not route.public and not route.upload for route in POSTS if route.once
    )


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to an address."""
    form = next(each for each in page.split("<form")[1:] if f'action="{action}"' in each)
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.split("</form>")[0]))
    assert found["once"], form
    return found


def test_a_grant_that_is_clicked_twice_is_one(site: inside.Inside) -> None:
    world = site.world
    token = site.token(world.teacher.person, "pages")
    here = f"/courses/c/people/{world.sam.person.public}"
    page = site.ask(token, "GET", f"{here}/dates").text
    form = fields(page, f"{here}/allowances")
    told = {**form, "kind": "extension", "days": "3", "lesson": "one", "reason": "ill"}
    first = site.ask(token, "POST", f"{here}/allowances", told)
    again = site.ask(token, "POST", f"{here}/allowances", told)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert granted(site) == 1
    site.ask(token, "POST", f"{here}/allowances", {**told, "days": "4"})  # another one, from the page before
    assert granted(site) == 2
    page = site.ask(token, "GET", f"{here}/dates").text
    site.ask(token, "POST", f"{here}/allowances", {**told, **fields(page, f"{here}/allowances")})
    assert granted(site) == 3  # the same once more, as somebody means it


def granted(site: inside.Inside) -> int:
    world = site.world
    with site.world.database.read() as connection:
        return len(allowances.of_person(connection, world.course, world.sam.person.id))


def test_what_is_refused_can_be_sent_again(site: inside.Inside) -> None:
    world = site.world
    token = site.token(world.teacher.person, "pages")
    here = f"/courses/c/people/{world.sam.person.public}/message"
    told = {**fields(site.ask(token, "GET", here).text, here), "title": "Hello", "body": ""}
    assert site.ask(token, "POST", here, told).status_code == 422
    assert site.ask(token, "POST", here, told).status_code == 422
    told["body"] = "How are you?"
    places = {site.ask(token, "POST", here, told).headers["Location"] for _ in range(2)}
    assert len(places) == 1
