"""The same cells in a real ipykernel and in a copy of the fork server: what is shown is the same.

Normalised is only what is never the same: colours, addresses and times, the name of a cell's file, and the
lines of the shell in a traceback. A figure is compared by its size in pixels and by its picture.
"""

import base64
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware.sandbox import forkserver, kernels, port

pytestmark = pytest.mark.slow

IMPORTS = frozenset({"numpy", "pandas", "matplotlib.pyplot"})

# Each entry is a notebook of its own; every cell's outputs are compared.
NOTEBOOKS: dict[str, list[str]] = {
    "values": ["1 + 1", "x = 5\nx", "x;", "None", "_ + 1", "'a'", "[1, (2,), {'a': None}]", "2\n3",
               "print(__name__)"],
    "streams": [
        "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')",
        "print('no end', end='')",
        "sys.stdout.write('w')",
        # A kernel reads what is written past Python in a thread of its own, which needs a moment.
        "import os, time\n_ = os.write(1, b'raw out'); time.sleep(0.3)",
        "_ = os.write(2, b'raw err'); time.sleep(0.3)",
        "import warnings\nwarnings.warn('careful', stacklevel=1)",
        "import logging\nlogging.warning('logged')",
        "import threading\nt = threading.Thread(target=print, args=('thread',)); t.start(); t.join()",
    ],
    "rich": [
        "from IPython.display import HTML, Math, Markdown, JSON\nHTML('<b>x</b>')",
        "Math('x^2')",
        "display(Markdown('*m*'), {'a': 1})",
        "class R:\n    def _repr_html_(self): return '<i>'\n    def _repr_latex_(self): return '$r$'\nR()",
        "display({'text/plain': 'p', 'text/html': '<p>'}, raw=True)",
        "JSON({'a': [1]})",
        "display(HTML('<u>m</u>'), metadata={'text/html': {'isolated': True}})",
    ],
    "updates": [
        "h = display('first', display_id='d1')\nprint('between')\nh.update('second')",
        "from IPython.display import clear_output\nprint('gone'); clear_output(); print('kept')",
        "print('gone')\nclear_output(wait=True)\nprint('kept')",
        "print('stays')\nclear_output(wait=True)",
    ],
    "tables": [
        "import numpy as np, pandas as pd\ntable = pd.DataFrame({'a': [1, 2.5], 'b': ['x', None]})\ntable",
        "table.a",
        "np.arange(12).reshape(3, 4)",
        "table.describe()",
        "pd.Timestamp('2026-01-01'), np.float64(0.1)",
    ],
    "figures": [
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2, 3], [1, 4, 9])\nplt.title('t')",
        "fig, ax = plt.subplots(figsize=(3, 2), layout='constrained')\nax.bar(['a', 'b'], [1, 2]);",
        "fig",
        "plt.hist([1, 1, 2])\nplt.show()\nprint('after')",
        "fig, axes = plt.subplots(2, 2)\nplt.tight_layout()",
        "1",
    ],
    "magics": [
        "%%bash\necho from bash\necho err >&2",
        "!echo shell",
        "lines = !printf 'a\\nb'\nlines",
        "%%writefile made.py\nmade = 3\nprint('ran', made)",
        "%run made.py",
        "made",
        "%pwd",
        "%who",
        "%%capture kept\nprint('hidden')",
        "kept.stdout",
        "%env TZ",
        "%nosuchmagic",
        "%%nosuchcell\nx",
        "%precision 3\n3.14159",
        "%store lines",
        "len.__doc__[:10], callable(get_ipython)",
    ],
    "async": [
        "import asyncio\nawait asyncio.sleep(0, 'top')",
        "async def f(): return 3\nawait f() + 1",
        "asyncio.get_running_loop().is_running()",
        "results = await asyncio.gather(f(), f())\nresults",
    ],
    "processes": [
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'print(42)'])",
        "subprocess.run(['echo', 'kept'], capture_output=True, text=True).stdout",
        "import multiprocessing as m\nwith m.get_context('fork').Pool(2) as p:\n    print(p.map(abs, [-1]))",
        "import os\nif (n := os.fork()) == 0:\n    print('child', flush=True)\n    os._exit(0)\n"
        "_ = os.waitpid(n, 0)",
    ],
    "errors": [
        "1 / 0",
        "def f(x):\n    y = 2 * x\n    raise ValueError(f'bad {x}')\n\nf(3)",
        "f(4)",
        "def g(:",
        "  x = 1\n y = 2",
        "undefined",
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('k') from e",
        "assert 1 == 2, 'not so'",
        "import json\njson.loads('{')",
        "class Own(Exception):\n    pass\nraise Own('mine', 3)",
        "raise SystemExit(1)",
        "raise KeyboardInterrupt",
        "def r(): r()\nr()",
        "asyncio.run(f())".replace("asyncio", "__import__('asyncio')"),
        "exec('1/0')",
        "print('before')\n1 / 0\nprint('never')",
        "_ = 1\n_",
    ],
    "input": ["input('?')", "import getpass\ngetpass.getpass()"],
    "history": ["In[1]", "7", "Out[2], _2", "_i2", "get_ipython().execution_count"],
}  # fmt: skip


