"""Who makes, sees and ends which sign-ins: everybody, with every credential, at every address."""

import datetime
import re
import urllib.parse
from typing import Any

import httpx

from courseware.course import model, people
from courseware.service.api import routes_sign_in as api_routes
from courseware.service.pages import routes_sign_in as page_routes
from tests import builders
from tests.builders import NOW
from tests.service import inside
from tests.service import test_sign_in as entry

C, MINUTE = entry.C, entry.MINUTE
world, site = entry.world, entry.site


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
    assert site.ask(lab, "DELETE", f"{C}/sign-ins/{lab.split('_')[2]}").json() == {"ended": 1}
    assert site.ask(lab, "GET", "/api/v1/me").status_code == 401


def test_a_students_jupyter_server_opens_their_pages_as_a_student_for_ever(
    world: builders.World, site: inside.Inside
) -> None:
    session = entry.cookie(site.ask("", "POST", entry.browser_link(site, world.sam.person, "lab"), {}))
    assert site.ask("", "GET", "/courses/c", headers=session).status_code == 200
    with world.database.write() as connection:
        builders.person(connection, world.course, "sam", name="sam", role="instructor", now=site.now)
    assert site.ask("", "GET", "/courses/c/people", headers=session).status_code == 403
    assert site.ask("", "GET", "/courses/c/sign-ins", headers=session).status_code == 403
    fresh = entry.cookie(site.ask("", "POST", entry.browser_link(site, world.sam.person, "cli"), {}))
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
    session = entry.cookie(
        site.ask("", "POST", _path(site.ask(cli, "POST", f"{C}/sign-ins/browser-link", {})), {})
    )
    assert site.ask("", "GET", "/courses/c/marking", headers=session).status_code == 200
    assert site.ask("", "GET", "/courses/c/people/sam", headers=session).status_code == 403
    site.now += datetime.timedelta(days=7)
    assert site.ask(cli, "GET", f"{C}/grades").status_code == 401


def _path(answer: httpx.Response) -> str:
    return urllib.parse.urlsplit(str(answer.json()["url"])).path


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
            ("POST", f"{C}/people/import", {"csv": "username,role\nsam,owner\n"}),
            ("PATCH", f"{C}/people/tess", {"email": "ida@x.example"}),
            ("PATCH", f"{C}/people/sam", {"role": "owner"}),
            ("PATCH", f"{C}/people/ida", {"role": "owner"}),
        ):
            answer = site.ask(token, method, path, body)
            assert answer.status_code in (403, 409), (path, answer.text)
        own = site.ask(token, "POST", f"{C}/people/import", {"csv": "username,role\nida,owner\n"})
        assert (own.status_code, "Your own role" in own.text) == (422, True)
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
    here = entry.cookie(site.ask("", "POST", entry.browser_link(site, world.sam.person), {}))
    there = entry.cookie(site.ask("", "POST", entry.browser_link(site, world.sam.person), {}))
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


def test_what_was_made_with_a_sign_in_ends_with_it(world: builders.World, site: inside.Inside) -> None:
    """A Jupyter server that somebody took: the pages that it opened, and what they let in, are shut too."""

    def public(token: str) -> str:
        return token.split("_")[2]

    def opened(source: str) -> dict[str, str]:
        return entry.cookie(
            site.ask("", "POST", _path(site.ask(source, "POST", f"{C}/sign-ins/browser-link", {})), {})
        )

    def machine(source: str) -> str:
        link = site.ask(source, "POST", f"{C}/sign-ins/machine-link", {"ceiling": "cli"}).json()["url"]
        joined = site.ask("", "POST", "/api/v1/join", {"token": link.rpartition("/")[2]})
        return str(joined.json()["credential"])

    lab, own = site.token(world.sam.person, "lab"), site.token(world.sam.person, "pages")
    browser = opened(lab)
    session = browser["Cookie"].partition("=")[2]
    cli = machine(session)
    again = opened(cli)
    page = " ".join(site.ask(own, "GET", "/courses/c/sign-ins").text.split())
    assert "made with JupyterLab <bdi></bdi>" in page
    listed = {each["id"]: each for each in site.ask(own, "GET", f"{C}/sign-ins").json()["sign_ins"]}
    assert [listed[public(each)]["made_from"] for each in (lab, session, cli)] == [
        "", public(lab), public(session),
    ]  # fmt: skip
    # Signing out ends nothing else, here and in the list.
    assert site.ask(session, "DELETE", f"{C}/sign-ins/{public(session)}").json() == {"ended": 1}
    assert site.ask(cli, "GET", f"{C}/lessons").status_code == 200
    # From a browser that was made with the one that is ended, one is out.
    word = re.search(
        r'name="_xsrf" value="(\w+)"', site.ask("", "GET", "/courses/c/sign-ins", headers=again).text
    )
    assert word
    out = site.ask(
        "", "POST", f"/courses/c/sign-ins/{public(lab)}/end", {"_xsrf": word.group(1)}, headers=again
    )
    assert (out.status_code, out.headers["Location"]) == (303, "/")
    for token in (lab, session, cli):
        assert site.ask(token, "GET", f"{C}/lessons").status_code == 401
    assert site.ask("", "GET", "/courses/c", headers=again).status_code == 401
    assert site.ask(own, "GET", f"{C}/lessons").status_code == 200


def test_ending_a_sign_in_of_staff_ends_nobody_elses(world: builders.World, site: inside.Inside) -> None:
    used, here = (site.token(world.teacher.person, "pages") for _ in range(2))
    sams = entry.cookie(
        site.ask("", "POST", _path(site.ask(used, "POST", f"{C}/people/sam/sign-in-link", {})), {})
    )
    joining = site.ask(used, "POST", f"{C}/people/kim/join-link").json()["token"]
    kims = site.ask("", "POST", "/api/v1/join", {"token": joining}).json()["credential"]
    own = entry.cookie(
        site.ask("", "POST", _path(site.ask(used, "POST", f"{C}/people/tess/sign-in-link", {})), {})
    )
    ended = site.ask(here, "DELETE", f"{C}/people/tess/sign-ins/{used.split('_')[2]}")
    assert ended.json() == {"ended": 2}
    assert site.ask("", "GET", "/courses/c", headers=own).status_code == 401
    assert site.ask("", "GET", "/courses/c", headers=sams).status_code == 200
    assert site.ask(kims, "GET", f"{C}/lessons").status_code == 200


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
    session = entry.cookie(site.ask("", "POST", found.group(1), {}))
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
OWN_ROUTES: tuple[tuple[str, str, Any], ...] = (
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
RULING_ROUTES: tuple[tuple[str, str, Any], ...] = (
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
            here: model.Ceiling = ceiling
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
