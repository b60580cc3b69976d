"""Every command helps with an example, starts fast, and ends as documented."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from courseware.cli import main

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "notebooks" / "demo_course"


def run(
    *arguments: str, cwd: Path | None = None, home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """The command line as people call it, in a process of its own."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home or cwd or "/nonexistent"), "LANG": "C.UTF-8"}
    environment["PYTHONPATH"] = str(ROOT)
    argv = [sys.executable, "-m", "courseware.cli.main", *arguments]
    return subprocess.run(
        argv, capture_output=True, text=True, cwd=cwd, env=environment, timeout=120, check=False
    )


def walked() -> list[tuple[str, Any]]:
    """All commands and subcommands with their click objects."""
    found = []
    for name in main.COMMANDS:
        command = main.command(name)
        found.append((name, command))
        found += [(f"{name} {sub}", each) for sub, each in getattr(command, "commands", {}).items()]
    return found


@pytest.mark.parametrize(("name", "command"), walked(), ids=[name for name, _ in walked()])
def test_help_has_an_example(name: str, command: Any) -> None:
    assert f"Example: courseware {name.split()[0]}" in (command.help or "")


def test_the_reference_lists_every_command() -> None:
    text = (ROOT / "docs" / "reference" / "cli.md").read_text()
    for name, command in walked():
        assert f"`courseware {name}`" in text, (
            f"docs/reference/cli.md lacks {name}: run tests/cli/reference.py"
        )
        for parameter in command.params:
            for option in (*parameter.opts,):
                if option.startswith("--") and option != "--help":
                    assert option in text, f"docs/reference/cli.md lacks {option} of {name}"


def test_help_imports_no_heavy_package() -> None:
    code = (
        "import sys; from courseware.cli import main; sys.argv = ['courseware', '--help']; main.main(); "
        "heavy = {'typer', 'rich', 'sqlalchemy', 'nbformat', 'nbgrader', 'httpx'} & sys.modules.keys(); "
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_wrong_word_names_the_nearest(tmp_path: Path) -> None:
    done = run("relaese", cwd=tmp_path)
    assert done.returncode == 2
    assert "courseware release" in done.stderr
    assert "Traceback" not in done.stderr


def test_new_then_lint(tmp_path: Path) -> None:
    assert run("new", "my-course", cwd=tmp_path).returncode == 0
    done = run("lint", "--course-folder", "my-course", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"findings": []}
    again = run("new", "my-course", cwd=tmp_path)
    assert again.returncode == 2
    assert "not empty" in again.stderr


def test_lint_says_where_and_ends_with_one(tmp_path: Path) -> None:
    run("new", "c", cwd=tmp_path)
    notebook = tmp_path / "c" / "lessons" / "first-steps" / "first-steps.ipynb"
    notebook.write_text(notebook.read_text().replace("### END SOLUTION", "### THE END"))
    done = run("lint", "--course-folder", "c", cwd=tmp_path)
    assert done.returncode == 1
    assert "first-steps.ipynb, cell 2 (double)" in done.stdout
    assert "[region]" in done.stdout


def test_lint_says_when_there_is_nothing_to_watch(tmp_path: Path) -> None:
    run("new", "c", cwd=tmp_path)
    course = tmp_path / "c" / "course.toml"
    plain = course.read_text()

    def found(text: str) -> list[tuple[str, str]]:
        course.write_text(text)
        done = run("lint", "--course-folder", "c", "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return [(each["code"], each["level"]) for each in json.loads(done.stdout)["findings"]]

    assert found(plain + 'complete = "watched"\n') == [("no-video", "warning")]
    # A rule for all lessons is meant for those with videos.
    assert found(plain.replace("[policies]", '[policies]\ncomplete = "watched"')) == []


def test_lint_says_when_there_is_nothing_to_check(tmp_path: Path) -> None:
    run("new", "c", cwd=tmp_path)
    course = tmp_path / "c" / "course.toml"
    plain = course.read_text() + 'complete = "checked"\n'

    def found(text: str) -> list[str]:
        course.write_text(text)
        done = run("lint", "--course-folder", "c", "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return [each["code"] for each in json.loads(done.stdout)["findings"]]

    assert found(plain) == ["no-check"]
    assert found(plain.replace("[policies]", "[policies]\nchecks = 3")) == []


def test_lint_names_the_links_that_no_release_takes(tmp_path: Path) -> None:
    run("new", "c", cwd=tmp_path)
    (tmp_path / "key.txt").write_text("secret")
    lesson = tmp_path / "c" / "lessons" / "first-steps"
    (lesson / "key.txt").symlink_to(tmp_path / "key.txt")
    (lesson / "data").symlink_to(tmp_path)
    done = run("lint", "--course-folder", "c", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["findings"]
    assert [(f["level"], f["code"], f["where"]) for f in found] == [
        ("warning", "left-out", "data"),
        ("warning", "left-out", "key.txt"),
    ]


def test_a_typo_in_the_manifest_names_line_and_nearest(tmp_path: Path) -> None:
    run("new", "c", cwd=tmp_path)
    manifest = tmp_path / "c" / "course.toml"
    manifest.write_text(manifest.read_text().replace("time_zone", "timezone"))
    done = run("lint", "--course-folder", "c", cwd=tmp_path)
    assert done.returncode == 2
    assert "course.toml, line 4: 'timezone' is not known here. Did you mean 'time_zone'?" in done.stderr


def test_a_manifest_that_is_no_text_is_told_as_such(tmp_path: Path) -> None:
    assert run("new", "c", cwd=tmp_path).returncode == 0
    (tmp_path / "c" / "course.toml").write_bytes(b"\xff\xfe")
    told = run("lint", cwd=tmp_path / "c").stderr
    assert f"{tmp_path / 'c' / 'course.toml'} is not UTF-8 text. Save it as UTF-8." in told
    assert f"There is no course.toml in {tmp_path}. Go to" in run("lint", cwd=tmp_path).stderr


def test_student_commands_say_how_to_begin(tmp_path: Path) -> None:
    for command in (["status"], ["fetch", "x"], ["submit", "x"], ["feedback", "x"]):
        done = run(*command, cwd=tmp_path, home=tmp_path)
        assert done.returncode == 2
        assert "courseware join LINK" in done.stderr


def test_a_service_that_is_away_is_told_as_such(tmp_path: Path) -> None:
    done = run("join", "http://127.0.0.1:9/join/cw_join_x", cwd=tmp_path, home=tmp_path)
    assert done.returncode == 3
    assert "does not answer" in done.stderr


def test_staff_commands_name_the_missing_service() -> None:
    done = run("grades", "--course-folder", str(DEMO), cwd=DEMO.parent, home=Path("/nonexistent"))
    assert done.returncode == 2
    assert "courseware serve" in done.stderr
