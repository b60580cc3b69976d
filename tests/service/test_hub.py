"""People who come from a JupyterHub: a real one, whose administrator changes things meanwhile."""

import datetime
import re
import subprocess
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from courseware import errors, settings
from courseware.course import courses, manifest, people
from courseware.service import hub as door
from courseware.service import hub_checks
from tests import builders, hubs
from tests.builders import NOW
from tests.journeys import test_lab_student as lab
from tests.service import inside

pytestmark = pytest.mark.slow
C, PAGE = "/api/v1/courses/c", "/courses/c"
MINUTE = datetime.timedelta(minutes=1)
SERVER = ("access:services!service=courseware", "read:users:name!user", "read:users:groups!user")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(f"sqlite:///{tmp_path / 'courseware.sqlite'}", tmp_path)
    text = builders.MANIFEST.replace('id = "c"', 'id = "other"')
    with made.database.write() as connection:
        courses.put(connection, manifest.parse(text), text, now=NOW)
    yield made
    made.close()


@pytest.fixture
def site(hub: hubs.Hub, world: builders.World, hub_port: int, tmp_path: Path) -> Iterator[inside.Inside]:
    with inside.serving(world, tmp_path, now=NOW, hub=hub.settings(), port=hub_port) as served:
        yield served


class Browser:
    """A browser that is signed in at the Hub and keeps the cookies of the pages."""

    def __init__(self, hub: hubs.Hub, site: inside.Inside, username: str) -> None:
        self.hub, self.site = hub, site
        self.cookies: dict[str, str] = {}
        self.at_hub = hub.sign_in(username)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """One page, without going on to another."""
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.site.ask("", "GET", path, headers={"Cookie": kept, **more})
        self._keep(answer)
        return answer

    def post(self, path: str, form: dict[str, str]) -> httpx.Response:
        """Send a form of the page of the course."""
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        word = re.search(r'name="_xsrf" value="([0-9a-f]+)"', self.get(PAGE).text)
        assert word
        answer = self.site.ask("", "POST", path, {**form, "_xsrf": word[1]}, headers={"Cookie": kept})
        self._keep(answer)
        return answer

    def _keep(self, answer: httpx.Response) -> None:
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            if value.strip('"'):
                self.cookies[name] = value

    def begin(self, path: str) -> str:
        """From a page to the Hub; the address that the Hub sends back to."""
        first = self.get(path)
        assert first.status_code == 303, first.text
        begun = self.get(_local(first.headers["Location"]))
        assert begun.headers["Location"].startswith(f"{self.hub.public}/hub/api/oauth2/authorize?")
        return _local(self.hub.back(self.at_hub, begun.headers["Location"]))

    def open(self, path: str) -> httpx.Response:
        """A page, by way of the Hub."""
        done = self.get(self.begin(path))
        if done.status_code != 303:
            return done
        return self.get(_local(done.headers["Location"]))


