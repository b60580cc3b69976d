"""Somebody in several courses: each window has its own, and what was chosen is the first the next time."""

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import courses, manifest, people
from courseware.lab import choice, connections, copies, course, outbox, proxy
from tests import builders
from tests.builders import NOW
from tests.lab import labs
from tests.lab import service as fake
from tests.service import inside


@pytest.fixture
def sams(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[course.Course]:
    """Sam's JupyterLab: joined first to `c`, which has lessons, then to `other`, which has none."""
    world = builders.world(database_url, tmp_path)
    text = builders.MANIFEST.replace('id = "c"', 'id = "other"').replace('title = "', 'title = "A ')
    with world.database.write() as connection:
        other = courses.put(connection, manifest.parse(text), text, now=NOW)
        people.add(connection, other, username="sam", name="sam", email=None, role="student", now=NOW)
    with inside.serving(world, tmp_path, now=NOW) as served:
        known = labs.of(served, world.sam, tmp_path, monkeypatch)
        file = connections.file_of(os.environ)
        [first] = connections.read(file)
        token = served.token(world.sam.person, "lab", other)
        second = dataclasses.replace(first, course="other", title=other.title, credential=token)
        connections.add(file, second)
        yield known
    known.passing.close()
    world.close()


def test_each_window_has_its_course_and_what_was_chosen_is_the_first_the_next_time(
    sams: course.Course,
) -> None:
    windows = choice.Windows(sams)
    told = windows.of("").status()
    assert told["course"]["slug"] == "other", "what was joined last"
    assert [each["slug"] for each in told["courses"]] == ["other", "c"], "by title"
    assert told["joins"], "a link of a third one can be used"
    assert windows.of("c").choose()["course"]["slug"] == "c"
    assert choice.Windows(course.Course(root=sams.root)).of("").status()["course"]["slug"] == "c"
    assert connections.choose(connections.file_of(os.environ), None).course == "c", "a command line follows"
    assert windows.of("other").status()["course"]["slug"] == "other", "a window that is open does not"
    assert [len(windows.of(name).lessons()["lessons"]) for name in ("c", "other")] == [2, 0]


def test_what_a_window_asks_of_the_courses_api_goes_to_the_course_that_it_is_about(
    sams: course.Course,
) -> None:
    windows = choice.Windows(sams)
    for name in ("c", "other"):
        asked = proxy.Asked(method="GET", route=f"courses/{name}/threads", query={}, headers={})
        assert windows.of(proxy.course_of(asked.route)).ask(asked).status == 200
    assert [proxy.course_of(route) for route in ("threads/t", "courses", "submissions/s/receipt")] == [""] * 3


def test_a_lab_that_is_set_to_one_course_shows_that_one_alone(sams: course.Course) -> None:
    windows = choice.Windows(dataclasses.replace(sams, course="c"))
    for name in ("", "other", "c"):
        told = windows.of(name).status()
        assert (told["course"]["slug"], len(told["courses"]), told["joins"]) == ("c", 1, False)


def test_a_course_that_was_not_joined_is_refused_in_words(sams: course.Course) -> None:
    windows = choice.Windows(sams)
    told = windows.of("nothing").status()
    assert (told["connected"], "have not joined the course 'nothing'" in told["reason"]) == (False, True)
    with pytest.raises(errors.UserError, match="cannot be a name"):
        windows.of("../c")


def test_what_waits_in_a_course_that_no_window_shows_goes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = connections.file_of(os.environ)
    with fake.served() as (url, told):
        mine = fake.connect(url, told)
        connections.add(file, dataclasses.replace(mine, url="http://127.0.0.1:9"))
        connections.add(file, dataclasses.replace(mine, course="other", title="O"))
        copy = fake.a_copy(tmp_path, told)
        outbox.put(copy, copies.going(copy.folder), now=NOW)
        shown = course.Course(root=tmp_path)
        shown.pulse()
        assert any(outbox.waiting(copy.folder)), "its service is away, and this one's goes on"
        connections.add(file, mine)
        connections.add(file, dataclasses.replace(mine, course="other", title="O"))
        assert shown.status()["course"]["slug"] == "other"
        shown.pulse()
        assert not any(outbox.waiting(copy.folder))
        assert len(told.taken) == 1
