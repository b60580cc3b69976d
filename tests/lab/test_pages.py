"""The way from JupyterLab to the course's own pages: signed in for a student, as anybody else for staff."""

import os
import urllib.parse
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import model
from courseware.lab import connections, course
from tests import builders
from tests.lab import labs
from tests.lab import service as fake
from tests.service import inside
from tests.service import test_sign_in as entry


def test_a_student_is_signed_in_and_staff_find_the_door(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=builders.NOW) as served:

        def told(viewer: model.Viewer, page: str = "") -> dict[str, object]:
            return labs.of(served, viewer, tmp_path, monkeypatch).pages(page)

        link = told(world.sam, "/courses/c/lessons/one")
        assert link["signed_in"] is True
        path = urllib.parse.urlsplit(str(link["url"])).path
        done = served.ask("", "POST", path, {"next": "/courses/c/lessons/one"})
        assert done.headers["Location"] == "/courses/c/lessons/one"
        session = entry.cookie(done)
        assert served.ask("", "GET", "/courses/c", headers=session).status_code == 200
        assert served.ask("", "POST", path, {}).status_code == 401, "once"
        plain = f"http://127.0.0.1:{served.port}/courses/c"
        assert told(world.teacher) == {"url": plain, "signed_in": False}
        with pytest.raises(errors.UserError, match="no page of the course"):
            told(world.sam, "https://evil.example/")
    world.close()


def test_what_is_no_address_of_a_page_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with fake.served() as (url, told):
        connections.add(connections.file_of(os.environ), fake.connect(url, told))
        told.instead = (200, "application/json", b'{"url": "javascript:alert(1)", "expires": ""}')
        with pytest.raises(errors.Temporary, match="no address"):
            course.Course(root=tmp_path).pages("")
