"""What was taken back, moved or changed later, on both databases: no title, place or name outlives it."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, manifest, model
from courseware.discussion import inbox, look, moderation, threads, write
from courseware.discussion import model as talk
from courseware.exchange import publish
from courseware.store import schema
from tests import builders
from tests.builders import NOW
from tests.discussion import test_threads as said

HELD = builders.MANIFEST.replace("[[lessons]]", '[policies]\ngraded_threads = "after-due"\n\n[[lessons]]', 1)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def holding(world: builders.World) -> builders.World:
    """A course that holds threads on exercises, whose lesson has a cell `a` and an exercise `x`."""
    with world.database.write() as connection:
        course = courses.put(connection, manifest.parse(HELD), HELD, now=NOW)
    cells = ({"key": key, "id": key, "source": key, "grade_id": of} for key, of in (("a", None), ("x", "x")))
    released = dataclasses.replace(builders.bundle(), anchors={"n": list(cells)})
    publish.publish(world.database, world.blobs, world.one, released, by=world.teacher.person, now=NOW)
    people = {
        name: dataclasses.replace(getattr(world, name), course=course) for name in ("sam", "kim", "teacher")
    }
    return dataclasses.replace(world, course=course, **people)


def first(world: builders.World, who: model.Viewer, thread: str) -> talk.Post:
    with world.database.read() as connection:
        return look.thread(connection, who, thread, now=NOW).posts[0]


def turn(world: builders.World, who: model.Viewer, post: str, state: talk.PostState) -> None:
    change = moderation.PostChange(state=state)
    with world.database.write() as connection:
        moderation.change_post(connection, who, post, change, now=NOW)


def move(world: builders.World, thread: str, key: str) -> None:
    change = moderation.ThreadChange(key=key)
    with world.database.write() as connection:
        moderation.change_thread(connection, world.teacher, thread, change, now=NOW)


def titles(world: builders.World, who: model.Viewer, **given: object) -> list[str]:
    place = talk.Place(course=world.course)
    with world.database.read() as connection:
        found = look.listed(connection, who, place, now=NOW + said.LATER, **given)  # type: ignore[arg-type]
    return [each.title for each in found.threads]


@pytest.mark.parametrize("state", ["deleted", "hidden"])
def test_the_title_goes_with_the_text_that_it_stands_over(
    world: builders.World, state: talk.PostState
) -> None:
    thread = said.ask(world, world.sam, "body", title="Delicate title", key="a")
    who = world.sam if state == "deleted" else world.teacher
    post = first(world, who, thread.id).id
    turn(world, who, post, state)
    staffs = "Delicate title" if state == "hidden" else ""
    assert [titles(world, each) for each in (world.sam, world.kim, world.teacher)] == [[""], [""], [staffs]]
    assert [titles(world, each, query="delicate") for each in (world.kim, world.teacher)] == [[], []]
    turn(world, who, post, "shown")
    assert titles(world, world.kim, query="delicate") == ["Delicate title"]


def test_an_author_does_not_bring_back_what_staff_took_away(world: builders.World) -> None:
    thread = said.ask(world, world.sam)
    post = said.reply(world, world.kim, thread.id, "rude")
    with pytest.raises(errors.UserError, match="cannot delete"):
        turn(world, world.teacher, post.id, "deleted")
    turn(world, world.teacher, post.id, "hidden")
    with pytest.raises(errors.UserError, match="cannot restore"):
        turn(world, world.kim, post.id, "shown")


def test_nobody_waits_for_an_answer_to_what_was_taken_back_or_hidden(world: builders.World) -> None:
    deleted, hidden, whole = (said.ask(world, world.sam, title=name, key="a") for name in "dhw")
    turn(world, world.sam, first(world, world.sam, deleted.id).id, "deleted")
    turn(world, world.teacher, first(world, world.sam, hidden.id).id, "hidden")
    with world.database.write() as connection:
        change = moderation.ThreadChange(hidden=True)
        moderation.change_thread(connection, world.teacher, whole.id, change, now=NOW)
    with world.database.read() as connection:
        later = NOW + said.LATER
        assert inbox.waiting(connection, world.teacher, now=later).threads == ()
        assert inbox.times(connection, world.teacher, now=later).waiting == 0
    assert titles(world, world.teacher, wanted="unanswered") == []
    assert said.counted(world, world.teacher).open == 0


def test_the_number_of_somebody_who_was_erased_stays_a_number(world: builders.World) -> None:
    thread = said.ask(world, world.sam, anonymous=True)
    with world.database.write() as connection:
        mine = schema.person.c.id == world.sam.person.id
        connection.execute(schema.person.update().where(mine).values(erased=NOW))
    assert first(world, world.kim, thread.id).author.name == "Anonymous 1"
    assert first(world, world.teacher, thread.id).author.name == "[deleted]"


def test_what_students_begin_on_an_exercise_waits_where_the_course_says_so(holding: builders.World) -> None:
    for who, key in ((holding.sam, "x"), (holding.sam, "a"), (holding.teacher, "x")):
        said.ask(holding, who, title=f"{who.role} {key}", key=key)
    assert sorted(titles(holding, holding.kim)) == ["owner x", "student a"]
    assert len(titles(holding, holding.sam)) == len(titles(holding, holding.teacher)) == 3


def test_a_thread_that_is_moved_waits_as_those_there_do(holding: builders.World) -> None:
    sent = talk.Attachment(cell="print(solution)", traceback="")
    wish = talk.Beginning(words=said.words(attachment=sent), title="moved", key="x")
    place = talk.Place(course=holding.course, lesson=holding.one)
    with holding.database.write() as connection:
        thread = write.begin(connection, holding.sam, place, wish, now=NOW)
    assert titles(holding, holding.kim) == []
    move(holding, thread.id, "a")
    assert titles(holding, holding.kim) == ["moved"]
    assert first(holding, holding.kim, thread.id).attachment is None
    assert first(holding, holding.teacher, thread.id).attachment == sent
    move(holding, thread.id, "x")
    assert titles(holding, holding.kim) == []
    own = said.ask(holding, holding.teacher, title="own", key="a")
    move(holding, own.id, "x")
    assert titles(holding, holding.kim) == ["own"]


def test_a_name_that_a_change_adds_is_told_once(world: builders.World) -> None:
    thread = said.ask(world, world.sam, "See @[tess].")
    post = first(world, world.sam, thread.id).id
    with world.database.write() as connection:
        for body in ("See @[tess], @[kim].", "See @[tess], @[kim]!"):
            write.edit(connection, world.sam, post, body, now=NOW)
        told = [e.data["person"] for e in builders.events(connection) if e.kind == "person.mentioned"]
    assert sorted(told) == sorted([world.teacher.person.public, world.kim.person.public])


def test_changes_count_as_what_one_writes(world: builders.World) -> None:
    thread = said.ask(world, world.sam)
    post = first(world, world.sam, thread.id).id
    with world.database.write() as connection:
        for number in range(write.MINUTE - 1):
            write.edit(connection, world.sam, post, f"text {number}", now=NOW)
        write.edit(connection, world.sam, post, f"text {number}", now=NOW)  # nothing changes
        with pytest.raises(errors.UserError, match="a lot at once"):
            write.edit(connection, world.sam, post, "more", now=NOW)
        with pytest.raises(errors.UserError, match="a lot at once"):
            write.reply(connection, world.sam, thread.id, said.words(), now=NOW)


def test_a_reason_is_plain_text(world: builders.World) -> None:
    thread = said.ask(world, world.sam)
    post = first(world, world.kim, thread.id).id
    with world.database.write() as connection:
        moderation.report(connection, world.kim, post, "a\u202eb\x1bc\n", now=NOW)
        assert look.reports(connection, world.teacher, now=NOW)[0].reason == "abc"


@pytest.mark.parametrize("cursor", ["1.².thr_a", "1.٣.thr_a", "²", "1..", "1.1", "2.1.thr_a"])
def test_a_cursor_with_odd_digits_is_refused_in_words(world: builders.World, cursor: str) -> None:
    with world.database.read() as connection, pytest.raises(errors.UserError, match="cannot be continued"):
        threads.listed(connection, world.sam, sa.true(), cursor=cursor, now=NOW)


def test_a_thread_of_a_cell_that_the_lesson_has_no_more_is_read_and_answered_by_staff_alone(
    world: builders.World,
) -> None:
    thread = said.ask(world, world.sam, "Why?", key="a")
    whole = said.ask(world, world.sam, "And the lesson?")
    other = {"key": "b", "id": "b", "source": "2", "grade_id": None}
    without = dataclasses.replace(builders.bundle(), anchors={"n": [other]})
    publish.publish(world.database, world.blobs, world.one, without, by=world.teacher.person, now=NOW)
    for who in (world.sam, world.kim):
        assert first(world, who, thread.id).body == "Why?"
        with world.database.read() as connection:
            assert "reply" not in look.thread(connection, who, thread.id, now=NOW).thread.can
            assert "reply" in look.thread(connection, who, whole.id, now=NOW).thread.can
        with pytest.raises(errors.UserError, match="can only be read") as refused:
            said.reply(world, who, thread.id)
        assert refused.value.code == "conflict"
        with pytest.raises(errors.UserError, match="can only be read"):
            said.ask(world, who, key="a")
    said.reply(world, world.teacher, thread.id, "Because.")
    with world.database.read() as connection:
        page = look.thread(connection, world.teacher, thread.id, now=NOW)
        assert ("reply" in page.thread.can, page.posts[1].body) == (True, "Because.")
        assert look.discussion(connection, world.kim, world.one, now=NOW).texts["a"].ended
