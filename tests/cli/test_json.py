"""Every command has `--json` and prints what the reference says, and nothing else, on stdout."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli import shapes, test_commands
from tests.cli.test_operate import call
from tests.journeys import test_class_of_five as five
from tests.journeys import test_lab_student as lab

LESSON = "pictures-and-words"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[five.Class]:
    """A service with a released lesson, which keeps its letters in a folder."""
    folder = tmp_path_factory.mktemp("json")
    made = five.Class.__new__(five.Class)
    made.folder, made.course, made.port = folder, folder / "course", lab.free_port()
    shutil.copytree(lab.COURSE, made.course)
    made.environment = {
        **os.environ,
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "COURSEWARE_MAIL_FOLDER": str(folder / "letters"),
    }
    made.service = made.serve()
    yield made
    made.end()


def told(world: five.Class, name: str, *arguments: str, code: int = 0, names: str = "") -> dict[str, Any]:
    """What a command prints, checked against the reference."""
    done: subprocess.CompletedProcess[str] = call(world, *name.split(), *arguments, "--json")
    assert done.returncode == code, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    if name in shapes.NAMES and not names and not found.get("queued"):
        assert sorted(found) == sorted(shapes.NAMES[name]), name
    return found


@pytest.mark.parametrize("name", [name for name, each in test_commands.walked()])
def test_every_command_has_it_and_the_reference_tells_its_names(name: str) -> None:
    command = dict(test_commands.walked())[name]
    if getattr(command, "commands", None):
        return
    assert any("--json" in parameter.opts for parameter in command.params), name
    page = (test_commands.ROOT / "docs" / "reference" / "cli.md").read_text()
    section = page.split(f"# `courseware {name}`\n", 1)[1].split("\n#", 1)[0]
    assert shapes.told(name) in section


def test_an_authors_commands(served: five.Class, tmp_path: Path) -> None:
    assert told(served, "new", str(tmp_path / "my-course"))["course"] == "my-course"
    (tmp_path / "old" / "source" / "ps1").mkdir(parents=True)
    notebook = tmp_path / "my-course" / "lessons" / "first-steps" / "first-steps.ipynb"
    shutil.copy(notebook, tmp_path / "old" / "source" / "ps1" / "ps1.ipynb")
    adopted = told(served, "adopt", str(tmp_path / "old"))
    assert adopted["lessons"] == ["ps1"]
    assert adopted["differences"]
    assert told(served, "lint")["findings"] == []
    [tried] = told(served, "mutants", LESSON, code=1)["lessons"]
    assert tried["tried"] > len(tried["through"]) > 0
    (served.course / "lessons" / LESSON / "beside").symlink_to(tmp_path)
    (released,) = told(served, "release", LESSON)["released"]
    assert released["number"] == 1
    left = {"code": "left-out", "level": "warning", "where": "beside"}
    assert left.items() <= released["report"]["findings"][-1].items()


def test_from_the_list_of_people_to_the_marks(served: five.Class, tmp_path: Path) -> None:
    told(served, "release", LESSON)
    made = told(served, "people add", "amy", "--name", "Amy")
    assert (made["person"]["username"], made["role"]) == ("amy", "student")
    assert made["link"].startswith("http")
    (tmp_path / "roster.csv").write_text("username,name\nben,Ben\n")
    assert told(served, "people import", str(tmp_path / "roster.csv"))["added"] == ["ben"]
    assert {p["person"]["username"] for p in told(served, "people list")["people"]} >= {"amy", "ben"}
    assert told(served, "people remove", "ben") == {"username": "ben", "removed": True}
    link = told(served, "people link", "amy")["link"]
    assert told(served, "join", link)["person"] == "amy"
    root = ("--folder", str(tmp_path / "amy"))
    assert "/calendar/cw_calendar_" in told(served, "dates", "--calendar", names="calendar")["calendar"]
    got = told(served, "fetch", LESSON, *root)
    assert f"{LESSON}.ipynb" in got["created"]
    for path in Path(got["folder"]).glob("*.ipynb"):
        shutil.copy(served.course / "lessons" / LESSON / path.name, path)
    told(served, "release", LESSON)
    packed = told(served, "pack", LESSON, "--zip", "--out", str(tmp_path))
    assert packed["path"] == str(tmp_path / f"{LESSON}-offline.zip")
    looked = told(served, "update", LESSON, "--look", *root)
    before = looked["release"]
    assert looked["changed"] == []
    brought = told(served, "update", LESSON, *root)
    assert (brought["release"], brought["files"]) == (before + 1, looked["files"])
    assert told(served, "update", LESSON, "--undo", *root)["release"] == before
    handed = told(served, "submit", LESSON, *root)
    assert handed["queued"] is False
    public = handed["submission"]["id"]
    receipt = tmp_path / "receipt.json"
    receipt.write_text(json.dumps(handed["receipt"]))
    assert told(served, "verify", str(receipt), got["folder"])["holds"] is True
    (Path(got["folder"]) / f"{LESSON}.ipynb").write_text("{}")
    broken = told(served, "verify", str(receipt), got["folder"], code=1)
    assert (broken["holds"], len(broken["problems"])) == (False, 1)
    until = time.monotonic() + 60
    while (state := told(served, "status", LESSON)["lessons"][0]["submission"])["state"] != "marked":
        assert time.monotonic() < until
        time.sleep(0.2)
    waiting = [each for each in state["exercises"] if each["score"] is None]
    exercise = (waiting or state["exercises"])[0]
    marked = told(served, "mark", public, exercise["notebook"], exercise["key"], "1")
    assert marked["id"] == public
    assert told(served, "feedback", LESSON, *root)["submission"]["id"] == public
    assert told(served, "grades")["people"]
    assert told(served, "hold", LESSON, exercise["key"])["held"] is True
    assert told(served, "hold", LESSON, exercise["key"], "--end")["held"] is False
    assert told(served, "regrade", LESSON)["waiting"] == 0
    asks_for_another_look(served)


def asks_for_another_look(served: five.Class) -> None:
    """The same student asks, and it is decided."""
    why = ("--reason", "Please look again")
    told_why = call(served, "requests", "ask", LESSON, "none", *why)
    assert (told_why.returncode, "No mark of 'none' shows." in told_why.stderr) == (2, True)
    shown = told(served, "status", LESSON)["lessons"][0]["submission"]["exercises"]
    open_one = next(each for each in shown if each["score"] is not None and not each["withheld"])
    asked = told(served, "requests ask", LESSON, open_one["key"], "--notebook", open_one["notebook"], *why)
    assert told(served, "requests list", LESSON)["requests"] == [asked]
    decided = told(served, "requests decide", asked["thread"], "stays", *why)
    assert decided["decision"] == "stays"
    assert told(served, "requests list")["requests"] == []
    assert told(served, "requests list", "--all")["requests"] == [decided]
    over = (asked["thread"], "changed", *why, "--points", "0.25", "--over", "stays")
    assert told(served, "requests decide", *over)["decision"] == "changed"
    once_more = (asked["thread"], "changed", *why, "--points", "0.5", "--over", "changed")
    unseen = call(served, "requests", "decide", *once_more)
    assert (unseen.returncode, "add --instead-of 0.25." in unseen.stderr) == (2, True)
    assert told(served, "requests decide", *once_more, "--instead-of", "0.25")["decision"] == "changed"
    alone = call(served, "requests", "decide", asked["thread"], "stays", *why, "--instead-of", "1")
    assert (alone.returncode, "goes with --points" in alone.stderr) == (2, True)
    lost = call(served, "requests", "decide", "thr_none", "changed", *why, "--points", "1")
    assert (lost.returncode, "Nobody asked" in lost.stderr) == (2, True)


def test_that_of_the_mark_of_a_whole_lesson(served: five.Class) -> None:
    told(served, "release", LESSON)
    told(served, "people add", "ada")
    given = told(served, "set-mark", LESSON, "ada", "2", "--reason", "Oral exam")
    assert (given["points"], given["version"]) == (2, 1)
    assert told(served, "set-mark", LESSON, "ada") == given
    assert told(served, "set-mark", LESSON, "ada", "--take-back")["points"] is None


def test_those_of_a_dry_run(served: five.Class) -> None:
    assert call(served, "release", LESSON).returncode == 0
    tried = told(served, "regrade", LESSON, "--dry-run", names="those of dry-run")
    assert told(served, "dry-run", LESSON) == tried
    assert tried["state"] == "ready"
    assert told(served, "dry-run", LESSON, "--then", "apply")["state"] == "applied"
    assert told(served, "dry-run", LESSON, "--then", "undo")["state"] == "undone"


def test_those_of_releases(served: five.Class) -> None:
    told(served, "release", LESSON)
    told(served, "release", LESSON, "--draft", names="drafts")
    planned = told(served, "releases plan", LESSON, "2030-12-01T08:00")
    assert planned["planned"]["problem"] == ""
    assert told(served, "releases show", LESSON) == planned
    assert told(served, "releases cancel", LESSON)["planned"] is None
    number = planned["offered"]
    gone = told(served, "releases withdraw", LESSON, str(number), "--reason", "a leak")
    assert [each["number"] for each in gone["withdrawn"]] == [number]
    assert told(served, "releases offer", LESSON, str(number))["offered"] == number
    assert told(served, "releases notes", LESSON, str(number), "clearer")["notes"] == "clearer"
    refused = call(served, "releases", "plan", LESSON, "tomorrow")
    assert (refused.returncode, "is no date" in refused.stderr) == (2, True)


def test_those_of_a_rule_for_late_work(served: five.Class) -> None:
    assert told(served, "late", LESSON)["comparison"] is None
    tried = told(served, "late", LESSON, "--rule", '"zero"', "--dry-run")
    assert (tried["rules"], tried["comparison"]["rule"]) == ([], '"zero"')
    [set_now] = told(served, "late", LESSON, "--rule", '"zero"', "--reason", "a test")["rules"]
    assert (set_now["words"], set_now["reason"]) == ("Late work gets 0 points.", "a test")
    back = told(served, "late", LESSON, "--take-back")
    assert (back["rule"], back["rules"][0]["ended"] is not None) == (back["from_course"], True)
    for wrong in (("--dry-run",), ("--rule", '"zero"'), ("--take-back",), ("--rule", "1", "--take-back")):
        told_why = call(served, "late", LESSON, *wrong)
        assert (told_why.returncode, told_why.stdout) == (2, "")


def test_those_of_the_queue(served: five.Class) -> None:
    assert told(served, "queue show")["failed"] == []
    assert told(served, "queue retry") == {"retried": 0}
    assert told(served, "queue pause") == {"paused": True}
    assert told(served, "queue resume") == {"paused": False}


def test_those_of_groups_and_sign_ins(served: five.Class) -> None:
    told(served, "people add", "gus", "--role", "grader")
    told(served, "people add", "dee")
    assert [each["username"] for each in told(served, "people group", "tuesday", "dee")["people"]] == ["dee"]
    told(served, "release", LESSON)
    limited = told(served, "people limit", "gus", "--group", "tuesday", "--lesson", LESSON)
    assert limited == {"lessons": [LESSON], "groups": ["tuesday"]}
    assert told(served, "sign-ins link")["sent_to"] == ""
    assert told(served, "sign-ins machine")["url"].startswith("http")
    assert told(served, "sign-ins list")["sign_ins"]
    assert told(served, "sign-ins end", "--all", "--person", "gus")["ended"] == 1
    assert told(served, "release", LESSON, "--draft", names="drafts")["drafts"][0]["lesson"] == LESSON


def test_those_of_who_runs_a_service(served: five.Class, tmp_path: Path) -> None:
    assert told(served, "mail test", "me@example.org")["address"] == "me@example.org"
    assert len(told(served, "keys list")["keys"]) == 1
    assert told(served, "keys rotate")["id"].startswith("key_")
    keys = told(served, "keys list")["keys"]
    assert [key["until"] is None for key in keys] == [False, True]
    assert told(served, "keys check") == {"holds": True, "broken_at": None}
    assert told(served, "audit", "--limit", "1")["lines"][0]["how"] == "courseware keys rotate"
    saved = told(served, "backup", str(tmp_path / "all.zip"))
    assert saved["bytes"] == (tmp_path / "all.zip").stat().st_size
    other = five.Class.__new__(five.Class)
    other.course = served.course
    other.environment = {**served.environment, "XDG_STATE_HOME": str(tmp_path / "state")}
    told(other, "restore", str(tmp_path / "all.zip"))
    assert told(other, "migrate") == {"changed": False}
    assert told(served, "env show")["version"].startswith("3.")
    able = told(served, "doctor")
    assert able["sandbox"]["level"] == "jail"
    assert set(able["sandbox"]["probes"].values()) == {"held"}
    assert able["installed"]["nbgrader"] is True


def test_a_service_says_where_it_is_on_one_line(served: five.Class, tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(served.course, course)
    argv = [sys.executable, "-m", "courseware.cli.main", "serve", str(course), "--port", "0", "--json"]
    environment = {**served.environment, "XDG_STATE_HOME": str(tmp_path / "state")}
    process = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = json.loads(process.stdout.readline())
        assert sorted(found) == sorted(shapes.NAMES["serve"])
        assert (Path(found["state"]) / "owner.token").is_file()
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_a_hand_in_that_waits_and_one_that_lacks_a_notebook(served: five.Class, tmp_path: Path) -> None:
    """What `submit` and `status` say of both, in words and as JSON."""
    name = "numbers-and-lists"
    more = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (served.course / "lessons" / name / "more.ipynb").write_text(json.dumps(more))
    told(served, "release", name)
    link = told(served, "people add", "cem")["link"]
    world = five.Class.__new__(five.Class)
    world.course = tmp_path
    world.environment = {**served.environment, "XDG_CONFIG_HOME": str(tmp_path / "config")}
    told(world, "join", link)
    folder = world.course / told(world, "fetch", name)["folder"]
    kept = tmp_path / "config" / "courseware" / "connections.json"
    known = kept.read_text()
    kept.write_text(known.replace(json.loads(known)["connections"][0]["url"], "http://127.0.0.1:9"))
    waits = told(world, "submit", name, code=3)
    assert (waits["queued"], "does not answer" in waits["reason"]) == (True, True)
    kept.write_text(known)
    assert told(world, "submit", name)["queued"] is False
    assert "more.ipynb" not in call(world, "status", name).stdout
    (folder / "more.ipynb").unlink()
    assert told(world, "submit", name)["submission"]["missing"] == ["more.ipynb"]
    said = call(world, "submit", name).stdout
    assert "Not in this hand-in: more.ipynb." in said
    assert "without more.ipynb" in call(world, "status", name).stdout


def test_somebody_is_changed_and_brought_back(served: five.Class) -> None:
    told(served, "people add", "sue", "--name", "Sue")
    assert call(served, "people", "add", "sue", "--name", "Other").returncode == 2
    changed = told(served, "people set", "sue", "--name", "Sue B", "--role", "grader")
    assert (changed["person"]["name"], changed["role"]) == ("Sue B", "grader")
    told(served, "people remove", "sue")
    assert call(served, "people", "set", "sue", "--role", "student").returncode == 2
    assert told(served, "people set", "sue", "--back")["role"] == "grader"
