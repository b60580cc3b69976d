"""Staff see the pages as students do, under their own name; it takes rights in one browser and gives none."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from courseware.exchange import submit
from courseware.service import routes
from courseware.store import schema_progress
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


@pytest.mark.slow
def test_nothing_is_sent_in_that_view_and_nothing_typed_is_lost(served: inside.Inside) -> None:
    """Every form of the pages: what staff sent there had no mark of staff, and could be anonymous."""
    world = served.world
    tess = served.token(world.teacher.person, "pages")
    wish = {"body": "why?", "kind": "question", "title": "t"}
    thread = served.ask(tess, "POST", "/api/v1/courses/c/threads", wish).json()["id"]
    post = served.ask(tess, "GET", f"/api/v1/threads/{thread}").json()["posts"][0]["id"]
    work = submit.receive_upload(world.desk, world.teacher, "one", builders.upload("k"), now=NOW)
    names = {"c": "c", "l": "one", "t": thread, "post": post, "s": work.submission.public}
    ask(served, tess, "POST", SIGHT, **{"as": "student"})
    before = events(served)
    places = ("{c}", "{s}", "{t}", "{post}")
    forms = [each for each in routes.PAGES if each.method != "GET" and not each.public and not each.turns]
    asked = [each for each in forms if any(place in each.path for place in places)]
    assert len(asked) > 50
    for route in asked:
        path = re.sub(r"{(\w+)\*?}", lambda each: names.get(each[1], "none"), route.path)
        said = {**wish, "title": "zqtitle", "body": "zqtyped", "reason": "zqreason", "anonymous": "yes"}
        answer = ask(served, tess, "POST", path, **said)
        assert (answer.status_code, "you only look" in answer.text) == (409, True), (path, answer.text)
        typed = [word in answer.text for word in ("zqtitle", "zqtyped", "zqreason")]
        assert all(typed) or route.upload, (path, answer.text)
    assert events(served) == before
    assert "only look" in ask(served, tess, "GET", "/courses/c/threads").text
    ask(served, tess, "POST", SIGHT, **{"as": "staff"})
    assert ask(served, tess, "POST", "/courses/c/threads", **wish).status_code == 303


def test_no_lesson_counts_as_opened_in_that_view(served: inside.Inside) -> None:
    tess = served.token(served.world.teacher.person, "pages")
    ask(served, tess, "POST", SIGHT, **{"as": "student"})
    for path in ("/courses/c", "/courses/c/lessons/one"):
        assert ask(served, tess, "GET", path).status_code == 200
    with served.world.database.read() as connection:
        tables = (schema_progress.lesson_view, schema_progress.visit)
        rows = [connection.execute(sa.select(sa.func.count()).select_from(each)).scalar() for each in tables]
    assert rows == [0, 0]


def events(served: inside.Inside) -> list[str]:
    with served.world.database.read() as connection:
        return [each.kind for each in builders.events(connection)]


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
