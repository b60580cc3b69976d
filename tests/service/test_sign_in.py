"""Getting in, on both databases: links, their pages, mail, and the tricks that are tried on them."""

import dataclasses
import datetime
import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from courseware.course import courses, credentials, manifest, model, people, sign_in
from courseware.mail import folder
from courseware.notices import outbox, signing_in
from courseware.service import identity
from courseware.service.api import routes_sign_in as api_routes
from courseware.service.pages import routes_sign_in as page_routes
from courseware.store import schema_notices
from tests import builders
from tests.builders import NOW
from tests.mail import postbox
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
    for host in ({}, {"Host": f"127.0.0.1:{site.port}"}):
        answer = site.ask(token, "POST", f"{C}/sign-ins/browser-link", {}, headers={**forged, **host})
        if host:
            assert answer.json()["url"].startswith(f"http://c.courseware.localhost:{site.port}/sign-in/cw_")
        else:
            assert answer.status_code == 400


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


def test_a_jupyter_server_of_staff_does_not_raise_itself(world: builders.World, site: inside.Inside) -> None:
    """Notebooks of students may run there: whatever it asks for, it never gets a session of staff."""
    lab = site.token(world.teacher.person, "lab")
    own = site.token(world.teacher.person, "pages")
    for path, body in (
        (f"{C}/sign-ins/browser-link", {}),
        (f"{C}/sign-ins/machine-link", {"ceiling": "cli"}),
        (f"{C}/sign-ins/machine-link", {"ceiling": "cli", "role": "student"}),
        (f"{C}/sign-ins/machine-link", {"ceiling": "lab"}),
        (f"{C}/sign-ins/end-others", None),
        (f"{C}/people/sam/sign-in-link", {}),
        (f"{C}/people/sam/join-link", None),
        (f"{C}/people/sam/sign-ins/end-all", None),
    ):
        assert site.ask(lab, "POST", path, body).status_code == 403, path
    assert site.ask(lab, "GET", f"{C}/sign-ins").status_code == 403
    session = own.split("_")[2]
    assert site.ask(lab, "DELETE", f"{C}/sign-ins/{session}").status_code == 403
    for path in ("/courses/c/sign-ins", "/courses/c/people/sam"):
        assert site.ask(lab, "GET", path).status_code == 403, path
    assert site.ask(own, "GET", f"{C}/sign-ins").status_code == 200
    # It may end itself: a machine that is given away is signed out there.
    assert site.ask(lab, "DELETE", f"{C}/sign-ins/{lab.split('_')[2]}").status_code == 204
    assert site.ask(lab, "GET", "/api/v1/me").status_code == 401


def test_a_students_jupyter_server_opens_their_pages_as_a_student_for_ever(
    world: builders.World, site: inside.Inside
) -> None:
    session = cookie(site.ask("", "POST", browser_link(site, world.sam.person, "lab"), {}))
    assert site.ask("", "GET", "/courses/c", headers=session).status_code == 200
    with world.database.write() as connection:
        people.add(
            connection, world.course, username="sam", name="sam", email=None, role="instructor", now=site.now
        )
    assert site.ask("", "GET", "/courses/c/people", headers=session).status_code == 403
    assert site.ask("", "GET", "/courses/c/sign-ins", headers=session).status_code == 403
    fresh = cookie(site.ask("", "POST", browser_link(site, world.sam.person, "cli"), {}))
    assert site.ask("", "GET", "/courses/c/people", headers=fresh).status_code == 200


