"""Every address of the service under somebody else's names: another person, another lesson, another course.

The addresses come from the tables, so a new one is asked too. What is refused changes nothing either.
"""

import re
import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from courseware.course import permissions
from courseware.service import routes
from courseware.service.call import Route
from tests.service import test_api as api
from tests.service import test_hostile as hostile

ROUTES = [route for route in (*routes.API, *routes.PAGES) if not route.public]
NAMED = [route for route in ROUTES if "{" in route.path]
JSON: dict[str, Any] = {
    "CourseChange": {"manifest": hostile.OTHER},
    "MarkRequest": {"score": 1, "comment": "mine"},
    "PersonRequest": {"username": "planted"},
    "ImportRequest": {"csv": "username\nplanted\n"},
    "GroupChange": {"people": []},
    "Beginning": {"kind": "discussion", "title": "planted", "body": "planted"},
    "Words": {"body": "planted"},
    "PostChange": {"body": "planted"},
    "ThreadChange": {"hidden": True},
    "Seen": {"number": 1},
    "Following": {"following": True},
    "Reacting": {"kind": "thanks", "on": True},
    "Reporting": {"reason": "planted"},
    "NewReply": {"title": "planted", "body": "planted"},
    "MailTest": {"address": "x@example.org"},
    "AllowanceRequest": {"kind": "waiver", "reason": "planted", "lesson": api.LESSON},
    "AnswerRequest": {"text": "planted"},
    "AskRequest": {"notebook": "n", "exercise": "t", "reason": "planted"},
    "CheckRequest": {"exercise": "planted"},
    "PlanRequest": {"act": "pause", "first": "2030-01-01", "last": "2030-01-03"},
}
FORM = {
    "act": "unfollow",
    "body": "planted",
    "title": "planted",
    "kind": "waiver",
    "reason": "planted",
    "lesson": api.LESSON,
    "score": "1",
    "comment": "planted",
    "username": "planted",
    "once": "planted",
    "held": "yes",
}
OF_HER_OWN = {  # makes a group of hers; removes a reply that is none of hers already
    "PUT /api/v1/courses/{c}/groups/{g}",
    "DELETE /api/v1/courses/{c}/replies/{reply}",
    "POST /courses/{c}/replies/{reply}/remove",
}


