"""Functions that tests use and students can change: those of cells that are neither locked nor marked; pure.

In: a source notebook. Out: which test uses which function of which cell. A function that an answer cell
binds is meant to be the student's, one that a locked cell or the test itself binds is not: neither is told.
Where tests run apart, a function of a locked cell is the tests' own (`grading.fixed`), one of an open cell
the student's.
"""

import ast
import dataclasses
import re
from collections.abc import Iterator, Mapping

from courseware.notebook import cells, files

_MAGIC = re.compile(r"^([ \t]*+)[%!?].*$", re.MULTILINE)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Loose:
    """A test, by the number of its cell, that uses a function of an open cell."""

    test: int
    name: str
    cell: int


def of(notebook: files.Notebook) -> Iterator[Loose]:
    """The loose functions of a notebook, each with the first test that uses it."""
    open_: dict[str, int] = {}
    bound: set[str] = set()
    given: dict[str, set[str]] = {}
    tests: list[tuple[int, ast.Module]] = []
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        known, tree = cells.marking(cell), _tree(cell["source"])
        if known is None:
            functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
            open_.update({node.name: number for node in functions})
        elif known.kind == "tests":
            tests.append((number, tree))
        else:
            bound |= _bound(tree)
            functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
            given.update({node.name: _read(node) for node in functions if known.protected})
    for number, tree in tests:
        for name in sorted((_reached(_read(tree), given) - _bound(tree) - bound) & open_.keys()):
            yield Loose(test=number, name=name, cell=open_.pop(name))


def _tree(source: str) -> ast.Module:
    """What Python reads of a source; nothing of a cell that is given to another program."""
    if source.lstrip().startswith("%%"):
        source = ""
    try:
        return ast.parse(_MAGIC.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def _reached(read: set[str], given: Mapping[str, set[str]]) -> set[str]:
    """What is read, also by way of functions of locked cells."""
    found, waiting = set(read), list(read)
    while waiting:
        more = given.get(waiting.pop(), set()) - found
        found |= more
        waiting.extend(more)
    return found


def _read(tree: ast.AST) -> set[str]:
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, ast.Load)}


def _bound(tree: ast.Module) -> set[str]:
    """Every name that is bound at the level of the cell, or in a block there."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        waiting.extend(ast.iter_child_nodes(node))
    return found
