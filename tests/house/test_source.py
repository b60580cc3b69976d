"""The shape of the source: sizes, names, locks, and words that have no place in it."""

import ast
import importlib.metadata
import re
import subprocess
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
LISTED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT, capture_output=True, text=True, check=True,
).stdout.splitlines()  # fmt: skip
FILES = [ROOT / name for name in sorted(set(LISTED)) if (ROOT / name).is_file()]
PYTHON = [path for path in FILES if path.suffix == ".py" and "notebooks" not in path.parts]
SCRIPTS = [path for path in FILES if path.suffix in {".ts", ".tsx"}]
TEXTS = [
    p
    for p in FILES
    if p.suffix not in {".png", ".jpg", ".woff2", ".mp4", ".webm", ".gz", ".whl"} and p.name != "yarn.lock"
]
# Rooms are words that a teacher uses; these would be drawers.
DRAWERS = {"utils", "util", "helpers", "common", "manager", "managers", "misc", "core", "base"}


def called(path: Path) -> str:
    """A path as people see it."""
    return str(path.relative_to(ROOT))


def test_something_is_looked_at() -> None:
    assert len(PYTHON) > 20


@pytest.mark.parametrize("path", PYTHON + SCRIPTS, ids=called)
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


# A migration is one list of operations, read from top to bottom.
STORIES = [path for path in PYTHON if "migrations" not in path.parts]


@pytest.mark.parametrize("path", STORIES, ids=called)
def test_functions_stay_short_and_take_few_arguments(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        assert length <= 50, f"{called(path)}:{node.lineno} {node.name} has {length} lines"
        if "tests" not in path.parts:
            positional = [
                a.arg for a in node.args.posonlyargs + node.args.args if a.arg not in {"self", "cls"}
            ]
            assert len(positional) <= 5, f"{called(path)}:{node.lineno} {node.name}{positional}"


def test_init_files_are_empty() -> None:
    assert [
        called(path) for path in PYTHON if path.name == "__init__.py" and path.read_text(encoding="utf-8")
    ] == []


def test_no_drawers() -> None:
    assert [called(p) for p in PYTHON if DRAWERS & set(p.relative_to(ROOT).with_suffix("").parts)] == []


def test_every_python_version_is_pinned_without_an_address() -> None:
    lines = (ROOT / "requirements" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 50
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!_-]+", line)] == []


def test_every_declared_library_is_pinned() -> None:
    declared = re.findall(
        r'^\s*(?:dependencies = \[)?"?"([A-Za-z0-9_.-]+)(?:\[[a-z]+\])?[>=]=', _project(), re.MULTILINE
    )
    lines = (ROOT / "requirements" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {_plain(line.split("==")[0]) for line in lines}
    assert len(declared) > 20
    assert {_plain(name) for name in declared} - pinned == set()


def test_every_pinned_version_takes_the_python_of_debian_12() -> None:
    lines = (ROOT / "requirements" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if "==" in line)
    for library in importlib.metadata.distributions():
        name, wanted = _plain(library.metadata["Name"]), library.metadata["Requires-Python"]
        if wanted and pinned.get(name) == library.version:
            assert SpecifierSet(wanted).contains("3.11.2"), f"{name} {library.version} wants Python {wanted}"


def test_the_front_end_is_locked_without_an_address() -> None:
    lock = (ROOT / "extensions" / "courseware-lab" / "yarn.lock").read_text(encoding="utf-8")
    assert "resolution:" in lock
    assert re.findall(r"https?://[^\s\"]+", lock) == []


@pytest.mark.parametrize("path", TEXTS, ids=called)
def test_no_word_about_the_workshop(path: Path) -> None:
    """The project speaks of itself alone: no machine's paths, no sources of packages."""
    text = path.read_text(encoding="utf-8")
    forbidden = [
        r"/wo" r"rk/(?:main|shared)",
        r"/ro" r"ot/\.",
        r"registry\.npm" r"js",
        r"files\.python" r"hosted",
        r"py" r"pi\.org",
    ]
    assert [word for word in forbidden if re.search(word, text)] == []


def _project() -> str:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return text[text.index("dependencies = [") : text.index("[project.scripts]")]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
