"""Writes docs/reference/cli.md from the commands: `python -m tests.cli.reference`."""

from pathlib import Path
from typing import Any

from courseware.cli import main


def page() -> str:
    """The page."""
    lines = [
        "# Commands",
        "",
        "Exit codes: 0 done, 1 the thing asked about is not so, 2 a mistake in the call or its",
    ]
    lines += ["input, 3 try again later, 4 it cannot be done. `COURSEWARE_DEBUG=1` shows a stack trace.", ""]
    for name, (_, _, line) in main.COMMANDS.items():
        command = main.command(name)
        lines += [f"## `courseware {name}`", "", line, ""]
        subs = getattr(command, "commands", {})
        for sub, each in subs.items():
            lines += [f"### `courseware {name} {sub}`", "", *_told(each)]
        if not subs:
            lines += _told(command)
    return "\n".join(lines).rstrip() + "\n"


def _told(command: Any) -> list[str]:
    """What a command takes."""
    text = [part.strip() for part in (command.help or "").split("\n\n")]
    lines = [text[0], ""]
    for parameter in command.params:
        if "--help" in parameter.opts:
            continue
        name = ", ".join(parameter.opts) if parameter.param_type_name == "option" else parameter.name.upper()
        lines.append(f"- `{name}`: {getattr(parameter, 'help', '') or ''}".rstrip())
    example = next((part for part in text if part.startswith("Example:")), "")
    return [*lines, "", "    " + example.removeprefix("Example: "), ""]


if __name__ == "__main__":
    (Path(__file__).parents[2] / "docs" / "reference" / "cli.md").write_text(page())
