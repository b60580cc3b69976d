"""`courseware autograde`: grade nbgrader's folders on this machine, with no service."""

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from courseware import wiring
from courseware.cli import screen

if TYPE_CHECKING:
    from courseware.grading import folder
    from courseware.sandbox import port


def autograde(
    *,
    source: Annotated[
        Path, typer.Option(help="Folder with the instructor's notebooks, one folder an assignment.")
    ],
    submitted: Annotated[Path, typer.Option(help="Folder with the hand-ins: STUDENT/ASSIGNMENT/.")],
    out: Annotated[Path | None, typer.Option(help="Write results and feedback pages here.")] = None,
    compat: Annotated[
        Literal["nbgrader"] | None, typer.Option(help="Give exactly nbgrader's scores.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Submissions graded at a time.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    unsafe_no_sandbox: Annotated[
        bool, typer.Option(help="Run without a sandbox. Only for code that you trust.")
    ] = False,
) -> None:
    """Grade a folder of hand-ins. With --out a run that was stopped goes on where it was.

    Example: courseware autograde --source source --submitted submitted --workers 2
    """
    from courseware.grading import folder
    from courseware.sandbox import pythons

    screen.stop_at_once()
    began = time.monotonic()
    sandbox = wiring.sandbox(unsafe=unsafe_no_sandbox)
    run = folder.Run(
        source=source.absolute(),
        submitted=submitted.absolute(),
        python=pythons.current(),
        scores="nbgrader" if compat else "fair",
        workers=workers,
        out=out,
    )
    entries = _graded(run, folder.works(run, sandbox), sandbox)
    if as_json:
        seconds = round(time.monotonic() - began, 3)
        screen.as_json({"submissions": entries, "seconds": seconds, "sandbox": sandbox.level})
        return
    _show(entries)


def _graded(run: "folder.Run", todo: "list[folder.Work]", sandbox: "port.Sandbox") -> list[dict[str, Any]]:
    """All entries in order; a run that is stopped says what it leaves."""
    from courseware.grading import folder, ledger

    entries: list[dict[str, Any]] = []
    hand_ins = 0
    with ledger.opened(run.out) if run.out else contextlib.nullcontext() as kept:
        try:
            with screen.progress("graded", len(todo)) as step:

                def done(found: list[dict[str, Any]]) -> None:
                    nonlocal hand_ins
                    entries.extend(found)
                    hand_ins += 1
                    step()

                folder.grade(run, todo, sandbox, done, kept=kept)
        except KeyboardInterrupt:
            kept_at = f"kept in {run.out}; the same command goes on from there" if run.out else "not kept"
            # One may be kept and not shown yet.
            number = kept.finished if kept else hand_ins
            screen.say(f"{number} of {len(todo)} hand-ins were graded and are {kept_at}.")
            raise
        entries.sort(key=lambda e: (e["assignment"], e["student"], e["notebook"]))
        if kept:
            kept.complete(entries)
            if kept.continued:
                screen.say(f"{kept.continued} of {len(todo)} hand-ins had been graded by the run before.")
    return entries


def _show(entries: list[dict[str, Any]]) -> None:
    """The results as a table."""
    rows = [[e["student"], e["assignment"], e["notebook"], _points(e)] for e in entries]
    screen.table(["student", "assignment", "notebook", "points"], rows)


def _points(entry: dict[str, Any]) -> str:
    """A notebook's points in words."""
    if entry["score"] is None:
        return f"not graded: {entry['error']}"
    manual = " (a person has to look)" if entry["needs_manual_grade"] else ""
    return f"{entry['score']:g} of {entry['max_score']:g}{manual}"
