"""The command `courseware`: which words there are and where each is found.

In: the arguments. Out: an exit code. A command's module is imported when it is the one that was asked for, so that
`--help` is there at once.
"""

import importlib
import sys
from typing import Any

import click
import typer

from courseware.cli import screen

# command: (module, function, one line for the overview)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("demo", "demo", "Play the whole story on this machine."),
    "new": ("author", "new", "Make a small course to start from."),
    "adopt": ("author", "adopt", "Take over an nbgrader course."),
    "lint": ("author", "lint", "Look over lessons before they are released."),
    "release": ("author", "release", "Release lessons to students."),
    "join": ("student", "join", "Join a course with the link that you were given."),
    "fetch": ("student", "fetch", "Get a lesson."),
    "submit": ("student", "submit", "Hand in a lesson."),
    "status": ("student", "status", "Show lessons, dates, hand-ins and marks."),
    "feedback": ("student", "feedback", "Show marks and write the feedback."),
    "verify": ("student", "verify", "Check a receipt without any service."),
    "autograde": ("grade", "autograde", "Grade a folder of hand-ins, with no service."),
    "people": ("staff", "people", "Who is in the course: list, add, import, link, remove."),
    "mark": ("staff", "mark", "Mark an exercise by hand."),
    "grades": ("staff", "grades", "Print the marks of the class as CSV."),
    "serve": ("operate", "serve", "Run the course service."),
    "migrate": ("operate", "migrate", "Bring the database to this version's schema."),
    "backup": ("operate", "backup", "Write everything into one file."),
    "restore": ("operate", "restore", "Restore a backup into an empty place."),
    "keys": ("operate", "keys", "The keys that sign receipts: list, rotate."),
    "env": ("operate", "env", "The Python of the course: show, build."),
    "doctor": ("operate", "doctor", "Say what this machine can do and what is missing."),
}


class Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands in the order of a course's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, from its module."""
        if cmd_name not in COMMANDS:
            return None
        module, function, _ = COMMANDS[cmd_name]
        found = importlib.import_module(f"courseware.cli.{module}")
        return _command(getattr(found, function), cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The overview, from the table, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


def _command(function: Any, name: str) -> click.Command:
    """A function or a Typer group as a click command."""
    if isinstance(function, typer.Typer):
        made = typer.main.get_command(function)
        made.name = name
        return made
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(name)(function)
    return typer.main.get_command(app)


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="courseware")
def cli() -> None:
    """Courses whose people are never online together.

    Example: courseware demo
    """


def main() -> None:
    """Run the command line and leave with its exit code."""
    with screen.speaking():
        cli(prog_name="courseware", args=sys.argv[1:])
