"""The files to deploy with, held against the program: settings, commands and options exist."""

import ast
import dataclasses
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from courseware import settings
from courseware.cli import main
from courseware.service import hub_snippet

DEPLOY = Path(__file__).parents[2] / "deploy"
SETTINGS = {
    f"COURSEWARE_{section.name}_{field.name}".upper()
    for section in dataclasses.fields(settings.Settings)
    for field in dataclasses.fields(section.type)  # type: ignore[arg-type]  # each section is a record
}


def parsed(words: list[str]) -> None:
    """A command and its options exist and go together."""
    name, *rest = words
    assert main.command(name).make_context(name, list(rest)).command.name == name


def test_compose_names_what_there_is() -> None:
    told = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
    ours = {name: each for name, each in told["services"].items() if each.get("image") == "courseware"}
    assert set(ours) == {"migrate", "service", "worker"}
    for each in ours.values():
        assert set(each["environment"]) <= SETTINGS
        parsed(each["command"])
    values = {name: value for name, value in ours["service"]["environment"].items() if "$" not in value}
    assert settings.load("", values).grading.runner == "workers"


def test_the_chart_names_what_there_is() -> None:
    chart = DEPLOY / "kubernetes" / "chart"
    values = yaml.safe_load((chart / "values.yaml").read_text())
    assert set(values["settings"]) <= SETTINGS
    told = settings.load("", values["settings"])
    assert (told.grading.runner, told.hub.roles) == ("workers", "groups")
    templates = "".join(path.read_text() for path in sorted((chart / "templates").iterdir()))
    for name in set(re.findall(r"COURSEWARE_\w+", templates)):
        assert name in SETTINGS, name
    for found in re.findall(r"args: \[(.+)\]", templates):
        parsed(re.sub(r"\{\{.*?\}\}", "2", found).replace(",", "").split())
    used = {path.split(".")[0] for path in re.findall(r"\.Values\.([\w.]+)", templates)}
    assert used == set(values)


def test_zero_to_jupyterhub_gets_what_hub_config_prints() -> None:
    values = yaml.safe_load((DEPLOY / "kubernetes" / "z2jh-values.yaml").read_text())
    inside = "http://courseware.default.svc.cluster.local:8750"
    printed = hub_snippet.write("https://courseware.example.org", inside, version="0")
    there = values["hub"]["extraConfig"]["courseware"]
    assert ast.dump(ast.parse(there)) == ast.dump(ast.parse(printed))
    chart = yaml.safe_load((DEPLOY / "kubernetes" / "chart" / "values.yaml").read_text())["settings"]
    assert f"http://{chart['COURSEWARE_SERVICE_NAMES']}" == inside
    assert chart["COURSEWARE_SERVICE_PUBLIC"] == "https://courseware.example.org"


@pytest.mark.parametrize("path", sorted((DEPLOY / "systemd").iterdir()), ids=lambda path: path.name)
def test_units_run_commands_that_there_are(path: Path, tmp_path: Path) -> None:
    unit = path.read_text()
    [started] = re.findall(r"^ExecStart=(.+)$", unit, re.MULTILINE)
    program, *words = started.split()
    assert program.endswith("/courseware")
    parsed(words)
    verify = shutil.which("systemd-analyze")
    if verify:
        here = tmp_path / path.name.replace("@", "@1")
        here.write_text(unit.replace(program, "/bin/true").replace("User=courseware\n", ""))
        done: Any = subprocess.run([verify, "verify", here], capture_output=True, text=True, check=False)
        assert path.stem.split("@")[0] not in done.stderr, done.stderr