def test_a_command_line_does_what_was_chosen_for_it(world: builders.World, site: inside.Inside) -> None:
    owner = site.token(world.teacher.person, "pages")
    full = site.ask(owner, "POST", f"{C}/sign-ins/machine-link", {"ceiling": "cli"})
    assert (full.status_code, "[environment]" in full.json()["detail"]) == (403, True)
    link = site.ask(
        owner, "POST", f"{C}/sign-ins/machine-link", {"ceiling": "cli", "role": "grader", "days": 7}
    ).json()
    token = link["url"].rpartition("/")[2]
    page = site.ask("", "GET", f"/join/{token}")
    assert ("courseware join" in page.text, "Continue as" in page.text) == (True, False)
    assert site.ask("", "POST", f"/join/{token}", {}).status_code == 401
    joined = site.ask("", "POST", "/api/v1/join", {"token": token, "label": "work"}).json()
    assert (joined["ceiling"], joined["role"]) == ("cli", "grader")
    assert joined["expires"].startswith("2026-11-30")
    assert site.ask("", "POST", "/api/v1/join", {"token": token}).status_code == 401
    cli = joined["credential"]
    assert site.ask(cli, "GET", "/api/v1/me").json()["memberships"][0]["role"] == "grader"
    assert site.ask(cli, "GET", f"{C}/grades").status_code == 200
    assert site.ask(cli, "POST", f"{C}/people", {"username": "x"}).status_code == 403
    for path, body in (
        (f"{C}/sign-ins/machine-link", {"ceiling": "cli", "role": "owner"}),
        (f"{C}/sign-ins/end-others", None),
    ):
        assert site.ask(cli, "POST", path, body).status_code == 403
    session = cookie(site.ask("", "POST", _path(site.ask(cli, "POST", f"{C}/sign-ins/browser-link", {})), {}))
    assert site.ask("", "GET", "/courses/c/marking", headers=session).status_code == 200
    assert site.ask("", "GET", "/courses/c/people/sam", headers=session).status_code == 403
    site.now += datetime.timedelta(days=7)
    assert site.ask(cli, "GET", f"{C}/grades").status_code == 401


def _path(answer: httpx.Response) -> str:
    return urllib.parse.urlsplit(answer.json()["url"]).path


def test_an_instructor_does_not_become_the_owner(world: builders.World, site: inside.Inside) -> None:
    with world.database.write() as connection:
        ida = people.add(
            connection, world.course, username="ida", name="Ida", email=None, role="instructor", now=NOW
        )
    tokens = [site.token(ida, "pages"), site.token(ida, "cli")]
    owner = {"username": "tess", "name": "tess", "email": "ida@x.example"}
    for token in tokens:
        for method, path, body in (
            ("POST", f"{C}/people/tess/sign-in-link", {}),
            ("POST", f"{C}/people/tess/join-link", None),
            ("GET", f"{C}/people/tess/sign-ins", None),
            ("POST", f"{C}/people/tess/sign-ins/end-all", None),
            ("POST", f"{C}/people", {"username": "new", "role": "owner"}),
            ("POST", f"{C}/people", {**owner, "role": "owner"}),
            ("POST", f"{C}/people/import", {"csv": "username,email,role\ntess,ida@x.example,owner\n"}),
            ("POST", f"{C}/people/import", {"csv": "username,role\nida,owner\n"}),
        ):
            answer = site.ask(token, method, path, body)
            assert answer.status_code in (403, 409), (path, answer.text)
        assert site.ask(token, "POST", f"{C}/people/sam/sign-in-link", {}).status_code == 200
    page = site.ask(tokens[0], "POST", "/courses/c/people", {"username": "new", "role": "owner"})
    assert page.status_code == 403
    with world.database.read() as connection:
        assert people.by_username(connection, "tess").email == "tess@school.example"
        assert {m.person.username for m in people.members(connection, world.course) if m.role == "owner"} == {
            "tess"
        }
    assert site.ask(
        site.token(world.teacher.person, "pages"), "POST", f"{C}/people", {"username": "x", "role": "owner"}
    ).is_success


