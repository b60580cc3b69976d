"""The command of a machine that grades for a service elsewhere: worker."""

import dataclasses
import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from courseware import errors, wiring
from courseware.cli import operate, reach, screen

NICE = 10
"""By so much a worker steps back: where a service shares its machine, a receipt comes before a mark."""


def worker(
    folder: operate.Folder = Path(),
    config: operate.Config = None,
    slots: Annotated[
        int | None, typer.Option(min=1, max=256, help="Gradings at a time; as configured if not given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say as JSON once it works.")] = False,
) -> None:
    """Grade what a service announces, until it is told to stop; then finish what runs.

    The service and all workers have one PostgreSQL database and one place for files, and the setting
    [grading] runner = "workers". A worker whose database was migrated by another version ends with
    exit code 3, so that it is started anew.

    Example: courseware worker --config courseware.toml --slots 2
    """
    from courseware.service import logs

    told = reach.load_settings(config)
    logs.begin(told.service.log)
    os.nice(NICE)
    grading = dataclasses.replace(told.grading, slots=slots or told.grading.slots)
    moved: list[str] = []

    def end(why: str) -> None:
        moved.append(why)
        made.stop(0)

    with (
        wiring.opened(told, state=operate.state_of(folder, told)) as (db, blobs, _),
        wiring.grader(grading, db, blobs) as made,
    ):
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: made.stop(0))
        made.start()
        if as_json:
            screen.as_json({"slots": grading.slots})
        else:
            screen.result(f"Grading, {grading.slots} at a time.")
        with wiring.watched(db, end):
            made.wait()
    for why in moved:
        raise errors.Temporary(why)
