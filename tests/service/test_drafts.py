"""Draft releases on both databases: who uploads, sees, publishes and drops them, and what becomes of one."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.course import model, people
from courseware.exchange import draft_releases, publish
from courseware.store import archive, blobs, database
from tests import builders
from tests.builders import NOW
from tests.service import inside

L = "/api/v1/courses/c/lessons/one"
PAGE = "/courses/c/lessons/one/draft-release"
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def draft(world: builders.World, words: str = "zqdraft", notes: str = "") -> draft_releases.DraftRelease:
    """A draft of lesson one, by the teacher."""
    notebook = builders.NOTEBOOK.replace(b'"source": "1"', b'"source": "' + words.encode() + b'"')
    kept = publish.keep(world.blobs, {"n.ipynb": notebook})
    fresh = draft_releases.Fresh(
        source=publish.keep(world.blobs, {"n.ipynb": notebook + b" "}),
        student=kept,
        accept=frozenset({"x"}),
        report={
            "findings": [{"level": "warning", "where": "n", "message": "<b>hm</b>", "code": "x"}],
            "exercises": [],
        },
        notes=notes,
    )
    with world.database.write() as connection:
        return draft_releases.put(connection, world.one.id, fresh, by=world.teacher.person.id, now=NOW)


def test_a_newer_draft_takes_the_place_of_the_one_before(world: builders.World) -> None:
    first, second = draft(world), draft(world, "other")
    assert first.public != second.public
    with world.database.write() as connection:
        assert draft_releases.find(connection, world.one.id) == second
        with pytest.raises(errors.UserError, match="another draft meanwhile"):
            draft_releases.find(connection, world.one.id, first.public)
        with pytest.raises(errors.UserError, match="another draft meanwhile"):
            draft_releases.take(connection, world.one.id, first.public)
        assert draft_releases.of_lesson(connection, world.one.id) == second
        draft_releases.take(connection, world.one.id, second.public)
        assert draft_releases.uploaded(connection, world.one.id) is None
        with pytest.raises(errors.UserError, match="no draft"):
            draft_releases.find(connection, world.one.id)


ROLES: dict[str, model.Role] = {"sam": "student", "gus": "grader", "ida": "instructor", "tess": "owner"}
READS = (f"{L}/draft-release", f"{L}/draft-release/files/n.ipynb", PAGE, f"{PAGE}/files/n.ipynb")
WRITES: tuple[tuple[str, str, Any], ...] = (
    ("POST", f"{L}/draft-release/publish", {"id": "drl_x"}),
    ("DELETE", f"{L}/draft-release?id=drl_x", None),
    ("POST", f"{PAGE}/publish", {"id": "drl_x"}),
    ("POST", f"{PAGE}/drop", {"id": "drl_x"}),
)


def test_who_may_do_what_with_drafts(world: builders.World, tmp_path: Path) -> None:
    draft(world)
    members = {"sam": world.sam.person, "tess": world.teacher.person}
    with world.database.write() as connection:
        for name in ("gus", "ida"):
            members[name] = people.add(
                connection, world.course, username=name, name=name, email=None, role=ROLES[name], now=NOW
            )
    with inside.serving(world, tmp_path, now=NOW) as site:
        for who, role in ROLES.items():
            for ceiling in ("lab", "pages", "cli", "join", "signin"):
                token = site.token(members[who], ceiling)
                out = ceiling in ("pages", "cli")
                sees, rules = out and role != "student", out and role in ("instructor", "owner")
                for path in READS:
                    answer = site.ask(token, "GET", path)
                    assert answer.status_code == (200 if sees else 403), (who, ceiling, path)
                    assert ("zqdraft" in answer.text) is (sees and path != READS[0])
                for method, path, body in WRITES:
                    answer = site.ask(token, method, path, body)
                    # Who may is told that it is another draft: the one named is gone.
                    assert (answer.status_code == 403) is not rules, (who, ceiling, path, answer.text)
                uploads = rules or (ceiling == "lab" and role in ("instructor", "owner"))
                answer = site.ask(token, "POST", f"{L}/draft-release", headers={"Connection": "close"})
                assert (answer.status_code == 403) is not uploads, (who, ceiling, answer.text)
                answer = site.ask(token, "POST", "/api/v1/courses/c/lint", headers={"Connection": "close"})
                assert (answer.status_code == 403) is not uploads, (who, ceiling, answer.text)
                listed = site.ask(token, "GET", "/api/v1/courses/c/lessons")
                if listed.is_success:
                    [one, _] = listed.json()["lessons"]
                    assert (one["draft_release"] is not None) is sees
        with world.database.read() as connection:
            assert draft_releases.of_lesson(connection, world.one.id) is not None


def test_a_draft_is_shown_without_its_harm_and_dropped(world: builders.World, tmp_path: Path) -> None:
    kept = draft(world, notes="<script>alert(1)</script>")
    with inside.serving(world, tmp_path, now=NOW) as site:
        token = site.token(world.teacher.person, "pages")
        page = site.ask(token, "GET", PAGE).text
        assert "<script>" not in page
        assert "&lt;b&gt;hm&lt;/b&gt;" in page
        assert "version 2" in " ".join(page.split())
        assert site.ask(token, "POST", f"{PAGE}/drop", {"id": "drl_x"}).status_code == 409
        assert site.ask(token, "DELETE", f"{L}/draft-release").status_code == 400
        assert site.ask(token, "POST", f"{PAGE}/drop", {"id": kept.public}).status_code == 303
        assert site.ask(token, "GET", PAGE).status_code == 404


def test_a_backup_holds_drafts_with_their_files(world: builders.World, tmp_path: Path) -> None:
    kept = draft(world)
    archive.backup(world.database, world.blobs, tmp_path / "keys", tmp_path / "x.zip")
    again = database.open_at(f"sqlite:///{tmp_path / 'again.sqlite'}")
    place = blobs.open_at(str(tmp_path / "again"))
    archive.restore(again, place, tmp_path / "keys2", tmp_path / "x.zip")
    with again.read() as connection:
        found = draft_releases.find(connection, kept.lesson_id)
    assert found == kept
    for entry in (*found.source, *found.student):
        assert place.get(entry.sha256)
    again.close()
