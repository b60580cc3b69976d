"""A first use of what is slow at first, in the fork server, so that its copies find it done.

In: the shell of the fork server. Out: nothing that a cell could see: modules are loaded, caches are full,
the namespace and the counters are as they were. What cannot be warmed is left for the notebook to meet.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from courseware.sandbox import frames, student

OFTEN, SOME = 20, 3
"""How often things are used: until Python has adapted its code to them, or each copy would do that anew."""

_ALWAYS = ("numpy", "json", "math", "random", "datetime", "collections", "itertools", "functools", "re",
           "asyncio")  # fmt: skip
"""numpy too, where it is: only what was imported before can be seeded in every copy."""

_MACHINERY = ("getpass", "inspect", "traceback", "unittest", "IPython.core.magics.execution",
              "IPython.core.magics.pylab", "IPython.utils.module_paths", "pexpect", "pty")  # fmt: skip
"""What the shell itself imports at the first magic, error, `!command` or test."""

_BESIDE = {"numpy": ("numpy.testing",), "pandas": ("pandas.testing",)}
"""What tests import beside what notebooks import."""

_CELLS = ("1", "1/0", "def f(x):\n    assert x == 2, 'no'\nf(1)", "import asyncio; await asyncio.sleep(0)",
          "_ = [print(1)]", "%time 1", "import ast\nast.parse('f(x)')")  # fmt: skip
_FIGURE = """%matplotlib inline
import matplotlib.pyplot as plt
plt.plot([1, 2.5], [10, 0.02], label='a')
plt.title('Title'); plt.xlabel('x'); plt.legend();"""
_TABLE = """import pandas as pd
table = pd.DataFrame({'a': [1.0, 2.0], 'b': [1, 1]})
table.describe(), table.groupby('b').a.mean(), repr(table)
table"""


def warm(shell: student.Shell, names: list[str]) -> None:
    """Import these modules and what goes with them, and use it all a few times."""
    beside = [each for name in names for each in _BESIDE.get(name.split(".")[0], ())]
    for name in (*_ALWAYS, *_MACHINERY, *names, *beside):
        # Whatever a library does when it cannot be imported is for the notebook to meet.
        with contextlib.suppress(BaseException), _silence():
            importlib.import_module(name)
    for step in (*[_run_cells] * OFTEN, *[_show] * SOME, *[_use_tests] * OFTEN, _forget):
        with contextlib.suppress(Exception), _silence():
            step(shell)


def _run_cells(shell: student.Shell) -> None:
    for source in _CELLS:
        shell.ipython.run_cell(source, store_history=True)


def _show(shell: student.Shell) -> None:
    """A table and a figure, if the course has such."""
    if "pandas" in sys.modules:
        shell.ipython.run_cell(_TABLE, store_history=True)
    if "matplotlib.pyplot" not in sys.modules:
        return
    pyplot: Any = sys.modules["matplotlib.pyplot"]
    shell.ipython.run_cell(_FIGURE, store_history=True)
    pyplot.close("all")
    if hasattr(pyplot.draw_if_interactive, "called"):
        pyplot.draw_if_interactive.called = False  # else the next %run draws something
    _show_before_redrawing(shell)


def _show_before_redrawing(shell: student.Shell) -> None:
    """Let figures be shown and closed before pyplot draws what has changed: else each is drawn once more."""
    waiting: list[Callable[..., Any]] = shell.ipython.events.callbacks["post_execute"]
    waiting.sort(key=lambda each: getattr(each, "__name__", "") != "flush_figures")


def _use_tests(shell: student.Shell) -> None:
    """A test that asks for data and calls a function, both sides of it in this process."""
    from courseware.sandbox import answers, tester

    serving = answers.Answers({"x": [1, 2.5, "a", {"b": (None, True)}], "f": lambda value: value})

    def ask(message: frames.Message, buffers: list[bytes]) -> frames.Frame:
        return serving.serve(message, buffers)

    running = tester.Tester({}, ask, shell.plain, ())
    running.give("import math")
    running.prepare("def check():\n    assert f(x) == x\nassert [y for y in x]\ncheck()", asks=())
    namespace = running._namespace
    namespace["f"](namespace["x"])
    running.finish()


def _forget(shell: student.Shell) -> None:
    """Leave no trace in what notebooks see."""
    ipython = shell.ipython
    ipython.reset(new_session=False)
    ipython.history_manager.reset()
    for name in ("exceptions", "outputs"):
        getattr(ipython.history_manager, name, {}).clear()
    ipython.execution_count = 1
    ipython._last_traceback = None
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        sys.__dict__.pop(name, None)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Nothing printed at import is anybody's output."""
    kept = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = io.StringIO()
    try:
        yield
    finally:
        sys.stdout, sys.stderr = kept