class World(hostile.Service):
    """Sam's things, in every table that has an address."""

    def fill(self) -> None:
        self.tokens["eve"] = self.second_course()
        self.command("release", api.LESSON)
        listed = self.told("owner", "GET", f"{api.C}/people")["people"]
        sam = next(each["person"]["id"] for each in listed if each["person"]["username"] == "sam")
        work = self.hand_in(api.NOTEBOOK, self.notebook, key="work").json()["submission"]["id"]
        until = time.monotonic() + 120
        while self.told("sam", "GET", f"/api/v1/submissions/{work}")["state"] != "marked":
            assert time.monotonic() < until
            time.sleep(0.1)
        wish = {"kind": "private", "title": "zqsecret", "body": "zqsecret"}
        thread = self.told("sam", "POST", f"{api.C}/lessons/{api.LESSON}/threads", json=wish)
        grant = {"kind": "extension", "reason": "zqsecret", "lesson": api.LESSON, "amount": 2}
        self.told("owner", "POST", f"{api.C}/people/{sam}/allowances", json=grant)
        self.names = {
            "c": "data-in-python",
            "l": api.LESSON,
            "path": api.NOTEBOOK,
            "notebook": api.LESSON,
            "g": "planted",
            "s": work,
            "p": sam,
            "t": thread["id"],
            "post": self.told("sam", "GET", f"/api/v1/threads/{thread['id']}")["posts"][0]["id"],
            "mail": "rcv_none",
            "reply": self.first("owner", f"{api.C}/replies", {"title": "a", "body": "b"}),
            "credential": self.told("owner", "GET", f"{api.C}/people/{sam}/sign-ins")["sign_ins"][0]["id"],
            "a": self.told("owner", "GET", f"{api.C}/people/{sam}/allowances")["allowances"][0]["id"],
            "key": self.told("sam", "GET", f"{api.C}/lessons/{api.LESSON}")["exercises"][0]["key"],
            "n": "1",
            "k": "chk_none",
            "r": "ltr_none",
        }

    def first(self, who: str, path: str, wish: dict[str, str]) -> str:
        """The id of something that is made."""
        return str(self.told(who, "POST", path, json=wish)["id"])

    def told(self, who: str, method: str, path: str, **more: Any) -> Any:
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        answer = self.ask(who, method, path, headers=headers, **more)
        assert answer.is_success, (path, answer.text)
        return answer.json()

    def at(self, who: str, route: Route, **names: str) -> httpx.Response:
        """One request for an address of the tables, with what it wants for a body."""
        path = re.sub(r"{(\w+)\*?}", lambda each: {**self.names, **names}[each[1]], route.path)
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        if who != "nobody":
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        more: dict[str, Any] = {}
        if route.upload:
            more = self.form(api.NOTEBOOK, self.notebook)
        elif route.method != "GET" and path.startswith("/api/"):
            more = {"json": JSON.get(route.request.__name__ if route.request else "", {})}
        elif route.method != "GET":
            more = {"data": {**FORM, "act": "delete" if "{post}" in route.path else FORM["act"]}}
        return self.page(route.method, path, headers=headers, **more)

    def standing(self) -> list[Any]:
        """What an attack could have changed, as its owners see it."""
        n, lesson = self.names, f"{api.C}/lessons/{api.LESSON}"
        sam = (f"/api/v1/submissions/{n['s']}", f"/api/v1/threads/{n['t']}", f"{lesson}/submissions")
        staff = ("", "/people", "/grades", "/replies", "/groups", f"/people/{n['p']}/allowances")
        sign_ins = self.told("owner", "GET", f"{api.C}/people/{n['p']}/sign-ins")["sign_ins"]
        return [
            *(self.told("sam", "GET", path) for path in sam),
            *(self.told("owner", "GET", api.C + path) for path in staff),
            [each["id"] for each in sign_ins],
        ]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, served_database: str) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("others"), served_database)
    try:
        made.fill()
        yield made
    finally:
        made.end()


def called(route: Route) -> str:
    return f"{route.method} {route.path}"


def test_without_a_credential_everything_is_closed(world: World) -> None:
    before = world.standing()
    told = {called(route): world.at("nobody", route).status_code for route in ROUTES}
    assert {name: status for name, status in told.items() if status != 401} == {}
    assert world.standing() == before


def test_nothing_of_a_course_exists_for_the_owner_of_another(world: World) -> None:
    before = world.standing()
    told = {called(route): world.at("eve", route).status_code for route in NAMED}
    assert {name: status for name, status in told.items() if status != 404} == {}
    assert world.standing() == before


def test_nothing_of_a_course_is_reached_through_the_name_of_another(world: World) -> None:
    before = world.standing()
    through = [route for route in NAMED if route.path.count("{") > 1 and "{c}" in route.path]
    answers = {called(route): world.at("eve", route, c="other") for route in through}
    reached = {name for name, each in answers.items() if each.status_code < 400}
    assert reached == OF_HER_OWN
    assert {name for name, each in answers.items() if each.status_code >= 500} == set()
    assert not [name for name, each in answers.items() if "zqsecret" in each.text]
    assert world.standing() == before


def test_nothing_of_a_person_is_reached_by_another_student(world: World) -> None:
    before = world.standing()
    of_a_person = ("{s}", "{p}", "{t}", "{post}", "{credential}", "{a}", "{mail}", "{reply}")
    asked = [route for route in NAMED if any(each in route.path for each in of_a_person)]
    told = {called(route): world.at("kim", route).status_code for route in asked}
    assert {name: status for name, status in told.items() if status not in (403, 404)} == {}
    assert world.standing() == before


def test_what_is_for_staff_is_closed_to_students(world: World) -> None:
    before = world.standing()
    closed = [
        route for route in ROUTES if route.action and route.action not in permissions.BY_ROLE["student"]
    ]
    told = {called(route): world.at("kim", route).status_code for route in closed}
    assert len(told) > 50
    assert {name: status for name, status in told.items() if status not in (403, 404)} == {}
    assert world.standing() == before
