"""`courseware serve` by a clock that a test shifts forward and back, as the command runs it.

In: the file of the clock (`tests.journeys.clocked`), a course folder, and the command's own words, which are
not needed. Out: a running service.

    python -m tests.faults.shifted FILE COURSE courseware serve OTHER
"""

import os
import sys
from pathlib import Path

from courseware import settings
from courseware.service import app
from tests.journeys import clocked


def main() -> None:
    """Serve until SIGTERM."""
    file, course = Path(sys.argv[1]), Path(sys.argv[2])
    told = settings.load("", os.environ)
    clock = clocked.Clock(file)
    app.run(told, course, environment=os.environ, ready=lambda address: None, clock=clock)


if __name__ == "__main__":
    main()