def _local(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def server(hub: hubs.Hub, site: inside.Inside, username: str, *scopes: str) -> httpx.Response:
    """A Jupyter server comes in."""
    token = hub.server_token(username, *SERVER, *scopes)
    return site.ask("", "POST", "/api/v1/hub-sign-in", {"token": token})


def test_browsers_come_by_the_hub_to_the_page_they_wanted_as_what_their_groups_say(
    hub: hubs.Hub, site: inside.Inside
) -> None:
    sam = Browser(hub, site, "sam")
    page = sam.open(f"{PAGE}/lessons/one")
    assert page.status_code == 200
    assert "One" in page.text
    assert set(sam.cookies) == {"courseware"}
    assert sam.get(f"{PAGE}/people").status_code == 403
    for name, status in (("ines", 200), ("gus", 200)):
        assert Browser(hub, site, name).open(f"{PAGE}/class").status_code == status, name


def test_the_client_of_each_version_signs_people_in(hub: hubs.Hub, hub_port: int) -> None:
    """A service may stand beside another JupyterHub than the one that it speaks with."""
    origin = f"http://c.courseware.localhost:{hub_port}"
    for python in hubs.PYTHONS.values():
        asked = [python, "-c", _CLIENT, hub.public, hub.api, hub.token, origin]
        with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
            assert client.stdin
            assert client.stdout
            back = hub.back(hub.sign_in("sam"), client.stdout.readline().strip())
            code = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["code"][0]
            told, _ = client.communicate(code)
        assert told.split() == ["sam", "True"]


_CLIENT = f"""
import sys
from courseware import settings
from courseware.service import hub

public, api, token, origin = sys.argv[1:]
door = hub.Hub(settings.Hub(public=public, api=api, token=token), origin)
begun = door.begin()
print(begun.url, flush=True)
known = door.who(door.redeem(sys.stdin.read(), begun.verifier))
print(known.username, {door.TEACH!r} in known.scopes)
"""


def test_who_is_in_no_course_is_told_what_to_ask_for(hub: hubs.Hub, site: inside.Inside) -> None:
    nina = Browser(hub, site, "nina")
    page = nina.open(PAGE)
    assert page.status_code == 403
    assert "nina" in page.text
    assert "courseware" not in nina.cookies


def test_staff_of_another_course_are_nobody_here(hub: hubs.Hub, site: inside.Inside) -> None:
    oleg = Browser(hub, site, "oleg")
    assert oleg.open("/courses/other/class").status_code == 200
    for path in (PAGE, f"{PAGE}/class", f"{PAGE}/lessons/one", f"{PAGE}/people"):
        assert oleg.get(path).status_code == 404, path


def test_a_sign_in_is_finished_only_by_the_browser_that_began_it(hub: hubs.Hub, site: inside.Inside) -> None:
    sam, lena = Browser(hub, site, "sam"), Browser(hub, site, "lena")
    back, other = sam.begin(PAGE), lena.begin(PAGE)
    for browser, path in ((lena, back), (Browser(hub, site, "gus"), back), (sam, other)):
        refused = browser.get(path)
        assert (refused.status_code, "courseware" in browser.cookies) == (403, False)
    assert "cookies" in refused.text
    assert sam.get("/hub/callback?error=access_denied").status_code == 403
    handshake = dict(sam.cookies)
    assert sam.get(back).status_code == 303
    sam.cookies = handshake
    used = sam.get(back)
    assert (used.status_code, "Open the page again" in used.text) == (503, True)


def test_after_the_sign_in_nobody_is_led_to_another_site(hub: hubs.Hub, site: inside.Inside) -> None:
    for wish in ("//evil.example/", "https://evil.example", "/courses/../..//evil", "/hub/sign-in"):
        sam = Browser(hub, site, "sam")
        path = f"/hub/sign-in?next={urllib.parse.quote(wish, safe='')}"
        back = hub.back(sam.at_hub, sam.get(path).headers["Location"])
        assert sam.get(_local(back)).headers["Location"] == "/", wish


def test_what_a_script_fetches_is_refused_and_not_sent_round(hub: hubs.Hub, site: inside.Inside) -> None:
    sam = Browser(hub, site, "sam")
    assert sam.get(PAGE, Sec_Fetch_Mode="cors").status_code == 401
    assert sam.get("/api/v1/me").status_code == 401
    assert sam.get("/nothing-here").status_code == 404


def test_a_server_learns_and_drafts_and_never_teaches(hub: hubs.Hub, site: inside.Inside) -> None:
    for name in ("sam", "ines"):
        # Even where the Hub is set up wrongly and gives a server all that its person may.
        joined = server(hub, site, name, door.TEACH).json()
        assert joined["ceiling"] == "lab"
        assert joined["course"]["slug"] == "c"
        assert joined["key"]["public_key"]
        assert joined["pages"].startswith("http://c.courseware.localhost")
        token = joined["credential"]
        assert site.ask(token, "GET", f"{C}/lessons").status_code == 200
        for path in ("grades", "people", "queue"):
            assert site.ask(token, "GET", f"{C}/{path}").status_code == 403, path
        assert site.ask(token, "POST", f"{C}/lessons/one/releases", {}).status_code == 403
        assert site.ask(token, "GET", f"{PAGE}/class").status_code == 403


def test_a_server_without_the_scope_for_drafts_does_what_a_students_does(
    hub: hubs.Hub, site: inside.Inside
) -> None:
    for scope, status in ((door.LEARN, 403), (door.DRAFT, 415)):
        joined = server(hub, site, "ines", scope).json()
        assert joined["role"] == ("student" if scope == door.LEARN else "instructor")
        answer = site.ask(joined["credential"], "POST", f"{C}/lessons/nothing/draft-release", {})
        assert answer.status_code == status, answer.text


def test_on_the_hubs_own_host_name_nobody_teaches(
    hub: hubs.Hub, world: builders.World, hub_port: int, tmp_path: Path
) -> None:
    shared = settings.Hub(public="http://c.courseware.localhost:1", api=hub.api, token=hub.token)
    with inside.serving(world, tmp_path, now=NOW, hub=shared, port=hub_port) as served:
        assert served.vouched is not None
        token = hub.server_token("ines", *SERVER, door.TEACH)
        session = served.vouched.in_browser(token).token
        assert served.ask(session, "GET", PAGE).status_code == 200
        for path in (f"{PAGE}/class", f"{PAGE}/marking", f"{PAGE}/inbox"):
            refused = served.ask(session, "GET", path)
            assert refused.status_code == 403, path
            assert "[service] public" in refused.text
        student = served.vouched.in_browser(hub.server_token("sam", *SERVER, door.TEACH)).token
        refused = served.ask(student, "GET", f"{PAGE}/class")
        assert (refused.status_code, "[service] public" in refused.text) == (403, False)


def test_other_tokens_let_nobody_in(hub: hubs.Hub, site: inside.Inside) -> None:
    assert server(hub, site, "sam").status_code == 401  # none of our scopes
    for token in ("", "nonsense", "x" * 4000, hub.token):
        answer = site.ask("", "POST", "/api/v1/hub-sign-in", {"token": token})
        assert answer.status_code == 401, token[:20]
    assert server(hub, site, "nina", door.LEARN).status_code == 403
    token = hub.server_token("sam", *SERVER, door.DRAFT)
    assert (
        site.ask(token, "GET", f"{C}/lessons").status_code == 401
    )  # what the Hub gave is no credential here
    wrong = site.ask("", "POST", "/api/v1/hub-sign-in", {"token": token, "course": "other"})
    assert wrong.status_code == 404


def test_the_hub_is_asked_again_in_five_minutes_and_what_it_takes_back_ends(
    hub: hubs.Hub, site: inside.Inside
) -> None:
    lena = server(hub, site, "lena", door.DRAFT).json()["credential"]
    token = hub.ask("GET", "/users/lena/tokens")["api_tokens"][-1]["id"]
    hub.ask("DELETE", f"/users/lena/tokens/{token}")
    assert site.ask(lena, "GET", f"{C}/lessons").status_code == 200
    site.now += 5 * MINUTE
    assert site.ask(lena, "GET", f"{C}/lessons").status_code == 401


def test_a_credential_that_is_only_like_one_moves_nothing(hub: hubs.Hub, site: inside.Inside) -> None:
    token = server(hub, site, "lena", door.DRAFT).json()["credential"]
    assert site.vouched is not None
    site.now += 6 * MINUTE
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[:20], "", "é"):
        assert not site.vouched.stale(wrong)
    assert site.vouched.stale(token)


