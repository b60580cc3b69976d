"""People, credentials, rights, dates and the manifest."""

import dataclasses
import datetime
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import (
    amend,
    courses,
    credentials,
    dates,
    manifest,
    model,
    people,
    permissions,
    rosters,
    schedule,
)
from courseware.store import schema
from tests import builders
from tests.builders import HOUR, NOW

_FIRST = '[[lessons]]\nslug = "one"'


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


LEARN = {
    "READ_COURSE",
    "FETCH",
    "SUBMIT",
    "KEEP_DRAFT",
    "READ_OWN_WORK",
    "TAKE_ALONG",
    "TALK",
    "PLAN",
    "SIGN_INS",
    "READ_CALENDAR",
    "WATCH",
    "ANSWER",
    "CHECK",
}
GRADE = LEARN | {"READ_ALL_WORK", "MARK", "READ_PEOPLE", "READ_GRADES", "READ_DRAFTS"}
GRADE |= {"READ_PRIVATE", "SEE_NAMES", "ENDORSE", "MODERATE"}
TEACH = GRADE | {"REGRADE", "HOLD", "RELEASE_MARKS", "PUBLISH", "CHANGE_PEOPLE", "CHANGE_COURSE", "ANNOUNCE"}
TEACH |= {"TEST_MAIL", "LINT", "DRAFT", "EXTEND", "RUN_QUEUE"}
OWN = TEACH | {"CHANGE_ENVIRONMENT", "CHANGE_OWNERS", "READ_AUDIT", "ERASE"}
PAGES = OWN - {"CHANGE_ENVIRONMENT"}
RIGHTS = {"student": LEARN, "grader": GRADE, "instructor": TEACH, "owner": OWN}


@pytest.mark.parametrize("ceiling", ["lab", "pages", "cli", "join", "signin", "calendar"])
@pytest.mark.parametrize("role", list(RIGHTS))
def test_the_whole_table_of_rights(role: model.Role, ceiling: model.Ceiling) -> None:
    person = model.Person(id=1, public="p", username="u", name="U", email=None)
    course = model.Course(id=1, public="c", slug="c", title="C", time_zone="UTC", manifest="")
    viewer = model.Viewer(person=person, course=course, role=role, ceiling=ceiling)
    links = {"join": set[str](), "signin": set[str](), "calendar": {"READ_CALENDAR"}}
    by_hand = {"lab": LEARN | {"LINT", "DRAFT"}, "pages": PAGES, "cli": OWN, **links}[ceiling]
    apart = {"TAKE_ALONG"} if ceiling == "lab" and role != "student" else set()
    assert {action.name for action in permissions.Action if permissions.allowed(viewer, action)} == (
        RIGHTS[role] & by_hand - apart
    )


def test_each_right_of_staff_is_recorded_but_a_look_over_ones_own_files() -> None:
    mine = {action.name for action in permissions.Action if not permissions.over_others(action)}
    assert mine == LEARN | {"LINT"}


def test_a_credential_says_why_it_is_refused(world: builders.World) -> None:
    with world.database.write() as connection:
        token = credentials.issue(
            connection,
            world.sam.person,
            course=world.course,
            ceiling="lab",
            label="x",
            now=NOW,
            expires=NOW + HOUR,
        )
        holder = credentials.verify(connection, token, now=NOW)
        assert (holder.person, holder.ceiling) == (world.sam.person, "lab")
        for wrong in (
            "",
            "x",
            token[:-1] + ("a" if token[-1] != "a" else "b"),
            token.replace("_lab_", "_cli_"),
        ):
            with pytest.raises(errors.UserError, match="not known"):
                credentials.verify(connection, wrong, now=NOW)
        with pytest.raises(errors.UserError, match="expired"):
            credentials.verify(connection, token, now=NOW + HOUR)
        credentials.revoke(connection, holder.public, now=NOW)
        with pytest.raises(errors.UserError, match="revoked"):
            credentials.verify(connection, token, now=NOW)


