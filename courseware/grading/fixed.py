"""What no student changes in a release: functions and constants of its locked cells; pure.

In: a release's notebook. Out: its own cells that give no points, each with the names that belong to the tests
where these run apart. A function that a locked cell defines for tests to call would otherwise be the one of
the student's process, where a hand-in can put a lenient one in its place. Left to the student is what an
answer cell binds, too, and what is no plain function or literal.
"""

import ast
import functools

from courseware.notebook import cells, files

Given = tuple[str, tuple[str, ...]]


def of_release(notebook: files.Notebook) -> list[Given]:
    """The sources of the release's own cells, each with the names that are the tests' own."""
    sources: list[tuple[str, bool]] = []
    changed: set[str] = set()
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        known = cells.marking(cell)
        if known is not None and (known.solution or known.grade):
            changed |= _bound(cell["source"]) if known.solution else set()
        else:
            sources.append((cell["source"], known is not None and known.protected))
    return [(source, tuple(sorted(_fixed(source) - changed)) if locked else ()) for source, locked in sources]


def _tree(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Magics, or no Python at all: then nothing of it is the tests' own.
        return ast.Module(body=[], type_ignores=[])


@functools.lru_cache(maxsize=1024)
def _bound(source: str) -> frozenset[str]:
    """Every name that a source binds anywhere, or says to be global; the same for all hand-ins."""
    found: set[str] = set()
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Global):
            found |= set(node.names)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return frozenset(found)


@functools.lru_cache(maxsize=1024)
def _fixed(source: str) -> frozenset[str]:
    """The plain functions and the constants of a source; constants have names in capitals."""
    found: set[str] = set()
    for node in _tree(source).body:
        if isinstance(node, ast.FunctionDef) and not node.decorator_list:
            if not any(isinstance(each, ast.Global | ast.Nonlocal) for each in ast.walk(node)):
                found.add(node.name)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id.isupper() and _literal(node.value):
                found.add(target.id)
    return frozenset(found)


def _literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
