"""The page of a lesson's releases, on both databases: who sees it, and what it tells."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import model, people
from courseware.exchange import drafts, publish, releases, submit, withdrawals
from courseware.notices import work
from courseware.store import schema
from tests import builders
from tests.builders import NOW
from tests.grading import test_grades
from tests.service import inside, test_drafts

PAGE = "/courses/c/lessons/one/releases"
ROLES: dict[str, model.Role] = {"gus": "grader", "ida": "instructor"}
REPORT = {
    "findings": [
        {"code": "key-like", "level": "warning", "where": "n.ipynb, cell 1", "message": "<b>hm</b>"},
        {"code": "key-copy", "level": "error", "where": "n.ipynb, cell 2", "message": "It stands there."},
    ],
    "exercises": [
        {
            "notebook": "n",
            "key": "t",
            "points": 4,
            "on_key": 4,
            "on_blank": 0,
            "test_mode": "in-process",
            "reason": "It asks for a figure.",
            "asks": [],
        }
    ],
    "took": [{"notebook": "n", "key": "t", "seconds": 0.25}],
    "accepted": ["key-copy"],
}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def release(world: builders.World, notes: str = "") -> int:
    """Another release of lesson one, with a report."""
    bundle = dataclasses.replace(builders.bundle(), report=REPORT, notes=notes)
    made = publish.publish(
        world.database, world.blobs, world.one, bundle, by=world.teacher.person, now=NOW + builders.HOUR
    )
    return made.number


def text(page: str) -> str:
    return " ".join(page.split())


def test_staff_alone_see_it(world: builders.World, tmp_path: Path) -> None:
    members = {"sam": world.sam.person, "tess": world.teacher.person}
    with world.database.write() as connection:
        for name, role in ROLES.items():
            members[name] = people.add(
                connection, world.course, username=name, name=name, email=None, role=role, now=NOW
            )
    with inside.serving(world, tmp_path, now=NOW) as site:
        seen = {
            who: site.ask(site.token(person, "pages"), "GET", PAGE).status_code
            for who, person in members.items()
        }
        in_lab = site.ask(site.token(members["tess"], "lab"), "GET", PAGE).status_code
    assert (seen, in_lab) == ({"sam": 403, "tess": 200, "gus": 200, "ida": 200}, 403)


def test_what_it_tells(world: builders.World, tmp_path: Path) -> None:
    assert release(world, "A <i>clearer</i> task") == 2
    drafts.keep(world.database, world.blobs, world.sam, world.one, builders.upload("d", release=2), now=NOW)
    with inside.serving(world, tmp_path, now=NOW + 2 * builders.HOUR) as site:
        token = site.token(world.teacher.person, "pages")
        page = text(site.ask(token, "GET", PAGE).text)
        lesson = site.ask(token, "GET", "/courses/c/lessons/one").text
    assert f'href="{PAGE}"' in lesson
    assert "Students get version <b>2</b>." in page
    assert "A &lt;i&gt;clearer&lt;/i&gt; task" in page
    assert "&lt;b&gt;hm&lt;/b&gt;" in page
    assert '<span class="tag bad">accepted</span>' in page
    assert "It asks for a figure." in page
    assert "<bdi>0.250</bdi>" in page
    assert "<dt>Copies kept in the course</dt><dd>1</dd>" in page
    assert page.index("Version 2") < page.index("Version 1")


L = "/api/v1/courses/c/lessons/one"


def numbers(site: inside.Inside, token: str) -> tuple[list[int], int | None]:
    """What is listed, and what is offered; None where nothing is."""
    listed = site.ask(token, "GET", f"{L}/releases").json()["releases"]
    latest = site.ask(token, "GET", f"{L}/releases/latest")
    return [each["number"] for each in listed], latest.json().get("number")


def kinds(world: builders.World) -> list[str]:
    with world.database.read() as connection:
        return [each.kind for each in builders.events(connection) if each.kind.startswith("release.")]


def test_withdrawn_and_offered_again(world: builders.World, tmp_path: Path) -> None:
    release(world)
    with inside.serving(world, tmp_path, now=NOW + 2 * builders.HOUR) as site:
        sam, kim = (site.token(each.person, "pages") for each in (world.sam, world.kim))
        tess = site.token(world.teacher.person, "pages")
        submit.receive_upload(world.desk, world.sam, "one", builders.upload("k", release=2), now=site.now)
        assert numbers(site, sam) == ([2, 1], 2)
        assert site.ask(sam, "POST", f"{PAGE}/2/withdraw", {"reason": "leak"}).status_code == 403
        refused = site.ask(tess, "POST", f"{PAGE}/2/withdraw", {"reason": " "})
        assert (refused.status_code, "Say why release 2" in refused.text) == (409, True)
        assert site.ask(tess, "POST", f"{PAGE}/2/withdraw", {"reason": "<i>leak</i>"}).status_code == 303
        assert site.ask(tess, "POST", f"{PAGE}/2/withdraw", {"reason": "again"}).status_code == 409

        assert numbers(site, sam) == numbers(site, kim) == ([1], 1)
        assert site.ask(sam, "GET", f"{L}/releases/2").status_code == 200  # of their own hand-in
        assert site.ask(kim, "GET", f"{L}/releases/2").status_code == 404
        assert site.ask(kim, "GET", f"{L}/releases/2/files/n.ipynb").status_code == 404
        assert site.ask(kim, "GET", L).json()["release"]["number"] == 1
        page = text(site.ask(tess, "GET", PAGE).text)
        assert "Students get version <b>1</b>." in page
        assert "&lt;i&gt;leak&lt;/i&gt;" in page
        submit.receive_upload(world.desk, world.kim, "one", builders.upload("l", release=2), now=site.now)
        drafts.keep(
            world.database, world.blobs, world.kim, world.one, builders.upload("d", release=2), now=site.now
        )
        for rest in ("", "/files/n.ipynb", "/pack"):  # the number in what they sent is their own word
            assert site.ask(kim, "GET", f"{L}/releases/2{rest}").status_code == 404
            assert site.ask(sam, "GET", f"{L}/releases/2{rest}").status_code == 200

        assert site.ask(tess, "POST", f"{PAGE}/1/withdraw", {"reason": "all"}).status_code == 303
        assert numbers(site, kim) == ([], None)
        assert "no version of this lesson" in text(site.ask(tess, "GET", PAGE).text)
        assert site.ask(tess, "GET", "/courses/c/lessons/one").status_code == 200
        assert f'href="{PAGE}"' in site.ask(tess, "GET", "/courses/c").text
        assert site.ask(tess, "GET", "/courses/c/class").status_code == 200
        for number in (1, 2):
            assert site.ask(tess, "POST", f"{PAGE}/{number}/offer").status_code == 303
        assert site.ask(tess, "POST", f"{PAGE}/1/offer").status_code == 409
        assert numbers(site, kim) == ([2, 1], 2)
    assert kinds(world) == [
        "release.published",
        "release.published",
        "release.withdrawn",
        "release.withdrawn",
        "release.offered",
        "release.offered",
    ]


def test_a_copy_kept_before_is_proof_and_one_kept_after_is_none(
    world: builders.World, tmp_path: Path
) -> None:
    release(world)
    soon, later = NOW + 2 * builders.HOUR, NOW + 4 * builders.HOUR
    wish = builders.upload("d", release=2)
    drafts.keep(world.database, world.blobs, world.sam, world.one, wish, now=soon)
    with world.database.write() as connection:
        found = releases.find(connection, world.one.id, 2)
        withdrawals.withdraw(connection, world.one, found, "leak", by=world.teacher.person, now=later)
    for viewer in (world.sam, world.kim):  # hers is kept again: that does not make it newer
        drafts.keep(world.database, world.blobs, viewer, world.one, wish, now=later)
    with inside.serving(world, tmp_path, now=later) as site:
        sam, kim = (site.token(each.person, "lab") for each in (world.sam, world.kim))
        assert site.ask(sam, "GET", f"{L}/releases/2/files/n.ipynb").status_code == 200
        assert site.ask(kim, "GET", f"{L}/releases/2/files/n.ipynb").status_code == 404


def test_nothing_is_handed_in_of_a_release_that_was_never_offered_to_them(world: builders.World) -> None:
    release(world)
    opens = NOW + 2 * builders.HOUR
    with world.database.write() as connection:
        found = releases.find(connection, world.one.id, 2)
        withdrawals.withdraw(
            connection, world.one, found, "leak", by=world.teacher.person, now=NOW + builders.HOUR
        )
        mine = schema.effective_dates.c.person_id == world.kim.person.id
        connection.execute(schema.effective_dates.update().where(mine).values(opens=opens))
    upload = builders.upload("k", release=2)
    with pytest.raises(errors.UserError, match="Release 2 was withdrawn"):
        submit.receive_upload(world.desk, world.kim, "one", upload, now=opens + builders.HOUR / 2)
    submit.receive_upload(world.desk, world.sam, "one", upload, now=opens + builders.HOUR / 2)


def test_notes_are_changed_and_students_read_them(world: builders.World, tmp_path: Path) -> None:
    with inside.serving(world, tmp_path, now=NOW + builders.HOUR) as site:
        tess, sam = (site.token(each.person, "pages") for each in (world.teacher, world.sam))
        assert site.ask(sam, "POST", f"{PAGE}/1/notes", {"notes": "no"}).status_code == 403
        assert (
            site.ask(tess, "POST", f"{PAGE}/1/notes", {"notes": " Task 2 <is> clearer "}).status_code == 303
        )
        assert site.ask(tess, "POST", f"{PAGE}/9/notes", {"notes": "x"}).status_code == 404
        assert "Task 2 &lt;is&gt; clearer" in site.ask(sam, "GET", "/courses/c/lessons/one").text
        assert site.ask(sam, "GET", L).json()["release"]["notes"] == "Task 2 <is> clearer"
    assert kinds(world) == ["release.published", "release.noted"]
    with world.database.write() as connection:
        found = releases.find(connection, world.one.id, 1)
        publish.note(connection, world.one, found, "Other words", by=world.teacher.person, now=NOW)
        last = builders.events(connection)[-1]
    assert (last.kind, sorted(last.data)) == ("release.noted", ["before", "lesson", "number"])
    assert "clearer" not in str(last.data), "the journal holds no words"


def test_nobody_is_told_of_a_release_that_was_withdrawn(world: builders.World, tmp_path: Path) -> None:
    release(world)
    with world.database.write() as connection:
        found = releases.find(connection, world.one.id, 2)
        withdrawals.withdraw(connection, world.one, found, "leak", by=world.teacher.person, now=NOW)
        told = [each for each in builders.events(connection) if each.kind == "release.published"]
        later = NOW + builders.HOUR
        asked = [bool(work.told(connection, each, now=later)) for each in told]
    assert asked == [True, False]


def test_a_draft_is_planned_and_cancelled_on_its_page(world: builders.World, tmp_path: Path) -> None:
    kept = test_drafts.draft(world)
    draft = "/courses/c/lessons/one/draft-release"
    wish = {"id": kept.public, "at": "2026-12-01T08:00"}
    with inside.serving(world, tmp_path, now=NOW) as site:
        tess, sam = (site.token(each.person, "pages") for each in (world.teacher, world.sam))
        assert site.ask(sam, "POST", f"{draft}/plan", wish).status_code == 403
        assert site.ask(tess, "POST", f"{draft}/plan", {**wish, "at": "soon"}).status_code == 422
        assert site.ask(tess, "POST", f"{draft}/plan", {**wish, "at": "2026-11-01T08:00"}).status_code == 422
        assert site.ask(tess, "POST", f"{draft}/plan", {**wish, "id": "drl_x"}).status_code == 409
        assert site.ask(tess, "POST", f"{draft}/plan", wish).status_code == 303
        for page in (draft, PAGE):
            told = text(site.ask(tess, "GET", page).text)
            assert 'It is published by itself <time datetime="2026-12-01T07:00:00Z">' in told
        assert site.ask(sam, "POST", f"{draft}/cancel", wish).status_code == 403
        assert site.ask(tess, "POST", f"{draft}/cancel", wish).status_code == 303
        assert "Publish it at a time" in site.ask(tess, "GET", draft).text
        assert site.ask(tess, "POST", f"{draft}/cancel", wish).status_code == 409


def test_an_exercise_is_held_and_let_go_on_the_desk(world: builders.World, tmp_path: Path) -> None:
    holds, lesson = "/courses/c/lessons/one/holds/t", "/courses/c/lessons/one"
    with inside.serving(world, tmp_path, now=NOW + builders.HOUR) as site:
        tess, sam = (site.token(each.person, "pages") for each in (world.teacher, world.sam))
        assert "No exercise is on hold." in site.ask(tess, "GET", PAGE).text
        test_grades.marked(world, 2)
        held = {"held": "yes", "from": "releases", "reason": " <i>wrong</i> test "}
        assert site.ask(sam, "POST", holds, held).status_code == 403
        answer = site.ask(tess, "POST", holds, held)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}#holds")
        page = text(site.ask(tess, "GET", PAGE).text)
        assert "&lt;i&gt;wrong&lt;/i&gt; test" in page
        assert "marks that wait: <b>1</b>" in page
        assert f"Held by <bdi>{world.teacher.person.name}</bdi>, <time" in page
        assert "held" in site.ask(tess, "GET", lesson).text

        with world.database.write() as connection:
            gus = people.add(
                connection, world.course, username="gus", name="", email=None, role="grader", now=NOW
            )
        read = site.ask(site.token(gus, "pages"), "GET", PAGE).text
        assert ("marks that wait" in read, f'action="{holds}"' in read) == (True, False)

        answer = site.ask(tess, "POST", holds, {"held": "", "from": "releases"})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}#holds")
        assert "No exercise is on hold." in site.ask(tess, "GET", PAGE).text
        assert site.ask(tess, "POST", holds, {"held": "", "from": "releases"}).status_code == 404
