"""The folder of nbgrader's hand-ins is written by students: nothing in it leads out of it."""

import os
from pathlib import Path

import pytest

from courseware import errors
from courseware.interchange import submitted
from courseware.notebook import source
from tests import builders


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "submitted" / "eve" / "ps1"
    (made / "data").mkdir(parents=True)
    (made / "n.ipynb").write_bytes(builders.NOTEBOOK)
    (made / "data" / "a.csv").write_bytes(b"1,2")
    for left_out in ("timestamp.txt", ".hidden"):
        (made / left_out).write_text("x")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "key.txt").write_text("of the instructor")
    return made


def read(place: Path, student: str = "eve", assignment: str = "ps1") -> dict[str, bytes]:
    return submitted.files(place.parent.parent, student, assignment)


def test_plain_files_are_read_by_their_paths(place: Path) -> None:
    assert read(place) == {"n.ipynb": builders.NOTEBOOK, "data/a.csv": b"1,2"}


@pytest.mark.parametrize("at", ["notes.txt", "data/notes.txt", "more"])
def test_a_link_is_refused(place: Path, at: str) -> None:
    private = place.parents[2] / "private"
    (place / at).symlink_to(private if at == "more" else private / "key.txt")
    with pytest.raises(errors.UserError, match=f"{at} is a link"):
        read(place)


@pytest.mark.parametrize("whose", ["eve", "eve/ps2"])
def test_a_folder_of_a_hand_in_that_is_a_link_is_refused(place: Path, whose: str) -> None:
    other = place.parents[1] / "ann"
    place.parent.rename(other)
    (place.parents[1] / whose).parent.mkdir(exist_ok=True)
    (place.parents[1] / whose).symlink_to(other if whose == "eve" else other / "ps1")
    with pytest.raises(errors.UserError, match="is a link"):
        read(place, assignment="ps1" if whose == "eve" else "ps2")


@pytest.mark.parametrize("student", ["../submitted/eve", "..", "/etc", ""])
def test_a_gradebook_that_names_another_folder_is_refused(place: Path, student: str) -> None:
    with pytest.raises(errors.UserError, match="name"):
        read(place, student)


def test_what_is_no_file_and_what_is_not_there_is_said(place: Path) -> None:
    with pytest.raises(errors.UserError, match="not in the folder submitted"):
        read(place, "nobody")
    os.mkfifo(place / "pipe")
    with pytest.raises(errors.UserError, match="pipe is no plain file"):
        read(place)


def test_a_release_takes_no_settings_from_outside_of_the_course(tmp_path: Path) -> None:
    course = tmp_path / "course"
    (course / "lessons" / "one").mkdir(parents=True)
    (course / "lessons" / "one" / "n.ipynb").write_bytes(builders.NOTEBOOK)
    (tmp_path / "secret").write_text("x")
    (course / "here.yml").write_text("x")
    (course / "autotests.yml").symlink_to(course / "here.yml")
    (course / "nbgrader_config.py").symlink_to(tmp_path / "secret")
    assert sorted(source.files(course, "lessons/one", "one")) == ["autotests.yml", "n.ipynb"]
