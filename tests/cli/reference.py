"""Writes docs/reference/cli.md from the commands: `python -m tests.cli.reference`."""

from pathlib import Path
from typing import Any

from courseware.cli import main
from tests.cli import shapes

HEAD = """# Commands

| exit code | means |
|---|---|
| 0 | done |
| 1 | what was asked about is not so: `lint`, `verify` or `keys check` found something; `doctor` no sandbox |
| 2 | a mistake in the call or its input; the sentence says what to do |
| 3 | try again later; after `submit` the hand-in waits here and goes out with the next call |
| 4 | it cannot be done here |
| 130 | stopped by Ctrl-C or a signal |

Results go to stdout, everything else to stderr, also with `--json`. `COURSEWARE_DEBUG=1` shows a stack trace.
"""


def page() -> str:
    """The page."""
    lines = [HEAD]
    for name, (_, _, line) in main.COMMANDS.items():
        command = main.command(name)
        lines += [f"## `courseware {name}`", "", line, ""]
        subs = getattr(command, "commands", {})
        for sub, each in subs.items():
            lines += [f"### `courseware {name} {sub}`", "", *_told(f"{name} {sub}", each)]
        if not subs:
            lines += _told(name, command)
    return "\n".join(lines).rstrip() + "\n"


def _told(called: str, command: Any) -> list[str]:
    """What a command takes."""
    text = [part.strip() for part in (command.help or "").split("\n\n")]
    lines = [text[0], ""]
    for parameter in command.params:
        if "--help" in parameter.opts:
            continue
        name = ", ".join(parameter.opts) if parameter.param_type_name == "option" else parameter.name.upper()
        lines.append(f"- `{name}`: {getattr(parameter, 'help', '') or ''}".rstrip())
    example = next((part for part in text if part.startswith("Example:")), "")
    return [*lines, "", shapes.told(called), "", "    " + example.removeprefix("Example: "), ""]


if __name__ == "__main__":
    (Path(__file__).parents[2] / "docs" / "reference" / "cli.md").write_text(page())
