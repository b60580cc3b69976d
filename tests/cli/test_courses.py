"""The courses of a service on the command line: what each keeps, and how much it may."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import commands
from tests.cli import shapes
from tests.journeys import test_lab_student as lab

C = "data-in-python"
Typed = Callable[..., Any]


@pytest.fixture
def typed(tmp_path: Path) -> Typed:
    """Types a command of somebody who runs a service with one course."""
    shutil.copytree(lab.COURSE, tmp_path / "course")
    config = tmp_path / "courseware.toml"
    config.write_text(f'[store]\nstate = "{tmp_path / "state"}"\ncourse_quota_gb = 3\n')

    def run(*words: str, code: int = 0) -> Any:
        line = (*words, "--config", str(config))
        done = commands.run("courses", *line, cwd=tmp_path, environment=dict(os.environ))
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if "--json" in words else done.stdout + done.stderr

    run("add", "course", "--owner", "ines")
    return run


def test_a_course_has_the_quota_of_all_until_it_gets_its_own(typed: Typed) -> None:
    usual = typed("quota", C, "--json")
    assert sorted(usual) == sorted(shapes.NAMES["courses quota"])
    assert usual == {"course": C, "used": 0, "quota": 3_000_000_000}
    assert "keeps 0.0 MB of files and may keep 50.0 GB." in typed("quota", C, "50")
    (row,) = typed("list", "--json")["courses"]
    assert (row["used"], row["quota"]) == (0, 50_000_000_000)
    assert "50.0 GB" in typed("list")
    assert "has no quota" in typed("quota", C, "0")
    assert typed("quota", C, "--usual", "--json")["quota"] == 3_000_000_000


def test_what_cannot_be_is_refused_in_a_sentence(typed: Typed) -> None:
    assert "not both" in typed("quota", C, "5", "--usual", code=2)
    assert "There is no course 'other'" in typed("quota", "other", code=2)
