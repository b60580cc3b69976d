"""Where somebody stands, over HTTP and on pages: what counts as opened, what peers never see, few queries."""

import dataclasses
import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware.course import courses, lessons, manifest, model
from courseware.exchange import publish
from courseware.grading import reaching
from courseware.progress import standing, views
from courseware.service import call
from courseware.service import routes as all_routes
from tests import builders
from tests.builders import HOUR, NOW
from tests.course.test_adjust import PACED
from tests.grading import test_worth as worth
from tests.service import inside, test_queries

C = "/api/v1/courses/c"
PAGE = "/courses/c"
ONCE = re.compile(r'name="once" value="[^"]*"')
DAY = datetime.timedelta(days=1)


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def change(served: inside.Inside, text: str) -> None:
    """Another course.toml, taken as the owner sends it."""
    tess = served.token(served.world.teacher.person, "cli")
    told = served.ask(tess, "PUT", C, {"manifest": text})
    assert told.is_success, told.text


def with_rule(rule: str) -> str:
    return builders.MANIFEST.replace('title = "One"', f'title = "One"\n{rule}')


def way(served: inside.Inside, who: model.Viewer, ceiling: model.Ceiling = "lab") -> dict[str, Any]:
    told = served.ask(served.token(who.person, ceiling), "GET", f"{C}/lessons")
    assert told.is_success, told.text
    found: dict[str, Any] = told.json()["progress"]
    return found


def states(told: dict[str, Any]) -> dict[str, str]:
    return {each["lesson"]: each["state"] for each in told["lessons"]}


@pytest.mark.parametrize(
    ("ceiling", "path"),
    [("pages", f"{PAGE}/lessons/one"), ("lab", f"{C}/lessons/one/releases/latest")],
)
def test_a_lesson_is_opened_by_its_page_or_by_getting_it(
    served: inside.Inside, ceiling: model.Ceiling, path: str
) -> None:
    change(served, with_rule('complete = "viewed"'))
    sam, kim = served.world.sam, served.world.kim
    assert (states(way(served, sam)), way(served, sam)["next"]) == ({"one": "open", "two": "not-open"}, "one")
    token = served.token(sam.person, ceiling)
    assert served.ask(token, "GET", path).is_success
    first = served.now
    assert served.ask(token, "GET", path).is_success
    told = way(served, sam)
    assert (told["done"], told["total"], told["next"]) == (1, 2, None)
    assert told["lessons"][0]["done"] == f"{first:%Y-%m-%dT%H:%M:%SZ}"
    assert states(way(served, kim))["one"] == "open"


