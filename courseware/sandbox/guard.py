"""What the process of the tests refuses while a test runs: code, pickles, programs that may be the student's.

In: the sources of the release, and what Python tells of itself as it happens (audit events). Out: a refusal,
where a test runs as code what is not written in it. A test does that without meaning to: an annotation is
text until `typing.get_type_hints` looks at it, a docstring until `doctest` does, a file until a pickle is
read from it. Text of the release's own may be run, and so may names and numbers, which do nothing. Libraries
that make code of templates of their own are left alone: known are those that run what callers give them.
"""

from __future__ import annotations

import ast
import os
import sys
import types
from collections.abc import Callable
from typing import Any

from courseware.sandbox import proxies

_RUNNERS = (
    *("doctest", "typing", "inspect", "annotationlib", "code", "codeop", "timeit", "runpy", "trace"),
    *("cProfile", "profile", "pdb", "bdb", "sympy.parsing", "sympy.utilities.lambdify"),
    *("pandas.core.computation", "numexpr", "patsy"),
)
"""Modules that run text which their callers give them."""

_GIVEN = {"timeit": ("stmt", "setup"), "sympy.parsing": ("s",), "sympy.utilities.lambdify": ("expr",)}
"""Those that run a template with that text in it: where they keep the text."""

_STARTERS = ("subprocess", "os", "asyncio", "IPython", "ipykernel", "pexpect", "ptyprocess", "pty")
_SHELLS = frozenset({"sh", "bash", "/bin/sh", "/bin/bash", "/usr/bin/sh", "/usr/bin/bash"})
_HARMLESS = (
    *(ast.Expression, ast.Name, ast.Load, ast.Subscript, ast.Constant, ast.Tuple, ast.List),
    *(ast.BinOp, ast.BitOr, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UnaryOp, ast.USub),
)
_PICKLED = {
    "builtins": {"set", "frozenset", "bytearray", "complex", "range", "slice", "object"},
    "collections": {"OrderedDict", "deque", "defaultdict", "Counter"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "fractions": {"Fraction"},
    "uuid": {"UUID"},
    "_codecs": {"encode"},
    "copyreg": {"_reconstructor"},
}
"""What a pickle may name: data, and nothing that does anything when it is made."""


class _State:
    """What holds for the one process of tests that this is."""

    installed = active = looking = False
    process = 0
    own = ""
    namespace: dict[str, Any] | None = None


def install(namespace: dict[str, Any]) -> None:
    """Watch this process from now on; `namespace` is the one in which tests run."""
    _State.namespace, _State.process = namespace, os.getpid()
    if not _State.installed:
        _State.installed = True
        sys.addaudithook(_heard)


def know(*sources: str) -> None:
    """Sources of the release: what stands in them may be run."""
    _State.own += "".join(f"\0{_squeezed(source)}" for source in sources)


def begin() -> None:
    """A test runs from now on."""
    _State.active = True


def end() -> None:
    """It has ended."""
    _State.active = False


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    """Judge an event, if it is one of those that matter."""
    judge = _JUDGES.get(event)
    if judge is None or not _State.active or _State.looking:
        return
    _State.looking = True
    try:
        judge(arguments)
    finally:
        _State.looking = False


def _refuse(what: str) -> None:
    if os.getpid() != _State.process:
        os._exit(126)  # a copy of this process that was to become another program
    raise proxies.Refused(f"The test {what}, which may be the student's.")


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _own(text: Any) -> bool:
    """Whether this stands in the release's own sources, or does nothing."""
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if not isinstance(told, str) or told == "pass" or _squeezed(told) in _State.own:
        return True
    try:
        tree = ast.parse(told.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(isinstance(node, _HARMLESS) for node in ast.walk(tree))


def _callers(*skipped: str) -> list[tuple[str, types.FrameType]]:
    """Modules and frames from where an event comes, without this module's and those to skip at the start."""
    found: list[tuple[str, types.FrameType]] = []
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None:
        name = str(frame.f_globals.get("__name__"))
        if frame.f_globals is not globals() and (found or not _is_of(name, skipped)):
            found.append((name, frame))
        frame = frame.f_back
    return found


def _is_of(name: str, modules: tuple[str, ...]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in modules)


def _is_test(frame: types.FrameType) -> bool:
    return frame.f_globals is _State.namespace


def _is_importing(callers: list[tuple[str, types.FrameType]]) -> bool:
    """Whether a library does this while it is imported: nothing of the student's is there yet."""
    for name, frame in callers:
        if _is_test(frame):
            return False
        if _is_of(name, ("importlib",)):
            return True
    return False


def _compiled(arguments: tuple[Any, ...]) -> None:
    """Text becomes code."""
    source = arguments[0]
    if not isinstance(source, str | bytes):
        return
    parsed, callers = _callers()[:1], _callers("ast")
    name, frame = callers[0] if callers else ("", None)
    if frame is None or (_is_test(frame) and parsed and parsed[0][0] == "ast"):
        return  # a tree is not run yet
    if _is_importing(callers):
        return
    runner = next((each for each in _RUNNERS if _is_of(name, (each,))), "")
    if runner:
        texts = _kept(callers, runner) if runner in _GIVEN else [source]
    elif _is_test(frame):
        texts = [source]
    elif _is_of(name, ("IPython", "ipykernel")) and frame.f_code.co_name != "timeit":
        # The cell itself is compiled there, and what a cell asks to have run.
        texts = [source] if any(_is_test(each) for _, each in callers) else []
    else:
        return
    if not all(_own(text) for text in texts):
        _refuse("runs text as code")


def _kept(callers: list[tuple[str, types.FrameType]], runner: str) -> list[Any]:
    """The text that was given to a module which puts it into a template."""
    names = _GIVEN[runner]
    for module, frame in callers:
        if _is_of(module, (runner,)) and names[0] in frame.f_locals:
            return [frame.f_locals.get(name) for name in names]
    return []


def _unpickled(arguments: tuple[Any, ...]) -> None:
    """A pickle names something."""
    module, name = str(arguments[0]), str(arguments[1])
    if name not in _PICKLED.get(module, ()) and not _is_importing(_callers()):
        _refuse(f"reads a pickle with {module}.{name} in it")


def _unmarshalled(_: tuple[Any, ...]) -> None:
    """Code is read from bytes: importing does that."""
    if not _is_importing(_callers("zipimport")):
        _refuse("reads code from bytes")


def _started(arguments: tuple[Any, ...]) -> None:
    """A program is started; the words of its command line have to be the test's."""
    callers = _callers(*_STARTERS)
    if not callers or not _is_test(callers[0][1]):
        return
    words: list[Any] = []
    for each in arguments[:2]:
        words += list(each) if isinstance(each, list | tuple) else [each]
    for word in words:
        told = os.fsdecode(word) if isinstance(word, bytes | os.PathLike) else word
        if not isinstance(told, str) or told in _SHELLS or told == sys.executable or told[:1] == "-":
            continue
        if _squeezed(told) not in _State.own:
            _refuse("starts a program")


_JUDGES: dict[str, Callable[[tuple[Any, ...]], None]] = {
    "compile": _compiled,
    "pickle.find_class": _unpickled,
    "marshal.loads": _unmarshalled,
    **dict.fromkeys(("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn"), _started),
}
