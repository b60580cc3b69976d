"""Letters that are written together: as many questions to the database as for one, and the same words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware.course import people
from courseware.notices import compose, letters
from tests import builders
from tests.builders import NOW
from tests.notices import told
from tests.notices.told import MINUTE, ask, read, reply

MANY = 12


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    told.addressed(made)
    yield made
    made.close()


def more_people(world: builders.World) -> None:
    with world.database.write() as connection:
        for n in range(MANY):
            address = f"p{n}@school.example"
            role = "grader" if n == 0 else "student"
            people.add(
                connection, world.course, username=f"p{n}", name=f"P{n}", email=address, role=role, now=NOW
            )


def waiting(world: builders.World) -> list[letters.Claim]:
    read(world)
    with world.database.write() as connection:
        return letters.claim(connection, 100, now=NOW + MINUTE)


def asked(world: builders.World, claims: list[letters.Claim]) -> int:
    """How many statements it takes to know what these letters say."""
    said: list[str] = []
    with world.database.read() as connection:

        def note(_c: object, _k: object, statement: str, *_: object) -> None:
            said.append(statement)

        sa.event.listen(connection, "before_cursor_execute", note)
        compose.known(connection, [each.letter for each in claims], now=NOW + MINUTE)
        sa.event.remove(connection, "before_cursor_execute", note)
    return len(said)


def test_many_letters_ask_the_database_no_more_often_than_one(world: builders.World) -> None:
    more_people(world)
    ask(world, world.teacher, "News", board=True, kind="announcement", title="News")
    claims = waiting(world)
    assert len(claims) == MANY + 2
    # People in two roles: their threads are looked up once for each.
    assert asked(world, claims) <= asked(world, claims[-1:]) + 2


def test_written_together_they_say_the_same_as_alone(world: builders.World) -> None:
    more_people(world)
    thread = ask(world, world.sam, "Why?", title="A question", key="a")
    reply(world, world.kim, thread, "So, @[sam] and @[P1].", anonymous=True)
    reply(world, world.sam, ask(world, world.kim, "I?", anonymous=True, title="Shy"), "You.")
    ask(world, world.teacher, "Class", board=True, kind="announcement", title="News")
    claims = waiting(world)
    assert len(claims) > MANY
    with world.database.read() as connection:
        known = compose.known(connection, [each.letter for each in claims], now=NOW + MINUTE)
        for claimed in claims:
            alone = compose.composed(connection, claimed.letter, told.OFFICE, now=NOW + MINUTE)
            assert alone is not None
            assert compose.written(known, claimed.letter, told.OFFICE, now=NOW + MINUTE) == alone
