"""Links that let people in: what each becomes, how often, how long, and with which rights at most."""

import concurrent.futures
import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import courses, credentials, manifest, model, people, permissions, sign_in
from tests import builders
from tests.builders import HOUR, NOW

MINUTE = datetime.timedelta(minutes=1)
ROLES: tuple[model.Role, ...] = ("student", "grader", "instructor", "owner")
CEILINGS: tuple[model.Ceiling, ...] = ("lab", "pages", "cli")


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def signin(world: builders.World, viewer: model.Viewer, **terms: str) -> str:
    with world.database.write() as connection:
        wish = credentials.Terms(**terms)  # type: ignore[arg-type]  # names of its own fields
        return sign_in.browser_link(connection, viewer.person, world.course, wish, now=NOW).token


def entered(world: builders.World, token: str, now: datetime.datetime = NOW) -> sign_in.Entry:
    with world.database.write() as connection:
        return sign_in.in_browser(connection, token, now=now)


def joined(world: builders.World, token: str, now: datetime.datetime = NOW) -> sign_in.Entry:
    with world.database.write() as connection:
        return sign_in.on_machine(connection, token, "m", now=now)


def held(world: builders.World, token: str, now: datetime.datetime = NOW) -> credentials.Holder:
    with world.database.read() as connection:
        return credentials.verify(connection, token, now=now)


def test_a_sign_in_link_signs_one_browser_in_within_15_minutes(world: builders.World) -> None:
    token = signin(world, world.sam)
    for _ in range(3):
        with world.database.read() as connection:
            assert sign_in.look(connection, token, now=NOW).person == world.sam.person
    made = entered(world, token, NOW + 14 * MINUTE)
    assert (made.ceiling, made.expires) == ("pages", NOW + 14 * MINUTE + sign_in.BROWSER_FOR)
    assert held(world, made.token).person == world.sam.person
    with pytest.raises(errors.UserError, match="has been used"):
        entered(world, token, NOW + 14 * MINUTE)
    late = signin(world, world.sam)
    with pytest.raises(errors.UserError, match="expired"):
        entered(world, late, NOW + 15 * MINUTE)


def test_of_two_who_use_a_link_at_once_one_gets_in(world: builders.World) -> None:
    token = signin(world, world.sam)

    def attempt(_: int) -> bool:
        try:
            return bool(entered(world, token).token)
        except errors.UserError:
            return False

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


def test_a_link_for_a_browser_lets_no_machine_in_and_the_other_way_round(world: builders.World) -> None:
    browser = signin(world, world.sam)
    with pytest.raises(errors.UserError, match="for a browser"):
        joined(world, browser)
    terms = credentials.Terms(gives="cli", at_most="student")
    with world.database.write() as connection:
        machine = sign_in.machine_link(connection, world.sam.person, world.course, terms, now=NOW).token
    with pytest.raises(errors.UserError, match="for one machine"):
        entered(world, machine)
    assert joined(world, machine).ceiling == "cli"
    assert entered(world, browser).ceiling == "pages"


def test_a_machine_gets_what_was_chosen_for_as_long_and_once(world: builders.World) -> None:
    terms = credentials.Terms(gives="cli", at_most="grader", days=30, made_by="per_x")
    with world.database.write() as connection:
        link = sign_in.machine_link(connection, world.teacher.person, world.course, terms, now=NOW)
    made = joined(world, link.token, NOW + MINUTE)
    holder = held(world, made.token)
    assert (holder.ceiling, holder.terms.at_most, holder.terms.gives) == ("cli", "grader", None)
    assert made.expires == NOW + MINUTE + datetime.timedelta(days=30)
    with pytest.raises(errors.UserError, match="has been used"):
        joined(world, link.token, NOW + 2 * MINUTE)
    with pytest.raises(errors.UserError, match="expired"):
        held(world, made.token, made.expires)


@pytest.mark.parametrize(
    "terms",
    [
        credentials.Terms(gives="pages"),
        credentials.Terms(gives="join"),
        credentials.Terms(gives="cli", days=0),
        credentials.Terms(gives="cli", days=401),
    ],
    ids=["pages", "join", "no day", "too many"],
)
def test_what_no_machine_gets(world: builders.World, terms: credentials.Terms) -> None:
    with world.database.write() as connection, pytest.raises(errors.UserError):
        sign_in.machine_link(connection, world.sam.person, world.course, terms, now=NOW)


