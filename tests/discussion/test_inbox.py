"""Staff's side on both databases: what waits, how quick the course is, kept replies, reports, export."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import model
from courseware.discussion import export, inbox, look, moderation, saved_replies, write
from courseware.discussion import model as talk
from tests import builders, words
from tests.builders import HOUR, NOW
from tests.discussion import test_threads as said


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def waiting(world: builders.World, claimed: inbox.Claimed = "all") -> list[str]:
    with world.database.read() as connection:
        found = inbox.waiting(connection, world.teacher, claimed=claimed, now=NOW + said.LATER)
    return [each.title for each in found.threads]


def change(world: builders.World, thread: str, **given: object) -> talk.Thread:
    wish = moderation.ThreadChange(**given)  # type: ignore[arg-type]  # a test names what it sets
    with world.database.write() as connection:
        return moderation.change_thread(connection, world.teacher, thread, wish, now=NOW)


def test_what_nobody_answered_comes_first_and_the_oldest_first(world: builders.World) -> None:
    made = {}
    for number, name in enumerate(("answered", "own", "younger")):
        made[name] = said.ask(world, world.sam, title=name, now=NOW + datetime.timedelta(seconds=number)).id
    said.ask(world, world.sam, title="chat", kind="discussion")
    said.ask(world, world.sam, title="private", kind="private", now=NOW + datetime.timedelta(seconds=9))
    said.reply(world, world.kim, made["answered"])
    said.reply(world, world.sam, made["own"], "anybody?")
    assert waiting(world) == ["own", "younger", "private", "answered"]
    change(world, made["own"], state="resolved")
    assert waiting(world) == ["younger", "private", "answered"]


def test_the_inbox_goes_on_where_its_page_ended(world: builders.World) -> None:
    for number in range(35):
        said.ask(world, world.teacher, title=f"{number:02}", now=NOW + datetime.timedelta(seconds=number))
    with world.database.read() as connection:
        first = inbox.waiting(connection, world.teacher, now=NOW)
        second = inbox.waiting(connection, world.teacher, cursor=first.next, now=NOW)
        assert [t.title for t in (*first.threads, *second.threads)] == [f"{n:02}" for n in range(35)]
        with pytest.raises(errors.UserError, match="cannot be continued"):
            inbox.waiting(connection, world.teacher, cursor="x", now=NOW)


def test_the_inbox_is_staffs_on_the_pages(world: builders.World) -> None:
    lab = model.Viewer(person=world.teacher.person, course=world.course, role="owner", ceiling="lab")
    with world.database.read() as connection:
        for who in (world.sam, lab):
            for asked in (inbox.waiting, look.reports, look.hidden):
                with pytest.raises(errors.UserError) as refused:
                    asked(connection, who, now=NOW)
                assert refused.value.code == "forbidden"
            with pytest.raises(errors.UserError):
                saved_replies.listed(connection, who)
            with pytest.raises(errors.UserError):
                export.of_lesson(connection, who, world.one, now=NOW)


def test_how_quick_the_course_is(world: builders.World) -> None:
    with world.database.read() as connection:
        none = inbox.Times(answered=0, waiting=0, median=None, ninth=None)
        assert inbox.times(connection, world.teacher, now=NOW) == none
    for hours in range(1, 11):
        thread = said.ask(world, world.sam, now=NOW + hours * HOUR)
        for extra in (hours, 2 * hours):
            with world.database.write() as connection:
                at = NOW + (hours + extra) * HOUR
                write.reply(connection, world.teacher, thread.id, said.words(), now=at)
    said.ask(world, world.kim)
    closed = said.ask(world, world.kim)
    change(world, closed.id, state="resolved")
    with world.database.read() as connection:
        later = NOW + datetime.timedelta(days=5)
        times = inbox.times(connection, world.teacher, now=later)
        assert times == inbox.Times(answered=10, waiting=1, median=5 * 3600, ninth=9 * 3600)
        assert inbox.times(connection, world.teacher, now=later + datetime.timedelta(days=90)).answered == 0


def test_a_question_is_claimed_and_assigned_to_staff_only(world: builders.World) -> None:
    thread = said.ask(world, world.sam, title="one")
    said.ask(world, world.sam, title="two")
    claimed = change(world, thread.id, claimed=True).claimed_by
    assert claimed is not None
    assert claimed.me
    assert (waiting(world, "mine"), waiting(world, "nobody")) == (["one"], ["two"])
    assert change(world, thread.id, assigned="").claimed_by is None
    assigned = change(world, thread.id, assigned=world.teacher.person.public).claimed_by
    assert assigned is not None
    for wrong, says in ((world.kim.person.public, "not staff"), ("per_nobody", "nobody")):
        with pytest.raises(errors.UserError, match=says):
            change(world, thread.id, assigned=wrong)
    wish = moderation.ThreadChange(assigned=world.teacher.person.public)
    with world.database.write() as connection, pytest.raises(errors.UserError, match="cannot claim"):
        moderation.change_thread(connection, world.sam, thread.id, wish, now=NOW)


def test_a_report_waits_until_it_is_decided(world: builders.World) -> None:
    thread = said.ask(world, world.sam, "rude", anonymous=True)
    post = said.reply(world, world.kim, thread.id, "ruder")
    with world.database.write() as connection:
        moderation.report(connection, world.sam, post.id, "It is rude", now=NOW)
        (told,) = look.reports(connection, world.teacher, now=NOW)
        assert (told.reason, told.by.name, told.post.body, told.at) == ("It is rude", "sam", "ruder", NOW)
        with pytest.raises(errors.UserError):
            moderation.dismiss(connection, world.sam, post.id, now=NOW)
        moderation.dismiss(connection, world.teacher, post.id, now=NOW)
        assert look.reports(connection, world.teacher, now=NOW) == ()


def test_what_is_hidden_is_listed_with_its_text_for_staff_alone(world: builders.World) -> None:
    thread = said.ask(world, world.sam, "whole", title="hidden whole")
    other = said.ask(world, world.sam, "part", title="shown")
    post = said.reply(world, world.kim, other.id, "hidden part")
    change(world, thread.id, hidden=True)
    with world.database.write() as connection:
        wish = moderation.PostChange(state="hidden")
        moderation.change_post(connection, world.teacher, post.id, wish, now=NOW)
        hidden = look.hidden(connection, world.teacher, now=NOW)
        assert [each.title for each in hidden.threads] == ["hidden whole"]
        assert [(within.title, each.body) for within, each in hidden.posts] == [("shown", "hidden part")]
        for who in (world.sam, world.kim):
            assert look.thread(connection, who, other.id, now=NOW).posts[1].body == ""


def test_replies_are_kept_for_all_staff_of_the_course(world: builders.World) -> None:
    with world.database.write() as connection:
        kept = saved_replies.keep(connection, world.teacher, "Late", "Until\u202e Friday", now=NOW)
        assert kept.body == "Until Friday"
        assert saved_replies.listed(connection, world.teacher) == (kept,)
        for title, body in (("", "x"), ("x", " "), ("x" * 201, "x"), ("x", "x" * 20_001)):
            with pytest.raises(errors.UserError):
                saved_replies.keep(connection, world.teacher, title, body, now=NOW)
        with pytest.raises(errors.UserError):
            saved_replies.remove(connection, world.sam, kept.id)
        for _ in range(2):
            saved_replies.remove(connection, world.teacher, kept.id)
        assert saved_replies.listed(connection, world.teacher) == ()


def test_a_lessons_discussions_go_into_a_file(world: builders.World) -> None:
    thread = said.ask(
        world, world.sam, "# not a heading\n\nWhy?", key="a", title="[One](x) #1", anonymous=True
    )
    post = said.reply(world, world.kim, thread.id, "gone")
    with world.database.write() as connection:
        wish = moderation.PostChange(state="deleted")
        moderation.change_post(connection, world.kim, post.id, wish, now=NOW)
        told = export.of_lesson(connection, world.teacher, world.one, now=NOW)
    assert [len(each.posts) for each in told.conversations] == [2]
    text = export.markdown(told)
    for line in (
        r"## \[One\](x) \#1",
        "    1",
        "> # not a heading",
        "**sam (Anonymous 1)** (2026-11-23 12:00)",
        "> [deleted]",
    ):
        assert line in text.splitlines(), text
    assert not words.has(text, "gone")
