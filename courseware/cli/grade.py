"""`courseware autograde`: grade nbgrader's folders on this machine, with no service."""

import json
import time
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from courseware import wiring
from courseware.cli import screen


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
    """Grade a folder of hand-ins.

    Example: courseware autograde --source source --submitted submitted --workers 2
    """
    from courseware.grading import folder
    from courseware.sandbox import pythons

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
    todo = folder.works(run, sandbox)
    entries: list[folder.Entry] = []
    with screen.progress("graded", len(todo)) as step:

        def done(found: list[folder.Entry]) -> None:
            entries.extend(found)
            if out is not None:
                _append(out, found)
            step()

        folder.grade(run, todo, sandbox, done)
    entries.sort(key=lambda e: (e["assignment"], e["student"], e["notebook"]))
    if as_json:
        seconds = round(time.monotonic() - began, 3)
        screen.as_json({"submissions": entries, "seconds": seconds, "sandbox": sandbox.level})
        return
    _show(entries)


def _show(entries: list[dict[str, Any]]) -> None:
    """The results as a table."""
    rows = [[e["student"], e["assignment"], e["notebook"], _points(e)] for e in entries]
    screen.table(["student", "assignment", "notebook", "points"], rows)


def _append(out: Path, entries: list[dict[str, Any]]) -> None:
    """Keep results as they come, so that a run that is stopped leaves what it had."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "results.jsonl").open("a", encoding="utf-8") as stream:
        stream.writelines(json.dumps(entry) + "\n" for entry in entries)


def _points(entry: dict[str, Any]) -> str:
    """A notebook's points in words."""
    if entry["score"] is None:
        return f"not graded: {entry['error']}"
    manual = " (a person has to look)" if entry["needs_manual_grade"] else ""
    return f"{entry['score']:g} of {entry['max_score']:g}{manual}"
