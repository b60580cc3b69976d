"""What the groups of a Hub give, beside what the roster says."""

import concurrent.futures
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.course import dates, given_roles, model, people
from courseware.store import schema
from tests import builders

NOW = builders.NOW
PATTERN = "course-{course}-{role}s"
GIVEN: tuple[model.Role | None, ...] = (None, *given_roles.ROLES)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def held(world: builders.World, username: str) -> model.Role | None:
    with world.database.read() as connection:
        person = people.known(connection, username)
        return people.role(connection, world.course, person, now=NOW) if person else None


def give(world: builders.World, username: str, role: model.Role | None, *, roster: bool) -> None:
    with world.database.write() as connection:
        given_roles.put(connection, world.course, username, role, roster=roster, now=NOW)


def test_two_services_that_read_the_same_groups_make_one_change(postgres_url: str, tmp_path: Path) -> None:
    world = builders.world(postgres_url, tmp_path)
    at_once(world, "student")
    at_once(world, None)
    with world.database.read() as connection:
        person = people.known(connection, "new")
        subject = person.public if person else ""
        query = sa.select(schema.journal.c.kind).where(schema.journal.c.subject == subject)
        found = list(connection.execute(query.order_by(schema.journal.c.id)).scalars())
    world.close()
    assert found == ["person.enrolled", "person.ended"]


def at_once(world: builders.World, role: model.Role | None) -> None:
    """Two find at the same moment what the groups give somebody, and write it one after the other."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool, world.database.write() as connection:
        dates.lock(connection, world.course)
        both = [pool.submit(give, world, "new", role, roster=True) for _ in range(2)]
        concurrent.futures.wait(both, 0.5)
        connection.commit()
        for each in both:
            each.result(10)


def write(world: builders.World, username: str, role: model.Role) -> None:
    with world.database.write() as connection:
        builders.person(connection, world.course, username, name="Ann B", role=role)


def higher(one: model.Role | None, other: model.Role | None) -> model.Role | None:
    found = [each for each in (one, other) if each]
    return max(found, key=given_roles.ROLES.index, default=None)


def test_the_highest_of_ones_groups_counts_and_those_of_other_courses_do_not(world: builders.World) -> None:
    def of(*groups: str) -> model.Role | None:
        return given_roles.by_groups(PATTERN, world.course, groups)

    assert of() is None
    assert of("course-c-students") == "student"
    assert of("course-c-students", "course-c-graders", "course-other-owners") == "grader"
    assert of("course-cc-instructors", "c", "course-c-", "course-c-instructor") is None


def test_groups_alone_make_and_end_roles(world: builders.World) -> None:
    for own, given in itertools.product(GIVEN, GIVEN):
        name = f"{own}-{given}"
        if own:
            write(world, name, own)
        give(world, name, given, roster=False)
        assert held(world, name) == given, name
        give(world, name, None, roster=False)
        assert held(world, name) is None, name


def test_with_a_roster_the_higher_role_holds_and_the_rosters_comes_back(world: builders.World) -> None:
    for own, given in itertools.product(GIVEN, GIVEN):
        name = f"{own}-{given}"
        if own:
            write(world, name, own)
        for _ in range(2):
            give(world, name, given, roster=True)
            assert held(world, name) == higher(own, given), name
        give(world, name, None, roster=True)
        assert held(world, name) == own, name


def test_what_staff_write_meanwhile_is_the_rosters(world: builders.World) -> None:
    give(world, "ann", "student", roster=True)
    write(world, "ann", "grader")
    give(world, "ann", "student", roster=True)
    assert held(world, "ann") == "grader"
    give(world, "ann", None, roster=True)
    assert held(world, "ann") == "grader"


def test_a_name_that_the_roster_gave_stays(world: builders.World) -> None:
    write(world, "ann", "student")
    give(world, "ann", "grader", roster=True)
    with world.database.read() as connection:
        person = people.known(connection, "ann")
        assert person is not None
        assert person.name == "Ann B"


def test_only_what_changes_is_looked_at_again(world: builders.World) -> None:
    def changing(given: dict[str, model.Role], *, roster: bool) -> list[str]:
        with world.database.read() as connection:
            return given_roles.changing(connection, world.course, given, roster=roster, now=NOW)

    write(world, "ann", "student")
    assert changing({}, roster=True) == []
    assert changing({"ann": "grader", "ben": "student"}, roster=True) == ["ann", "ben"]
    for name, role in (("ann", "grader"), ("ben", "student")):
        give(world, name, role, roster=True)  # type: ignore[arg-type]  # the words above are roles
    assert changing({"ann": "grader", "ben": "student"}, roster=True) == []
    assert changing({}, roster=True) == ["ann", "ben"]
    assert {"ann", "kim", "sam"} <= set(changing({"ben": "student"}, roster=False))


def test_the_first_owner_stays(world: builders.World) -> None:
    write(world, "olga", "owner")
    choices: tuple[model.Role | None, ...] = (None, "student")
    for given in choices:
        for name in ("tess", "olga"):
            give(world, name, given, roster=False)
        assert held(world, "tess") == "owner"
        assert held(world, "olga") == given


def test_a_user_name_that_cannot_be_is_refused(world: builders.World) -> None:
    with pytest.raises(errors.UserError, match="cannot be a user name"):
        give(world, "a b", "student", roster=False)
