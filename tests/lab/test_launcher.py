"""A Lab finds the service of its course, and is not taken in by whoever listens where a killed one was."""

import http.server
import json
import os
import signal
import threading
import time
import urllib.parse
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.lab import client, launcher

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
    threading.Thread(target=server.serve_forever).start()
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
