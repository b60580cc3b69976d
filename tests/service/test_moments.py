"""Threads about a moment of a video, over HTTP and on the pages."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware.exchange import publish
from tests import builders
from tests.builders import NOW
from tests.discussion import test_moments as moments
from tests.notebook import test_films as films
from tests.service import inside

T = "/api/v1/courses/c/lessons/one/threads"
PAGE = "/courses/c/lessons/one"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    anchors = {"n": [moments.ANCHORS[0]]}
    sound = {"media/lesson.m4a": b"sound", "media/lesson.small.mp4": b"small"}
    files = films.lesson(films.TAG, **sound)
    bundle = dataclasses.replace(builders.bundle(), student=files, anchors=anchors)
    publish.publish(world.database, world.blobs, world.one, bundle, by=world.teacher.person, now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def test_a_moment_goes_there_and_back(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "lab")
    told = served.ask(sam, "POST", T, {"body": "Why?", "key": "film", "moment": 192})
    assert told.is_success, told.text
    assert told.json()["moment"] == 192
    summary = served.ask(sam, "GET", T.replace("threads", "discussion")).json()
    assert summary["moments"] == {"film": [{"thread": told.json()["id"], "second": 192}]}
    assert served.ask(sam, "GET", T).json()["threads"][0]["moment"] == 192


@pytest.mark.parametrize("moment", [3.5, "3", True, [3], -1, 86_401, 10**30])
def test_what_is_no_second_is_refused(served: inside.Inside, moment: Any) -> None:
    sam = served.token(served.world.sam.person, "lab")
    told = served.ask(sam, "POST", T, {"body": "Why?", "key": "film", "moment": moment})
    assert told.status_code in (400, 422), told.text
    assert told.json()["detail"]


def test_the_page_asks_at_a_moment_and_leads_back_to_it(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    page = served.ask(sam, "GET", f"{PAGE}?ask=film&at=192").text
    assert 'name="moment" value="192" checked' in page
    assert "It is about the video at 3:12" in page
    for other in ("?ask=film", "?ask=film&at=x", "?ask=film&at=999999999", "?ask=&at=9"):
        assert 'name="moment"' not in served.ask(sam, "GET", PAGE + other).text
    served.ask(sam, "POST", T, {"body": "Why so?", "key": "film", "moment": 192})
    page = served.ask(sam, "GET", PAGE).text
    assert '<span class="tag moment" data-second="192">at 3:12</span>' in page
    assert "Discussion at 3:12" in page
    (thread,) = set(re.findall(r"/threads/(thr_\w+)", page))
    shown = served.ask(sam, "GET", f"/threads/{thread}").text
    assert f'href="{PAGE}?t=192#cell-a">at 3:12 of the video</a>' in shown


def test_the_page_offers_sound_and_a_small_version(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    page = served.ask(sam, "GET", PAGE).text
    base = f"{PAGE}/files/media/lesson"
    assert f'<option value="small" data-src="{base}.small.mp4">Small video</option>' in page
    assert f'<option value="audio" data-src="{base}.m4a">Audio only</option>' in page
    assert f'<noscript><a href="{base}.m4a">Audio only</a></noscript>' in page
    assert "What is the index of the first item?" in page
    teacher, kim = (served.token(who.person, "pages") for who in (served.world.teacher, served.world.kim))
    wish = {"kind": "format", "text": "what can be read or heard", "reason": "x"}
    served.ask(teacher, "POST", "/api/v1/courses/c/people/sam/allowances", wish)
    told = served.ask(sam, "GET", PAGE).text
    assert re.search(r'<li><a href="#(film-\d+)">Transcript: .*?<video[^>]* id="\1"', told, re.DOTALL)
    assert f'<li><a href="{base}.m4a">Audio only: ' in told
    assert f'<li><a href="{base}.m4a">' not in served.ask(kim, "GET", PAGE).text