@pytest.fixture(scope="module")
def lanes() -> tuple[port.Sandbox, port.Sandbox]:
    return kernels.Jailed(), forkserver.Forked()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_both_lanes_show_the_same(name: str, lanes: tuple[port.Sandbox, port.Sandbox]) -> None:
    told = [list(shown(lane, NOTEBOOKS[name])) for lane in lanes]
    for source, kernel, copy in zip(NOTEBOOKS[name], *told, strict=True):
        assert copy == kernel, source


def test_what_is_updated_later_changes_where_it_was_shown(lanes: tuple[port.Sandbox, port.Sandbox]) -> None:
    first, _ = shown(lanes[1], ["h = display('first', display_id='d1')", "h.update('second')"])
    assert first[1][0]["data"] == {"text/plain": "'second'"}


def shown(lane: port.Sandbox, sources: list[str]) -> Iterator[Any]:
    """How each cell ended and what it shows in the end, when all have run."""
    workspace = port.Workspace(files={}, python=Path(sys.executable), limits=port.Limits(), imports=IMPORTS)
    session = lane.open(workspace)
    try:
        runs = [session.run(source, seconds=60) for source in sources]
    finally:
        session.close()
    for run in runs:
        yield run.ending, [plain(dict(output)) for output in streams_apart(run.outputs)]


def streams_apart(outputs: Any) -> list[Any]:
    """Standard output and error are two ways: between them there is no order."""
    kept = [dict(output) for output in outputs if output["output_type"] != "stream"]
    for name in ("stdout", "stderr"):
        text = "".join(o["text"] for o in outputs if o["output_type"] == "stream" and o["name"] == name)
        if text:
            kept.append({"output_type": "stream", "name": name, "text": text})
    return kept


def plain(output: dict[str, Any]) -> dict[str, Any]:
    """One output without what differs from run to run."""
    if output["output_type"] == "error":
        lines = "\n".join(output["traceback"])
        told = {"ename": output["ename"], "evalue": text_of(output["evalue"])}
        if told["ename"] == "RecursionError":  # how deep it went
            return {**told, "traceback": sorted(set(text_of(lines).split("\n")))}
        # Who refuses to ask is not the same function in both.
        return told if told["ename"] == "StdinNotImplementedError" else {**told, "traceback": text_of(lines)}
    if "data" in output:
        data = {kind: picture(v) if kind == "image/png" else text_of(v) for kind, v in output["data"].items()}
        count = output.get("execution_count")
        return {"type": output["output_type"], "data": data, "count": count, "more": output["metadata"]}
    return {**output, "text": text_of(output["text"])}


def text_of(value: Any) -> Any:
    """Text without colours, addresses and the names of cells' files."""
    if not isinstance(value, str):
        return value
    value = re.sub(r"\x1b\[[0-9;]*m", "", value)
    value = re.sub(r"/tmp/ipykernel_\d+/\d+\.py", "CELL", value)
    return re.sub(r"\n\n+", "\n", re.sub(r"0x[0-9a-f]+", "0x", value)).rstrip()


def picture(encoded: str) -> Any:
    """A picture by its pixels."""
    import matplotlib.image

    return matplotlib.image.imread(io.BytesIO(base64.b64decode(encoded))).tobytes()
