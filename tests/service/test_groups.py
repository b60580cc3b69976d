"""Groups and what graders look after, over HTTP and by the command line's own client."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import people
from tests import builders
from tests.builders import NOW
from tests.service import inside

C = "/api/v1/courses/c"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with world.database.write() as connection:
        for name, role in (("gus", "grader"), ("ida", "instructor")):
            people.add(connection, world.course, username=name, name=name, email=None, role=role, now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def test_an_instructor_groups_people_and_limits_a_grader(served: inside.Inside) -> None:
    with served.world.database.read() as connection:
        ida, gus = (people.by_username(connection, name) for name in ("ida", "gus"))
    token, his = served.token(ida, "pages"), served.token(gus, "pages")
    made = served.ask(
        token, "PUT", f"{C}/groups/tuesday", {"people": ["sam", served.world.kim.person.public]}
    )
    assert [each["username"] for each in made.json()["people"]] == ["kim", "sam"]
    assert [each["name"] for each in served.ask(his, "GET", f"{C}/groups").json()["groups"]] == ["tuesday"]
    limited = {"lessons": ["one"], "groups": ["tuesday"]}
    assert served.ask(token, "PUT", f"{C}/people/gus/duty", limited).json() == limited
    assert served.ask(his, "GET", f"{C}/people/gus/duty").json() == limited
    assert served.ask(token, "PUT", f"{C}/people/sam/duty", limited).status_code == 409
    assert served.ask(token, "PUT", f"{C}/people/gus/duty", {"groups": ["friday"]}).status_code == 404
    student = served.token(served.world.sam.person, "pages")
    for who in (his, student, served.token(ida, "lab")):
        assert served.ask(who, "PUT", f"{C}/groups/tuesday", {"people": []}).status_code == 403
        assert served.ask(who, "PUT", f"{C}/people/gus/duty", {}).status_code == 403
    assert served.ask(student, "GET", f"{C}/groups").status_code == 403
    assert served.ask(token, "PUT", f"{C}/people/gus/duty", {}).json() == {"lessons": [], "groups": []}
