"""`courseware serve` by a clock that a test sets: weeks pass between two steps of a journey.

In: a course folder, a port and the file of the clock. The file says which moment it was when it was written;
from there the clock goes on by itself. Out: a running service, as the command runs it.

    python -m tests.journeys.clocked COURSE PORT FILE
"""

import dataclasses
import datetime
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from courseware import settings
from courseware.service import app
from tests import forked


def write(file: Path, moment: datetime.datetime) -> None:
    """It is this moment now."""
    told = json.dumps({"moment": moment.astimezone(datetime.UTC).isoformat(), "written": time.time()})
    fresh = file.with_suffix(".new")
    fresh.write_text(told)
    fresh.replace(file)


def start(
    course: Path, port: int, file: Path, *, log: Path, environment: Mapping[str, str]
) -> forked.Process:
    """Serve in a process of its own, which does not listen yet; what it says goes to the end of `log`."""
    words, place = (str(course), str(port), str(file)), Path(__file__).parents[2]
    return forked.start(forked.CLOCKED, *words, cwd=place, environment=environment, out=log)


@dataclasses.dataclass(frozen=True)
class Clock:
    """The time of the file."""

    file: Path

    def __call__(self) -> datetime.datetime:
        """Now, in UTC."""
        told = json.loads(self.file.read_text())
        moment = datetime.datetime.fromisoformat(told["moment"])
        return moment + datetime.timedelta(seconds=max(0.0, time.time() - told["written"]))


def main() -> None:
    """Serve until SIGTERM."""
    course, port, file = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    told = settings.load("", os.environ)
    told = dataclasses.replace(told, service=dataclasses.replace(told.service, port=port))
    app.run(told, course, environment=os.environ, ready=lambda address: None, clock=Clock(file))


if __name__ == "__main__":
    main()
