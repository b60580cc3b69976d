"""A Lab finds the service of its course, and is not taken in by whoever listens where a killed one was."""

import concurrent.futures
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.lab import client, connections, course, launcher

COURSE = '[course]\nid = "tiny"\ntitle = "Tiny"\n\n[[lessons]]\nslug = "one"\ntitle = "One"\n'


@pytest.fixture
def found(tmp_path: Path) -> launcher.Found:
    (tmp_path / "lessons" / "one").mkdir(parents=True)
    (tmp_path / "course.toml").write_text(COURSE)
    made = launcher.find(tmp_path, {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")})
    assert made is not None
    return made


def test_a_second_lab_attaches_and_nobody_else_hears_the_token(
    found: launcher.Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(found.state.parents[1]))
    assert launcher.running(found) is None
    launcher.agree(found)
    first = launcher.start(found)
    told = json.loads((found.state / "service.json").read_text())
    try:
        assert launcher.running(found) == first
        service = client.for_connection(first)
        assert service.me()["person"]
        service.close()
    finally:
        os.kill(told["pid"], signal.SIGKILL)
        while Path(f"/proc/{told['pid']}").exists():
            time.sleep(0.01)
    assert launcher.running(found) is None, "nobody listens there any more"
    heard: list[str] = []

    class Thief(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(f"{self.path} {self.headers}")
            body = b'{"status": "ok", "version": "0.1.0", "proof": "00"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    port = urllib.parse.urlsplit(told["url"]).port
    assert port is not None
    server = http.server.HTTPServer(("127.0.0.1", port), Thief)
    threading.Thread(target=server.serve_forever, args=(0.02,)).start()
    try:
        assert launcher.running(found) is None
    finally:
        server.shutdown()
        server.server_close()
    assert len(heard) == 1
    assert first.credential not in heard[0]
    assert told["secret"] not in heard[0]


def test_agreeing_to_one_folder_is_not_agreeing_to_another_of_the_same_name(tmp_path: Path) -> None:
    environment = {"XDG_STATE_HOME": str(tmp_path / "state")}
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "course.toml").write_text(COURSE)
    (tmp_path / "link").symlink_to(tmp_path / "one")

    def look(name: str) -> launcher.Found:
        made = launcher.find(tmp_path / name, environment)
        assert made is not None
        return made

    launcher.agree(look("one"))
    assert look("one").agreed
    assert look("link").agreed, "the same folder by another name"
    assert not look("two").agreed
    with pytest.raises(errors.UserError, match="Nobody agreed"):
        launcher.start(look("two"))
    (look("one").state / "agreed").write_text("")
    assert not look("one").agreed, "from before the folder was kept"


def test_receipts_are_held_against_the_courses_own_key(
    found: launcher.Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(found.state.parents[1]))
    launcher.agree(found)
    first = launcher.start(found)
    told = json.loads((found.state / "service.json").read_text())
    try:
        service = client.for_connection(first)
        known = service.course()["key"]
        service.close()
        assert (first.key, first.public_key) == (known["id"], known["public_key"])
        assert first.public_key
        rotate = [sys.executable, "-m", "courseware.cli.main", "keys", "rotate"]
        subprocess.run(rotate, cwd=found.folder, check=True, capture_output=True)
        again = launcher.running(found)
        assert again is not None
        assert again.url == first.url
        assert again.public_key not in ("", first.public_key)
    finally:
        os.kill(told["pid"], signal.SIGTERM)


def services(folder: Path) -> list[int]:
    """The processes that serve a folder, or are about to."""
    return [
        int(each.name)
        for each in Path("/proc").iterdir()
        if each.name.isdigit()
        and {b"serve", str(folder).encode()} <= set(_read(each / "cmdline").split(b"\0"))
    ]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it ended meanwhile
        return b""


def test_two_labs_that_start_at_once_get_one_service(
    found: launcher.Found, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(found.state.parents[1]))
    launcher.agree(found)
    with concurrent.futures.ThreadPoolExecutor(2) as both:
        one, other = both.map(lambda _: launcher.start(found), range(2))
    told = json.loads((found.state / "service.json").read_text())
    until = time.monotonic() + 120
    # One that is still starting would serve on if it found the other gone.
    while services(tmp_path) != [told["pid"]]:
        assert time.monotonic() < until
        time.sleep(0.05)
    os.kill(told["pid"], signal.SIGTERM)
    assert one == other


def test_a_folder_that_is_no_course_says_why_nothing_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "course.toml").write_text(COURSE.replace('title = "One"', 'titel = "One"'))
    made = launcher.find(tmp_path, os.environ)
    assert made is not None
    launcher.agree(made)
    began = time.monotonic()
    with pytest.raises(errors.Temporary, match="Did you mean 'title'"):
        launcher.start(made)
    assert time.monotonic() - began < launcher.START_SECONDS - 5


def test_configured_folders_are_looked_through_after_the_labs_own(tmp_path: Path) -> None:
    environment = {"XDG_STATE_HOME": str(tmp_path / "state")}
    root, elsewhere = tmp_path / "lab", tmp_path / "teaching"
    (root / "deep" / "deeper").mkdir(parents=True)
    elsewhere.mkdir()
    (root / "deep" / "deeper" / "course.toml").write_text(COURSE)
    (elsewhere / "course.toml").write_text(COURSE.replace("tiny", "far"))
    assert launcher.find(root, environment) is None
    found = launcher.find(root, environment, (tmp_path / "missing", elsewhere))
    assert found is not None
    assert (found.folder, found.slug) == (elsewhere, "far")
    (root / "deep" / "course.toml").write_text(COURSE)
    nearer = launcher.find(root, environment, (elsewhere,))
    assert nearer is not None
    assert nearer.slug == "tiny"


def test_where_the_service_is_configured_none_is_started_or_offered(
    found: launcher.Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(found.state.parents[1]))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(found.folder / "config"))
    launcher.agree(found)
    lab = course.Course(root=found.folder, url="https://courses.example.org/")
    told = lab.status()
    assert (told["connected"], told["offer"]) == (False, None)
    assert "https://courses.example.org/" in told["reason"]
    with pytest.raises(errors.UserError, match="starts none"):
        lab.serve()
    assert not (found.state / "service.json").exists()
    kept = connections.file_of(os.environ)
    for url in ("https://other.example.org", "https://courses.example.org"):
        made = connections.Connection(url=url, course="tiny", title="Tiny", credential="s", person="sam")
        connections.add(kept, made)
    connections.add(kept, connections.Connection(**{**made.__dict__, "url": "https://third.example.org"}))
    assert (
        connections.choose(kept, None, url="https://courses.example.org/").url
        == "https://courses.example.org"
    )
