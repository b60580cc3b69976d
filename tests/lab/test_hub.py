"""A Jupyter server of a real Hub comes in by itself: at first, when it was away, and as nobody else."""

import dataclasses
import datetime
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import courses, manifest
from courseware.lab import choice, hub_checks, proxy
from courseware.lab import course as lab_course
from courseware.lab import hub as lab_hub
from courseware.service import hub_snippet
from courseware.store import schema
from tests import builders, hubs
from tests.builders import NOW
from tests.service import inside

pytestmark = pytest.mark.slow
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(f"sqlite:///{tmp_path / 'courseware.sqlite'}", tmp_path)
    yield made
    made.close()


@pytest.fixture
def site(hub: hubs.Hub, world: builders.World, hub_port: int, tmp_path: Path) -> Iterator[inside.Inside]:
    with inside.serving(world, tmp_path, now=NOW, hub=hub.settings(), port=hub_port) as served:
        yield served


@pytest.fixture
def jupyter(
    hub: hubs.Hub, site: inside.Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> lab_course.Course:
    """What runs in lena's Jupyter server."""
    for name, value in {
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "JUPYTERHUB_USER": "lena",
        "JUPYTERHUB_API_URL": hub.api,
        "JUPYTERHUB_API_TOKEN": hub.server_token("lena", *hub_snippet.SERVER_SCOPES),
        "COURSEWARE_SERVICE_URL": f"http://127.0.0.1:{site.port}",
    }.items():
        monkeypatch.setenv(name, value)
    return lab_course.Course(root=tmp_path, by_hub=True)


def test_a_server_that_was_away_comes_in_anew_by_itself(
    world: builders.World, site: inside.Inside, jupyter: lab_course.Course, tmp_path: Path
) -> None:
    asked = proxy.Asked(method="GET", route="courses/c/threads", query={}, headers={})
    try:
        assert jupyter.status()["person"]["username"] == "lena"
        assert jupyter.ask(asked).status == 200
        kept = (tmp_path / "config" / "courseware" / "connections.json").read_text()
        assert len(jupyter.lessons()["lessons"]) == 2
        assert (tmp_path / "config" / "courseware" / "connections.json").read_text() == kept
        for act in (lambda: jupyter.lessons()["away"] == "", lambda: jupyter.ask(asked).status == 200):
            with world.database.write() as connection:
                connection.execute(schema.credential.update().values(revoked=NOW))
            assert act()
        page = jupyter.pages("/courses/c/lessons/one?ask=a#write")
        assert page == {"url": f"{_pages(site)}/courses/c/lessons/one?ask=a#write", "signed_in": False}
        for wrong in ("//evil.example", "/courses/../../x\n", "https://evil.example/", ""):
            assert jupyter.pages(wrong)["url"] == f"{_pages(site)}/courses/c", wrong
        with pytest.raises(errors.UserError, match="starts none"):
            jupyter.serve()
    finally:
        jupyter.passing.close()


def _pages(site: inside.Inside) -> str:
    return f"http://c.courseware.localhost:{site.port}"


def test_who_is_in_two_courses_chooses_one_and_finds_it_again(
    hub: hubs.Hub, world: builders.World, site: inside.Inside, jupyter: lab_course.Course
) -> None:
    text = builders.MANIFEST.replace('id = "c"', 'id = "other"')
    with world.database.write() as connection:
        courses.put(connection, manifest.parse(text), text, now=NOW)
    hub.ask("POST", "/groups/course-other-students", {"users": ["lena"]})
    try:
        windows = choice.Windows(jupyter)
        told = windows.of("").status()
        assert sorted(each["slug"] for each in told["courses"]) == ["c", "other"]
        assert not told["joins"], "the Hub says who is in which course"
        wanted = "c" if told["course"]["slug"] == "other" else "other"  # it was in no window yet
        assert windows.of(wanted).choose()["course"]["slug"] == wanted
        with world.database.write() as connection:
            connection.execute(schema.credential.update().values(revoked=NOW))
        later = choice.Windows(dataclasses.replace(jupyter)).of("")
        assert later.status()["course"]["slug"] == wanted, "the next day, when no credential holds"
        now = datetime.datetime.now(datetime.UTC) + 2000 * MINUTE
        assert lab_hub.connection(os.environ, None, now=now).course == wanted
        assert lab_hub.connection(os.environ, told["course"]["slug"], now=now).course != wanted
        assert later.status()["course"]["slug"] == wanted, "naming one for a command chooses none"
        with world.database.write() as connection:
            gone = courses.find(connection, wanted)
            ended = schema.membership.update().where(schema.membership.c.course_id == gone.id)
            connection.execute(ended.values(ended=NOW))
            connection.execute(schema.credential.update().values(revoked=NOW))
        hub.ask("DELETE", f"/groups/course-{wanted}-students/users", {"users": ["lena"]})
        told = later.status()
        assert (told["course"]["slug"] == wanted, len(told["courses"])) == (False, 1), "they have left it"
        assert later.lessons()["away"] == ""
    finally:
        hub.ask("POST", "/groups/course-c-students/users", {"users": ["lena"]})
        hub.ask("DELETE", "/groups/course-other-students")
        jupyter.passing.close()


def test_what_somebody_else_left_in_a_home_is_not_used(
    hub: hubs.Hub, site: inside.Inside, jupyter: lab_course.Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert jupyter.status()["person"]["username"] == "lena"
    monkeypatch.setenv("JUPYTERHUB_USER", "sam")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", hub.server_token("sam", *hub_snippet.SERVER_SCOPES))
    assert jupyter.status()["person"]["username"] == "sam"
    monkeypatch.delenv("COURSEWARE_SERVICE_URL")
    assert lab_hub.service(os.environ) == ""
    points = {what: holds for what, holds, _ in hub_checks.of_server(os.environ)}
    assert points == {"service": False, "learn": True, "draft": True, "teach": True}


def test_a_command_line_comes_in_again_before_its_credential_ends(
    site: inside.Inside, jupyter: lab_course.Course
) -> None:
    now = datetime.datetime.now(datetime.UTC)
    site.now = now
    first = lab_hub.connection(os.environ, None, now=now)
    assert lab_hub.connection(os.environ, "c", now=now + 10 * MINUTE) == first
    assert lab_hub.connection(os.environ, None, now=now + 15 * MINUTE) != first
    with pytest.raises(errors.UserError, match="not open to you"):
        lab_hub.fresh(os.environ, "other")
