"""The limit of what grading can cost: the cells of a notebook run by `exec` in a warm copy of a process.

In: on the command line a notebook; on standard input a number, again and again. Out: for each number the
milliseconds that each of so many copies took, from the fork to its end. A copy makes what a front end shows
of a figure (a PNG) and of a table (HTML), and nothing else: no jail, no messages, no tests apart.

    python -m tests.benchmarks.bare NOTEBOOK
"""

import gc
import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np  # noqa: F401
import pandas as pd


def main() -> None:
    """Serve until there are no more numbers."""
    cells = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["cells"]
    sources = [_plain(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    run = _runner(sources)
    _warm()
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        began = time.perf_counter()
        for _ in range(int(line)):
            child = os.fork()
            if child == 0:
                run()
                os._exit(0)
            if os.waitpid(child, 0)[1] != 0:
                raise RuntimeError("A cell failed.")
        print((time.perf_counter() - began) * 1000 / int(line), flush=True)


def _plain(source: str | list[str]) -> str:
    text = source if isinstance(source, str) else "".join(source)
    return "\n".join(line for line in text.splitlines() if not line.startswith("%"))


def _runner(sources: list[str]) -> Callable[[], None]:
    def run() -> None:
        space: dict[str, Any] = {"__name__": "__main__"}
        for source in sources:
            *first, last = source.splitlines() or [""]
            exec("\n".join(first), space) if last.isidentifier() else exec(source, space)
            if last.isidentifier():
                eval(last, space)._repr_html_()
            if plt.get_fignums():
                plt.gcf().savefig(io.BytesIO(), format="png", bbox_inches="tight")
                plt.close("all")

    return run


def _warm() -> None:
    """What the fork server does, too: a first use of the slow parts."""
    plt.plot([1, 2], [1, 2])
    plt.title("a")
    plt.gcf().savefig(io.BytesIO(), format="png", bbox_inches="tight")
    plt.close("all")
    pd.DataFrame({"a": [1.0]})._repr_html_()


if __name__ == "__main__":
    main()