def test_everybody_sees_and_ends_their_own_sign_ins(world: builders.World, site: inside.Inside) -> None:
    here = cookie(site.ask("", "POST", browser_link(site, world.sam.person), {}))
    there = cookie(site.ask("", "POST", browser_link(site, world.sam.person), {}))
    page = site.ask("", "GET", "/courses/c/sign-ins", headers=here).text
    assert page.count("<h3>Browser") == 2
    assert page.count(">this one<") == 1
    other = there["Cookie"].split("_")[2]
    xsrf = re.search(r'name="_xsrf" value="(\w+)"', page)
    assert xsrf
    refused = site.ask("", "POST", f"/courses/c/sign-ins/{other}/end", {}, headers=here)
    assert refused.status_code == 403
    form = {"_xsrf": xsrf.group(1)}
    kims = site.token(world.kim.person, "pages").split("_")[2]
    missing = site.ask("", "POST", f"/courses/c/sign-ins/{kims}/end", form, headers=here)
    assert missing.status_code == 404
    done = site.ask("", "POST", f"/courses/c/sign-ins/{other}/end", form, headers=here)
    assert done.status_code == 303
    assert site.ask("", "GET", "/courses/c", headers=there).status_code == 401
    ended = site.ask("", "POST", "/courses/c/sign-ins", {**form, "act": "end-others"}, headers=here)
    assert "2 sign-ins ended." in ended.text
    out = site.ask("", "POST", f"/courses/c/sign-ins/{here['Cookie'].split('_')[2]}/end", form, headers=here)
    assert out.headers["Location"] == "/"
    assert site.ask("", "GET", "/courses/c", headers=here).status_code == 401


def test_when_a_sign_in_was_used_is_known_to_the_hour(world: builders.World, site: inside.Inside) -> None:
    def used() -> Any:
        [found] = [
            each
            for each in site.ask(look, "GET", f"{C}/sign-ins").json()["sign_ins"]
            if each["id"] == token.split("_")[2]
        ]
        return found["used"]

    token, look = site.token(world.sam.person, "lab"), site.token(world.sam.person, "cli")
    assert used() is None
    site.ask(token, "GET", f"{C}/lessons")
    first = used()
    assert first is not None
    site.ask(token, "GET", f"{C}/lessons")
    assert used() == first
    site.now += datetime.timedelta(hours=1)
    site.ask(token, "GET", f"{C}/lessons")
    assert used() > first


def test_staff_let_a_person_in_and_end_it(world: builders.World, site: inside.Inside) -> None:
    staff = site.token(world.teacher.person, "pages")
    path = "/courses/c/people/sam"
    page = site.ask(staff, "POST", path, {"act": "show"}).text
    found = re.search(r"http://[^<]+(/sign-in/cw_signin_[^<]+)", page)
    assert found
    session = cookie(site.ask("", "POST", found.group(1), {}))
    mine = site.ask("", "GET", "/courses/c/sign-ins", headers=session).text
    assert "from a link that was made by <bdi>tess</bdi>" in " ".join(mine.split())
    joining = site.ask(staff, "POST", path, {"act": "join"}).text
    assert "/join/cw_join_" in joining
    assert "Join link until" in site.ask(staff, "GET", "/courses/c/people").text
    assert "cw_join" not in site.ask(staff, "GET", path).text
    ended = site.ask(staff, "POST", path, {"act": "end-all"})
    assert "2 sign-ins ended." in ended.text
    assert site.ask("", "GET", "/courses/c", headers=session).status_code == 401
    assert site.ask(staff, "POST", path, {"act": "what"}).status_code == 400
    assert "Join link until" not in site.ask(staff, "GET", "/courses/c/people").text


