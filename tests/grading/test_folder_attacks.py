"""What a hand-in's folder may be, and what is read of it: links, large files, odd times."""

import contextlib
import os
from pathlib import Path

import pytest

from courseware import errors
from courseware.grading import beside, folder
from courseware.notebook import files, settings_nbgrader
from tests.notebook import build
from tests.sandbox import isolated

BOOK = build.book(build.answer("### BEGIN SOLUTION\nx = 1\n### END SOLUTION"), build.machine("assert x == 1"))


@pytest.fixture
def run(tmp_path: Path) -> folder.Run:
    """A course with one honest hand-in."""
    for place in ("source/a", "submitted/ann/a"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "n.ipynb").write_bytes(files.write(BOOK))
    source, submitted = tmp_path / "source", tmp_path / "submitted"
    return folder.Run(source=source, submitted=submitted, python=Path("/bin/false"))


def test_a_folder_that_is_a_link_is_no_hand_in(run: folder.Run) -> None:
    (run.submitted / "bob").mkdir()
    (run.submitted / "bob" / "a").symlink_to(run.submitted / "ann" / "a")
    (run.submitted / "cyd").symlink_to(run.submitted / "ann")
    assert [work.student for work in folder.works(run, isolated.Plain())] == ["ann"]


@pytest.mark.parametrize("kind", ["large", "pipe", "link", "nonsense"])
def test_a_time_of_handing_in_is_a_short_text_in_a_file(run: folder.Run, kind: str) -> None:
    course = beside.Course(
        options=settings_nbgrader.Options(),
        autotests=None,
        due={"a": settings_nbgrader.instant("2020-01-01 00:00:00 UTC")},
        parsed=None,
    )
    stamp = run.submitted / "ann" / "a" / "timestamp.txt"
    if kind == "large":
        with stamp.open("wb") as file:
            file.truncate(1 << 30)
    elif kind == "pipe":
        os.mkfifo(stamp)
    elif kind == "link":
        stamp.symlink_to("/dev/zero")
    else:
        stamp.write_text("2020-01-01 00:00:00 Europe")
    with contextlib.suppress(errors.UserError):
        assert course.late("a", stamp.parent) is False
