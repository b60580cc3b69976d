"""The command `courseware`: which words there are and where each is found.

In: the arguments. Out: an exit code. A command's module is imported when it is the one that was asked for,
so that `--help` is there at once.
"""

import difflib
import importlib
import importlib.metadata
import sys
from typing import Any

from courseware import errors
from courseware.cli import screen

# command: (module, function, one line for the overview)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("demo", "demo", "Play the whole story on this machine."),
    "new": ("author", "new", "Make a small course to start from."),
    "adopt": ("author", "adopt", "Take over an nbgrader course."),
    "bring": ("bring", "bring", "Bring people, hand-ins and marks in from an nbgrader course."),
    "lint": ("author", "lint", "Look over lessons before they are released."),
    "mutants": ("mutants", "mutants", "Try the tests of lessons with wrong answers."),
    "media": ("media", "media", "Make pictures, sound and small versions of videos; check captions."),
    "release": ("author", "release", "Release lessons to students."),
    "releases": (
        "releases",
        "releases",
        "Which release students get, and when: show, plan, cancel, withdraw, offer, notes.",
    ),
    "join": ("student", "join", "Join a course with the link that you were given."),
    "fetch": ("student", "fetch", "Get a lesson."),
    "update": ("student", "update", "Bring a newer release into your copy."),
    "pack": ("pack", "pack", "Take a lesson along, to read and work without a network."),
    "submit": ("student", "submit", "Hand in a lesson."),
    "status": ("student", "status", "Show lessons, dates, hand-ins and marks."),
    "dates": ("dates", "dates", "Show your own dates and why they are so; shift them."),
    "feedback": ("student", "feedback", "Show marks and write the feedback."),
    "verify": ("student", "verify", "Check a receipt without any service."),
    "autograde": ("grade", "autograde", "Grade a folder of hand-ins, with no service."),
    "people": (
        "dates",
        "people",
        "Who is in the course: list, add, import, link, remove, extend, grant, granted, take-back.",
    ),
    "mark": ("marks", "mark", "Mark an exercise by hand."),
    "set-mark": ("marks", "set_mark", "Set what a whole lesson is worth for a student."),
    "regrade": ("regrading", "regrade", "Grade a lesson's hand-ins again."),
    "dry-run": ("regrading", "dry_run", "Show, apply, undo or drop a dry run of a regrade."),
    "late": ("late", "late", "What late work loses in a lesson: show, try, set, take back."),
    "requests": ("requests", "requests", "Another look at a mark: list, decide, ask."),
    "hold": ("staff", "hold", "Let the marks of an exercise wait, or show them again."),
    "queue": ("queue", "queue", "What waits to be graded: show, retry, pause, resume."),
    "grades": ("grades", "grades", "Print the marks of the class as CSV, also for Moodle or Canvas."),
    "mail": ("staff", "mail", "Try whether letters arrive: test."),
    "sign-ins": ("sign_ins", "sign_ins", "What lets you in: list, link, machine, end."),
    "serve": ("operate", "serve", "Run the course service."),
    "courses": ("courses", "courses", "The courses of a service: list, add, quota."),
    "audit": ("audit", "audit", "Who did what, who was refused, and every change of a mark."),
    "worker": ("workers", "worker", "Grade what a service announces, on any machine."),
    "migrate": ("operate", "migrate", "Bring the database to this version's schema."),
    "backup": ("operate", "backup", "Write everything into one file."),
    "restore": ("operate", "restore", "Restore a backup into an empty place."),
    "erase": ("erase", "erase", "Erase a person and all that is kept of them."),
    "keys": ("operate", "keys", "The keys that sign receipts: list, rotate."),
    "env": ("operate", "env", "The Python of the course: show, build."),
    "hub-config": ("hub", "hub_config", "Print what a JupyterHub needs to know of the service."),
    "doctor": ("doctor", "doctor", "Say what this machine can do and what is missing."),
}


def main() -> None:
    """Run the command line and leave with its exit code."""
    with screen.speaking():
        _dispatch(sys.argv[1:])


def _dispatch(arguments: list[str]) -> None:
    """Show the overview, or import the command that was asked for and run it.

    Raises:
        UserError: there is no such command; names the nearest.
    """
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        screen.result(overview())
        return
    if arguments[0] == "--version":
        screen.result(f"courseware {importlib.metadata.version('courseware')}")
        return
    name, *rest = arguments
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        advice = f"Did you mean `courseware {near[0]}`?" if near else "See them all: courseware --help."
        raise errors.UserError(f"There is no command {name!r}. {advice}")
    command(name)(args=rest, prog_name=f"courseware {name}")


def overview() -> str:
    """The first page of help, from the table alone."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {line}" for name, (_, _, line) in COMMANDS.items()]
    return "\n".join(
        (
            "Usage: courseware COMMAND [OPTIONS] [ARGUMENTS]",
            "",
            "Courses whose people are never online together.",
            "Example: courseware demo",
            "",
            *lines,
            "",
            "courseware COMMAND --help says more.",
            "Exit codes: 0 done, 1 not so, 2 mistake, 3 try later, 4 cannot be done.",
        )
    )


def command(name: str) -> Any:
    """The command of this name, imported now; what an extra would bring is named where it is missing.

    Raises:
        UserError: the installation lacks an extra.
    """
    import typer

    module, function, line = COMMANDS[name]
    try:
        found = getattr(importlib.import_module(f"courseware.cli.{module}"), function)
    except ModuleNotFoundError as error:
        raise errors.UserError(
            f"`courseware {name}` needs {error.name}, which is missing: pip install 'courseware[service]'."
        ) from None
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(name, short_help=line)(found)
    return typer.main.get_command(app)


if __name__ == "__main__":
    main()
