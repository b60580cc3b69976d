"""A draft's tests are tried as staff asked, on both databases: in pieces, after a process died, refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.desk import afterwards, audit_drafts, propose, release
from courseware.exchange import draft_releases
from courseware.grading import audits, run
from courseware.notebook import files
from courseware.sandbox import port, pythons
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


def worker(world: builders.World) -> run.Worker:
    return run.Worker(
        database=world.database,
        blobs=world.blobs,
        sandbox=isolated.Plain(),
        limits=port.Limits(),
        clock=lambda: NOW,
        python=lambda environment: pythons.current(),
    )


def trying(world: builders.World, seconds: float = 60) -> audit_drafts.Trying:
    """What tries; with no seconds one answer a piece."""
    return audit_drafts.Trying(worker(world), builders.idle_queue(), seconds=seconds)


def draft(world: builders.World) -> draft_releases.DraftRelease:
    book = build.book(build.answer(tried.KEY, "biggest"), build.machine("assert biggest([3, 7]) == 7", "t"))
    wish = release.Wish(files={"a.ipynb": files.write(book)})
    tools = release.Tools(
        database=world.database, blobs=world.blobs, sandbox=isolated.Plain(), limits=port.Limits()
    )
    return propose.propose(tools, world.teacher, world.one, wish, now=NOW)


def ask(world: builders.World, public: str) -> bool:
    with world.database.write() as connection:
        return audits.ask(connection, world.one, public, by=world.teacher.person, now=NOW)


def known(world: builders.World) -> audits.Asked:
    with world.database.read() as connection:
        found = audits.of_lesson(connection, world.one.id)
    assert found is not None
    return found


def claim(world: builders.World, job: int | None = None) -> audits.Asked | None:
    with world.database.write() as connection:
        return audits.claim(connection, known(world).id, job)


def test_tried_once_and_kept(world: builders.World) -> None:
    kept = draft(world)
    assert ask(world, kept.public)
    first = known(world)
    assert not ask(world, kept.public)
    assert known(world) == first
    assert not first.is_over
    trying(world).perform(first.id)
    last = known(world)
    assert (last.state, last.found is not None and last.found["left"]) == ("done", 0)
    trying(world).perform(first.id)
    assert known(world) == last
    assert last.found is not None
    assert last.found["tried"] == last.done == last.total >= 5
    assert any(each["changed"][1].endswith("values[1]") for each in last.found["through"])
    assert ask(world, kept.public)
    assert known(world).found is None


def test_in_pieces_it_finds_the_same_and_goes_on_where_a_dead_process_was(world: builders.World) -> None:
    kept = draft(world)
    ask(world, kept.public)
    trying(world).perform(known(world).id)
    whole = known(world).found
    ask(world, kept.public)
    seen: list[tuple[str, int, int]] = []
    while not known(world).is_over:
        if len(seen) in (0, 2):
            assert claim(world) is not None  # by a process that dies
        trying(world, seconds=0).perform(known(world).id)
        seen.append((known(world).state, known(world).done, known(world).attempt))
    total = known(world).total
    assert seen == [*(("waiting", done, 0) for done in range(1, total)), ("done", total, 0)]
    found = known(world).found
    assert found is not None
    assert whole is not None
    assert {**found, "seconds": 0} == {**whole, "seconds": 0}


def test_what_a_slow_process_found_is_not_written_over_what_came_since(world: builders.World) -> None:
    ask(world, draft(world).public)
    slow = claim(world)
    assert slow is not None
    trying(world, seconds=0).perform(slow.id)
    before = known(world)
    claim(world)
    with world.database.write() as connection:
        assert not audits.go_on(connection, slow, done=9, total=9, found={}, over=True)
    assert (known(world).done, known(world).found) == (1, before.found)


def test_another_workers_piece_is_left_to_it(world: builders.World) -> None:
    ask(world, draft(world).public)
    assert claim(world, job=7) is not None
    assert claim(world, job=8) is None
    tries = trying(world, seconds=0)
    tries.perform_next(8)
    assert known(world).done == 0
    tries.perform_next(7)
    assert known(world).done == 1


def test_what_is_broken_off_again_and_again_ends(world: builders.World) -> None:
    ask(world, draft(world).public)
    for _ in range(audit_drafts.MOST_ATTEMPTS):
        assert claim(world) is not None
    trying(world).perform(known(world).id)
    assert (known(world).state, known(world).problem) == ("failed", audit_drafts.BROKEN_OFF)


def test_a_draft_that_is_gone_is_told(world: builders.World) -> None:
    ask(world, draft(world).public)
    draft(world)
    trying(world).perform(known(world).id)
    assert (known(world).state, known(world).problem) == ("failed", audit_drafts.GONE)


def test_it_comes_after_all_else_in_the_service(world: builders.World) -> None:
    ask(world, draft(world).public)
    work = afterwards.Work(worker(world), builders.idle_queue(), 1)
    with world.database.read() as connection:
        [key] = afterwards.unfinished(connection)
        assert work.following(connection, ()) == key < 0
        assert work.following(connection, (key,)) is None
    while not known(world).is_over:
        work.perform(key)
    assert known(world).state == "done"
    with world.database.read() as connection:
        assert list(afterwards.unfinished(connection)) == []


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
