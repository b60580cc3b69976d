"""What answers in the course's place takes no work with it, and a refused hand-in stops no other."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.lab import copies, work
from tests.lab import service as fake

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
PORTALS = {
    "redirect": (302, "text/html", b""),
    "missing": (404, "text/html", fake.HTML),
    "forbidden": (403, "text/html", fake.HTML),
    "login": (200, "text/html", fake.HTML),
    "called JSON": (200, "application/json", fake.HTML),
    "other JSON": (200, "application/json", b'{"ok": true}'),
    "a list": (200, "application/json", b"[]"),
    "other refusal": (404, "application/json", b'{"error": "no such app"}'),
    "bad gateway": (502, "text/html", fake.HTML),
}


@pytest.fixture
def served() -> Iterator[tuple[str, fake.Told]]:
    with fake.served() as made:
        yield made


@pytest.mark.parametrize("portal", PORTALS.values(), ids=PORTALS)
def test_what_is_no_course_service_takes_no_work(
    tmp_path: Path, served: tuple[str, fake.Told], portal: tuple[int, str, bytes]
) -> None:
    url, told = served
    copy = fake.a_copy(tmp_path, told)
    service = fake.a_client(url)
    told.instead = portal
    handed = work.submit(service, copy, now=NOW)
    assert handed.answer is None
    assert handed.reason
    with pytest.raises(errors.Temporary):
        work.flush(service, copy)
    assert not (copy.folder / copies.FOLDER / "refused").exists()
    told.instead = None
    assert work.flush(service, copy) == 1
    service.close()


@pytest.mark.parametrize("portal", PORTALS.values(), ids=PORTALS)
def test_joining_something_else_is_one_sentence(
    tmp_path: Path, served: tuple[str, fake.Told], portal: tuple[int, str, bytes]
) -> None:
    url, told = served
    told.instead = portal
    with pytest.raises(errors.CoursewareError) as caught:
        work.join(f"{url}/join/cw_join_x", tmp_path / "connections.json")
    assert "\n" not in caught.value.message
    assert not (tmp_path / "connections.json").exists()


@pytest.mark.parametrize("portal", PORTALS.values(), ids=PORTALS)
def test_every_question_to_something_else_is_tried_again(
    served: tuple[str, fake.Told], portal: tuple[int, str, bytes]
) -> None:
    url, told = served
    told.instead = portal
    service = fake.a_client(url)
    for ask in (
        service.me,
        service.lessons,
        lambda: service.lesson("l"),
        lambda: service.release("l"),
        lambda: service.submissions("l"),
        lambda: service.kept_copy("l"),
        service.pulse,
    ):
        with pytest.raises(errors.Temporary):
            ask()
    service.close()


def test_a_proxy_that_finds_it_too_large_refuses_it(tmp_path: Path, served: tuple[str, fake.Told]) -> None:
    url, told = served
    told.instead = (413, "text/html", fake.HTML)
    service = fake.a_client(url)
    with pytest.raises(errors.UserError, match="too large"):
        work.submit(service, fake.a_copy(tmp_path, told), now=NOW)
    service.close()
