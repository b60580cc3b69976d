"""What answers in the course's place takes no work with it, and a refused hand-in stops no other."""

import datetime
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.lab import connections, copies, outbox, work
from tests.lab import service as fake

NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
LATER = NOW + datetime.timedelta(hours=1)
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
        service.way,
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


def test_a_refused_hand_in_that_waited_stops_no_new_one(
    tmp_path: Path, served: tuple[str, fake.Told]
) -> None:
    url, told = served
    copy = fake.a_copy(tmp_path, told)
    service = fake.a_client(url)
    outbox.put(copy, {"old.txt": b"1"}, now=NOW)
    told.refuses = ["The lesson is closed."]
    handed = work.submit(service, copy, now=LATER)
    assert handed.answer is not None
    assert len(told.taken) == 1
    (aside,) = handed.refused
    assert aside.reason == "The lesson is closed."
    assert (aside.folder / "files" / "old.txt").read_bytes() == b"1"
    assert work.submit(service, copy, now=LATER).refused == (), "said once"
    service.close()


def test_a_refused_hand_in_that_waited_stops_no_other_that_waits(
    tmp_path: Path, served: tuple[str, fake.Told]
) -> None:
    url, told = served
    copy = fake.a_copy(tmp_path, told)
    service = fake.a_client(url)
    outbox.put(copy, {"old.txt": b"1"}, now=NOW)
    outbox.put(copy, {"new.txt": b"2"}, now=LATER)
    told.refuses = ["No."]
    assert work.flush(service, copy) == 1
    assert [each.reason for each in outbox.refused(copy.folder)] == ["No."]
    service.close()


def test_the_current_one_refused_is_an_error_and_is_told_next_time(
    tmp_path: Path, served: tuple[str, fake.Told]
) -> None:
    url, told = served
    copy = fake.a_copy(tmp_path, told)
    service = fake.a_client(url)
    told.refuses = ["a.ipynb is not a notebook."]
    with pytest.raises(errors.UserError, match="not a notebook"):
        work.submit(service, copy, now=NOW)
    handed = work.submit(service, copy, now=LATER)
    assert handed.answer is not None
    assert [each.reason for each in handed.refused] == ["a.ipynb is not a notebook."]
    service.close()


def test_what_was_set_aside_can_go_again_as_it_was(tmp_path: Path, served: tuple[str, fake.Told]) -> None:
    url, told = served
    copy = fake.a_copy(tmp_path, told)
    service = fake.a_client(url)
    with pytest.raises(errors.UserError, match="Nothing was refused"):
        work.again(service, copy)
    told.refuses = ["The lesson is closed."]
    with pytest.raises(errors.UserError):
        work.submit(service, copy, now=NOW)
    handed = work.again(service, copy)
    assert handed.files == ("a.ipynb", "data/x.csv")
    assert handed.answer is not None
    assert outbox.refused(copy.folder) == []
    assert len(told.taken) == 1
    service.close()


def test_the_command_line_says_what_was_refused_and_where_it_lies(
    tmp_path: Path, served: tuple[str, fake.Told]
) -> None:
    url, told = served
    home = {"PATH": "/usr/bin:/bin", "XDG_CONFIG_HOME": str(tmp_path / "config"), "LANG": "C.UTF-8"}
    home |= {"PYTHONPATH": os.getcwd(), "HOME": str(tmp_path)}
    connections.add(connections.file_of(home), fake.connect(url, told))
    fake.a_copy(tmp_path, told)
    told.refuses = ["a.ipynb is not a notebook."]

    def call(*more: str) -> tuple[int, str]:
        argv = [sys.executable, "-m", "courseware.cli.main", "submit", "l", *more]
        ended = subprocess.run(
            argv, cwd=tmp_path, env=home, capture_output=True, text=True, timeout=60, check=False
        )
        return ended.returncode, ended.stdout + ended.stderr

    status, said = call()
    assert (status, "not a notebook" in said) == (2, True), said
    status, said = call()
    assert status == 0, said
    assert "refused before: a.ipynb is not a notebook." in said
    assert "refused/" in said
    assert "Handed in a.ipynb, data/x.csv" in said
    status, said = call("--again")
    assert status == 0, said
    assert len(told.taken) == 2


def test_what_is_refused_again_is_said_and_stays(tmp_path: Path, served: tuple[str, fake.Told]) -> None:
    url, told = served
    copy = fake.a_copy(tmp_path, told)
    service = fake.a_client(url)
    told.refuses = ["The lesson is closed."] * 2
    with pytest.raises(errors.UserError):
        work.submit(service, copy, now=NOW)
    with pytest.raises(errors.UserError, match=r"refused again: The lesson is closed\..*refused/"):
        work.again(service, copy)
    assert len(outbox.refused(copy.folder)) == 1
    service.close()