def test_a_join_link_brings_a_students_machines_in_until_it_is_renewed(world: builders.World) -> None:
    with world.database.write() as connection:
        link = sign_in.join_link(connection, world.sam.person, world.course, now=NOW).token
    for _ in range(2):
        assert joined(world, link).ceiling == "lab"
        assert entered(world, link).ceiling == "pages"
    with world.database.write() as connection:
        sign_in.join_link(connection, world.sam.person, world.course, now=NOW + MINUTE)
    with pytest.raises(errors.UserError, match="revoked"):
        joined(world, link, NOW + MINUTE)


def test_the_join_link_of_staff_ends_with_the_first_browser(world: builders.World) -> None:
    with world.database.write() as connection:
        link = sign_in.join_link(connection, world.teacher.person, world.course, now=NOW).token
    assert [joined(world, link).ceiling for _ in range(2)] == ["lab", "lab"]
    assert entered(world, link).ceiling == "pages"
    for use in (entered, joined):
        with pytest.raises(errors.UserError, match="has been used"):
            use(world, link)


def test_who_left_is_let_in_by_no_link(world: builders.World) -> None:
    tokens = [signin(world, world.sam), signin(world, world.kim)]
    with world.database.write() as connection:
        tokens.append(sign_in.join_link(connection, world.sam.person, world.course, now=NOW).token)
        people.end(connection, world.course, world.sam.person, now=NOW)
        until = {"until": NOW}
        table = people._M  # a role that ends by itself, which nothing sets yet
        connection.execute(table.update().where(table.c.person_id == world.kim.person.id).values(**until))
    for token in tokens:
        with pytest.raises(errors.UserError, match=r"revoked|not in this course"):
            entered(world, token)


def test_a_mailed_link_is_not_in_the_database(world: builders.World) -> None:
    secret = b"s" * 32
    with world.database.write() as connection:
        public = sign_in.mailed_link(
            connection, world.sam.person, world.course, secret, made_by=None, now=NOW
        )
    token = sign_in.mailed_token(secret, public)
    assert token != sign_in.mailed_token(b"t" * 32, public)
    with pytest.raises(errors.UserError, match="not known"):
        entered(world, sign_in.mailed_token(b"t" * 32, public))
    assert entered(world, token).person == world.sam.person


def test_sign_ins_are_listed_until_they_end(world: builders.World) -> None:
    signin(world, world.sam)
    first = entered(world, signin(world, world.sam))
    second = entered(world, signin(world, world.sam), NOW + MINUTE)
    entered(world, signin(world, world.kim))

    def listed(now: datetime.datetime) -> list[tuple[str, str]]:
        with world.database.read() as connection:
            found = credentials.of_person(connection, world.sam.person, world.course, now=now)
        return [(each.ceiling, each.label) for each in found]

    assert listed(NOW + MINUTE) == [
        ("pages", "a browser"),
        ("pages", "a browser"),
        ("signin", "sign-in link"),
    ]
    assert [kind for kind, _ in listed(NOW + HOUR)] == ["pages", "pages"]
    keep = held(world, second.token).public
    with world.database.write() as connection:
        person, course = world.sam.person, world.course
        with pytest.raises(errors.UserError, match="no such sign-in"):
            credentials.revoke_of(
                connection, world.kim.person, course, keep, by=world.kim.person, now=NOW + HOUR
            )
        ended = credentials.revoke_others(connection, person, course, keep=keep, by=person, now=NOW + HOUR)
    assert ended == 1
    assert len(listed(NOW + HOUR)) == 1
    with pytest.raises(errors.UserError, match="revoked"):
        held(world, first.token)


