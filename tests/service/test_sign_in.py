"""Getting in, on both databases: links, their pages, mail, and the tricks that are tried on them."""

import datetime
import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from courseware.course import courses, credentials, manifest, model, people, sign_in
from courseware.service import identity
from tests import builders
from tests.builders import NOW
from tests.notices import told
from tests.service import inside

C = "/api/v1/courses/c"
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    told.addressed(made)
    yield made
    made.close()


@pytest.fixture
def site(world: builders.World, tmp_path: Path) -> Iterator[inside.Inside]:
    with inside.serving(world, tmp_path, now=NOW) as served:
        yield served


def browser_link(
    site: inside.Inside, person: model.Person, ceiling: model.Ceiling = "cli", body: Any = None
) -> str:
    """The path of a link that somebody has made for themselves."""
    token = site.token(person, ceiling)
    answer = site.ask(token, "POST", f"{C}/sign-ins/browser-link", body or {})
    assert answer.status_code == 200, answer.text
    parts = urllib.parse.urlsplit(answer.json()["url"])
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def cookie(answer: httpx.Response) -> dict[str, str]:
    """The session that an answer sets, as a header."""
    found = re.match(r"courseware=([^;]+)", answer.headers.get("Set-Cookie", ""))
    assert found, (answer.status_code, answer.text)
    return {"Cookie": f"courseware={found.group(1)}"}


def test_looking_at_a_link_changes_nothing_and_its_button_works_once(
    world: builders.World, site: inside.Inside
) -> None:
    path = browser_link(site, world.sam.person)
    for method in ("GET", "HEAD", "GET"):
        answer = site.ask("", method, path, headers={"Purpose": "prefetch", "Sec-Purpose": "prefetch"})
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    assert "Continue as" in answer.text
    assert "<script" not in answer.text
    done = site.ask("", "POST", path, {})
    assert (done.status_code, done.headers["Location"]) == (303, "/courses/c")
    for attribute in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in done.headers["Set-Cookie"]
    home = site.ask("", "GET", "/courses/c", headers=cookie(done))
    assert home.status_code == 200
    for method in ("GET", "POST"):
        again = site.ask("", method, path, {})
        assert (again.status_code, "has been used" in again.text) == (401, True)
        assert "Set-Cookie" not in again.headers


def test_a_link_is_no_credential_for_anything_else(world: builders.World, site: inside.Inside) -> None:
    token = browser_link(site, world.sam.person).rpartition("/")[2]
    for method, path in (("GET", f"{C}/lessons"), ("GET", f"{C}/sign-ins"), ("GET", "/courses/c")):
        assert site.ask(token, method, path).status_code == 403, path
        answer = site.ask("", method, path, headers={"Cookie": f"courseware={token}"})
        assert answer.status_code in (401, 403), path
    refused = site.ask("", "POST", "/api/v1/join", {"token": token})
    assert (refused.status_code, "for a browser" in refused.json()["detail"]) == (401, True)
    assert site.ask("", "POST", f"/sign-in/{token}", {}).status_code == 303


@pytest.mark.parametrize("change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: t + "x"])
def test_a_link_that_is_not_ours_tells_nothing(
    world: builders.World, site: inside.Inside, change: Any
) -> None:
    path = change(browser_link(site, world.sam.person))
    for method in ("GET", "POST"):
        answer = site.ask("", method, path, {})
        assert (answer.status_code, "sam" in answer.text) == (401, False)


def test_a_link_is_good_for_15_minutes_and_not_for_who_left(
    world: builders.World, site: inside.Inside
) -> None:
    late, left = (browser_link(site, person.person) for person in (world.kim, world.sam))
    with world.database.write() as connection:
        people.end(connection, world.course, world.sam.person, now=site.now)
    for method in ("GET", "POST"):
        assert site.ask("", method, left, {}).status_code == 401
    site.now += 16 * MINUTE
    answer = site.ask("", "POST", late, {})
    assert (answer.status_code, "expired" in answer.text) == (401, True)


def test_a_session_ends_with_the_membership_and_after_two_weeks(
    world: builders.World, site: inside.Inside
) -> None:
    sam, kim = (
        cookie(site.ask("", "POST", browser_link(site, viewer.person), {}))
        for viewer in (world.sam, world.kim)
    )
    with world.database.write() as connection:
        people.end(connection, world.course, world.sam.person, now=site.now)
    assert site.ask("", "GET", "/courses/c", headers=sam).status_code == 401
    assert site.ask("", "GET", "/courses/c", headers=kim).status_code == 200
    site.now += sign_in.BROWSER_FOR
    assert site.ask("", "GET", "/courses/c", headers=kim).status_code == 401


def persistent(site: inside.Inside, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
    """A form that is refused before it is read: the line may be cut before the answer is read."""
    for _ in range(20):
        try:
            return site.ask("", "POST", path, body, headers=headers)
        except httpx.TransportError:
            continue
    raise AssertionError("no answer")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
    ],
)
def test_another_site_signs_nobody_in(
    world: builders.World, site: inside.Inside, headers: dict[str, str]
) -> None:
    """Else a page of an attacker signs its visitors in as the attacker, and reads what they hand in."""
    path = browser_link(site, world.kim.person)
    for address, body in ((path, {}), ("/sign-in", {"email": "sam@school.example"})):
        answer = persistent(site, address, body, headers)
        assert answer.status_code in (400, 403), address
        assert "Set-Cookie" not in answer.headers
    assert persistent(site, path, {}, {}).status_code == 303


