"""A grader who is limited to groups or lessons looks after their work alone: on pages, by the API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import duties, groups, people
from courseware.exchange import submissions
from tests import builders
from tests.builders import NOW
from tests.interchange import test_lms
from tests.service import inside

C = "/api/v1/courses/c"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    test_lms.table(world, sam=3.5, kim=2)
    with world.database.write() as connection:
        people.add(connection, world.course, username="gus", name="Gus", email=None, role="grader", now=NOW)
        groups.put(connection, world.course, "Tuesday", ["kim"], now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def limit(served: inside.Inside, *, lessons: tuple[str, ...] = (), of: tuple[str, ...] = ()) -> None:
    world = served.world
    with world.database.write() as connection:
        gus = people.find(connection, world.course, "gus")
        duties.put(connection, world.course, gus, of_lessons=lessons, of_groups=of, now=NOW)


def token(served: inside.Inside) -> str:
    with served.world.database.read() as connection:
        return served.token(people.by_username(connection, "gus"), "pages")


def work_of(served: inside.Inside, name: str) -> str:
    with served.world.database.read() as connection:
        person = people.by_username(connection, name)
        (found,) = submissions.of_person(connection, person.id, served.world.one.id)
        return found.public


def seen(served: inside.Inside) -> dict[str, bool]:
    """Whose marks the grader comes by, in whichever way."""
    gus, found = token(served), {}
    csv = (
        served.ask(gus, "GET", "/courses/c/grades.csv").text
        + served.ask(gus, "GET", "/courses/c/exports/moodle.csv").text
    )
    table = served.ask(gus, "GET", f"{C}/grades").json()
    for name in ("sam", "kim"):
        public = work_of(served, name)
        ways = {
            served.ask(gus, "GET", f"/submissions/{public}").status_code == 200,
            served.ask(gus, "GET", f"/api/v1/submissions/{public}").status_code == 200,
            served.ask(gus, "GET", f"/submissions/{public}/files/n.ipynb").status_code == 200,
            bool(served.ask(gus, "GET", f"{C}/lessons/one/submissions?person={name}").json()["submissions"]),
            f"\n{name},".casefold() in csv.casefold() and ",one" in csv.split("\n")[0],
            bool([each for each in table["people"] if each["person"]["username"] == name and each["cells"]]),
        }
        assert len(ways) == 1, (name, ways)
        found[name] = ways.pop()
    return found


def test_without_limits_a_grader_looks_after_everybody(served: inside.Inside) -> None:
    assert seen(served) == {"sam": True, "kim": True}


def test_limited_to_a_group(served: inside.Inside) -> None:
    limit(served, of=("Tuesday",))
    assert seen(served) == {"sam": False, "kim": True}


def test_limited_to_another_lesson(served: inside.Inside) -> None:
    limit(served, lessons=("two",))
    assert seen(served) == {"sam": False, "kim": False}


def test_a_mark_outside_of_the_limits_is_not_given(served: inside.Inside) -> None:
    limit(served, of=("Tuesday",))
    for name, status in (("sam", 404), ("kim", 200)):
        path = f"/api/v1/submissions/{work_of(served, name)}/marks/n/t"
        given = served.ask(token(served), "PUT", path, {"score": 1, "comment": ""})
        assert given.status_code == status, given.text


def test_groups_and_limits_are_said_on_the_pages(served: inside.Inside) -> None:
    tess = served.token(served.world.teacher.person, "pages")
    page = served.ask(tess, "GET", "/courses/c/people").text
    assert '<textarea id="in-1" name="people" rows="2" spellcheck="false" dir="ltr">kim</textarea>' in page
    made = served.ask(tess, "POST", "/courses/c/groups", {"name": "Friday", "people": "sam\r\nkim\r\n"})
    assert (made.status_code, made.headers["Location"]) == (303, "/courses/c/people#groups")
    with served.world.database.read() as connection:
        gus = people.find(connection, served.world.course, "gus").person.public
        found = groups.of_course(connection, served.world.course)
    assert {name: [each.username for each in who] for name, who in found.items()} == {
        "Friday": ["kim", "sam"],
        "Tuesday": ["kim"],
    }
    where = f"/courses/c/people/{gus}"
    assert 'name="group:Friday" value="yes"> ' in served.ask(tess, "GET", where).text
    done = served.ask(tess, "POST", f"{where}/duty", {"group:Tuesday": "yes", "lesson:one": "yes"})
    assert (done.status_code, done.headers["Location"]) == (303, where)
    assert seen(served) == {"sam": False, "kim": True}
    shown = served.ask(tess, "GET", where).text
    assert 'name="group:Tuesday" value="yes" checked> ' in shown
    assert 'name="lesson:one" value="yes" checked> ' in shown
    gone = served.ask(tess, "POST", "/courses/c/groups", {"name": "Tuesday", "people": ""})
    assert (gone.status_code, "A grader looks after the group Tuesday alone" in gone.text) == (409, True)
    wrong = served.ask(tess, "POST", "/courses/c/groups", {"name": "Friday", "people": "nobody"})
    assert (wrong.status_code, "nobody" in wrong.text) == (404, True)
    assert served.ask(token(served), "POST", f"{where}/duty", {}).status_code == 403
