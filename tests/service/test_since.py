"""The course's page and the API tell what is new; loading them is a visit, asking again is not."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware.course import model
from courseware.discussion import write
from courseware.progress import visits
from courseware.service import call
from courseware.service import routes as all_routes
from tests import builders
from tests.discussion import test_threads as talk
from tests.service import inside

PAGE, API = "/courses/c", "/api/v1/courses/c/since"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=builders.NOW) as made:
        yield made
    world.close()


def visit(served: inside.Inside, who: model.Viewer) -> visits.Visit | None:
    with served.world.database.read() as connection:
        return visits.find(connection, who)


def test_the_page_welcomes_then_says_nothing_is_new_then_what_is(served: inside.Inside) -> None:
    world = served.world
    sam = served.token(world.sam.person, "pages")
    first = served.ask(sam, "GET", PAGE).text
    assert "Welcome" in first
    assert "Since you were last here" not in first
    thread = talk.ask(world, world.sam, "My <b>own</b> question", title="Why <i>so</i>?", now=served.now)
    left = served.now

    served.now += DAY
    empty = served.ask(sam, "GET", PAGE).text
    assert "Since you were last here" in empty
    assert "Nothing new since" in empty
    assert f'<time datetime="{left:%Y-%m-%dT%H:%M:%SZ}">' in empty

    served.now += DAY
    with world.database.write() as connection:
        words = talk.words("Because <script>it</script> is.")
        post = write.reply(connection, world.kim, thread.id, words, now=served.now)
    page = served.ask(sam, "GET", PAGE).text
    assert f'href="/threads/{thread.id}#{post.id}"' in page
    assert "Answer to your question" in page
    assert "Why &lt;i&gt;so&lt;/i&gt;?" in page
    assert "<script>" not in page
    told = served.ask(sam, "GET", API).json()
    assert (told["news"], told["talk"]["said"][0]["thread"]["id"]) == (1, thread.id)
    # It stays for the whole visit, and is gone in the next.
    assert served.ask(sam, "GET", API).json() == told
    served.now += DAY
    assert served.ask(sam, "GET", API).json()["news"] == 0


def test_loading_is_a_visit_and_is_written_once_a_minute(served: inside.Inside) -> None:
    world = served.world
    sam = served.token(world.sam.person, "lab")
    for quiet in ("/api/v1/pulse?course=c", "/api/v1/courses/c/lessons", "/api/v1/courses/c"):
        assert served.ask(sam, "GET", quiet).is_success
    assert served.ask(sam, "GET", "/api/v1/courses/c/lessons/one/discussion").is_success
    assert visit(served, world.sam) is None
    told = served.ask(sam, "GET", API).json()
    assert (told["since"], told["news"]) == (None, 0)
    first = visit(served, world.sam)
    assert first == visits.Visit(began=served.now, last=served.now, before=None)
    for _ in range(2):
        served.ask(sam, "GET", API)
        assert visit(served, world.sam) == first
    served.ask(sam, "GET", API)
    assert visit(served, world.sam) == visits.Visit(began=first.began, last=served.now, before=None)


def test_somebody_of_another_course_is_refused_and_not_noted(served: inside.Inside) -> None:
    world = served.world
    with world.database.write() as connection:
        connection.execute(sa.text("delete from membership where person_id = :p"), {"p": world.kim.person.id})
    kim = served.token(world.kim.person, "pages")
    assert served.ask(kim, "GET", API).status_code == 404
    assert served.ask(kim, "GET", PAGE).status_code == 404
    assert served.ask("", "GET", API).status_code == 401
    assert visit(served, world.kim) is None


def test_only_what_somebody_looks_at_is_a_visit() -> None:
    def names(found: tuple[call.Route, ...]) -> set[str]:
        assert all(route.method == "GET" for route in found if route.visit)
        return {route.path for route in found if route.visit}

    assert names(all_routes.API) == {"/api/v1/courses/{c}/since"}
    assert names(all_routes.PAGES) == {
        "/courses/{c}",
        "/courses/{c}/dates",
        "/courses/{c}/lessons/{l}",
        "/courses/{c}/lessons/{l}/threads",
        "/courses/{c}/threads",
        "/courses/{c}/inbox",
        "/courses/{c}/notices",
        "/courses/{c}/class",
        "/courses/{c}/glance",
        "/courses/{c}/attention",
        "/courses/{c}/lessons/{l}/glance",
        "/courses/{c}/marking",
        "/courses/{c}/review",
        "/submissions/{s}",
        "/threads/{t}",
    }
