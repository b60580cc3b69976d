"""The order of the rooms as import-linter reads it: complete, kept, no exception among our own modules."""

import ast
import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "courseware"
CONTRACTS = configparser.ConfigParser()
CONTRACTS.read(ROOT / ".importlinter")
ORDER = CONTRACTS["importlinter:contract:order"]["layers"].split("\n")
LISTED = {room.strip(" ()") for layer in ORDER for room in layer.split("|")} - {""}


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    """What import-linter says about the package in that folder."""
    program = Path(sys.executable).parent / "lint-imports"
    command = [str(program), "--no-cache", "--config", str(folder / ".importlinter")]
    environment = {"PYTHONPATH": str(folder), "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_every_room_is_listed() -> None:
    found = {
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert found - {"__init__", "__main__"} <= LISTED


def test_the_map_shows_the_same_order() -> None:
    text = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    drawn = text.split("## The rooms")[1].split("```")[1].strip().splitlines()
    order = [layer.replace("(", "").replace(")", "").strip() for layer in ORDER if layer.strip()]
    assert drawn == order


def test_exceptions_name_doors_only() -> None:
    for name in CONTRACTS.sections():
        for line in CONTRACTS[name].get("ignore_imports", "").split("\n"):
            assert "-> courseware" not in line, f"{name}: {line}"


def test_imports_are_written_in_full() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}:{node.lineno}"


@pytest.mark.parametrize(
    ("room", "line", "broken"),
    [
        ("course/people.py", "from courseware.service import app", "Imports go down the list of rooms"),
        ("sandbox/port.py", "from courseware.store import database", "Lab, sandbox and kit know only"),
        ("grading/marks.py", "import sqlite3", "SQL drivers only in store.database"),
        ("secrets_room.py", "", "Imports go down the list of rooms"),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, room: str, line: str, broken: str) -> None:
    shutil.copytree(
        PACKAGE, tmp_path / "courseware", ignore=shutil.ignore_patterns("__pycache__", "demo_course")
    )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    target = tmp_path / "courseware" / room
    target.write_text(f"{target.read_text() if target.exists() else ''}\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert any(broken in said and "BROKEN" in said for said in done.stdout.splitlines()), done.stdout
