"""An author in JupyterLab: a lesson of a course folder is looked over and tried, and its folder stays as it
is.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware import errors
from courseware.exchange import draft_releases
from courseware.lab import authoring
from tests import builders
from tests.lab import labs
from tests.service import inside

SOLUTION = "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION"
TESTS = "assert answer\n### BEGIN HIDDEN TESTS\nassert answer == 42\n### END HIDDEN TESTS"
NOTEBOOK = "lessons/one/a.ipynb"


def cell(number: int, source: str, **marks: Any) -> dict[str, Any]:
    usual = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    metadata = {"nbgrader": {**usual, **marks}} if marks else {}
    return {
        "cell_type": "code",
        "id": f"c{number}",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def book(*cells: dict[str, Any]) -> str:
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": spec}, "cells": list(cells)}
    )


def lesson() -> str:
    answer = cell(1, SOLUTION, solution=True, grade_id="answer")
    return book(answer, cell(2, TESTS, grade=True, locked=True, grade_id="tests", points=2))


def course_folder(root: Path, slug: str = "c") -> Path:
    """A course folder with a lesson, a helper that has a solution, a film and an unlisted lesson."""
    root.mkdir(exist_ok=True)
    (root / "course.toml").write_text(builders.MANIFEST.replace('id = "c"', f'id = "{slug}"'))
    one = root / "lessons" / "one"
    (one / "media").mkdir(parents=True)
    (one / "a.ipynb").write_text(lesson())
    (one / "helper.py").write_text("def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n")
    (one / "media" / "x.webm").write_bytes(b"\0" * 300_000)
    (one / "link").symlink_to(one / "helper.py")
    (root / "lessons" / "fresh").mkdir()
    (root / "lessons" / "fresh" / "b.ipynb").write_text(book(cell(1, "1")))
    (root / "notes.ipynb").write_text(book(cell(1, "1")))
    return root


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("below", ["", "deep/course"])
def test_where_a_notebook_stands(tmp_path: Path, below: str) -> None:
    (tmp_path / "deep").mkdir()
    course_folder(tmp_path / below)
    found = authoring.place(tmp_path, f"{below}/{NOTEBOOK}".strip("/"))
    assert found is not None
    assert (found.course, found.lesson, found.path, found.listed) == ("c", "one", "a.ipynb", True)
    fresh = authoring.place(tmp_path, f"{below}/lessons/fresh/b.ipynb".strip("/"))
    assert fresh is not None
    assert (fresh.lesson, fresh.listed) == ("fresh", False)
    for other in ("notes.ipynb", "lessons/one", "lessons/none/c.ipynb", "../x.ipynb", ""):
        assert authoring.place(tmp_path, f"{below}/{other}".strip("/")) is None


def test_a_lesson_of_an_adopted_course_is_known_by_its_source(tmp_path: Path) -> None:
    course_folder(tmp_path)
    text = (
        (tmp_path / "course.toml").read_text().replace('slug = "two"', 'slug = "two"\nsource = "source/ps2"')
    )
    (tmp_path / "course.toml").write_text(text)
    (tmp_path / "source" / "ps2" / "sub").mkdir(parents=True)
    (tmp_path / "source" / "ps2" / "sub" / "p.ipynb").write_text("{}")
    found = authoring.place(tmp_path, "source/ps2/sub/p.ipynb")
    assert found is not None
    assert (found.lesson, found.path) == ("two", "sub/p.ipynb")
    (tmp_path / "course.toml").write_text("[course")
    assert authoring.place(tmp_path, "source/ps2/sub/p.ipynb") is None


def files(folder: Path) -> dict[str, bytes]:
    """All that lies in a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_lesson_is_looked_over_and_tried(
    world: builders.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside.serving(world, tmp_path, now=builders.NOW) as served:
        lab = labs.of(served, world.teacher, tmp_path, monkeypatch)
        course_folder(lab.root)
        before = files(lab.root)
        assert lab.status()["drafts"] is True
        desk = lab.authoring()
        told = desk.lint({"path": NOTEBOOK})
        assert [(each["code"], each["where"]) for each in told["findings"]] == [("left-out", "link")]
        assert told["delimiters"]["solution"] == ["BEGIN SOLUTION", "END SOLUTION"]
        assert told["blank"] == []

        with world.database.read() as connection:
            assert draft_releases.of_lesson(connection, world.one.id) is None

        stands = desk.desk({"path": NOTEBOOK})
        assert (stands["offered"], stands["next"], stands["draft"], stands["planned"]) == (1, 2, None, None)
        assert stands["page"] == "/courses/c/lessons/one/releases"

        blank = desk.copy({"path": NOTEBOOK, "as": "blank"})["path"]
        assert blank == "courseware-author/one-blank/a-blank.ipynb"
        given = json.loads((lab.root / blank).read_text())
        assert given["metadata"]["courseware_author"] == {"as": "blank", "of": NOTEBOOK}
        assert "= 42" not in (lab.root / blank).read_text()
        assert "NotImplementedError" in given["cells"][0]["source"]
        helper = (lab.root / blank).parent / "helper.py"
        assert "NotImplementedError" in helper.read_text()
        assert (helper.parent / "media" / "x.webm").stat().st_size == 300_000

        key = desk.copy({"path": NOTEBOOK, "as": "key"})["path"]
        own = json.loads((lab.root / key).read_text())["cells"]
        assert own == json.loads(lesson())["cells"]
        for path in (blank, key):
            desk.remove({"path": path})
        assert files(lab.root) == before
        assert not (lab.root / "courseware-author").exists()


def test_what_is_refused(world: builders.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with inside.serving(world, tmp_path, now=builders.NOW) as served:
        lab = labs.of(served, world.teacher, tmp_path, monkeypatch)
        course_folder(lab.root)
        desk = lab.authoring()
        for body, said in (
            ({"path": "notes.ipynb", "as": "key"}, "lies in no lesson"),
            ({"path": NOTEBOOK, "as": "other"}, "`blank` or as `key`"),
        ):
            with pytest.raises(errors.UserError, match=said):
                desk.copy(body)
        for path in (
            "lessons/one/a.ipynb",
            "courseware-author/../lessons-key/x",
            "courseware-author/one-key",
        ):
            with pytest.raises(errors.UserError, match="no copy"):
                desk.remove({"path": path})
        with pytest.raises(errors.UserError, match="lists no lesson 'fresh'"):
            desk.draft({"path": "lessons/fresh/b.ipynb"})
        (lab.root / NOTEBOOK).write_text("{")
        with pytest.raises(errors.UserError, match=r"a\.ipynb"):
            desk.copy({"path": NOTEBOOK, "as": "blank"})
        asking = cell(1, "### AUTOTEST answer", grade=True, locked=True, grade_id="tests", points=1)
        (lab.root / NOTEBOOK).write_text(book(asking))
        with pytest.raises(errors.UserError, match="AUTOTEST"):
            desk.copy({"path": NOTEBOOK, "as": "blank"})
        course_folder(lab.root / "other", "d")
        with pytest.raises(errors.UserError, match="of the course 'd'"):
            desk.lint({"path": f"other/{NOTEBOOK}"})


def test_what_lint_says_is_said_of_any_text_and_executes_nothing(
    world: builders.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside.serving(world, tmp_path, now=builders.NOW) as served:
        lab = labs.of(served, world.teacher, tmp_path, monkeypatch)
        course_folder(lab.root)
        ran = tmp_path / "ran"
        code = f"open({str(ran)!r}, 'w')\n### BEGIN SOLUTION\n<script>"
        (lab.root / NOTEBOOK).write_text(book(cell(1, code, grade=True, locked=True, grade_id="t")))
        told = lab.authoring().lint({"path": NOTEBOOK})["findings"]
        stops = {(each["code"], each["where"]) for each in told if each["level"] == "error"}
        where = "a.ipynb, cell 1 (t)"
        assert stops == {("points", where), ("region", where), ("region-place", where)}
        assert not ran.exists()


def test_a_student_is_refused(world: builders.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with inside.serving(world, tmp_path, now=builders.NOW) as served:
        lab = labs.of(served, world.sam, tmp_path, monkeypatch)
        course_folder(lab.root)
        assert lab.status()["drafts"] is False
        with pytest.raises(errors.UserError, match="cannot have a lesson looked over"):
            lab.authoring().lint({"path": NOTEBOOK})
        with pytest.raises(errors.UserError, match="cannot upload a draft release"):
            lab.authoring().desk({"path": NOTEBOOK})
