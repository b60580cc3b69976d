"""Recordings of a lesson over HTTP: their types, parts of them, who may have them."""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import model
from courseware.exchange import draft_releases, publish
from courseware.service import media
from tests import builders
from tests.builders import NOW
from tests.notebook import test_films as films
from tests.service import inside

LECTURE = Path(__file__).parents[1] / "lecture"
FILM = (LECTURE / "lesson.webm").read_bytes()
PAGE = "/courses/c/lessons/one/files/media/lesson.webm"
API = "/api/v1/courses/c/lessons/one/releases/latest/files/media/lesson.webm"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    beside = {f"media/{path.name}": path.read_bytes() for path in LECTURE.glob("lesson.*")}
    plain = builders.bundle()
    bundle = dataclasses.replace(plain, student={**plain.student, **beside})
    publish.publish(world.database, world.blobs, world.one, bundle, by=world.teacher.person, now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.webm", "video/webm"),
        ("a.en.vtt", "text/vtt"),
        ("A.MP4", "video/mp4"),
        ("a.opus", "audio/ogg"),
        ("a.jpg", "image/jpeg"),
        ("vtt", "application/octet-stream"),
    ],
)
def test_the_type_does_not_depend_on_the_machine(name: str, kind: str) -> None:
    assert media.kind(name) == kind


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
        (" bytes=99-99 ", (99, 100)),
        ("", None),
        ("bytes=-", None),
        ("bytes=5-4", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
        ("bytes=٣-٤", None),
        ("bytes=" + "9" * 5000 + "-", None),
    ],
)
def test_a_part_is_read_as_the_standard_says(asked: str, part: tuple[int, int] | None) -> None:
    found = media.part(asked, "", size=100, tag='"t"')
    assert (found and (found.start, found.end)) == part


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=-0", "bytes=100-200"])
def test_a_part_that_is_not_there_is_empty(asked: str) -> None:
    found = media.part(asked, "", size=100, tag='"t"')
    assert found is not None
    assert found.start >= found.end


def test_one_answer_has_a_bound_and_a_part_of_another_file_is_none() -> None:
    size = 10 * media.MOST
    assert media.part("bytes=7-", "", size=size, tag='"t"') == media.Part(start=7, end=7 + media.MOST)
    assert media.part("bytes=7-", '"t"', size=size, tag='"t"') is not None
    assert media.part("bytes=7-", '"old"', size=size, tag='"t"') is None


def who(served: inside.Inside, viewer: model.Viewer) -> str:
    return served.token(viewer.person, "pages")


@pytest.mark.parametrize("address", [PAGE, API])
def test_parts_of_a_recording(served: inside.Inside, address: str) -> None:
    sam = who(served, served.world.sam)
    whole = served.ask(sam, "GET", address)
    assert (whole.status_code, whole.content) == (200, FILM)
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Content-Type"] == "video/webm"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    part = served.ask(sam, "GET", address, headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, FILM[1000:2000])
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(FILM)}"
    assert part.headers["ETag"] == whole.headers["ETag"]
    last = served.ask(sam, "GET", address, headers={"Range": "bytes=-10"})
    assert (last.status_code, last.content) == (206, FILM[-10:])
    beyond = served.ask(sam, "GET", address, headers={"Range": f"bytes={len(FILM)}-"})
    assert (beyond.status_code, beyond.content) == (416, b"")
    assert beyond.headers["Content-Range"] == f"bytes */{len(FILM)}"
    head = served.ask(sam, "HEAD", address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(FILM))
    known = served.ask(sam, "GET", address, headers={"If-None-Match": whole.headers["ETag"]})
    assert known.status_code == 304
    changed = served.ask(sam, "GET", address, headers={"Range": "bytes=5-9", "If-Range": '"other"'})
    assert (changed.status_code, len(changed.content)) == (200, len(FILM))


def test_captions_come_whole_and_as_captions(served: inside.Inside) -> None:
    sam = who(served, served.world.sam)
    got = served.ask(sam, "GET", PAGE.replace(".webm", ".en.vtt"), headers={"Range": "bytes=0-9"})
    assert (got.status_code, got.headers["Content-Type"]) == (200, "text/vtt")
    assert got.content == (LECTURE / "lesson.en.vtt").read_bytes()
    assert "Accept-Ranges" not in got.headers


def test_a_recording_is_for_whom_the_lesson_is_open(served: inside.Inside) -> None:
    part = {"Range": "bytes=0-9"}
    assert served.ask("", "GET", PAGE, headers=part).status_code == 401
    assert served.ask("", "GET", API, headers=part).status_code == 401
    served.now -= datetime.timedelta(days=200)
    sam, tess = who(served, served.world.sam), who(served, served.world.teacher)
    for address in (PAGE, API):
        assert served.ask(sam, "GET", address, headers=part).status_code == 404
        assert served.ask(tess, "GET", address, headers=part).status_code == 206


def test_a_file_is_never_a_page_and_a_page_plays_only_ours(served: inside.Inside) -> None:
    sam = who(served, served.world.sam)
    policy = served.ask(sam, "GET", PAGE).headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; frame-ancestors 'none'; sandbox"
    page = served.ask(sam, "GET", "/courses/c/lessons/one").headers["Content-Security-Policy"]
    assert "media-src 'self';" in page


def test_staff_see_the_videos_of_a_draft(served: inside.Inside) -> None:
    world = served.world
    fresh = draft_releases.Fresh(
        source=(),
        student=publish.keep(world.blobs, films.lesson(films.TAG)),
        accept=frozenset(),
        report={"findings": [], "exercises": []},
        notes="",
    )
    with world.database.write() as connection:
        draft_releases.put(connection, world.one.id, fresh, by=world.teacher.person.id, now=NOW)
    tess = who(served, world.teacher)
    page = served.ask(tess, "GET", "/courses/c/lessons/one/draft-release").text
    address = "/courses/c/lessons/one/draft-release/files/media/lesson.webm"
    assert f'src="{address}"' in page
    assert "The last item has index minus one." in page
    part = served.ask(tess, "GET", address, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, FILM[:10])
    assert served.ask(who(served, world.sam), "GET", address).status_code == 403
