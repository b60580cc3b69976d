"""What both processes know by name: modules of libraries, and the types and exceptions of the language.

In: an object, or the name of one. Out: its name, or this process's own. So a module that the student's
code has imported is, in the process of the tests, the clean one that was installed there. Functions are
not on the list: they stay where they are, or a student could put a lenient one in place of a strict one.
Refuses every other name.
"""

from __future__ import annotations

import builtins
import importlib
import re
import sys
import types
from typing import Any

from courseware.sandbox import codec_plain

_STANDARD = """abc array ast bisect calendar cmath collections contextlib copy csv dataclasses datetime
decimal difflib doctest enum fractions functools glob heapq inspect io itertools json keyword math
numbers operator os pathlib pprint random re shutil statistics string struct sys tempfile textwrap time timeit
traceback types typing unittest warnings"""
_INSTALLED = """networkx nltk nose numpy matplotlib pandas PIL pytest scipy seaborn skimage sklearn
statsmodels sympy tqdm bs4 requests IPython"""
ROOTS = frozenset(_STANDARD.split()) | frozenset(_INSTALLED.split())
"""Top-level names of the modules that tests use."""

NEVER = (StopIteration, StopAsyncIteration, AssertionError)
"""Exceptions that mean something to the code of a test: a student's code raises them for nobody."""

_OF_RUNNERS = frozenset({"unittest", "pytest", "_pytest", "nose", "doctest"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}(\.[A-Za-z][A-Za-z0-9_]{0,60}){0,5}")


def name_of(value: Any) -> dict[str, Any] | None:
    """The description of a module or of a type of the language; None for anything else."""
    if isinstance(value, types.ModuleType):
        name = str(vars(value).get("__name__"))
        if name.split(".")[0] in ROOTS and sys.modules.get(name) is value:
            return {"library": name}
    if isinstance(value, type):
        told = str(value.__name__)
        return {"builtin": told} if vars(builtins).get(told) is value else None
    return None


def module(name: Any) -> types.ModuleType:
    """This process's own module of that name.

    Raises:
        BadFrame: it is none of those that tests use, or it is not installed.
    """
    told = codec_plain.text(name, most=200)
    if not _NAME.fullmatch(told) or told.split(".")[0] not in ROOTS:
        raise codec_plain.BadFrame("A module was sent that tests do not use.")
    try:
        return importlib.import_module(told)
    except ImportError:
        raise codec_plain.BadFrame(f"The module {told} is not installed for the tests.") from None


def builtin(name: Any) -> type:
    """The type of the language of that name."""
    found = getattr(builtins, codec_plain.text(name, most=40), None)
    if not isinstance(found, type):
        raise codec_plain.BadFrame("A type was sent that the language does not have.")
    return found


def exception(name: Any, *, also: frozenset[str] = frozenset()) -> type[Exception] | None:
    """The exception that tests may see under a full name; None where they may not, unless it is in `also`."""
    told = codec_plain.text(name, most=200)
    home, _, last = told.rpartition(".")
    if home == "builtins":
        found = getattr(builtins, last, None)
        if last in also and isinstance(found, type) and issubclass(found, AssertionError | SystemExit):
            return found  # type: ignore[return-value]
    else:
        if not _NAME.fullmatch(told) or home.split(".")[0] not in ROOTS - _OF_RUNNERS:
            return None
        # Only what is loaded already: a name from there is no reason to import.
        found = getattr(sys.modules.get(home), last, None)
        # A test that skips has not failed: such exceptions have other names in libraries, too.
        if str(getattr(found, "__module__", "")).split(".")[0] in _OF_RUNNERS:
            return None
    if not isinstance(found, type) or not issubclass(found, Exception) or issubclass(found, NEVER):
        return None
    return found
