"""How commands speak: plain lines, tables, progress; and how they end.

In: what happened. Out: text on stdout (results) or stderr (everything else) and an exit code: 0 done, 1
the thing asked about is not so, 2 a mistake in the call or its input, 3 try again later, 4 it cannot be
done. Never a stack trace, unless `COURSEWARE_DEBUG` is set.
"""

import contextlib
import datetime
import json
import os
import signal
import sys
import time
import zoneinfo
from collections.abc import Callable, Iterator
from typing import Any

from courseware import errors

OK, NOT_SO, MISTAKE, LATER, NEVER = 0, 1, 2, 3, 4


@contextlib.contextmanager
def speaking() -> Iterator[None]:
    """Turn errors into one line and an exit code."""
    try:
        yield
    except errors.CoursewareError as error:
        if os.environ.get("COURSEWARE_DEBUG"):
            raise
        say(f"courseware: {error.message}")
        for detail in getattr(error, "details", ()):
            say(f"  {detail}")
        raise SystemExit(_code(error)) from None
    except KeyboardInterrupt:
        say("courseware: stopped.")
        raise SystemExit(130) from None
    except BrokenPipeError:
        # Whoever read the output has read enough (`| head`). Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(NOT_SO) from None
    except OSError as error:
        if os.environ.get("COURSEWARE_DEBUG"):
            raise
        refused = errors.of_system(error)
        say(f"courseware: {refused.message}")
        raise SystemExit(_code(refused)) from None


def _code(error: errors.CoursewareError) -> int:
    """The exit code of a family of errors."""
    if isinstance(error, errors.UserError):
        return MISTAKE
    return LATER if isinstance(error, errors.Temporary) else NEVER


def say(text: str) -> None:
    """A line for the person; never mixed with results."""
    print(text, file=sys.stderr, flush=True)


def result(text: str) -> None:
    """A line of the result."""
    print(text, flush=True)


def counted(number: int, thing: str) -> str:
    """A number of things whose plural ends in s."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def moment(told: str, zone: str = "UTC") -> str:
    """A time from the wire as people write it, on the wall clock of a time zone; UTC is said."""
    local = datetime.datetime.fromisoformat(told).astimezone(zoneinfo.ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M}" + (" UTC" if zone == "UTC" else "")


def as_json(value: Any) -> None:
    """The result for a script."""
    print(json.dumps(value, ensure_ascii=True), flush=True)


def table(headings: list[str], rows: list[list[str]]) -> None:
    """A table: lines and columns, aligned on a screen, with tabs where another program reads."""
    if not sys.stdout.isatty():
        for row in [headings, *rows]:
            print("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table

    made = Table(*headings, box=None, pad_edge=False)
    for row in rows:
        made.add_row(*row)
    Console().print(made)


@contextlib.contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar with rate and time left on a screen; now and then a line elsewhere. Call what it gives after each
    step.
    """
    began, done = time.monotonic(), 0

    def pace() -> str:
        """How fast it goes and how long it will still take."""
        if not done:
            return ""
        each = (time.monotonic() - began) / done
        rate = f"{1 / each:.1f} a second" if each < 1 else f"{each:.1f} s each"
        left = datetime.timedelta(seconds=round(each * (total - done)))
        return f"{rate}, {left} left" if done < total else rate

    if not sys.stderr.isatty():

        def line() -> None:
            nonlocal done
            done += 1
            if done == total or done % max(1, total // 10) == 0:
                say(f"{what}: {done} of {total} ({pace()})")

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total, pace="")

        def move() -> None:
            nonlocal done
            done += 1
            bar.update(task, advance=1, pace=pace())

        yield move


def stop_at_once() -> None:
    """Let SIGTERM end a command as Ctrl-C does; a second signal changes nothing while it tidies up."""

    def stop(number: int, frame: object) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
