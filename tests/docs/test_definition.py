"""The page on the definition stays true: its tests exist, and its promises are in its own list."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "definition.md").read_text(encoding="utf-8")
PHRASES = [
    "own pace and schedule",
    "pre-recorded video watched any time",
    "assignments completed alone",
    "discussion boards that unfold over time",
    "e-mail with instructors",
    "a place to get materials and to submit work",
    "guided by an educator inside a community",
    "flexible and accessible to diverse needs",
    "no two people present at once",
]


def rows() -> dict[str, tuple[str, str]]:
    """By phrase: what the page says it is shown by, and what is still to come."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {phrase: (shown, to_come) for phrase, _, shown, to_come in cells}


def functions_in(path: Path) -> set[str]:
    """The names of the functions in a file, without importing it."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, functions)
    }


def test_every_phrase_has_its_row() -> None:
    assert list(rows()) == PHRASES


@pytest.mark.parametrize("phrase", PHRASES)
def test_every_phrase_is_shown_or_promised(phrase: str) -> None:
    shown, to_come = rows()[phrase]

    assert shown or to_come


@pytest.mark.parametrize("phrase", PHRASES)
def test_every_named_test_exists(phrase: str) -> None:
    shown, _ = rows()[phrase]

    for named in filter(None, shown.split("; ")):
        match = re.fullmatch(r"`(tests/[a-z_/]+\.py)::(test_[a-z0-9_]+)`", named)
        assert match, f"{named} is not written as `file::test`"
        assert match.group(2) in functions_in(ROOT / match.group(1))


@pytest.mark.parametrize("phrase", PHRASES)
def test_every_promise_is_in_the_list_of_work_to_come(phrase: str) -> None:
    listed = set(re.findall(r"^- \*\*(.+?)\*\*: \S", PAGE, flags=re.MULTILINE))

    promised = set(filter(None, rows()[phrase][1].split("; ")))

    assert promised <= listed
