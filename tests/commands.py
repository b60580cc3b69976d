"""The command line for tests that need what it does: each command in a process of its own, forked from one
that has read the program already. How it begins is tested in `tests/cli`.

In: words, a folder and an environment. Out: what a finished process leaves. There is no standard input.
"""

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests import forked


def run(*words: str, cwd: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `courseware` with these words until it ends."""
    with tempfile.TemporaryDirectory(prefix="cw-command-") as folder:
        out, err = Path(folder, "stdout"), Path(folder, "stderr")
        code = forked.start(
            forked.COURSEWARE, *words, cwd=cwd, environment=environment, out=out, err=err
        ).wait()
        return subprocess.CompletedProcess(["courseware", *words], code, out.read_text(), err.read_text())
