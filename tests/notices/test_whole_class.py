"""News for a whole class is found out beside the writing, and asked for once, however many they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware.course import model, people
from courseware.exchange import submit
from courseware.notices import rules, talk
from courseware.store import journal
from tests import builders
from tests.builders import NOW
from tests.notices import told


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """All that is said to any database meanwhile, with BEGIN and COMMIT."""
    said: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        said.append(statement)

    def end(_c: object) -> None:
        said.append("COMMIT")

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    sa.event.listen(sa.Engine, "commit", end)
    yield said
    sa.event.remove(sa.Engine, "before_cursor_execute", note)
    sa.event.remove(sa.Engine, "commit", end)


def handed_in(world: builders.World, names: list[str]) -> None:
    """Work of these people, whose marks were held and are not any more."""
    for name in names:
        with world.database.write() as connection:
            person = people.add(
                connection, world.course, username=name, name=name, email=None, role="student", now=NOW
            )
        viewer = model.Viewer(person=person, course=world.course, role="student", ceiling="lab")
        submit.receive_upload(world.desk, viewer, "one", builders.upload(name), now=NOW)


def writing(said: list[str]) -> list[str]:
    """What was said between the beginning and the end of a transaction that writes."""
    inside, found = False, []
    for statement in said:
        inside = (inside or statement == "BEGIN IMMEDIATE") and statement != "COMMIT"
        found += [statement] if inside else []
    return found


def test_a_hold_that_ends_is_looked_into_before_the_transaction(
    tmp_path: Path, statements: list[str]
) -> None:
    world = builders.world(f"sqlite:///{tmp_path / 'kept.db'}", tmp_path)
    handed_in(world, [f"p{n}" for n in range(3)])
    told.read(world)
    numbers = []
    for more in ([], [f"q{n}" for n in range(6)]):
        handed_in(world, more)
        told.read(world)
        with world.database.write() as connection:
            journal.append(
                connection, "exercise.unheld", world.one.public, now=NOW, course_id=world.course.id
            )
        statements.clear()
        assert rules.run(world.database, mail=True, now=NOW) == 1
        said = writing(statements)
        assert not [each for each in said if "submission" in each or "membership" in each]
        numbers.append(len(said))
    assert numbers[0] == numbers[1]
    world.close()


def test_who_sees_an_announcement_is_asked_once_for_each_role(
    database_url: str, tmp_path: Path, statements: list[str]
) -> None:
    world = builders.world(database_url, tmp_path)
    told.addressed(world)
    for number in range(20):
        with world.database.write() as connection:
            name = f"p{number}"
            people.add(
                connection, world.course, username=name, name=name, email=None, role="student", now=NOW
            )
    told.ask(world, world.teacher, "In the lesson", kind="announcement", title="t")
    told.read(world)  # from then on no other transaction holds it back
    with world.database.read() as connection:
        row = connection.execute(sa.text("select id from journal where kind = 'thread.asked'")).scalar_one()
        [entry] = [each for each in journal.read(connection, "another", limit=1000) if each.id == row]
        statements.clear()
        found = talk.told(talk.Classes(connection=connection, now=NOW), entry)
    assert len(found) == 22
    assert len(statements) < 10
    world.close()
