"""Releases and requests for another look, by the addresses of staff and students, on both databases."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import duties, people
from courseware.desk import second_look
from courseware.exchange import planned_releases, publish
from courseware.grading import holds
from tests import builders
from tests.builders import HOUR, NOW
from tests.grading import test_worth as worth
from tests.service import inside, test_drafts

L = "/api/v1/courses/c/lessons/one"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def site(world: builders.World, tmp_path: Path) -> Iterator[inside.Inside]:
    with inside.serving(world, tmp_path, now=NOW + 2 * HOUR) as made:
        yield made


def test_a_release_is_withdrawn_offered_and_noted(world: builders.World, site: inside.Inside) -> None:
    bundle = dataclasses.replace(builders.bundle(), notes="clearer")
    publish.publish(world.database, world.blobs, world.one, bundle, by=world.teacher.person, now=NOW)
    tess, sam = (site.token(each.person, "cli") for each in (world.teacher, world.sam))
    with world.database.write() as connection:
        holds.put(connection, world.one, "t", "a wrong test", by=world.teacher.person, now=NOW)
    gone = site.ask(tess, "PUT", f"{L}/releases/2/withdrawal", {"reason": "a leak"}).json()
    assert (gone["offered"], gone["next"]) == (1, 3)
    assert [(each["number"], each["reason"], each["by"]["username"]) for each in gone["withdrawn"]] == [
        (2, "a leak", "tess")
    ]
    assert gone["held"] == [{"exercise": "t", "reason": "a wrong test"}]
    again = site.ask(tess, "PUT", f"{L}/releases/2/withdrawal", {"reason": "x"})
    assert (again.status_code, again.json()["detail"]) == (409, "Release 2 is withdrawn already.")
    assert site.ask(tess, "PUT", f"{L}/releases/1/withdrawal", {"reason": " "}).status_code == 400
    assert site.ask(tess, "PUT", f"{L}/releases/9/withdrawal", {"reason": "x"}).status_code == 404
    noted = site.ask(tess, "PUT", f"{L}/releases/2/notes", {"notes": "clearer still"}).json()
    assert (noted["number"], noted["notes"]) == (2, "clearer still")
    assert site.ask(tess, "DELETE", f"{L}/releases/2/withdrawal").status_code == 204
    assert site.ask(tess, "DELETE", f"{L}/releases/2/withdrawal").status_code == 409
    assert site.ask(sam, "GET", f"{L}/releases/latest").json()["number"] == 2


def test_a_draft_is_planned_and_not(world: builders.World, site: inside.Inside) -> None:
    tess = site.token(world.teacher.person, "cli")
    draft = test_drafts.draft(world)
    at = "2026-12-01T07:00:00Z"
    told = site.ask(tess, "PUT", f"{L}/draft-release/plan", {"id": draft.public, "at": at}).json()
    assert (told["planned"]["at"], told["planned"]["problem"]) == (at, "")
    assert told["draft"]["id"] == draft.public
    late = site.ask(
        tess, "PUT", f"{L}/draft-release/plan", {"id": draft.public, "at": "2026-11-01T07:00:00Z"}
    )
    assert (late.status_code, "This time is over" in late.text) == (422, True)
    other = site.ask(tess, "PUT", f"{L}/draft-release/plan", {"id": "drl_x", "at": at})
    assert other.status_code in (404, 409)
    assert site.ask(tess, "DELETE", f"{L}/draft-release/plan").status_code == 400
    assert site.ask(tess, "DELETE", f"{L}/draft-release/plan?id={draft.public}").status_code == 204
    assert site.ask(tess, "GET", f"{L}/desk").json()["planned"] is None
    assert site.ask(tess, "DELETE", f"{L}/draft-release/plan?id={draft.public}").status_code == 409


def test_a_jupyter_server_of_staff_reads_how_it_stands_and_changes_nothing(
    world: builders.World, site: inside.Inside
) -> None:
    lab = site.token(world.teacher.person, "lab")
    draft = test_drafts.draft(world)
    tess = site.token(world.teacher.person, "cli")
    site.ask(tess, "PUT", f"{L}/releases/1/withdrawal", {"reason": "a secret leak"}).raise_for_status()
    with world.database.write() as connection:
        holds.put(connection, world.one, "t", "a secret mistake", by=world.teacher.person, now=NOW)
        planned_releases.put(
            connection, world.one, draft.public, NOW + 9 * HOUR, by=world.teacher.person, now=NOW
        )
        plan = planned_releases.of_lesson(connection, world.one.id)
        assert plan is not None
        planned_releases.fail(connection, world.one, plan, "a secret problem", by=None, now=NOW)
    stands = site.ask(lab, "GET", f"{L}/desk")
    assert stands.json()["draft"]["id"] == draft.public
    assert [each["number"] for each in stands.json()["withdrawn"]] == [1]
    assert stands.json()["planned"]["problem"] == "The page of the draft says why."
    assert "a secret" not in stands.text
    assert site.ask(tess, "GET", f"{L}/desk").text.count("a secret") == 3
    for method, path, body in (
        ("PUT", "/draft-release/plan", {"id": draft.public, "at": "2026-12-01T07:00:00Z"}),
        ("DELETE", f"/draft-release/plan?id={draft.public}", None),
        ("PUT", "/releases/1/withdrawal", {"reason": "x"}),
        ("DELETE", "/releases/1/withdrawal", None),
        ("PUT", "/releases/1/notes", {"notes": "x"}),
    ):
        assert site.ask(lab, method, L + path, body).status_code == 403
    sam = site.token(world.sam.person, "lab")
    assert site.ask(sam, "GET", f"{L}/desk").status_code == 403


def test_another_look_is_asked_for_listed_and_decided(world: builders.World, site: inside.Inside) -> None:
    work = worth.hand_in(world, "k", score=3)
    tess = site.token(world.teacher.person, "cli")
    sam, kim = (site.token(each.person, "lab") for each in (world.sam, world.kim))
    place = f"/api/v1/submissions/{work.public}/requests"
    wish = {"notebook": "n", "exercise": "t", "reason": "<b>mine</b> is right"}
    assert site.ask(kim, "POST", place, wish).status_code == 404
    asked = site.ask(sam, "POST", place, wish)
    assert (asked.status_code, asked.json()["decision"]) == (201, None)
    assert site.ask(sam, "POST", place, wish).status_code == 409
    assert site.ask(sam, "POST", place, {**wish, "exercise": "none"}).status_code == 409
    thread = asked.json()["thread"]
    listed = site.ask(tess, "GET", "/api/v1/courses/c/requests").json()["requests"]
    assert [(each["thread"], each["lesson"], each["person"]["username"]) for each in listed] == [
        (thread, "one", "sam")
    ]
    assert site.ask(tess, "GET", "/api/v1/courses/c/requests?lesson=two").json()["requests"] == []
    decision = f"/api/v1/threads/{thread}/decision"
    said = {"decision": "stays", "reason": "three decimals"}
    assert site.ask(sam, "PUT", decision, said).status_code == 403
    assert site.ask(kim, "PUT", decision, said).status_code == 403
    decided = site.ask(tess, "PUT", decision, said).json()
    assert (decided["decision"], decided["decided_by"]["username"]) == ("stays", "tess")
    assert site.ask(tess, "PUT", decision, said).status_code == 409
    assert site.ask(tess, "GET", "/api/v1/courses/c/requests").json()["requests"] == []
    assert len(site.ask(tess, "GET", "/api/v1/courses/c/requests?show=all").json()["requests"]) == 1
    assert site.ask(sam, "GET", place).json()["requests"][0]["decision"] == "stays"
    assert site.ask(kim, "GET", place).status_code == 404
    assert site.ask(sam, "GET", "/api/v1/courses/c/requests").status_code == 403


def test_a_limited_grader_lists_what_they_look_after(world: builders.World, site: inside.Inside) -> None:
    work = worth.hand_in(world, "k", score=3)
    with world.database.write() as connection:
        member = people.add(
            connection, world.course, username="gus", name="Gus", email=None, role="grader", now=NOW
        )
        second_look.ask(connection, world.sam, work, ("n", "t"), "look", now=site.now)
    gus = site.token(member, "pages")
    asked = "/api/v1/courses/c/requests"
    assert len(site.ask(gus, "GET", asked).json()["requests"]) == 1
    with world.database.write() as connection:
        found = people.find(connection, world.course, "gus")
        duties.put(connection, world.course, found, of_lessons=["two"], of_groups=[], now=NOW)
    assert site.ask(gus, "GET", asked).json()["requests"] == []