ROLES: dict[str, model.Role] = {
    "sam": "student", "gus": "grader", "ida": "instructor", "tess": "owner",
}  # fmt: skip
P = f"{C}/people/{{p}}"
OWN_ROUTES = (
    ("GET", f"{C}/sign-ins", None),
    ("GET", "/courses/c/sign-ins", None),
    ("POST", f"{C}/sign-ins/browser-link", {}),
    ("POST", f"{C}/sign-ins/machine-link", {"ceiling": "lab"}),
    ("POST", "/courses/c/sign-ins", {"act": "browser"}),
    ("DELETE", f"{C}/sign-ins/{{credential}}", None),
    ("POST", "/courses/c/sign-ins/{credential}/end", {}),
    ("POST", f"{C}/sign-ins/end-others", None),
    ("POST", "/courses/c/sign-ins", {"act": "end-others"}),
)
RULING_ROUTES = (
    ("GET", f"{P}/sign-ins", None),
    ("POST", f"{P}/sign-in-link", {}),
    ("POST", f"{P}/join-link", None),
    ("DELETE", f"{P}/sign-ins/{{credential}}", None),
    ("POST", f"{P}/sign-ins/end-all", None),
    ("POST", "/courses/c/people/{p}", {"act": "show"}),
    ("POST", "/courses/c/people/{p}", {"act": "join"}),
    ("POST", "/courses/c/people/{p}", {"act": "end-all"}),
    ("POST", "/courses/c/people/{p}/sign-ins/{credential}/end", {}),
    ("POST", "/courses/c/people/{p}/join-link", {}),
)
DONE = (200, 204, 303)
RANK = ("student", "grader", "instructor", "owner")


def test_who_may_at_every_address_of_sign_ins(world: builders.World, site: inside.Inside) -> None:
    """Everybody, with every credential: own sign-ins unless in a Jupyter server of staff; somebody's only
    from instructors up, for whoever can do no more than they.
    """
    members = {"sam": world.sam.person, "tess": world.teacher.person}
    with world.database.write() as connection:
        for name in ("gus", "ida"):
            members[name] = people.add(
                connection, world.course, username=name, name=name, email=None, role=ROLES[name], now=NOW
            )
    # The owner's command line can do more than the owner's pages, and is not made from there.
    for who, role in ROLES.items():
        for ceiling in ("lab", "pages", "cli", "join", "signin"):
            here: model.Ceiling = ceiling  # type: ignore[assignment]
            open_ = ceiling in ("pages", "cli") or (ceiling == "lab" and role == "student")
            for method, path, body in OWN_ROUTES:
                other = site.token(members[who], "pages").split("_")[2]
                token = site.token(members[who], here)
                answer = site.ask(token, method, path.format(credential=other), body)
                case = (who, ceiling, method, path, answer.status_code, answer.text[-300:])
                assert answer.status_code in (DONE if open_ else (403,)), case
            token = site.token(members[who], here)
            looks = role in ("instructor", "owner") and ceiling in ("pages", "cli")
            page = site.ask(token, "GET", "/courses/c/people/tess")
            assert page.status_code == (200 if looks else 403), (who, ceiling)
            assert ("may do more here than you" in page.text) is (looks and role != "owner")
            for other, theirs in ROLES.items():
                rules = (
                    ceiling in ("pages", "cli")
                    and role in ("instructor", "owner")
                    and RANK.index(theirs) <= RANK.index(role)
                )
                for method, path, body in RULING_ROUTES:
                    token = site.token(members[who], here)
                    public = site.token(members[other], "pages").split("_")[2]
                    answer = site.ask(token, method, path.format(p=other, credential=public), body)
                    case = (who, ceiling, other, path, answer.status_code, answer.text[-300:])
                    assert answer.status_code in (DONE if rules else (403,)), case


def test_every_address_of_sign_ins_is_in_this_matrix() -> None:
    tested = {(method, path) for method, path, _ in (*OWN_ROUTES, *RULING_ROUTES)}
    tested |= {("GET", "/courses/c/people/{p}")}  # asked there for the owner's page alone
    routes_ = (*api_routes.ROUTES, *page_routes.ROUTES)
    there = {(r.method, r.path.replace("{c}", "c")) for r in routes_ if not r.public}
    assert there - {("POST", "/sign-out")} <= tested