def test_a_link_names_our_own_host_whoever_asks(world: builders.World, site: inside.Inside) -> None:
    token = site.token(world.sam.person, "cli")
    forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "Host": "localhost"}
    assert site.ask(token, "POST", f"{C}/sign-ins/browser-link", {}, headers=forged).status_code == 400
    ours = {**forged, "Host": f"127.0.0.1:{site.port}"}
    answer = site.ask(token, "POST", f"{C}/sign-ins/browser-link", {}, headers=ours)
    assert answer.json()["url"].startswith(f"http://c.courseware.localhost:{site.port}/sign-in/cw_")


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/%2fevil.example",
        "/courses//evil.example",
        "/courses/../..//evil.example",
        "/courses/c/.%2e/x",
        "javascript:alert(1)",
        "/courses/c\r\nSet-Cookie: a=b",
        "/sign-in/cw_signin_x",
        "/static/pages.css",
        "/courses/c?x=<script>",
        "/courses/" + "a" * 400,
    ],
)
def test_a_link_leads_nowhere_but_to_our_pages(world: builders.World, site: inside.Inside, page: str) -> None:
    assert identity.own_page(page) == ""
    token = site.token(world.sam.person, "cli")
    assert site.ask(token, "POST", f"{C}/sign-ins/browser-link", {"page": page}).status_code == 422
    path = browser_link(site, world.sam.person)
    shown = site.ask("", "GET", f"{path}?next={urllib.parse.quote(page)}")
    assert "evil" not in shown.text.replace(site.client.base_url.host, "")
    done = site.ask("", "POST", path, {"next": page})
    assert (done.status_code, done.headers["Location"]) == (303, "/courses/c")


def test_a_link_leads_to_the_page_that_was_wanted(world: builders.World, site: inside.Inside) -> None:
    wanted = "/courses/c/lessons/one?ask=a#write"
    path = browser_link(site, world.sam.person, body={"page": wanted})
    shown = site.ask("", "GET", path)
    assert f'name="next" value="{wanted}"' in shown.text
    done = site.ask("", "POST", path, {"next": wanted})
    assert done.headers["Location"] == wanted


def test_a_link_of_another_course_opens_that_course_alone(world: builders.World, site: inside.Inside) -> None:
    toml = builders.MANIFEST.replace('id = "c"', 'id = "other"')
    with world.database.write() as connection:
        other = courses.put(connection, manifest.parse(toml), toml, now=NOW)
        people.add(connection, other, username="sam", name="sam", email=None, role="owner", now=NOW)
        there = sign_in.browser_link(connection, world.sam.person, other, credentials.NO_TERMS, now=site.now)
    done = site.ask("", "POST", f"/sign-in/{there.token}", {})
    assert done.headers["Location"] == "/courses/other"
    session = cookie(done)
    assert site.ask("", "GET", "/courses/other", headers=session).status_code == 200
    assert site.ask("", "GET", "/courses/c", headers=session).status_code == 404
    own = site.token(world.sam.person, "cli", other)
    assert site.ask(own, "POST", f"{C}/sign-ins/browser-link", {}).status_code == 404
    assert site.ask(own, "POST", f"{C}/people/kim/sign-in-link", {}).status_code == 404


def test_a_course_of_others_is_refused_like_one_that_never_was(
    world: builders.World, site: inside.Inside
) -> None:
    toml = builders.MANIFEST.replace('id = "c"', 'id = "other"')
    with world.database.write() as connection:
        courses.put(connection, manifest.parse(toml), toml, now=NOW)
    sam = site.token(world.sam.person, "cli")
    for path in ("/api/v1/courses/{}/lessons", "/api/v1/pulse?course={}", "/courses/{}"):
        there, nowhere = (site.ask(sam, "GET", path.format(name)) for name in ("other", "never"))
        assert there.status_code == 404
        assert there.text.replace("other", "never") == nowhere.text


def test_links_are_in_no_log(
    world: builders.World, site: inside.Inside, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="courseware.service")
    path = browser_link(site, world.sam.person)
    site.ask("", "GET", path)
    site.ask("", "POST", path, {})
    assert "/sign-in/…" in caplog.text
    assert "cw_signin" not in caplog.text
