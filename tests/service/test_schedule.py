"""Own dates over HTTP and on pages: who may grant, what peers never see, what each person changes."""

import datetime
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from courseware.course import courses, lessons, manifest, model, people
from courseware.exchange import submit
from courseware.store import schema_schedule
from tests import builders
from tests.builders import NOW, upload
from tests.course.test_adjust import PACED
from tests.service import inside

C = "/api/v1/courses/c"
SECRET = "zqillness"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with world.database.write() as connection:
        for name, role in (("gus", "grader"), ("ina", "instructor")):
            people.add(connection, world.course, username=name, name="", email=None, role=role, now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def token(served: inside.Inside, name: str, ceiling: model.Ceiling = "pages") -> str:
    with served.world.database.read() as connection:
        person = people.by_username(connection, name)
    return served.token(person, ceiling)


def change(served: inside.Inside, text: str) -> None:
    """Another course.toml."""
    with served.world.database.write() as connection:
        course = courses.put(connection, manifest.parse(text), text, now=NOW)
        lessons.sync(connection, course, manifest.parse(text), now=NOW)


def extension(**more: Any) -> dict[str, Any]:
    return {"kind": "extension", "lesson": "one", "amount": 2, "reason": SECRET, **more}


def test_staff_grant_and_the_person_reads_why(served: inside.Inside) -> None:
    ina, sam = token(served, "ina"), token(served, "sam")
    told = served.ask(ina, "POST", f"{C}/people/sam/allowances", extension())
    assert told.status_code == 201, told.text
    (granted,) = told.json()["allowances"]
    assert (granted["reason"], granted["given_by"], granted["ended"]) == (SECRET, "ina", None)
    plan = served.ask(sam, "GET", f"{C}/plan").json()
    one = plan["dates"][0]
    assert one["due"] == "2026-11-25T13:00:00Z"
    assert "2 more days by an extension." in one["why"]
    assert [each["kind"] for each in plan["allowances"]] == ["extension"]
    assert SECRET not in str(plan)
    assert served.ask(sam, "GET", f"{C}/lessons/one").json()["due"] == "2026-11-25T13:00:00Z"
    gone = served.ask(ina, "DELETE", f"{C}/people/sam/allowances/{granted['id']}")
    assert gone.status_code == 204
    after = served.ask(ina, "GET", f"{C}/people/sam/allowances").json()
    assert (after["allowances"][0]["ended_by"], after["dates"][0]["due"]) == ("ina", "2026-11-23T13:00:00Z")
    assert served.ask(ina, "DELETE", f"{C}/people/sam/allowances/{granted['id']}").status_code == 404


def test_peers_never_see_that_anything_was_granted(served: inside.Inside) -> None:
    ina, kim = token(served, "ina"), token(served, "kim")
    served.ask(ina, "POST", f"{C}/people/sam/allowances", extension())
    public = served.ask(ina, "GET", f"{C}/people/sam/allowances").json()["allowances"][0]["id"]
    seen = ""
    for path in ("", "/lessons", "/lessons/one", "/plan", "/since", "/people", "/people/sam/allowances"):
        seen += served.ask(kim, "GET", C + path).text
    for path in ("", "/dates", "/lessons/one", "/people"):
        seen += served.ask(kim, "GET", "/courses/c" + path).text
    for word in (SECRET, public, "by an extension", "2026-11-25T13:00:00Z"):
        assert word not in seen
    assert "2026-11-23T13:00:00Z" in seen


WAYS = [
    ("GET", f"{C}/people/sam/allowances", None),
    ("POST", f"{C}/people/sam/allowances", extension()),
    ("DELETE", f"{C}/people/sam/allowances/alw_x", None),
    ("GET", "/courses/c/people/{sam}/dates", None),
    ("POST", "/courses/c/people/{sam}/allowances", {"kind": "extension", "days": "1", "reason": "x"}),
    ("POST", "/courses/c/people/{sam}/allowances/alw_x/end", {}),
]


def test_who_may_grant(served: inside.Inside) -> None:
    sam = served.world.sam.person.public
    may = {("ina", "pages"), ("ina", "cli"), ("tess", "pages"), ("tess", "cli")}
    ceilings: tuple[model.Ceiling, ...] = ("lab", "pages", "cli")
    for name, ceiling in itertools.product(("sam", "kim", "gus", "ina", "tess"), ceilings):
        known = token(served, name, ceiling)
        for method, path, body in WAYS:
            answer = served.ask(known, method, path.format(sam=sam), body)
            case = (name, ceiling, method, path, answer.text[-200:])
            if (name, ceiling) not in may:
                assert answer.status_code == 403, case
            else:
                assert answer.status_code in (200, 201, 303, 404), case
    with served.world.database.read() as connection:
        given = set(connection.execute(sa.select(schema_schedule.allowance.c.given_by)).scalars())
        assert given == {people.by_username(connection, name).id for name in ("ina", "tess")}
    for method, path, body in WAYS:
        assert served.ask("", method, path.format(sam=sam), body).status_code in (401, 303)


def test_everybody_has_a_plan_of_their_own_and_no_other(served: inside.Inside) -> None:
    change(served, PACED)
    sam, kim = token(served, "sam", "lab"), token(served, "kim")
    before = served.ask(kim, "GET", f"{C}/plan").json()
    assert served.ask(sam, "POST", f"{C}/plan", {"act": "shift"}).json()["code"] == "conflict"
    told = served.ask(sam, "POST", f"{C}/plan", {"act": "hours", "hours": 14}).json()
    assert (told["hours"], told["least_hours"], told["dates"][1]["due"]) == (14, 3.5, "2026-11-26T22:59:00Z")
    assert served.ask(kim, "GET", f"{C}/plan").json() == before
    moved = served.ask(sam, "POST", f"{C}/plan", {"act": "zone", "zone": "Pacific/Apia"}).json()
    assert (moved["zone"], moved["dates"][1]["due"]) == ("Pacific/Apia", "2026-11-26T10:59:00Z")
    refused = served.ask(sam, "POST", f"{C}/plan", {"act": "pause", "first": "soon", "last": "later"})
    assert "'soon' is no day" in refused.json()["detail"]
    served.now += 20 * DAY
    missed = served.ask(sam, "GET", f"{C}/plan").json()
    assert missed["missed"] == "two"
    shifted = served.ask(sam, "POST", f"{C}/plan", {"act": "shift"}).json()
    assert shifted["missed"] is None
    assert all(each["due"] > f"{served.now:%Y-%m-%dT}" for each in shifted["dates"] if each["paced"])


def test_the_pages_of_dates(served: inside.Inside) -> None:
    change(served, PACED)
    ina, sam = token(served, "ina"), token(served, "sam")
    public = served.world.sam.person.public
    page = f"/courses/c/people/{public}"
    assert f'href="{page}"' in served.ask(ina, "GET", "/courses/c/people").text
    assert f'href="{page}/dates"' in served.ask(ina, "GET", page).text
    form = {"kind": "extension", "lesson": "one", "until": "2026-12-24T23:59", "reason": f"<b>{SECRET}</b>"}
    assert served.ask(ina, "POST", f"{page}/allowances", form).status_code == 303
    form = {"kind": "format", "text": "<i>transcript</i>", "reason": "x", "lesson": ""}
    assert served.ask(ina, "POST", f"{page}/allowances", form).status_code == 303
    told = served.ask(ina, "GET", f"{page}/dates").text
    assert f"&lt;b&gt;{SECRET}&lt;/b&gt;" in told
    assert "Due Thu 24 Dec 2026, 23:59 (Europe/Berlin): a date of your own." in told
    bad = served.ask(ina, "POST", f"{page}/allowances", {"kind": "extension", "days": "x", "reason": "y"})
    assert "must be a number" in bad.text
    mine = served.ask(sam, "GET", "/courses/c/dates").text
    assert "a date of your own" in mine
    assert "&lt;i&gt;transcript&lt;/i&gt;" in mine
    assert SECRET not in mine
    assert "Shift my dates" not in mine
    shifting = [served.ask(sam, "GET", place).text for place in ("/courses/c", "/courses/c/dates")]
    assert not any("Shift my dates" in page for page in shifting)
    served.now += 10 * DAY
    for place in ("/courses/c", "/courses/c/dates"):
        page_of_dates = served.ask(sam, "GET", place).text
        assert "Shift my dates" in page_of_dates
        assert 'action="/courses/c/dates"' in page_of_dates
    lab = served.ask(token(served, "sam", "lab"), "GET", f"{C}/lessons").json()["lessons"]
    assert [each["slug"] for each in lab if each["can_shift"]] == ["two"]
    assert "a date of your own" in lab[0]["why"]
    assert served.ask(sam, "POST", "/courses/c/dates", {"act": "shift"}).status_code == 303
    for place in ("/courses/c", "/courses/c/dates"):
        assert "Shift my dates" not in served.ask(sam, "GET", place).text
    for act in (
        {"act": "hours", "hours": "5,5"},
        {"act": "pause", "first": "2026-12-20", "last": "2026-12-27"},
    ):
        assert served.ask(sam, "POST", "/courses/c/dates", act).status_code == 303
    assert served.ask(sam, "POST", "/courses/c/dates", {"act": "fly"}).status_code == 400
    told = served.ask(ina, "GET", f"{page}/dates").text
    end = re.search(rf'action="({page}/allowances/alw_\w+/end)"', told)
    assert end is not None
    assert served.ask(ina, "POST", end.group(1)).status_code == 303
    assert "taken back by" in served.ask(ina, "GET", f"{page}/dates").text


def test_another_format_is_told_on_the_lesson_to_its_person_alone(served: inside.Inside) -> None:
    ina, sam, kim = (token(served, name) for name in ("ina", "sam", "kim"))
    page = "/courses/c/lessons/one"

    def seen(known: str) -> str:
        later, served.now = served.now, NOW
        text = served.ask(known, "GET", page).text
        served.now = later
        return re.sub(r'name="key" value="[^"]*"', "", text)

    def told_lab(name: str) -> dict[str, list[str]]:
        listed = served.ask(token(served, name, "lab"), "GET", f"{C}/lessons").json()["lessons"]
        return {each["slug"]: each["formats"] for each in listed}

    before = {name: seen(known) for name, known in (("sam", sam), ("kim", kim))}
    for lesson, text in (("one", "<i>large print</i>"), ("two", "only of two"), ("", "a transcript")):
        wish = {"kind": "format", "lesson": lesson, "text": text, "reason": SECRET}
        assert served.ask(ina, "POST", f"{C}/people/sam/allowances", wish).status_code == 201
    told = seen(sam)
    assert '<p dir="auto">&lt;i&gt;large print&lt;/i&gt;</p><p dir="auto">a transcript</p>' in told
    assert told.count(f'href="{page}/pack"') == before["sam"].count(f'href="{page}/pack"') + 1
    assert "only of two" not in told
    assert SECRET not in told
    assert seen(kim) == before["kim"]
    assert told_lab("sam") == {
        "one": ["<i>large print</i>", "a transcript"],
        "two": ["only of two", "a transcript"],
    }
    assert [told_lab(name) for name in ("kim", "ina")] == [{"one": [], "two": []}] * 2
    assert SECRET not in served.ask(sam, "GET", f"{C}/lessons/one").text
    for each in served.ask(ina, "GET", f"{C}/people/sam/allowances").json()["allowances"]:
        served.ask(ina, "DELETE", f"{C}/people/sam/allowances/{each['id']}")
    assert seen(sam) == before["sam"]
    assert told_lab("sam") == {"one": [], "two": []}


def test_a_locked_lesson_says_what_must_come_first(served: inside.Inside) -> None:
    change(served, builders.MANIFEST.replace("opens = 2027-01-01T08:00:00", 'requires = ["one"]'))
    sam = token(served, "sam")
    two = served.ask(sam, "GET", f"{C}/lessons/two").json()
    assert (two["state"], two["opens"]) == ("not-open", None)
    assert two["locked"] == "It opens when you have handed in “One”."
    assert two["refusal"] == "The lesson 'Two' is not open yet. It opens when you have handed in “One”."
    assert "It opens when you have handed in “One”." in served.ask(sam, "GET", "/courses/c").text
    submit.receive_upload(served.world.desk, served.world.sam, "one", upload("k"), now=NOW)
    assert served.ask(sam, "GET", f"{C}/lessons/two").json()["locked"] == ""


def test_the_author_chooses_what_counts(served: inside.Inside) -> None:
    policy = '[policies]\nattempts = { limit = 3, counts = "chosen" }\n[[lessons]]'
    change(served, builders.MANIFEST.replace("[[lessons]]", policy, 1))
    world = served.world
    first, second = (
        submit.receive_upload(world.desk, world.sam, "one", upload(key), now=NOW).submission for key in "ab"
    )
    sam, kim, ina = token(served, "sam"), token(served, "kim"), token(served, "ina")
    path = f"/api/v1/submissions/{first.public}"
    assert served.ask(sam, "GET", path).json()["counts"] is False
    assert "Let this one count" in served.ask(sam, "GET", f"/submissions/{first.public}").text
    assert "Let this one count" not in served.ask(ina, "GET", f"/submissions/{first.public}").text
    assert served.ask(kim, "PUT", f"{path}/chosen").status_code == 404
    assert served.ask(ina, "PUT", f"{path}/chosen").status_code == 403
    assert served.ask(sam, "PUT", f"{path}/chosen").json()["counts"] is True
    assert served.ask(sam, "POST", f"/submissions/{second.public}/chosen").status_code == 303
    lesson = served.ask(sam, "GET", f"{C}/lessons/one").json()
    assert (lesson["submission"]["id"], lesson["attempts_left"]) == (second.public, 1)
