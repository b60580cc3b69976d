"""`courseware media`: what it makes with the real ffmpeg, what it leaves alone, what it says without one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli import test_commands as commands

LECTURE = commands.ROOT / "tests" / "lecture"
CAPTIONS, FILM = "lesson.en.vtt", "lesson.webm"


def media(
    target: Path | str, *options: str, cwd: Path, path: str | None = None
) -> tuple[int, dict[str, Any], str]:
    """Exit code, what is printed as JSON, and what is said."""
    environment = {"PATH": path or os.environ["PATH"], "HOME": str(cwd), "PYTHONPATH": str(commands.ROOT)}
    argv = [sys.executable, "-m", "courseware.cli.main", "media", str(target), "--json", *options]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=cwd, env=environment, check=False)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A film with its captions, in a folder of a folder."""
    (tmp_path / "media").mkdir()
    for name in (FILM, CAPTIONS):
        shutil.copy(LECTURE / name, tmp_path / "media" / name)
        (tmp_path / "media" / name).chmod(0o644)
    return tmp_path


def streams(path: Path) -> list[str]:
    """What a file holds: `video`, `audio`."""
    argv = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", str(path)]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()


def test_it_makes_what_is_missing_and_nothing_twice(folder: Path) -> None:
    before = (folder / "media" / FILM).read_bytes()
    code, told, _ = media(folder, cwd=folder)
    assert (code, told["ffmpeg"], told["findings"]) == (0, True, [])
    names = {"media/lesson.jpg", "media/lesson.m4a", "media/lesson.small.mp4"}
    small = {each["path"]: each["why"] for each in told["failed"]}
    assert set(told["made"]) | small.keys() == names
    assert set(small.values()) <= {"It would be no smaller than the video."}
    assert (folder / "media" / "lesson.jpg").read_bytes()[:2] == b"\xff\xd8"
    assert streams(folder / "media" / "lesson.m4a") == ["audio"]
    assert (folder / "media" / FILM).read_bytes() == before
    (folder / "media" / "lesson.jpg").write_bytes(b"the author's own")
    (folder / "media" / "lesson.small.mp4").write_bytes(b"small")
    code, told, _ = media(folder, cwd=folder)
    assert (code, told["made"], told["failed"]) == (0, [], [])
    assert told["videos"] == ["media/lesson.webm"]
    assert (folder / "media" / "lesson.jpg").read_bytes() == b"the author's own"
    assert sorted(os.listdir(folder / "media")) == sorted([FILM, CAPTIONS, *(n.split("/")[1] for n in names)])


def test_a_larger_film_gets_a_small_version(folder: Path) -> None:
    large = folder / "media" / "large.mp4"
    made = ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=15:duration=2"]
    subprocess.run(["ffmpeg", "-v", "error", *made, "-q:v", "2", "-c:v", "mpeg4", str(large)], check=True)
    _, told, _ = media(folder, cwd=folder)
    assert "media/large.small.mp4" in told["made"]
    small = folder / "media" / "large.small.mp4"
    assert small.stat().st_size < large.stat().st_size
    assert {"path": "media/large.m4a", "why": "The video has no sound."} in told["failed"]
    assert [each["code"] for each in told["findings"]] == ["captions"]


def test_a_file_that_is_no_film_is_told_and_opens_nothing_else(folder: Path) -> None:
    (folder / "media" / "list.mp4").write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n")
    (folder / "media" / "-y.webm").write_bytes(b"no film")
    code, told, _ = media(folder, cwd=folder)
    assert code == 1  # they have no captions
    failed = {each["path"]: each["why"] for each in told["failed"]}
    assert {"media/list.jpg", "media/list.m4a", "media/-y.jpg"} <= failed.keys()
    assert all(why for why in failed.values())


def test_without_ffmpeg_captions_are_checked_and_one_line_says_so(folder: Path) -> None:
    (folder / "empty").mkdir()
    bad = "WEBVTT\n\n00:05.000 --> 00:04.000\nx\n"
    (folder / "media" / CAPTIONS).write_text(bad)
    code, told, said = media(folder, cwd=folder, path=str(folder / "empty"))
    assert (code, told["ffmpeg"], told["made"]) == (1, False, [])
    assert [(each["code"], each["where"]) for each in told["findings"]] == [
        ("vtt", "media/lesson.en.vtt, line 3")
    ]
    assert said.startswith("ffmpeg is not here")
    assert said.count("\n") == 1


def test_a_lesson_is_meant_by_its_name(folder: Path) -> None:
    commands.run("new", "c", cwd=folder)
    lesson = folder / "c" / "lessons" / "first-steps"
    shutil.move(folder / "media", lesson / "media")
    code, told, _ = media("first-steps", "--course-folder", "c", cwd=folder, path=str(lesson))
    assert (code, told["videos"]) == (0, ["media/lesson.webm"])
    code, _, said = media("second-steps", "--course-folder", "c", cwd=folder)
    assert (code, said) == (
        2,
        "courseware: 'second-steps' is neither a lesson of the course nor a folder.\n",
    )
