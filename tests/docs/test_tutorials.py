"""What the tutorials tell people to type is there."""

import re
from pathlib import Path

import pytest

from courseware.cli import main
from courseware.course import manifest

TUTORIALS = sorted((Path(__file__).parents[2] / "docs" / "tutorial").glob("*.md"))


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_commands_exist(path: Path) -> None:
    typed = re.findall(
        r"(?:^    |`)courseware ([a-z-]+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE
    )

    assert typed
    assert set(typed) <= main.COMMANDS.keys()


def test_the_example_of_a_course_is_one() -> None:
    text = next(path for path in TUTORIALS if path.stem == "your-first-course").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.+?)```", text, flags=re.DOTALL)

    assert [lesson.slug for lesson in manifest.parse(example).lessons] == ["first-steps"]
