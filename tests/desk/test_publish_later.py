"""A draft is published when its time has come, once; what does not go is told and kept."""

import dataclasses
import datetime
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import model, people
from courseware.desk import propose, publish_later, release
from courseware.exchange import draft_releases, planned_releases, publish, releases
from courseware.exchange import model as exchange_model
from courseware.notebook import files
from courseware.notices import items, rules
from courseware.notices import model as notices_model
from courseware.sandbox import port
from tests import builders
from tests.builders import HOUR, NOW
from tests.notebook import build
from tests.sandbox import isolated

GOOD = build.answer("### BEGIN SOLUTION\nx = 1\n### END SOLUTION")


class Meanwhile(isolated.Plain):
    """A sandbox at whose first use something else happens."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._acts = [act]

    def open(self, workspace: port.Workspace) -> port.Session:
        if self._acts:
            self._acts.pop()()
        return super().open(workspace)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Desk:
    """A world in which lessons are released."""

    world: builders.World
    tools: release.Tools

    def draft(self, words: str = "one", viewer: model.Viewer | None = None) -> draft_releases.DraftRelease:
        book = build.book(build.cell(words, "markdown"), GOOD, build.machine("assert x == 1"))
        wish = release.Wish(files={"n.ipynb": files.write(book)}, notes=words)
        return propose.propose(self.tools, viewer or self.world.teacher, self.world.one, wish, now=NOW)

    def plan(self, draft: draft_releases.DraftRelease, at: datetime.datetime) -> None:
        by = self.world.teacher.person
        with self.world.database.write() as connection:
            planned_releases.put(connection, self.world.one, draft.public, at, by=by, now=NOW)

    def checking(self, meanwhile: Callable[[], None]) -> release.Tools:
        """Tools of which something else happens the first time that a lesson is checked."""
        return dataclasses.replace(self.tools, sandbox=Meanwhile(meanwhile))

    def told(self, viewer: model.Viewer) -> list[str]:
        """Where the news of drafts that are not published lead somebody, once there are any."""
        until, found = time.monotonic() + 20, list[notices_model.Item]()
        while not found:  # transactions of other tests hold news back a moment
            assert time.monotonic() < until
            rules.run(self.world.database, mail=False, now=NOW + 2 * HOUR)
            with self.world.database.read() as connection:
                unread = items.unread(connection, viewer, now=NOW + 2 * HOUR)
                found = [each for each in unread if each.kind == "stopped"]
        return [each.place for each in found]

    def numbers(self) -> list[tuple[int, str]]:
        with self.world.database.read() as connection:
            return [(each.number, each.notes) for each in releases.of_lesson(connection, self.world.one.id)]

    def kept(self) -> planned_releases.Plan | None:
        with self.world.database.read() as connection:
            return planned_releases.of_lesson(connection, self.world.one.id)


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    world = builders.world(database_url, tmp_path)
    tools = release.Tools(
        database=world.database, blobs=world.blobs, sandbox=isolated.Plain(), limits=port.Limits()
    )
    yield Desk(world=world, tools=tools)
    world.close()


def test_published_once_when_its_time_has_come(desk: Desk) -> None:
    desk.plan(desk.draft(), NOW + HOUR)
    assert publish_later.run(desk.tools, now=NOW + HOUR / 2) == 0
    assert publish_later.run(desk.tools, now=NOW + HOUR) == 1
    assert publish_later.run(desk.tools, now=NOW + HOUR) == 0
    assert desk.numbers() == [(2, "one"), (1, "")]
    assert desk.kept() is None
    with desk.world.database.read() as connection:
        kinds = [each.kind for each in builders.events(connection)]
        assert draft_releases.of_lesson(connection, desk.world.one.id) is None
    assert kinds.count("draft_release.planned") == 1
    assert kinds[-1] == "release.published"


def test_another_release_meanwhile_ends_no_plan(desk: Desk) -> None:
    desk.plan(desk.draft(), NOW + HOUR)
    bundle = dataclasses.replace(builders.bundle(), notes="else")
    publish.publish(desk.world.database, desk.world.blobs, desk.world.one, bundle, by=None, now=NOW + HOUR)
    assert publish_later.run(desk.tools, now=NOW + 2 * HOUR) == 1
    assert desk.numbers() == [(3, "one"), (2, "else"), (1, "")]


def test_another_draft_is_not_published_by_the_plan_and_who_publishes_is_told(desk: Desk) -> None:
    world, first = desk.world, desk.draft()
    desk.plan(first, NOW + HOUR)
    with world.database.write() as connection:
        ida = people.add(
            connection, world.course, username="ida", name="Ida", email=None, role="instructor", now=NOW
        )
    viewer = dataclasses.replace(world.teacher, person=ida, role="instructor")
    desk.draft("two", viewer=viewer)
    kept = desk.kept()
    assert kept is not None
    assert (kept.draft, kept.problem) == (first.public, "Ida uploaded another draft.")
    assert publish_later.run(desk.tools, now=NOW + HOUR) == 0
    assert desk.numbers() == [(1, "")]
    assert desk.told(world.teacher) == ["/courses/c/lessons/one/draft-release"]
    desk.draft("three")
    assert desk.kept() is None  # that it failed is known by now


def test_a_draft_that_is_dropped_ends_its_plan_and_says_so(desk: Desk) -> None:
    world, draft = desk.world, desk.draft()
    desk.plan(draft, NOW + HOUR)
    with world.database.write() as connection:
        propose.drop(connection, world.teacher, world.one, draft.public, now=NOW)
    kept = desk.kept()
    assert kept is not None
    assert "dropped this draft" in kept.problem
    assert publish_later.run(desk.tools, now=NOW + HOUR) == 0


def test_published_by_hand_while_its_time_comes_it_is_one_release(desk: Desk) -> None:
    world, draft = desk.world, desk.draft()
    desk.plan(draft, NOW + HOUR)

    def by_hand() -> None:
        propose.accept(desk.tools, world.teacher, world.one, draft.public, now=NOW + HOUR)

    assert publish_later.run(desk.checking(by_hand), now=NOW + HOUR) == 0
    assert desk.numbers() == [(2, "one"), (1, "")]
    assert desk.kept() is None
    draft = desk.draft("two")
    desk.plan(draft, NOW + HOUR)

    def by_plan() -> None:
        assert publish_later.run(desk.tools, now=NOW + HOUR) == 1

    with pytest.raises(errors.UserError, match="no draft release"):
        propose.accept(desk.checking(by_plan), world.teacher, world.one, draft.public, now=NOW + HOUR)
    assert desk.numbers() == [(3, "two"), (2, "one"), (1, "")]


def test_what_is_changed_while_it_is_checked_holds(desk: Desk) -> None:
    draft, world = desk.draft(), desk.world
    desk.plan(draft, NOW + HOUR)
    later = publish_later.run(desk.checking(lambda: desk.plan(draft, NOW + 3 * HOUR)), now=NOW + HOUR)
    assert (later, desk.numbers()) == (0, [(1, "")])
    kept = desk.kept()
    assert kept is not None
    assert (kept.at, kept.problem) == (NOW + 3 * HOUR, "")

    def cancelled() -> None:
        with world.database.write() as connection:
            by = world.teacher.person
            planned_releases.cancel(connection, world.one, draft.public, by=by, now=NOW)

    assert publish_later.run(desk.checking(cancelled), now=NOW + 3 * HOUR) == 0
    assert (desk.numbers(), desk.kept()) == ([(1, "")], None)


def test_two_releases_at_once_do_not_carry_one_number(desk: Desk) -> None:
    draft, world = desk.draft(), desk.world
    desk.plan(draft, NOW + HOUR)

    def other() -> None:
        publish.publish(world.database, world.blobs, world.one, builders.bundle(), by=None, now=NOW)

    with pytest.raises(errors.Temporary, match="Another release was published"):
        publish_later.run(desk.checking(other), now=NOW + HOUR)
    assert len(desk.numbers()) == 2
    assert publish_later.run(desk.tools, now=NOW + HOUR) == 1  # the next round
    assert desk.numbers()[0] == (3, "one")


def test_cancelled_and_refused(desk: Desk) -> None:
    draft, by = desk.draft(), desk.world.teacher.person
    with pytest.raises(errors.UserError, match="This time is over"):
        desk.plan(draft, NOW)
    desk.plan(draft, NOW + HOUR)
    with desk.world.database.write() as connection:
        planned_releases.cancel(connection, desk.world.one, draft.public, by=by, now=NOW)
        with pytest.raises(errors.UserError, match="Nothing is planned"):
            planned_releases.cancel(connection, desk.world.one, draft.public, by=by, now=NOW)
    assert publish_later.run(desk.tools, now=NOW + HOUR) == 0


def test_what_fails_by_then_is_kept_with_its_reason_and_not_tried_again(desk: Desk) -> None:
    desk.plan(desk.draft(), NOW + HOUR)
    with desk.world.database.write() as connection:
        row = draft_releases.find(connection, desk.world.one.id)
        spoiled = files.write(build.book(GOOD, build.machine("assert x == 2")))
        fresh = {"source": publish.keep(desk.world.blobs, {"n.ipynb": spoiled})}
        values = {"source": exchange_model.entries_to_json(fresh["source"])}
        table = draft_releases._T
        connection.execute(table.update().where(table.c.public == row.public).values(**values))
    assert publish_later.run(desk.tools, now=NOW + HOUR) == 0
    kept = desk.kept()
    assert kept is not None
    assert "The key gets 0 of 2 points: " in kept.problem
    assert "AssertionError. Mend the solution or the test." in kept.problem
    assert publish_later.run(desk.tools, now=NOW + 2 * HOUR) == 0
    assert desk.numbers() == [(1, "")]
    assert desk.told(desk.world.teacher) == ["/courses/c/lessons/one/draft-release"]
    with desk.world.database.read() as connection:
        others = items.unread(connection, desk.world.sam, now=NOW + 2 * HOUR)
    assert "stopped" not in {each.kind for each in others}


def test_who_may_not_publish_any_more_publishes_nothing(desk: Desk) -> None:
    world = desk.world
    with world.database.write() as connection:
        ida = people.add(
            connection, world.course, username="ida", name="Ida", email=None, role="instructor", now=NOW
        )
    draft = desk.draft()
    with world.database.write() as connection:
        planned_releases.put(connection, world.one, draft.public, NOW + HOUR, by=ida, now=NOW)
        people.end(connection, world.course, ida, now=NOW)
    assert publish_later.run(desk.tools, now=NOW + HOUR) == 0
    kept = desk.kept()
    assert kept is not None
    assert "may not publish in this course any more" in kept.problem