def test_who_leaves_loses_their_credentials(world: builders.World) -> None:
    with world.database.write() as connection:
        token = credentials.issue(
            connection, world.sam.person, course=world.course, ceiling="lab", label="x", now=NOW, expires=None
        )
        people.end(connection, world.course, world.sam.person, now=NOW)
        assert people.role(connection, world.course, world.sam.person, now=NOW) is None
        with pytest.raises(errors.UserError, match="revoked"):
            credentials.verify(connection, token, now=NOW)
        with pytest.raises(errors.UserError, match="owner cannot be removed"):
            people.end(connection, world.course, world.teacher.person, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffusername,name,email\nzoe,Zoë,zoe@example.org\n",
        "username;name;email;role\nzoe;Zoë;zoe@example.org;student\n",
        "Email,First name,Last name\nzoe@example.org,Zoë,\n",
    ],
)
def test_rosters_as_they_come(world: builders.World, text: str) -> None:
    with world.database.write() as connection:
        told = rosters.import_csv(connection, world.course, text, by=None, now=NOW)
        assert len(told.added) == 1
        assert people.find(connection, world.course, told.added[0]).person.name == "Zoë"
        again = rosters.import_csv(connection, world.course, text, by=None, now=NOW)
        assert again.unchanged == told.added


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b\n1,2\n", "must name the columns"),
        ("username,role\nx,king\n", "roster was not taken"),
        ("username\nx\nx\n", "twice"),
        ("username,email\nx,nonsense\n", "roster was not taken"),
    ],
)
def test_a_bad_roster_changes_nothing(world: builders.World, text: str, says: str) -> None:
    with pytest.raises(errors.UserError, match=says), world.database.write() as connection:
        rosters.import_csv(connection, world.course, text, by=None, now=NOW)
    with world.database.read() as connection:
        assert len(people.members(connection, world.course)) == 3


def test_dates_are_wall_clock_in_the_courses_zone(world: builders.World) -> None:
    with world.database.read() as connection:
        holds = dates.effective(connection, world.sam.person.id, world.one.id)
    assert holds.due == datetime.datetime(2026, 11, 23, 13, tzinfo=datetime.UTC)
    assert schedule.state(holds, NOW) == "open"
    assert schedule.state(holds, NOW + 2 * HOUR) == "late"
    assert schedule.state(holds, NOW + 48 * HOUR) == "closed"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("title = ", "titel = "), "line 3: 'titel' is not known here. Did you mean 'title'?"),
        (("Europe/Berlin", "Europe/Berlim"), "line 4: there is no time zone"),
        (("[[lessons]]", "[[lesson]]"), "Did you mean 'lessons'?"),
        (('slug = "two"', 'slug = "one"'), "listed twice"),
        (("due = 2026-11-23", "due = 2026-10-23"), "has due before opens"),
        (('id = "c"', 'id = "C d"'), "cannot be a name"),
        (("[course]", "[course"), "course.toml"),
        (("Europe/Berlin", "America"), "line 4: there is no time zone"),
        (("Europe/Berlin", "../x"), "line 4: there is no time zone"),
        (('slug = "two"', 'slug = "T wo"'), "course.toml, line "),
        (('slug = "two"', 'slug = "two"\ndue = 0001-01-01T00:00:00'), "between the years"),
        (('slug = "two"', 'slug = "two"\ndue = 9999-12-31T23:59:59-08:00'), "between the years"),
        (('slug = "two"', 'slug = "two"\ndue = "soon"'), "is no date"),
        (('slug = "two"', 'slug = "two"\nsource = "a\\u0000b"'), "no path"),
        (('title = "', 'source = "x"\ntitle = "'), "line 3: source in [course] is not available"),
        (
            ('title = "', 'pacing = "self"\ntitle = "'),
            "line 3: pacing must be fixed, paced or open, not 'self'.",
        ),
        (('title = "', 'language = "German"\ntitle = "'), "line 3: language must be a code as de or pt-BR"),
        ((_FIRST, f"[policies]\nattempts = 0\n{_FIRST}"), "line 7: limit must be a whole number from 1"),
        ((_FIRST, f'[policies]\nlate = "refuse"\n{_FIRST}'), "line 7: late must be accept, zero or linear"),
    ],
)
def test_a_typo_in_the_manifest_is_named(change: tuple[str, str], says: str) -> None:
    with pytest.raises(errors.UserError) as refused:
        manifest.parse(builders.MANIFEST.replace(*change))
    assert says in refused.value.message


def test_what_happens_in_any_case_may_be_said() -> None:
    told = '[course]\nid = "c"\ntitle = "C"\nlanguage = "en"\npacing = "fixed"\n'
    parsed = manifest.parse(told + '[policies]\nlate = "accept"\nattempts = "unlimited"\n')
    assert (parsed.slug, parsed.language) == ("c", "en")
    assert manifest.parse(told.replace('"en"', '"pt-BR"')).language == "pt-BR"