def test_without_a_credential_sign_ins_are_closed(site: inside.Inside) -> None:
    for method, path, body in (*OWN_ROUTES, *RULING_ROUTES):
        for token in ("", "nonsense"):
            filled = path.format(p="sam", credential="x")
            assert site.ask(token, method, filled, body).status_code == 401, path


def mailed(site: inside.Inside, tmp_path: Path) -> folder.Folder:
    """Have letters written to a folder."""
    assert site.telling is not None
    site.telling.sender = folder.Folder(path=tmp_path / "mail")
    base = f"http://c.courseware.localhost:{site.port}"
    site.telling.office = dataclasses.replace(site.telling.office, base=base)
    return site.telling.sender


def letters(tmp_path: Path) -> list[Any]:
    return [postbox.read(path.read_bytes()) for path in sorted((tmp_path / "mail").glob("*.eml"))]


def text(letter: Any) -> str:
    """What a letter says, as plain text."""
    return str(letter.get_body(("plain",)).get_content())


def asked(site: inside.Inside, address: str) -> httpx.Response:
    answer = site.ask("", "POST", "/sign-in", {"email": address})
    assert site.telling is not None
    site.telling.once()
    return answer


def test_a_link_comes_by_mail_and_the_answer_is_the_same_for_everybody(
    world: builders.World, site: inside.Inside, tmp_path: Path
) -> None:
    assert 'type="email"' not in site.ask("", "GET", "/sign-in").text
    mailed(site, tmp_path)
    assert 'type="email"' in site.ask("", "GET", "/sign-in").text
    addresses = (
        "sam@school.example",
        "nobody@school.example",
        "no address",
        "",
        "x" * 4000,
        "a@b\r\nBcc: c@d",
    )
    answers = [site.ask("", "POST", "/sign-in", {"email": each}) for each in addresses]
    told_ = {
        (each.status_code, each.text, *(v for k, v in each.headers.items() if k != "date"))
        for each in answers
    }
    assert len(told_) == 1
    assert site.telling is not None
    site.telling.once()
    [letter] = letters(tmp_path)
    assert letter["To"] == "sam <sam@school.example>"
    body = text(letter)
    found = re.search(r"http://c\.courseware\.localhost:\d+(/sign-in/cw_signin_\S+)", body)
    assert found
    assert "works once, for 15 minutes" in body
    assert site.ask("", "GET", found.group(1)).status_code == 200
    session = cookie(site.ask("", "POST", found.group(1), {}))
    assert site.ask("", "GET", "/courses/c", headers=session).status_code == 200