def test_who_leaves_a_group_is_out_and_who_comes_back_is_in(hub: hubs.Hub, site: inside.Inside) -> None:
    gus = Browser(hub, site, "gus")
    assert gus.open(f"{PAGE}/class").status_code == 200
    hub.ask("DELETE", "/groups/course-c-graders/users", {"users": ["gus"]})
    site.now += 5 * MINUTE
    assert gus.get(PAGE).status_code == 404
    hub.ask("POST", "/groups/course-c-students/users", {"users": ["gus"]})
    site.now += 5 * MINUTE
    assert (gus.get(PAGE).status_code, gus.get(f"{PAGE}/class").status_code) == (200, 403)
    hub.ask("DELETE", "/groups/course-c-students/users", {"users": ["gus"]})
    hub.ask("POST", "/groups/course-c-graders/users", {"users": ["gus"]})


def test_somebody_who_wrote_for_an_hour_is_still_signed_in(hub: hubs.Hub, site: inside.Inside) -> None:
    ines = Browser(hub, site, "ines")
    assert ines.open(f"{PAGE}/class").status_code == 200
    site.now += 60 * MINUTE
    assert ines.get(f"{PAGE}/class").status_code == 200


def test_while_the_hub_is_away_what_holds_goes_on_for_a_quarter_of_an_hour(
    hub: hubs.Hub, site: inside.Inside
) -> None:
    sam = Browser(hub, site, "sam")
    assert sam.open(PAGE).status_code == 200
    hub.end()
    try:
        site.now += 5 * MINUTE
        assert sam.get(PAGE).status_code == 200
        answer = site.ask("", "POST", "/api/v1/hub-sign-in", {"token": "t"})
        assert (answer.status_code, answer.json()["code"]) == (503, "temporary")
        site.now += 15 * MINUTE
        assert sam.get(PAGE).status_code == 303
    finally:
        hub.start()
    assert sam.open(PAGE).status_code == 200


