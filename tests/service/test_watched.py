"""What people watched, over HTTP and on the lesson's page."""

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware.exchange import publish
from tests import builders
from tests.builders import NOW
from tests.notebook import test_films as films
from tests.service import inside

W = "/api/v1/courses/c/lessons/one/watched"
PAGE = "/courses/c/lessons/one"
FILM = "media/lesson.webm"
HOSTILE = '<video src="media/none.webm"></video><video src="https://films.example/x.webm" title="X"></video>'


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    more = {"media/lesson.descriptions.vtt": b"WEBVTT\n\n00:04.200 --> 00:04.500\nA <b>list</b> & more\n"}
    files = films.lesson(f"# Lists\n\n{films.TAG}\n[Get it](media/lesson.webm)\n\n{HOSTILE}", **more)
    bundle = dataclasses.replace(builders.bundle(), student=files, anchors={})
    publish.publish(world.database, world.blobs, world.one, bundle, by=world.teacher.person, now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def report(**more: Any) -> dict[str, Any]:
    return {"path": FILM, "duration": 21.5, "position": 4, "spans": [[0, 4]], **more}


def test_watched_here_and_gone_on_there(served: inside.Inside) -> None:
    here = served.token(served.world.sam.person, "lab")
    there = served.token(served.world.sam.person, "pages")
    assert served.ask(here, "GET", W).json() == {"videos": []}
    told = served.ask(here, "PUT", W, report())
    assert told.status_code == 200, told.text
    assert served.ask(there, "PUT", W, report(spans=[[10, 14.75]], position=14.75)).status_code == 200
    assert served.ask(there, "PUT", W, report(spans=[[10, 14.75]], position=14.75)).status_code == 200
    (video,) = served.ask(here, "GET", W).json()["videos"]
    assert video["spans"] == [[0, 4], [10, 14.75]]
    assert (video["path"], video["position"]) == (FILM, 14.75)
    assert video["coverage"] == pytest.approx(8.75 / 21.5)
    begun = {"path": FILM, "duration": 21.5, "spans": [[0, 5]]}
    for body in (begun, {**begun, "position": None}):
        made = served.ask(here, "PUT", W, body).json()
        assert (made["position"], made["spans"]) == (14.75, [[0, 5], [10, 14.75]])
    kim = served.token(served.world.kim.person, "pages")
    assert served.ask(kim, "GET", W).json() == {"videos": []}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (report(path="media/none.webm"), 404),
        (report(path="n.ipynb"), 404),
        (report(path="../../etc/passwd"), 404),
        (report(path="a\0b.webm"), 404),
        (report(duration="21"), 400),
        (report(duration=0), 400),
        (report(position=-1), 400),
        (report(spans=[[5, 4]]), 400),
        (report(spans=[[1]]), 400),
        (report(spans=[[0, 1]] * 1001), 400),
        (report(spans=[[0, 1]] * 1_000_000), 413),
        ({"path": FILM}, 400),
        ([], 400),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_report_is_refused_in_words(served: inside.Inside, body: Any, status: int) -> None:
    sam = served.token(served.world.sam.person, "pages")
    told = served.ask(sam, "PUT", W, body)
    assert told.status_code == status, told.text
    assert told.json()["detail"]
    assert served.ask(sam, "GET", W).json() == {"videos": []}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" * 400])
def test_what_is_no_number_is_refused(served: inside.Inside, number: str) -> None:
    sam = served.token(served.world.sam.person, "pages")
    text = json.dumps(report()).replace("21.5", number)
    head = {"Authorization": f"Bearer {sam}", "Content-Type": "application/json"}
    assert served.client.put(W, content=text, headers=head).status_code == 400


def test_a_lesson_that_is_not_open_has_none(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    for method, body in (("GET", None), ("PUT", report())):
        assert served.ask(sam, method, W.replace("/one/", "/two/"), body).status_code == 404
        assert served.ask("", method, W, body).status_code == 401


def test_the_page_shows_the_video_and_all_that_is_said(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    served.ask(sam, "PUT", W, report(position=13.5))
    page = served.ask(sam, "GET", PAGE).text
    (tag,) = re.findall(r"<video class=[^>]*>.*?</video>", page)
    base = "/courses/c/lessons/one/files/media/lesson"
    assert f'src="{base}.webm" poster="{base}.jpg" aria-label="Lists" controls' in tag
    assert f'<track kind="captions" srclang="en" label="English" src="{base}.en.vtt" default>' in tag
    assert f'<track kind="chapters" src="{base}.chapters.vtt">' in tag
    assert 'data-position="13.5"' in page
    assert "Watched: 18 %" in page
    assert '<script type="module" src="/static/film.js">' in page
    said = re.findall(
        r'<li data-start="([0-9.]+)".*?<span class="clock">(.*?)</span> <span[^>]*>(.*?)</span>', page
    )
    assert said[:3] == [
        ("0.0", "0:00", "Welcome"),
        ("9.208", "0:09", "Indexing"),
        ("16.189", "0:16", "Try it"),
    ]
    assert said[3:5] == [
        ("0.0", "0:00", "Welcome. This short lesson is about lists in Python."),
        ("4.2", "0:04", "[A list &amp; more]"),
    ]
    assert "This video is not among the files of the lesson: <code>media/none.webm</code>" in page
    assert (
        '<a href="https://films.example/x.webm" rel="noopener noreferrer nofollow" dir="auto">X</a>' in page
    )
    assert page.count("<video hidden>") == 2


def test_a_page_without_videos_loads_no_script(served: inside.Inside) -> None:
    world = served.world
    publish.publish(
        world.database, world.blobs, world.one, builders.bundle(), by=world.teacher.person, now=served.now
    )
    page = served.ask(served.token(world.sam.person, "pages"), "GET", PAGE).text
    assert "film.js" not in page