def test_with_a_sign_in_ends_what_was_made_with_it(world: builders.World) -> None:
    """A machine makes a browser, that another machine, that a browser; the first browser is signed out."""
    sam, course = world.sam.person, world.course

    def public(token: str) -> str:
        return token.split("_")[2]

    def machine(source: str) -> str:
        terms = credentials.Terms(gives="cli", made_from=public(source))
        with world.database.write() as connection:
            link = sign_in.machine_link(connection, sam, course, terms, now=NOW).token
        return joined(world, link).token

    with world.database.write() as connection:
        join = sign_in.join_link(connection, sam, course, now=NOW).token
    first, apart = joined(world, join).token, joined(world, join).token
    browser = entered(world, signin(world, world.sam, made_from=public(first))).token
    second = machine(browser)
    last = entered(world, signin(world, world.sam, made_from=public(second))).token
    unused = signin(world, world.sam, made_from=public(last))
    others = entered(world, signin(world, world.kim, made_by=sam.public)).token
    with world.database.write() as connection:
        credentials.revoke(connection, public(browser), now=NOW)
        ended = credentials.revoke_of(connection, sam, course, public(first), by=sam, now=NOW)
    assert ended == 4
    for token in (first, browser, second, last, unused):
        with pytest.raises(errors.UserError, match="revoked"):
            held(world, token)
    assert [held(world, token).person.username for token in (join, apart, others)] == ["sam", "sam", "kim"]
    # The join link is no sign-in that anything was made with: ending it shuts the door and nobody out.
    with world.database.write() as connection:
        assert credentials.revoke_of(connection, sam, course, public(join), by=sam, now=NOW) == 1
    assert held(world, apart).person == sam


def test_another_courses_sign_ins_are_not_listed_and_not_ended(world: builders.World) -> None:
    text = builders.MANIFEST.replace('id = "c"', 'id = "other"')
    with world.database.write() as connection:
        other = courses.put(connection, manifest.parse(text), text, now=NOW)
        people.add(connection, other, username="sam", name="s", email=None, role="student", now=NOW)
        there = sign_in.browser_link(connection, world.sam.person, other, credentials.NO_TERMS, now=NOW).token
    assert entered(world, there).course == other
    with world.database.read() as connection:
        assert credentials.of_person(connection, world.sam.person, world.course, now=NOW) == []


def viewer(role: model.Role, ceiling: model.Ceiling) -> model.Viewer:
    person = model.Person(id=1, public="p", username="u", name="U", email=None)
    course = model.Course(id=1, public="c", slug="c", title="C", time_zone="UTC", manifest="")
    return model.Viewer(person=person, course=course, role=role, ceiling=ceiling)


GIVES = {
    # What a credential of this role and ceiling may make or rule over, written down by hand.
    ("student", "lab"): "student: lab pages cli, grader: lab",
    ("student", "pages"): "student: lab pages cli, grader: lab",
    ("student", "cli"): "student: lab pages cli, grader: lab",
    ("grader", "lab"): "grader: lab",
    ("grader", "pages"): "student: lab pages cli, grader: lab pages cli",
    ("grader", "cli"): "student: lab pages cli, grader: lab pages cli",
    ("instructor", "lab"): "grader: lab, instructor: lab, owner: lab",
    (
        "instructor",
        "pages",
    ): "student: lab pages cli, grader: lab pages cli, instructor: lab pages cli, owner: lab",
    (
        "instructor",
        "cli",
    ): "student: lab pages cli, grader: lab pages cli, instructor: lab pages cli, owner: lab",
    ("owner", "lab"): "grader: lab, instructor: lab, owner: lab",
    (
        "owner",
        "pages",
    ): "student: lab pages cli, grader: lab pages cli, instructor: lab pages cli, owner: lab pages",
    ("owner", "cli"): (
        "student: lab pages cli, grader: lab pages cli, instructor: lab pages cli, owner: lab pages cli"
    ),
}


@pytest.mark.parametrize(("role", "ceiling"), list(GIVES))
def test_nobody_makes_a_sign_in_that_can_do_more(role: model.Role, ceiling: model.Ceiling) -> None:
    own = viewer(role, ceiling)
    found = {other: [c for c in CEILINGS if permissions.gives(own, other, c)] for other in ROLES}
    told = ", ".join(f"{other}: {' '.join(given)}" for other, given in found.items() if given)
    assert told == GIVES[role, ceiling]
    for other in ROLES:
        for wanted in CEILINGS:
            if wanted not in found[other]:
                with pytest.raises(errors.UserError, match="For this you need a sign-in"):
                    permissions.check_gives(own, other, wanted)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("at_most", [*ROLES, None])
def test_a_limit_only_takes_away(role: model.Role, at_most: model.Role | None) -> None:
    lesser = permissions.lowered(role, at_most)
    assert lesser in (role, at_most)
    assert ROLES.index(lesser) == min(ROLES.index(role), ROLES.index(at_most or "owner"))
    assert dataclasses.replace(viewer(role, "cli"), role=lesser).role == lesser
