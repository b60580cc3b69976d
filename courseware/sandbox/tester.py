"""One test cell beside the student's process: fetch what it needs, let it run here, put everything back.

In: the source of a test cell, the namespace in which it will run, the release's own cells, and `ask`, which
carries messages to the student's process. Out: after `prepare`, a namespace with the student's names in it,
as data and stand-ins; after `finish`, what the run was like. Running the source is left to the caller, so
that outputs are those of a notebook. Refuses cells that run text as code, which could be the student's.
Nothing here knows points.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import importlib
import inspect
import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from courseware.sandbox import guard, library, link, proxies, scope

FIGURES = frozenset({"gcf", "gca", "get_fignums"})
MAX_FILES_BYTES = 16 << 20
MAX_SENT_BYTES = 64 << 20
Plain = Callable[[str], str]
"""Takes the magics out of a source."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Talk:
    """What a test asked of the student's process: how often, how many comparisons were its own judgement, and
    which attributes and operators of its objects.
    """

    asked: int
    decided_there: int
    used: tuple[str, ...]


class Tester:
    """The process of the tests of one submission; `files` are names of the release's in its work folder."""

    def __init__(
        self, namespace: dict[str, Any], ask: link.Ask, plain: Plain, files: Collection[str]
    ) -> None:
        self._namespace, self._plain = namespace, plain
        self._link = link.Link(ask)
        self._link.bound, self._link.changed, self._link.wrote = self._bound, self._changed, self._wrote
        self._own: set[str] = set()
        self._inside: set[str] = set()
        self._fetched: dict[str, Any] = {}
        self._scope = scope.Scope()
        self._written = 0
        self._sent: dict[str, bytes] = {}
        self._functions: dict[str, scope.Scope] = {}
        self._release_files = frozenset(files)
        _know_stand_ins()

    def give(self, source: str, own: Sequence[str] = ()) -> None:
        """Import here what a cell of the release imports from libraries, and define those functions and
        constants in it that `own` names; these names are the tests' own.
        """
        guard.know(source)
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            for node in ast.parse(self._plain(source)).body:
                if isinstance(node, ast.Import | ast.ImportFrom) and _only_libraries(node):
                    before = set(self._namespace)
                    with contextlib.suppress(ImportError):
                        self._take(node)
                    self._own |= set(self._namespace) - before - {"__builtins__"}
                elif name := _defined(node, own):
                    # A default, say, that is not to be had here: then the function is the student's.
                    with contextlib.suppress(Exception):
                        self._take(node)
                        self._own.add(name)
                        self._functions[name] = scope.read(ast.unparse(node))

    def _take(self, node: ast.stmt) -> None:
        """Run one statement of the release itself."""
        code = compile(ast.Module(body=[node], type_ignores=[]), "<release>", "exec")
        exec(code, self._namespace)  # noqa: S102

    def prepare(self, source: str, *, asks: Collection[str] | None) -> None:
        """Fetch what the source needs into the namespace; `asks` as in `port.Apart.check`.

        Raises:
            Refused: the cell runs text as code, or what came back has no known form.
        """
        text = self._plain(source)
        guard.know(source, text)
        self._scope = scope.read(text)
        called = self._called(self._scope.names)
        runners = self._scope.names.union(*(each.names for each in called)) & scope.RUNS_TEXT
        if runners:
            name = sorted(runners)[0]
            raise proxies.Refused(f"The test runs text as code with {name}(), which may be the student's.")
        self._link.start()
        self._link.asks = None if asks is None else frozenset(asks)
        self._link.expected = self._scope.mentions & {"AssertionError", "SystemExit"}
        self._link.files = self._scope.files
        self._inside |= self._scope.inside
        names = self._inside.union(self._scope.fetch, *(each.inside for each in called))
        wanted = tuple(sorted(name for name in names if name not in self._own))
        self._fetched = {}
        for name in self._scope.files:
            self._lay(name)
        found = self._link.names(wanted)
        self._namespace.update(found)
        self._fetched = found
        if self._scope.mentions & FIGURES:
            self._show_figures()
        guard.begin()

    def _called(self, names: frozenset[str]) -> list[scope.Scope]:
        """The release's functions that are called under these names, and those that they call."""
        found: dict[str, scope.Scope] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in self._functions and name not in found:
                found[name] = self._functions[name]
                waiting += found[name].names
        return list(found.values())

    def finish(self) -> Talk:
        """Take the student's names away again; what the test bound itself stays for later tests."""
        guard.end()
        with contextlib.suppress(proxies.Refused, proxies.StudentError):
            self._link.settle()
        for name in (*self._fetched, *self._scope.forward):
            if name not in self._own:
                self._namespace.pop(name, None)
        self._own |= self._scope.own & self._namespace.keys()
        self._fetched = {}
        used = tuple(sorted(self._link.used))
        return Talk(asked=self._link.asked, decided_there=self._link.decided_there, used=used)

    def _bound(self) -> tuple[dict[str, Any], list[str]]:
        """The fetched names that the test has bound anew or deleted since the last question."""
        bound, deleted = {}, []
        for name in self._scope.forward & self._fetched.keys():
            now = self._namespace.get(name, link.GONE)
            if now is self._fetched[name]:
                continue
            self._fetched[name] = now
            if now is link.GONE:
                deleted.append(name)
            else:
                bound[name] = now
        return bound, deleted

    def _changed(self, names: dict[str, Any]) -> None:
        """Take over what the student's code bound anew, unless the test did so, too."""
        for name, value in names.items():
            if name in self._fetched and self._namespace.get(name) is self._fetched[name]:
                self._fetched[name] = value
                if value is link.GONE:
                    self._namespace.pop(name, None)
                else:
                    self._namespace[name] = value

    def _wrote(self, name: str, data: bytes) -> None:
        """Keep a file of the student's; the test that runs, or a later one, may want it."""
        self._sent.pop(name, None)
        if len(data) + sum(map(len, self._sent.values())) <= MAX_SENT_BYTES:
            self._sent[name] = data
        if name in self._scope.files:
            self._lay(name)

    def _lay(self, name: str) -> None:
        """Lay such a file into the work folder of the tests, as data; never over one of the release's."""
        data = self._sent.pop(name, None)
        if data is None or name in self._release_files:
            return
        self._written += len(data)
        if self._written > MAX_FILES_BYTES or not scope.may_be_file(name):
            raise proxies.Refused("The student's files are too large for the tests.")
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with os.fdopen(os.open(name, flags, 0o600), "wb") as file:
            file.write(data)

    def _show_figures(self) -> None:
        """Let the current figure be the one of the student's process."""
        with contextlib.suppress(ImportError):
            pyplot = importlib.import_module("matplotlib.pyplot")
            for name in FIGURES:
                setattr(pyplot, name, self._figure(name))

    def _figure(self, name: str) -> Any:
        def figure() -> Any:
            return self._link.request("figure", name=name)

        figure.__name__ = name
        return figure


