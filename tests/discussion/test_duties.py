"""A grader who looks after one lesson, or some people: staff there and a peer everywhere else."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.course import duties, groups, model, people
from courseware.discussion import export, inbox, look, moderation, since
from courseware.discussion import model as talk
from courseware.notices import arrivals, items, notices
from courseware.store import ids, schema
from tests import builders
from tests.builders import HOUR, NOW
from tests.discussion import test_threads as said
from tests.notices import told


@dataclasses.dataclass(frozen=True, kw_only=True)
class World:
    """Graders `lea`, who looks after lesson two, and `gil`, who looks after sam; and what was said."""

    kept: builders.World
    lea: model.Viewer
    gil: model.Viewer
    threads: dict[str, str]


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    kept = builders.world(database_url, tmp_path)
    graders = {}
    with kept.database.write() as connection:
        for name in ("lea", "gil"):
            person = people.add(
                connection, kept.course, username=name, name=name, email=None, role="grader", now=NOW
            )
            graders[name] = model.Viewer(person=person, course=kept.course, role="grader", ceiling="pages")
        groups.put(connection, kept.course, "sams", ["sam"], now=NOW)
    limit(kept, "lea", ["two"], [])
    limit(kept, "gil", [], ["sams"])
    told.addressed(kept)
    threads = {
        f"{who.person.username} {kind}": said.ask(
            kept, who, f"zq{who.person.username}{kind}", kind=kind, title=f"{who.person.username} {kind}"
        ).id
        for who in (kept.sam, kept.kim)
        for kind in ("question", "private")
    }
    yield World(kept=kept, threads=threads, **graders)
    kept.close()


def limit(kept: builders.World, name: str, of_lessons: list[str], of_groups: list[str]) -> duties.Duty:
    with kept.database.write() as connection:
        member = people.find(connection, kept.course, name)
        return duties.put(
            connection, kept.course, member, of_lessons=of_lessons, of_groups=of_groups, now=NOW
        )


ALL = {"sam question", "sam private", "kim question", "kim private"}
SAMS, PUBLIC = {"sam question", "sam private"}, {"sam question", "kim question"}


def seen(world: World, who: model.Viewer, query: str = "") -> set[str]:
    with world.kept.database.read() as connection:
        place = talk.Place(course=world.kept.course)
        told_ = look.listed(connection, who, place, query=query, now=NOW + said.LATER)
        return {each.title for each in told_.threads}


def waiting(world: World, who: model.Viewer) -> set[str]:
    with world.kept.database.read() as connection:
        return {each.title for each in inbox.waiting(connection, who, now=NOW + said.LATER).threads}


def test_lists_and_search_have_what_is_private_only_where_they_look_after_it(world: World) -> None:
    assert (seen(world, world.lea), seen(world, world.gil)) == (PUBLIC, PUBLIC | SAMS)
    assert seen(world, world.kept.teacher) == ALL
    for name in ALL:
        word = f"zq{name.replace(' ', '')}"
        assert seen(world, world.lea, word) == {name} & PUBLIC
        assert seen(world, world.gil, word) == {name} & (PUBLIC | SAMS)


def test_the_inbox_and_its_times_are_of_what_they_look_after(world: World) -> None:
    assert (waiting(world, world.lea), waiting(world, world.gil)) == (set(), SAMS)
    said.reply(world.kept, world.kept.teacher, world.threads["kim question"])
    with world.kept.database.read() as connection:
        times = [inbox.times(connection, who, now=NOW + HOUR) for who in (world.lea, world.gil)]
        assert [(each.answered, each.waiting) for each in times] == [(0, 0), (0, 2)]
        away = since.news(connection, world.gil, NOW - HOUR, now=NOW + HOUR)
        assert {each.title for each in away.waiting} == SAMS
        assert since.news(connection, world.lea, NOW - HOUR, now=NOW + HOUR).waiting_number == 0


def test_a_limit_to_lessons_and_to_people_holds_with_both(world: World) -> None:
    limit(world.kept, "gil", ["two"], ["sams"])
    assert waiting(world, world.gil) == set()
    limit(world.kept, "gil", ["one", "two"], ["sams"])
    assert waiting(world, world.gil) == SAMS
    limit(world.kept, "gil", [], [])
    assert waiting(world, world.gil) == ALL


def test_reports_and_what_is_hidden_are_of_what_they_look_after(world: World) -> None:
    kept = world.kept
    posts = {}
    for name in PUBLIC:
        posts[name] = said.reply(kept, kept.teacher, world.threads[name], "so").id
        with kept.database.write() as connection:
            moderation.report(connection, kept.kim, posts[name], "hm", now=NOW)
    with kept.database.read() as connection:
        for who, mine in ((world.lea, set()), (world.gil, {"sam question"}), (kept.teacher, PUBLIC)):
            assert {each.thread.title for each in look.reports(connection, who, now=NOW)} == mine
    for name, post in posts.items():
        with kept.database.write() as connection:
            change = moderation.PostChange(state="hidden")
            moderation.change_post(connection, kept.teacher, post, change, now=NOW)
            wish = moderation.ThreadChange(hidden=True)
            moderation.change_thread(connection, kept.teacher, world.threads[name], wish, now=NOW)
    with kept.database.read() as connection:
        for who, mine in ((world.lea, set()), (world.gil, {"sam question"}), (kept.teacher, PUBLIC)):
            hidden = look.hidden(connection, who, now=NOW)
            assert {each.title for each in hidden.threads} == mine
            assert {thread.title for thread, _ in hidden.posts} == mine


def test_the_export_has_what_they_look_after(world: World) -> None:
    with world.kept.database.read() as connection:
        for who, mine in ((world.lea, set()), (world.gil, SAMS), (world.kept.teacher, ALL)):
            made = export.of_lesson(connection, who, world.kept.one, now=NOW)
            assert {each.thread.title for each in made.conversations} == mine


def test_a_question_is_given_only_to_those_who_look_after_it(world: World) -> None:
    def give(thread: str, who: model.Viewer) -> talk.Thread:
        wish = moderation.ThreadChange(assigned=who.person.public)
        with world.kept.database.write() as connection:
            return moderation.change_thread(
                connection, world.kept.teacher, world.threads[thread], wish, now=NOW
            )

    assert give("sam question", world.gil).claimed_by is not None
    for thread, who in (("kim question", world.gil), ("sam question", world.lea)):
        with pytest.raises(errors.UserError, match="does not look after"):
            give(thread, who)


def test_a_pseudonym_is_one_where_they_do_not_look_after_it(world: World) -> None:
    for who in (world.kept.sam, world.kept.kim):
        said.ask(world.kept, who, "shy", title=f"shy {who.person.username}", anonymous=True)
    with world.kept.database.read() as connection:
        place = talk.Place(course=world.kept.course)
        told_ = look.listed(connection, world.gil, place, query="shy", now=NOW + said.LATER)
    names = {each.title: each.author.name for each in told_.threads}
    assert names == {"shy sam": "sam (Anonymous 1)", "shy kim": "Anonymous 1"}


def test_letters_and_notices_are_of_what_they_look_after(world: World) -> None:
    told.read(world.kept)
    with world.kept.database.read() as connection:
        for who, mine in ((world.lea, set()), (world.gil, SAMS)):
            found = notices.page(connection, who.person.id, world.kept.course.id, cursor=None)
            shown = items.several(connection, who, found, now=NOW)
            assert {(each.kind, each.title) for each in shown} == {("question", name) for name in mine}
    limit(world.kept, "gil", ["two"], [])
    with world.kept.database.read() as connection:
        found = notices.page(connection, world.gil.person.id, world.kept.course.id, cursor=None)
        assert len(found) == 2
        assert items.several(connection, world.gil, found, now=NOW) == []


def test_mail_that_waits_is_of_their_people(world: World) -> None:
    kept, rows = world.kept, {}
    with kept.database.write() as connection:
        for name, person in (("sam", kept.sam.person.id), ("kim", kept.kim.person.id), ("nobody", None)):
            values = {"state": "filed", "person_id": person, "course_id": kept.course.id}
            text = arrivals.Kept(sender=name, subject="s", text="t")
            rows[name] = arrivals.insert(connection, ids.new("fpr"), values, kept=text, now=NOW)
    with kept.database.read() as connection:
        for who, mine in ((world.lea, []), (world.gil, ["sam"]), (kept.teacher, ["nobody", "kim", "sam"])):
            assert [arrivals.kept(row).sender for row in arrivals.filed(connection, who)] == mine
            after = [
                arrivals.looks_after(connection, who, arrivals.find(connection, r)) for r in rows.values()
            ]
            assert after == [name in mine for name in rows]


def test_what_cannot_be_said_about_groups_and_duties(world: World) -> None:
    kept = world.kept

    def put(name: str, wanted: list[str]) -> Callable[[sa.Connection], object]:
        return lambda connection: groups.put(connection, kept.course, name, wanted, now=NOW)

    for act, word in (
        (put("a/b", ["sam"]), "cannot be the name"),
        (put("x", ["nobody"]), "There is nobody"),
        (put("sams", []), "looks after the group"),
    ):
        with pytest.raises(errors.UserError, match=word), kept.database.write() as connection:
            act(connection)
    for name, of_lessons, of_groups, word in (
        ("sam", ["one"], [], "only graders"),
        ("gil", ["nine"], [], "no lesson"),
        ("gil", [], ["nine"], "no group"),
    ):
        with pytest.raises(errors.UserError, match=word):
            limit(kept, name, of_lessons, of_groups)
    limit(kept, "gil", [], [])
    with kept.database.write() as connection:
        put("sams", [])(connection)
        assert groups.of_course(connection, kept.course) == {}
        groups.put(connection, kept.course, "both", ["sam", "kim"], now=NOW)
        assert {n: [p.username for p in g] for n, g in groups.of_course(connection, kept.course).items()} == {
            "both": ["kim", "sam"]
        }
        told_ = sa.select(schema.journal.c.kind).where(
            schema.journal.c.kind.in_(["group.changed", "duty.changed"])
        )
        assert len(connection.execute(told_).all()) == 6