def test_signing_out_stays_signed_out(hub: hubs.Hub, site: inside.Inside) -> None:
    sam = Browser(hub, site, "sam")
    sam.open(PAGE)
    session = dict(sam.cookies)
    done = sam.post("/sign-out", {})
    assert (done.status_code, done.headers["Location"], sam.cookies) == (303, "/sign-in", {})
    page = sam.get("/sign-in")
    assert page.status_code == 200
    assert 'href="/hub/sign-in"' in page.text
    assert f"{hub.public}/hub/logout" in page.text
    sam.cookies = session
    site.now += 6 * MINUTE
    assert sam.get(PAGE, Sec_Fetch_Mode="cors").status_code == 401


def test_a_class_is_there_before_anybody_comes(
    hub: hubs.Hub, world: builders.World, hub_port: int, tmp_path: Path
) -> None:
    with inside.serving(world, tmp_path, now=NOW, hub=hub.settings(), port=hub_port) as served:
        assert served.vouched is not None
        served.vouched.read_groups()
        with world.database.read() as connection:
            here = {
                each.person.username: each.role for each in people.present(connection, world.course, now=NOW)
            }
    # tess owns the course; kim was on its roster and is in no group.
    assert here == {
        "tess": "owner",
        "sam": "student",
        "lena": "student",
        "ghost": "student",
        "gus": "grader",
        "ines": "instructor",
    }


@pytest.mark.parametrize("roles", ["roster", "both"])
def test_a_roster_counts_where_it_is_said_to(
    hub: hubs.Hub, world: builders.World, hub_port: int, tmp_path: Path, roles: str
) -> None:
    with world.database.write() as connection:
        people.add(connection, world.course, username="nina", name="N", email=None, role="grader", now=NOW)
    with inside.serving(world, tmp_path, now=NOW, hub=hub.settings(roles=roles), port=hub_port) as served:
        assert Browser(hub, served, "nina").open(f"{PAGE}/class").status_code == 200
        ines = Browser(hub, served, "ines").open(f"{PAGE}/class")
        assert ines.status_code == (200 if roles == "both" else 403)
        if roles == "roster":
            assert "ines" in ines.text


def test_a_token_that_tells_no_groups_takes_nobody_out(hub: hubs.Hub, site: inside.Inside) -> None:
    assert server(hub, site, "lena", door.DRAFT).status_code == 200
    token = hub.server_token("lena", "access:services!service=courseware", "read:users:name!user", door.DRAFT)
    joined = site.ask("", "POST", "/api/v1/hub-sign-in", {"token": token})
    assert joined.status_code == 200
    assert site.ask(joined.json()["credential"], "GET", f"{C}/lessons").status_code == 200


def test_doctor_says_what_a_hub_lacks(hub: hubs.Hub, hub_port: int) -> None:
    public = f"http://c.courseware.localhost:{hub_port}"

    def checks(found: settings.Hub, at: str) -> list[hub_checks.Check]:
        whole = settings.Settings(service=settings.Service(public=at, port=hub_port), hub=found)
        return hub_checks.of_service(whole)

    def looked(found: settings.Hub, at: str = public) -> dict[str, bool]:
        return {each.what: each.holds for each in checks(found, at)}

    [major] = [name for name, python in hubs.PYTHONS.items() if python == hub.python]
    assert checks(hub.settings(), public)[0].said.startswith(f"JupyterHub {major}.")

    assert set(looked(hub.settings()).items()) == {
        (each, True) for each in ("Hub", "host names", "token", "sign-in", "groups")
    }
    wrong = settings.Hub(public=hub.public, api=hub.api, token="x" * 64)
    assert [what for what, holds in looked(wrong).items() if not holds] == ["token", "sign-in", "groups"]
    other = settings.Hub(
        public=hub.public, api=hub.api, token=hub.token, client="service-other", roles="roster"
    )
    assert [what for what, holds in looked(other).items() if not holds] == ["sign-in"]
    assert [what for what, holds in looked(hub.settings(), hub.public).items() if not holds] == ["host names"]
    nobody = settings.Hub(public=hub.public, api=f"http://127.0.0.1:{lab.free_port()}", token="t")
    assert looked(nobody) == {"Hub": False}
    with pytest.raises(errors.UserError, match="public"):
        hub_checks.of_service(settings.Settings())
