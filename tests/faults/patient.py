"""`courseware serve` that waits seconds for slow clients where others wait minutes, as the command runs it.

In: the command's own words, of which the last is the course folder. Out: a running service.

    python -m tests.faults.patient courseware serve COURSE
"""

import os
import sys
from pathlib import Path

from courseware import settings
from courseware.service import app, patience

LIMITS = patience.Limits(head=2, body=6, window=2, least=1000, answer=3)


def main() -> None:
    """Serve until SIGTERM."""
    told = settings.load("", os.environ)
    app.run(told, Path(sys.argv[-1]), environment=os.environ, ready=lambda address: None, limits=LIMITS)


if __name__ == "__main__":
    main()
