"""Which Python a course's tests run in is said by its owner on the command line, and by nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import courses, model, people
from tests import builders
from tests.service import inside

COURSE = "/api/v1/courses/c"
ROLES: tuple[model.Role, ...] = ("student", "grader", "instructor", "owner")
CEILINGS: tuple[model.Ceiling, ...] = ("lab", "pages", "cli")
CHANGES = {
    "python": '[environment]\npython = "/tmp/evil.sh"\n',
    "requirements": '[environment]\nrequirements = "evil.txt"\n',
}


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=builders.NOW) as made:
        yield made
    world.close()


def kept(served: inside.Inside) -> str:
    with served.world.database.read() as connection:
        return courses.find(connection, "c").manifest


def somebody(served: inside.Inside, role: model.Role, ceiling: model.Ceiling) -> str:
    with served.world.database.write() as connection:
        course = served.world.course
        name = f"{role}-{ceiling}"
        person = people.add(
            connection, course, username=name, name=name, email=None, role=role, now=served.now
        )
    return served.token(person, ceiling)


def test_only_the_owner_on_the_command_line_names_the_python(served: inside.Inside) -> None:
    for role in ROLES:
        for ceiling in CEILINGS:
            token = somebody(served, role, ceiling)
            for change in CHANGES.values():
                before = kept(served)
                answer = served.ask(token, "PUT", COURSE, {"manifest": change + builders.MANIFEST})
                allowed = (role, ceiling) == ("owner", "cli")
                assert answer.status_code == (200 if allowed else 403), (role, ceiling, answer.text)
                assert (kept(served) != before) is allowed, (role, ceiling)


def test_the_rest_of_course_toml_stays_the_instructors(served: inside.Inside) -> None:
    owner = somebody(served, "owner", "cli")
    with_python = CHANGES["python"] + builders.MANIFEST
    assert served.ask(owner, "PUT", COURSE, {"manifest": with_python}).status_code == 200
    instructor = somebody(served, "instructor", "pages")
    renamed = with_python.replace("A course", "Another title")
    assert served.ask(instructor, "PUT", COURSE, {"manifest": renamed}).json()["title"] == "Another title"
    taken_out = served.ask(instructor, "PUT", COURSE, {"manifest": builders.MANIFEST})
    assert taken_out.status_code == 403
    assert "[environment]" in taken_out.json()["detail"]
    assert kept(served) == renamed
