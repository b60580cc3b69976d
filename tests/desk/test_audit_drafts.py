"""A draft's tests are tried as staff asked, on both databases: waiting, going on, found, refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.desk import audit_drafts, propose, release
from courseware.exchange import draft_releases
from courseware.grading import audits
from courseware.notebook import files
from courseware.sandbox import port
from tests import builders
from tests.builders import NOW
from tests.desk import test_audit_tests as tried
from tests.notebook import build
from tests.sandbox import isolated


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def tools(world: builders.World) -> release.Tools:
    return release.Tools(
        database=world.database, blobs=world.blobs, sandbox=isolated.Plain(), limits=port.Limits()
    )


def draft(world: builders.World) -> draft_releases.DraftRelease:
    book = build.book(build.answer(tried.KEY, "biggest"), build.machine("assert biggest([3, 7]) == 7", "t"))
    wish = release.Wish(files={"a.ipynb": files.write(book)})
    return propose.propose(tools(world), world.teacher, world.one, wish, now=NOW)


def ask(world: builders.World, public: str) -> None:
    with world.database.write() as connection:
        audits.ask(connection, world.one, public, by=world.teacher.person, now=NOW)


def known(world: builders.World) -> audits.Asked:
    with world.database.read() as connection:
        found = audits.of_lesson(connection, world.one.id)
    assert found is not None
    return found


def test_tried_once_and_kept(world: builders.World) -> None:
    kept = draft(world)
    ask(world, kept.public)
    first = known(world)
    ask(world, kept.public)
    assert known(world) == first
    assert not first.is_over
    assert (audit_drafts.run(tools(world)), audit_drafts.run(tools(world))) == (1, 0)
    found = known(world).found
    assert found is not None
    assert found["tried"] >= 5
    assert any(each["changed"][1].endswith("values[1]") for each in found["through"])
    ask(world, kept.public)
    assert known(world).found is None


def test_a_draft_that_is_gone_is_told(world: builders.World) -> None:
    ask(world, draft(world).public)
    draft(world)
    assert audit_drafts.run(tools(world)) == 1
    assert "there no more" in known(world).problem
    assert known(world).is_over


def test_what_is_right_is_remembered_until_it_is_taken_back(world: builders.World) -> None:
    by = world.teacher.person
    with world.database.write() as connection:
        for _ in range(2):
            audits.say_right(connection, world.one, "abc", by=by, now=NOW)
        assert audits.right(connection, world.one.id) == {"abc"}
        for _ in range(2):
            audits.say_wrong(connection, world.one, "abc", by=by, now=NOW)
        assert audits.right(connection, world.one.id) == frozenset()
        kinds = [each.kind for each in builders.events(connection) if each.kind.startswith("answer.")]
    assert kinds == ["answer.right", "answer.wrong"]
