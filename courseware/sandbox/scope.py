"""What a test cell takes from outside: found in its source, before it runs.

In: the source of a test cell, without magics. Out: the names to fetch from the student, those that the cell
may bind anew there, texts that may be names of files, every name (`names`), and these with all attributes
(`mentions`). `inside` are those fetched that functions of the cell read, also when later cells call them. A
name that the cell binds before it reads it is the cell's own: it is neither fetched nor
ever shown to the student's code. Refuses cells that run text as code beside the tests.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
from collections.abc import Sequence

SHELL = frozenset(
    {"In", "Out", "get_ipython", "exit", "quit", "display", "_", "__", "___", "_i", "_ih", "_oh"}
)
RUNS_TEXT = frozenset({"exec", "eval", "compile"})
MAX_FILES = 32
_CODE = (".py", ".pyc", ".pyi", ".pyw", ".so", ".pth", ".zip", ".egg", ".whl", ".pkl", ".pickle")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scope:
    """What stands in the source of a test cell; see the module."""

    fetch: tuple[str, ...] = ()
    forward: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    files: tuple[str, ...] = ()
    mentions: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


def read(source: str) -> Scope:
    """The scope of a source; an empty one if it is no Python, which running it will tell.

    Names of this kind matter at the level of the cell; what a function binds stays in it.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Scope()
    walk = _Walk()
    walk.visit(tree)
    first: dict[str, str] = {}
    read_inside: set[str] = set()
    for kind, name in walk.events:
        if kind == "inside":
            read_inside.add(name)
        else:
            first.setdefault(name, kind)
    bound = {name for kind, name in walk.events if kind in ("store", "del")}
    taken = {name for name, kind in first.items() if kind != "store"} | (read_inside - first.keys())
    fetch = {name for name in taken if name not in SHELL and not hasattr(builtins, name)}
    files: set[str] = set()
    names: set[str] = set()
    attributes: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            attributes.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and may_be_file(node.value):
            files.add(node.value)
    return Scope(
        fetch=tuple(sorted(fetch)),
        forward=frozenset(fetch & bound),
        own=frozenset({name for kind, name in walk.events if kind == "store"} - fetch),
        inside=frozenset(fetch & read_inside),
        files=tuple(sorted(files)[:MAX_FILES]),
        names=frozenset(names),
        mentions=frozenset(names | attributes),
    )


def may_be_file(text: str) -> bool:
    """Whether a text could be the name of a data file in the work folder; never of code."""
    parts = text.split("/")
    return (
        0 < len(text) <= 120
        and len(parts) <= 4
        and "." in parts[-1][1:]
        and all(part and part[0] not in ".-~" for part in parts)
        and all(sign.isalnum() or sign in "._- /" for sign in text)
        and not text.lower().endswith(_CODE)
    )


class _Walk(ast.NodeVisitor):
    """Notes what is read, bound and deleted, in the order in which it happens."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self._hidden: list[set[str]] = []
        self._inside = 0

    def _note(self, kind: str, name: str) -> None:
        if any(name in hidden for hidden in self._hidden):
            return
        if self._inside:
            if kind == "load":
                self.events.append(("inside", name))
        else:
            self.events.append((kind, name))

    def visit_Name(self, node: ast.Name) -> None:
        kinds: dict[type, str] = {ast.Load: "load", ast.Store: "store", ast.Del: "del"}
        self._note(kinds[type(node.ctx)], node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self.visit(node.target)
        self.visit(node.annotation)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self._note("load", node.target.id)
        self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.visit(node.target)

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        self.visit(node.target)
        for part in [*node.body, *node.orelse]:
            self.visit(part)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            self._note("store", (alias.asname or alias.name).split(".")[0])

    visit_ImportFrom = visit_Import

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.type is not None:
            self.visit(node.type)
        if node.name:
            self._note("store", node.name)
        for part in node.body:
            self.visit(part)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in [*node.decorator_list, *node.bases, *node.keywords]:
            self.visit(part)
        self._hidden.append({name.id for name in _stores(node.body)})
        for statement in node.body:
            self.visit(statement)
        self._hidden.pop()
        self._note("store", node.name)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for part in node.decorator_list:
            self.visit(part)
        # The name is bound before the body can run.
        self._note("store", node.name)
        self._function(node, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node, [node.body])

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, body: Sequence[ast.AST]
    ) -> None:
        """The defaults are read now, the body later."""
        args = node.args
        for default in [*args.defaults, *(each for each in args.kw_defaults if each is not None)]:
            self.visit(default)
        every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
        hidden = {arg.arg for arg in every if arg is not None} | {name.id for name in _stores(body)}
        for part in body:
            hidden |= {n.name for n in ast.walk(part) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
            hidden -= {n for g in ast.walk(part) if isinstance(g, ast.Global) for n in g.names}
        self._hidden.append(hidden)
        self._inside += 1
        for part in body:
            self.visit(part)
        self._inside -= 1
        self._hidden.pop()

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        """The first source is read outside; the targets are seen by nobody else."""
        self.visit(node.generators[0].iter)
        self._hidden.append({name.id for each in node.generators for name in _stores([each.target])})
        for place, each in enumerate(node.generators):
            for part in [*([each.iter] if place else []), *each.ifs]:
                self.visit(part)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for part in parts:
            self.visit(part)
        self._hidden.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension


def _stores(body: Sequence[ast.AST]) -> list[ast.Name]:
    """The names that are bound somewhere in these nodes, functions inside them left out."""
    found: list[ast.Name] = []
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append(node)
        if not isinstance(node, (*_FUNCTIONS, *_COMPREHENSIONS)):
            waiting.extend(ast.iter_child_nodes(node))
    return found