def test_a_false_zone_is_refused_without_lessons_too() -> None:
    with pytest.raises(errors.UserError, match="line 4: there is no time zone"):
        manifest.parse('[course]\nid = "c"\ntitle = "C"\ntime_zone = "Nowhere"\n')


def test_a_mistake_names_the_line_of_its_own_lesson() -> None:
    head = '[course]\nid = "c"\ntitle = "C"\n[[lessons]]\nslug = "a"\ndue = "2026-09-01T08:00"\n'
    for entry, line in (('slug = "b"\ndue = "soon"\n', 9), ('slug = "B b"\n', 8)):
        with pytest.raises(errors.UserError, match=f"course.toml, line {line}: "):
            manifest.parse(f"{head}[[lessons]]\n{entry}")


@pytest.mark.parametrize("name", [".", "..", " .. "])
def test_a_user_name_of_dots_is_refused(world: builders.World, name: str) -> None:
    with pytest.raises(errors.UserError, match="cannot be a user name"), world.database.write() as connection:
        people.add(connection, world.course, username=name, name="", email=None, role="student", now=NOW)


def test_a_role_that_runs_out_is_none_from_that_moment(world: builders.World) -> None:
    sam, key = world.sam.person, world.course.id
    with world.database.write() as connection:
        mine = (schema.membership.c.person_id == sam.id) & (schema.membership.c.course_id == key)
        connection.execute(schema.membership.update().where(mine).values(until=NOW + HOUR))
        for hours, role in ((0.5, "student"), (1, None), (2, None)):
            now = NOW + hours * HOUR
            assert people.role(connection, world.course, sam, now=now) == role
            for name in ("c", world.course.public):
                found = courses.entered(connection, courses.BY_NAME, name, sam, now=now)
                assert found == (world.course, role)
            assert courses.entered(connection, courses.BY_NAME, "d", sam, now=now) is None


def test_staff_of_one_course_do_not_rename_people_of_another(world: builders.World) -> None:
    text = '[course]\nid = "other"\ntitle = "Other"\n'
    with world.database.write() as connection:
        other = courses.put(connection, manifest.parse(text), text, now=NOW)
        given = {"name": "Mallory", "email": "mallory@example.org", "role": "student", "now": NOW}
        person = people.add(connection, other, username="sam", **given)  # type: ignore[arg-type]  # the keys are add's own
        assert person == world.sam.person
        fresh = people.add(connection, other, username="new", **given)  # type: ignore[arg-type]  # the keys are add's own
        assert fresh.name == "Mallory"
        member = people.find(connection, other, "new")
        again = amend.change(connection, other, member, amend.Change(name="M."), by=None, now=NOW)
        assert (again.person, again.person.name) == (dataclasses.replace(fresh, name="M."), "M.")
        sam = people.find(connection, other, "sam")
        with pytest.raises(errors.UserError, match="another course too"):
            amend.change(connection, other, sam, amend.Change(name="M."), by=None, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 50_000,
        "a = " + "9" * 50_000,
        "a." * 50_000 + "a = 1",
        "# much\n" * 100_000,
        '[course]\nid = "a"\ntitle = "t"\n' + '[[lessons]]\nslug = "l"\n' * 5_000,
    ],
    ids=["deep", "a large number", "dots", "long", "many lessons"],
)
def test_a_manifest_that_no_course_has_is_refused_at_once(text: str) -> None:
    began = time.process_time()
    with pytest.raises(errors.UserError):
        manifest.parse(text)
    assert time.process_time() - began < 2


def test_a_course_of_many_lessons_is_read_quickly() -> None:
    many = "".join(f'[[lessons]]\nslug = "lesson-{n}"\ntitle = "Lesson {n}"\n' for n in range(500))
    began = time.process_time()
    assert len(manifest.parse(f'[course]\nid = "a"\ntitle = "t"\n{many}').lessons) == 500
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Ann\r\nBcc: x@y.example", "Ann Bcc: x@y.example"),
        ("\u202egro.live", "gro.live"),
        (" Ann \t\x00\x1b[2J  Lee ", "Ann [2J Lee"),
        ("José  \u200d👩", "José \u200d👩"),
        ("\r\n", "ann"),
    ],
)
def test_a_name_is_one_line_that_reads_as_it_is_written(world: builders.World, name: str, kept: str) -> None:
    with world.database.write() as connection:
        made = people.add(
            connection, world.course, username="ann", name=name, email=None, role="student", now=NOW
        )
    assert made.name == kept
