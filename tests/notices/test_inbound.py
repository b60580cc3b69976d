"""What becomes of a mail, on both databases."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware.course import courses, manifest, model, people
from courseware.discussion import look
from courseware.mail import received
from courseware.notices import arrivals, inbound, reply_address
from courseware.store import ids, schema, schema_notices
from tests import builders
from tests.discussion import test_threads as said

SECRET, NOW = b"s" * 32, builders.NOW + said.LATER
MAIL, LETTER = schema_notices.received_mail, schema_notices.letter


def enrolled(url: str, folder: Path) -> builders.World:
    """A course in which sam has an address."""
    made = builders.world(url, folder)
    with made.database.write() as connection:
        person = schema.person
        mine = person.c.username == "sam"
        connection.execute(person.update().where(mine).values(email="Sam@uni.example"))
    return made


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = enrolled(database_url, tmp_path)
    yield made
    made.close()


def leave(world: builders.World) -> None:
    """Sam leaves the course."""
    with world.database.write() as connection:
        people.end(connection, world.course, world.sam.person, now=NOW)


def second_course(world: builders.World, *names: str) -> model.Course:
    """Another course, joined later by these people."""
    text = builders.MANIFEST.replace('id = "c"', 'id = "other"')
    with world.database.write() as connection:
        made = courses.put(connection, manifest.parse(text), text, now=NOW)
        for name in names:
            people.add(connection, made, username=name, name=name, email=None, role="student", now=NOW)
    return made


def all_rows(connection: sa.Connection) -> list[sa.RowMapping]:
    """The rows of mail, in the order in which it came."""
    return list(connection.execute(sa.select(MAIL).order_by(MAIL.c.id)).mappings())


def office(world: builders.World, now: datetime.datetime = NOW) -> inbound.Office:
    return inbound.Office(
        world.database, SECRET, address="course@here.example", trusted="mx.example", clock=lambda: now
    )


def letter(world: builders.World, thread: str, to: model.Viewer | None = None) -> str:
    """A letter to somebody, sam if nobody is named, about a thread; its token."""
    public, reader = ids.new("let"), (to or world.sam).person
    with world.database.write() as connection:
        connection.execute(
            LETTER.insert().values(
                public=public, person_id=reader.id, course_id=world.course.id, kind="notice",
                thread=thread, slot=public, state="sent", created=NOW, due=NOW,
            )
        )  # fmt: skip
    return reply_address.token(SECRET, public)


def mail(to: str, text: str = "Thanks.", sender: str = "sam@uni.example", more: str = "") -> bytes:
    name = text[:9].splitlines()[0]
    return f"From: {sender}\nTo: {to}\nMessage-ID: <{name}@x>\n{more}Subject: Re: x\n\n{text}".encode()


def take(world: builders.World, raw: bytes, *, answering: bool = True) -> str:
    return office(world).take(raw, received.Envelope(answering=answering)).kind


def rows(world: builders.World) -> list[tuple[str, str]]:
    with world.database.read() as connection:
        return [(r.state, r.reason) for r in connection.execute(sa.select(MAIL).order_by(MAIL.c.id))]


def bodies(world: builders.World, thread: str) -> list[str]:
    with world.database.read() as connection:
        return [p.body for p in look.thread(connection, world.teacher, thread, now=NOW).posts]


def test_a_reply_is_posted_once_and_the_case_of_its_token_does_not_matter(world: builders.World) -> None:
    thread = said.ask(world, world.kim).id
    raw = mail(f"course+{letter(world, thread).upper()}@HERE.example")
    assert [take(world, raw), take(world, raw)] == ["accepted", "accepted"]
    assert bodies(world, thread) == ["Why?", "Thanks."]
    assert rows(world) == [("posted", "")]


def test_a_reply_is_found_by_the_id_of_the_letter_that_it_answers(world: builders.World) -> None:
    thread = said.ask(world, world.kim).id
    token = letter(world, thread)
    take(world, mail("course@here.example", more=f"In-Reply-To: <{token}@here.example>\n"))
    assert bodies(world, thread) == ["Why?", "Thanks."]


def test_a_hidden_name_stays_hidden(world: builders.World) -> None:
    thread = said.ask(world, world.sam, anonymous=True).id
    token = letter(world, thread)
    take(world, mail(f"course+{token}@here.example"))
    assert take(world, mail(f"course+{token}@here.example", "I am Sam.")) == "refused"
    with world.database.read() as connection:
        posts = look.thread(connection, world.kim, thread, now=NOW).posts
    assert [p.author.name for p in posts] == ["Anonymous 1", "Anonymous 1"]


@pytest.mark.parametrize("case", ["other", "automatic", "forged", "odd", "own"])
def test_what_is_not_certain_is_never_posted(world: builders.World, case: str) -> None:
    thread = said.ask(world, world.kim).id
    to = f"course+{letter(world, thread)}@here.example"
    raw = {
        "other": mail(to, sender="eve@uni.example"),
        "automatic": mail(to, more="Auto-Submitted: auto-replied\n"),
        "forged": mail("course+" + "a" * 42 + "@here.example"),
        "odd": mail(to, more="Content-Type: text/plain; charset=x-no\n"),
        "own": mail(to, sender="course@here.example"),
    }[case]
    assert take(world, raw) == "accepted"
    assert bodies(world, thread) == ["Why?"]
    assert [s for s, _ in rows(world)] == ["dropped" if case in ("automatic", "own") else "filed"]


def test_staff_answer_a_private_question_by_mail_and_nobody_else_does(world: builders.World) -> None:
    thread = said.ask(world, world.sam, kind="private").id
    with world.database.write() as connection:
        for who in (world.teacher, world.kim):
            mine = schema.person.c.id == who.person.id
            connection.execute(
                schema.person.update().where(mine).values(email=f"{who.person.name}@uni.example")
            )
    for who, text, verdict in ((world.teacher, "Come on Friday.", "accepted"), (world.kim, "Hm.", "refused")):
        to = f"course+{letter(world, thread, who)}@here.example"
        assert take(world, mail(to, text, f"{who.person.name}@uni.example")) == verdict
    assert bodies(world, thread) == ["Why?", "Come on Friday."]


def test_recipients_are_known_while_their_letter_is_young(world: builders.World) -> None:
    to = f"course+{letter(world, said.ask(world, world.kim).id)}@here.example"
    assert office(world).recipient(to).kind == "accepted"
    assert office(world, NOW + datetime.timedelta(days=31)).recipient(to).kind == "refused"
    for wrong in (
        "course+" + "a" * 42 + "@here.example",
        "x@here.example",
        "course@there.example",
        "course+@here.example",
    ):
        assert office(world).recipient(wrong).reply.startswith("550")


def test_mail_to_the_course_is_private_if_certain_and_asked_about_once_an_hour_if_not(
    world: builders.World,
) -> None:
    told = "Authentication-Results: mx.example; dmarc=pass header.from=uni.example\n"
    take(world, mail("course@here.example", "Help one", more=told))
    take(world, mail("course@here.example", "Help two"))
    take(world, mail("course@here.example", "Help three"))
    take(world, mail("course@here.example", "Help four", sender="eve@x.example"))
    assert [state for state, _ in rows(world)] == ["posted", "asked", "filed", "filed"]
    with world.database.read() as connection:
        asked = connection.execute(sa.select(LETTER.c.kind, LETTER.c.person_id)).all()
    assert [tuple(row) for row in asked] == [("confirmation", world.sam.person.id)]


def test_an_empty_reply_is_refused_in_words_or_filed_where_nobody_hears(world: builders.World) -> None:
    to = f"course+{letter(world, said.ask(world, world.kim).id)}@here.example"
    assert take(world, mail(to, "> only quotes")) == "refused"
    assert rows(world) == []
    assert take(world, mail(to, "> only quotes"), answering=False) == "accepted"
    assert rows(world) == [("filed", "The comment is empty.")]


VOUCHED = "Authentication-Results: mx.example; dmarc=pass header.from=uni.example\n"


def test_mail_that_names_none_of_several_courses_waits_in_the_one_joined_last(world: builders.World) -> None:
    other = second_course(world, "sam")
    assert take(world, mail("course@here.example", "Help", more=VOUCHED)) == "accepted"
    with world.database.read() as connection:
        there = model.Viewer(person=world.teacher.person, course=other, role="owner", ceiling="pages")
        (row,) = arrivals.filed(connection, there)
        assert arrivals.filed(connection, world.teacher) == []
    assert (arrivals.kept(row).text, row["person_id"]) == ("Help", world.sam.person.id)
    assert "names no course" in row["reason"]
    take(world, mail("course+c@here.example", "Help here", more=VOUCHED))
    assert [state for state, _ in rows(world)] == ["filed", "posted"]


def test_mail_of_somebody_who_left_every_course_waits_in_the_last_under_nobodys_name(
    world: builders.World,
) -> None:
    second_course(world)
    leave(world)
    take(world, mail("course@here.example", "Help", more=VOUCHED))
    with world.database.read() as connection:
        (row,) = arrivals.filed(connection, world.teacher)
    assert (arrivals.kept(row).text, row["person_id"]) == ("Help", None)


def test_a_stranger_who_names_none_of_several_courses_is_dropped(world: builders.World) -> None:
    second_course(world, "sam")
    take(world, mail("course@here.example", "Buy", sender="eve@x.example"))
    assert [state for state, _ in rows(world)] == ["dropped"]


def test_a_reply_that_went_wrong_waits_in_the_course_of_its_letter(world: builders.World) -> None:
    second_course(world, "sam")
    thread = said.ask(world, world.kim).id
    to = f"course+{letter(world, thread)}@here.example"
    take(world, mail(to, sender="eve@x.example"))
    with world.database.read() as connection:
        assert [row["state"] for row in arrivals.filed(connection, world.teacher)] == ["filed"]