def test_what_is_refused_or_only_listed_is_not_opened(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    for path in (f"{PAGE}/lessons/two", f"{PAGE}/lessons/none", f"{C}/lessons/one/releases/9"):
        assert served.ask(sam, "GET", path).status_code == 404
    for path in (PAGE, f"{PAGE}/dates", f"{C}/lessons", f"{C}/lessons/one", f"{C}/lessons/one/releases"):
        assert served.ask(sam, "GET", path).is_success
    with served.world.database.read() as connection:
        assert views.of_person(connection, served.world.sam) == {}
    tess = served.token(served.world.teacher.person, "pages")
    assert served.ask(tess, "GET", f"{PAGE}/lessons/one").is_success
    with served.world.database.read() as connection:
        assert views.of_person(connection, served.world.teacher) == {}


def test_only_what_gives_a_lesson_opens_it() -> None:
    def names(found: tuple[call.Route, ...]) -> set[str]:
        assert all((route.method, route.mode) == ("GET", "read") for route in found if route.opens)
        return {route.path for route in found if route.opens}

    assert names(all_routes.API) == {"/api/v1/courses/{c}/lessons/{l}/releases/{n}"}
    assert names(all_routes.PAGES) == {"/courses/{c}/lessons/{l}"}


def test_passing_counts_work_that_came_before_the_rule(served: inside.Inside) -> None:
    world = served.world
    got = worth.hand_in(world, "a", score=3)
    assert way(served, world.sam)["done"] == 1
    change(served, with_rule("complete = { percent = 80 }"))
    assert states(way(served, world.sam))["one"] == "waiting"
    served.now = NOW + 2 * HOUR  # the marks show since one o'clock
    told = way(served, world.sam)
    assert (states(told)["one"], told["lessons"][0]["percent"]) == ("again", 80)
    assert told["next"] == "one"
    assert "80 % are needed" in served.ask(served.token(world.sam.person, "pages"), "GET", PAGE).text
    worth.mark(world, got, 4, now=NOW)
    with world.database.write() as connection:
        course = courses.by_id(connection, world.course.id)
        reaching.note(
            connection, course, world.sam.person.id, lessons.find(connection, course, "one"), now=NOW
        )
    assert states(way(served, world.sam))["one"] == "done"


def test_a_requirement_that_is_written_later_counts_what_was_handed_in(served: inside.Inside) -> None:
    world = served.world
    worth.hand_in(world, "a")
    text = builders.MANIFEST.replace("opens = 2027-01-01T08:00:00", 'requires = ["one"]')
    change(served, text)
    found = {who: way(served, getattr(world, who))["lessons"][1]["state"] for who in ("sam", "kim")}
    assert found == {"sam": "not-open", "kim": "locked"}  # it has no release yet
    publish.publish(world.database, world.blobs, _two(world), builders.bundle(), by=None, now=NOW)
    assert way(served, world.sam)["next"] == "two"


def _two(world: builders.World) -> model.Lesson:
    with world.database.read() as connection:
        return lessons.find(connection, world.course, "two")


def test_nobody_sees_where_others_stand(served: inside.Inside) -> None:
    world = served.world
    change(served, PACED)
    sam = served.token(world.sam.person, "pages")
    places = (PAGE, f"{PAGE}/dates", f"{C}/lessons", f"{C}/plan", f"{C}/since", f"{PAGE}/seen")
    kim = served.token(world.kim.person, "pages")

    def seen() -> list[str]:
        served.now = NOW + HOUR
        return [ONCE.sub("", served.ask(kim, "GET", path).text) for path in places]

    seen()
    before = seen()
    assert served.ask(sam, "GET", f"{PAGE}/lessons/one").is_success
    worth.hand_in(world, "a", score=4)
    assert served.ask(sam, "POST", f"{C}/plan", {"act": "hours", "hours": 14}).is_success
    assert seen() == before
    mine = way(served, world.sam)
    assert (mine["done"], mine["week"]["hours"]) == (1, 14)
    tess = served.ask(served.token(world.teacher.person, "pages"), "GET", f"{C}/lessons").json()
    assert tess["progress"] is None
    assert served.ask("", "GET", f"{C}/lessons").status_code == 401


def test_a_lesson_that_is_gone_and_a_course_without_lessons(served: inside.Inside) -> None:
    world = served.world
    worth.hand_in(world, "a", score=4)
    change(served, builders.MANIFEST.replace('slug = "one"', 'slug = "uno"'))
    told = way(served, world.sam)
    assert (states(told), told["done"], told["next"]) == ({"uno": "not-open", "two": "not-open"}, 0, None)
    sam = served.token(world.sam.person, "pages")
    page = served.ask(sam, "GET", PAGE).text
    assert "One" in page
    assert "There is nothing that you can work on now" in page
    change(served, builders.MANIFEST.partition("[[lessons]]")[0])
    told = way(served, world.sam)
    assert (told["total"], told["next"], told["lessons"], told["week"]["items"]) == (0, None, [], [])
    empty = served.ask(sam, "GET", PAGE)
    assert empty.status_code == 200
    assert "<progress" not in empty.text
    assert served.ask(sam, "GET", f"{PAGE}/dates").status_code == 200


def test_a_release_without_exercises_leaves_nobody_stuck(served: inside.Inside) -> None:
    world = served.world
    sam = served.token(world.sam.person, "pages")
    assert served.ask(sam, "GET", f"{PAGE}/lessons/one").is_success
    assert states(way(served, world.sam))["one"] == "started"
    bundle = dataclasses.replace(builders.bundle(), exercises=())
    publish.publish(world.database, world.blobs, world.one, bundle, by=None, now=NOW)
    assert states(way(served, world.sam))["one"] == "done"


def test_watching_all_videos_of_a_lesson_is_being_done_with_it(served: inside.Inside) -> None:
    world = served.world
    change(served, with_rule('complete = "watched"'))
    names = ("media/a.webm", "media/b.webm")
    student = {**builders.bundle().student, **dict.fromkeys(names, b"film")}
    bundle = dataclasses.replace(builders.bundle(), student=student, films=names)
    publish.publish(world.database, world.blobs, world.one, bundle, by=None, now=NOW)
    sam = served.token(world.sam.person, "pages")
    assert way(served, world.sam)["lessons"][0]["state"] == "open"

    def watch(path: str, until: float) -> dict[str, Any]:
        report = {"path": path, "duration": 100, "position": until, "spans": [[0, until]]}
        assert served.ask(sam, "PUT", f"{C}/lessons/one/watched", report).is_success
        found: dict[str, Any] = way(served, world.sam)["lessons"][0]
        return found

    watch(names[0], 100)
    told = watch(names[1], 89)
    assert (told["state"], told["complete"], told["percent"], told["watched"]) == (
        "started",
        "watched",
        90,
        89,
    )
    assert "89 % watched, 90 % are needed" in served.ask(sam, "GET", PAGE).text
    told = watch(names[1], 90)
    assert (told["state"], told["watched"]) == ("done", 90)
    assert states(way(served, world.kim))["one"] == "open"


def test_the_week_is_that_of_the_zone_one_lives_in(served: inside.Inside) -> None:
    change(served, PACED)
    sam = served.token(served.world.sam.person, "pages")
    served.now = datetime.datetime(2026, 11, 29, 20, tzinfo=datetime.UTC)
    assert way(served, served.world.sam)["week"]["first"] == "2026-11-23"
    served.ask(sam, "POST", f"{C}/plan", {"act": "zone", "zone": "Pacific/Auckland"}).raise_for_status()
    assert way(served, served.world.sam)["week"]["first"] == "2026-11-30"
    assert "30 Nov 2026 – 6 Dec 2026" in served.ask(sam, "GET", f"{PAGE}/dates").text


def test_the_page_tells_it_in_words(served: inside.Inside) -> None:
    world = served.world
    change(served, builders.MANIFEST.replace('slug = "one"', 'slug = "one"\nhours = 2.5'))
    sam = served.token(world.sam.person, "pages")
    page = served.ask(sam, "GET", PAGE).text
    assert 'aria-valuetext="0 of 2 lessons done"' in page
    assert '<a class="button primary" href="/courses/c/lessons/one">Begin: <bdi>One</bdi></a>' in page
    assert "about 3 h 30 min left" in page
    assert "This week" in page
    assert "style=" not in page
    worth.hand_in(world, "a")
    page = served.ask(sam, "GET", PAGE).text
    assert 'aria-valuetext="1 of 2 lessons done"' in page
    tess = served.ask(served.token(world.teacher.person, "pages"), "GET", PAGE).text
    assert "<progress" not in tess


def test_where_one_stands_takes_a_fixed_number_of_queries(served: inside.Inside) -> None:
    world = served.world

    def asked() -> int:
        with test_queries.counted(world) as said, world.database.read() as connection:
            course = courses.by_id(connection, world.course.id)
            viewer = dataclasses.replace(world.sam, course=course)
            found = standing.of_viewer(connection, viewer, now=NOW)
        assert found.map.lessons
        return len(said)

    test_queries.grown(world, persons=2, places=1)
    few = asked()
    test_queries.grown(world, persons=6, places=5, since=2)
    assert asked() == few
    assert few <= 16


def test_two_hundred_lessons_are_read_at_once(served: inside.Inside) -> None:
    text = test_queries.manifest_of(200)
    with served.world.database.write() as connection:
        course = courses.put(connection, manifest.parse(text), text, now=NOW)
        lessons.sync(connection, course, manifest.parse(text), now=NOW)
    with served.world.database.read() as connection:
        viewer = dataclasses.replace(served.world.sam, course=course)
        found = standing.of_viewer(connection, viewer, now=NOW)
    assert len(found.map.lessons) == 202
