"""Staff see the pages as students do, under their own name; it takes rights in one browser and gives none."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import builders
from tests.builders import NOW
from tests.service import inside

SIGHT = "/courses/c/sight"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def ask(served: inside.Inside, token: str, method: str, path: str, **fields: str) -> httpx.Response:
    """A request with the cookies that the browser has by now."""
    return served.ask(token, method, path, fields)


def test_staff_see_what_a_student_sees_and_come_back(served: inside.Inside) -> None:
    tess = served.token(served.world.teacher.person, "pages")
    assert "View as a student" in ask(served, tess, "GET", "/courses/c").text
    done = ask(served, tess, "POST", SIGHT, **{"as": "student"})
    assert done.status_code == 303
    assert "HttpOnly" in done.headers["Set-Cookie"]
    page = ask(served, tess, "GET", "/courses/c").text
    assert "You see the course as a student does." in page
    assert "tess" in page
    assert "/courses/c/marking" not in page
    refused = ask(served, tess, "GET", "/courses/c/class")
    assert (refused.status_code, "As student you cannot" in refused.text) == (403, True)
    assert ask(served, tess, "GET", "/courses/c/lessons/two").status_code == 404  # opens next year
    assert ask(served, tess, "POST", SIGHT, **{"as": "staff"}).status_code == 303
    assert ask(served, tess, "GET", "/courses/c/class").status_code == 200


def test_the_api_is_as_before(served: inside.Inside) -> None:
    tess = served.token(served.world.teacher.person, "pages")
    ask(served, tess, "POST", SIGHT, **{"as": "student"})
    assert served.ask(tess, "GET", "/api/v1/courses/c/grades").status_code == 200


def test_a_student_gains_nothing(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    for word in ("student", "staff", "owner", "instructor"):
        assert ask(served, sam, "POST", SIGHT, **{"as": word}).status_code == 303
        assert ask(served, sam, "GET", "/courses/c/class").status_code == 403
        page = ask(served, sam, "GET", "/courses/c").text
        assert "as a student" not in page