def test_asking_for_a_link_reads_and_writes_nothing_before_the_answer(
    world: builders.World, site: inside.Inside, tmp_path: Path
) -> None:
    """So that the time of the answer cannot tell whether an address is known."""
    mailed(site, tmp_path)
    statements: list[str] = []

    def noticed(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    engine = world.database._engine  # the statements of every connection
    sa.event.listen(engine, "before_cursor_execute", noticed)
    try:
        for address in ("sam@school.example", "nobody@school.example"):
            assert site.ask("", "POST", "/sign-in", {"email": address}).status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", noticed)
    assert [each for each in statements if not each.startswith(("BEGIN", "PRAGMA", "SET", "SHOW"))] == []


def test_a_person_gets_few_letters_whoever_asks(
    world: builders.World, site: inside.Inside, tmp_path: Path
) -> None:
    mailed(site, tmp_path)
    for _ in range(5):
        asked(site, "SAM@school.example")
    assert len(letters(tmp_path)) == 1
    for _ in range(10):
        site.now += signing_in.PAUSE
        asked(site, "sam@school.example")
    assert len(letters(tmp_path)) == signing_in.MOST
    asked(site, "kim@school.example")
    assert len(letters(tmp_path)) == signing_in.MOST + 1
    site.now += signing_in.DAY
    asked(site, "sam@school.example")
    assert len(letters(tmp_path)) == signing_in.MOST + 2


def test_who_asks_in_masses_is_not_heard(site: inside.Inside, tmp_path: Path) -> None:
    mailed(site, tmp_path)
    assert site.telling is not None
    for number in range(1000):
        site.telling.ask_link(f"n{number}@school.example")
    site.telling.ask_link("sam@school.example")
    site.telling.once()
    assert letters(tmp_path) == []
    asked(site, "sam@school.example")
    assert len(letters(tmp_path)) == 1


def test_a_letter_that_comes_too_late_is_not_sent(
    world: builders.World, site: inside.Inside, tmp_path: Path
) -> None:
    sender = mailed(site, tmp_path)
    assert site.telling is not None
    with world.database.write() as connection:
        signing_in.asked(connection, "sam@school.example", b"s" * 32, now=site.now)
        signing_in.asked(connection, "kim@school.example", b"s" * 32, now=site.now)
        people.end(connection, world.course, world.kim.person, now=site.now)
    site.now += 15 * MINUTE
    box = outbox.Outbox(database=world.database, sender=sender, office=site.telling.office, clock=site.clock)
    assert outbox.run(box) == 0
    with world.database.read() as connection:
        states = list(connection.execute(sa.select(schema_notices.letter.c.state)).scalars())
    assert states == ["empty", "empty"]


def test_an_address_lets_in_only_where_staff_gave_it(
    world: builders.World, site: inside.Inside, tmp_path: Path
) -> None:
    """Who has a course of their own cannot give somebody an address and be let in where they are later."""
    mailed(site, tmp_path)
    toml = builders.MANIFEST.replace('id = "c"', 'id = "other"')
    with world.database.write() as connection:
        other = courses.put(connection, manifest.parse(toml), toml, now=NOW)
        for course, address in ((other, "eve@evil.example"), (world.course, "bob@school.example")):
            bob = people.add(
                connection, course, username="bob", name="Bob", email=address, role="instructor", now=NOW
            )
    asked(site, "eve@evil.example")
    [letter] = letters(tmp_path)
    token = re.search(r"/sign-in/(cw_signin_\S+)", text(letter))
    assert token
    session = cookie(site.ask("", "POST", f"/sign-in/{token.group(1)}", {}))
    assert site.ask("", "GET", "/courses/c", headers=session).status_code == 404
    assert site.ask("", "GET", "/courses/other", headers=session).status_code == 200
    assert asked(site, "bob@school.example").status_code == 200
    assert (len(letters(tmp_path)), bob.email) == (1, "eve@evil.example")


def test_staff_send_a_link(world: builders.World, site: inside.Inside, tmp_path: Path) -> None:
    staff = site.token(world.teacher.person, "cli")
    path = f"{C}/people/sam/sign-in-link"
    refused = site.ask(staff, "POST", path, {"send": True})
    assert (refused.status_code, "No mail" in refused.json()["detail"]) == (409, True)
    mailed(site, tmp_path)
    sent = site.ask(staff, "POST", path, {"send": True}).json()
    assert (sent["url"], sent["sent_to"]) == ("", "sam@school.example")
    assert site.telling is not None
    site.telling.once()
    [letter] = letters(tmp_path)
    assert "tess sends you this link" in text(letter)
    again = site.ask(staff, "POST", path, {"send": True})
    assert (again.status_code, "just now" in again.json()["detail"]) == (409, True)
    page = site.ask(
        site.token(world.teacher.person, "pages"), "POST", "/courses/c/people/kim", {"act": "send"}
    )
    assert "on its way to <bdi>kim@school.example</bdi>" in page.text


def test_links_are_in_no_log(
    world: builders.World, site: inside.Inside, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="courseware.service")
    path = browser_link(site, world.sam.person)
    site.ask("", "GET", path)
    site.ask("", "POST", path, {})
    assert "/sign-in/…" in caplog.text
    assert "cw_signin" not in caplog.text
