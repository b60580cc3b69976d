"""Who is told what, on both databases: once, not of their own act, not of what they may not see."""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware.course import people
from courseware.discussion import model as talk
from courseware.discussion import moderation, write
from courseware.notices import model as notice_model
from courseware.notices import preferences
from courseware.store import journal, schema, schema_notices
from tests import builders
from tests.builders import NOW
from tests.notices import told as telling
from tests.notices.told import ask, read, reply

Row = tuple[str, str]


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    telling.addressed(made)
    yield made
    made.close()


def told(world: builders.World) -> list[Row]:
    """Who was told what, in order of names."""
    n, p = schema_notices.notice, schema.person
    with world.database.read() as connection:
        rows = connection.execute(sa.select(p.c.username, n.c.kind).join(n, n.c.person_id == p.c.id))
        return sorted((row.username, row.kind) for row in rows)


def letters(world: builders.World) -> list[tuple[str, str, datetime.datetime]]:
    t, p = schema_notices.letter, schema.person
    with world.database.read() as connection:
        rows = connection.execute(sa.select(p.c.username, t.c.kind, t.c.due).join(t, t.c.person_id == p.c.id))
        return sorted((row.username, row.kind, row.due) for row in rows)


def test_staff_know_of_a_question_and_its_author_of_the_answer(world: builders.World) -> None:
    thread = ask(world, world.sam)
    reply(world, world.kim, thread)
    reply(world, world.sam, thread, "Thanks")
    read(world)
    assert told(world) == [("kim", "reply"), ("sam", "answer"), ("tess", "question")]
    read(world)
    assert len(told(world)) == 3


def test_a_mention_is_one_notice_and_an_answer_goes_before_it(world: builders.World) -> None:
    thread = ask(world, world.sam, "@[kim], do you know?")
    reply(world, world.kim, thread, "@[sam] yes")
    reply(world, world.sam, thread, "@[kim] thanks")
    read(world)
    assert told(world) == [("kim", "mention"), ("kim", "mention"), ("sam", "answer"), ("tess", "question")]


def test_an_announcement_reaches_everybody_once(world: builders.World) -> None:
    ask(world, world.teacher, board=True, kind="announcement")
    read(world)
    read(world)
    assert told(world) == [("kim", "announcement"), ("sam", "announcement")]
    assert [each[:2] for each in letters(world)] == [("kim", "notice"), ("sam", "notice")]


def test_nobody_is_told_of_what_they_may_not_see(world: builders.World) -> None:
    thread = ask(world, world.sam, "It is private", kind="private")
    reply(world, world.teacher, thread, "@[kim] look")
    hidden = ask(world, world.sam, board=True)
    reply(world, world.kim, hidden)
    with world.database.write() as connection:
        people.end(connection, world.course, world.kim.person, now=NOW)
        moderation.change_thread(
            connection, world.teacher, hidden, moderation.ThreadChange(hidden=True), now=NOW
        )
    reply(world, world.teacher, hidden)
    read(world)
    # The teacher follows since they wrote there, and the reply before that one was not told yet.
    assert told(world) == [("sam", "answer")] * 3 + [("tess", "question")] * 2 + [("tess", "reply")]


def test_an_endorsed_author_knows(world: builders.World) -> None:
    post = reply(world, world.kim, ask(world, world.sam))
    with world.database.write() as connection:
        moderation.change_post(connection, world.teacher, post, moderation.PostChange(endorsed=True), now=NOW)
    read(world)
    assert ("kim", "endorsed") in told(world)


def test_old_news_is_no_news_and_a_bad_entry_stops_nothing(world: builders.World) -> None:
    with world.database.write() as connection:
        journal.append(connection, "post.written", "thr_gone", now=NOW, course_id=world.course.id)
        thread = ask_in(connection, world)
        journal.append(
            connection,
            "thread.asked",
            thread,
            now=NOW,
            course_id=world.course.id,
            actor_id=world.sam.person.id,
        )
    read(world)
    assert told(world) == [("tess", "question")]
    ask(world, world.kim)
    read(world, now=NOW + datetime.timedelta(days=8))
    assert told(world) == [("tess", "question")]


def ask_in(connection: sa.Connection, world: builders.World) -> str:
    wish = talk.Beginning(words=talk.Words(body="Why?"))
    return write.begin(connection, world.sam, talk.Place(course=world.course), wish, now=NOW).id


def test_a_letter_is_planned_as_its_reader_chose(world: builders.World) -> None:
    with world.database.write() as connection:
        kim = world.kim.person.id
        preferences.choose(connection, kim, {"announcement": "daily"})
        preferences.choose(connection, world.sam.person.id, {"announcement": "never"})
        preferences.keep_habit(
            connection, kim, dataclasses.replace(notice_model.Habit(), time_zone="Asia/Tokyo", digest_hour=7)
        )
    ask(world, world.teacher, board=True, kind="announcement")
    ask(world, world.teacher, "Second", board=True, kind="announcement")
    read(world)
    # Noon in UTC is nine in the evening in Tokyo: seven there is 22:00 UTC. Both are in one letter.
    assert letters(world) == [("kim", "digest", NOW + datetime.timedelta(hours=10))]
    assert len(told(world)) == 4


def test_without_an_address_or_mail_there_are_notices_alone(world: builders.World) -> None:
    with world.database.write() as connection:
        connection.execute(schema.person.update().where(schema.person.c.username == "sam").values(email=None))
    ask(world, world.teacher, board=True, kind="announcement")
    read(world)
    assert [each[0] for each in letters(world)] == ["kim"]
    ask(world, world.teacher, board=True, kind="announcement")
    read(world, mail=False)
    assert len(letters(world)) == 1
    assert len(told(world)) == 4


def test_what_comes_after_a_digest_was_sent_is_in_the_next(world: builders.World) -> None:
    with world.database.write() as connection:
        preferences.choose(connection, world.kim.person.id, {"announcement": "daily"})
        preferences.choose(connection, world.sam.person.id, {"announcement": "never"})
    ask(world, world.teacher, board=True, kind="announcement")
    read(world)
    with world.database.write() as connection:
        connection.execute(schema_notices.letter.update().values(state="sending"))
    ask(world, world.teacher, board=True, kind="announcement")
    read(world)
    due = NOW + datetime.timedelta(hours=5)
    assert [each[2] for each in letters(world)] == [due, due + datetime.timedelta(days=1)]