def _defined(node: ast.stmt, own: Sequence[str]) -> str:
    """The name that a statement defines as a function or a constant, if it is one of these."""
    name = ""
    if isinstance(node, ast.FunctionDef):
        name = node.name
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
    return name if name in own else ""


def _only_libraries(node: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.level == 0 and (node.module or "").split(".")[0] in library.ROOTS
    return all(alias.name.split(".")[0] in library.ROOTS for alias in node.names)


def _know_stand_ins() -> None:
    """Let `inspect` tell what stands for a function, a class or a generator."""
    if getattr(inspect.getsource, "courseware", False):
        return
    original = inspect.getsource

    def getsource(thing: Any) -> str:
        """The source of a function, here or there."""
        if isinstance(thing, proxies.Remote):
            return str(proxies.exact(proxies.ask(thing, "source"), str))
        return original(thing)

    getsource.courseware = True  # type: ignore[attr-defined]
    setattr(inspect, "getsource", getsource)  # noqa: B010  (typed as the one of the library)
    for name, kind in (("isfunction", "function"), ("isclass", "class"), ("isgenerator", "generator")):
        _extend(name, kind)


def _extend(name: str, kind: str) -> None:
    original = getattr(inspect, name)

    def known(thing: Any) -> bool:
        return proxies.kind_of(thing) == kind or bool(original(thing))

    known.__name__ = name
    setattr(inspect, name, known)
