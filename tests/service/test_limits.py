"""What a course and a person may take up of a service: refused in words, and only over the limit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.exchange import storage
from tests import builders
from tests.builders import NOW
from tests.service import inside


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def test_staff_see_how_much_the_course_keeps(served: inside.Inside) -> None:
    token = served.token(served.world.teacher.person, "pages")
    assert "The course keeps 0.0 MB of files." in served.ask(token, "GET", "/courses/c/class").text
    with served.world.database.write() as connection:
        storage.put_quota(connection, served.world.course, 2 * storage.GB)
    told = served.ask(token, "GET", "/courses/c/class").text
    assert "0.0 MB of files of the 2.0 GB that it may" in told
