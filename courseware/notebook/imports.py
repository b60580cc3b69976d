"""Which libraries a notebook's cells import, so that they can be loaded beforehand.

In: notebooks. Out: names of modules. A cell that is no Python, and what is imported relative to a package,
counts for nothing: this is only ever used to be quicker.
"""

import ast
import functools
import re
from collections.abc import Iterable

from courseware.notebook import files

_MAGIC = re.compile(r"^[ \t]*+[%!?].*$", re.MULTILINE)


def of(notebooks: Iterable[files.Notebook]) -> frozenset[str]:
    """The modules that the code cells of these notebooks import."""
    found: set[str] = set()
    for notebook in notebooks:
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code" and "import" in cell["source"]:
                found |= _in(cell["source"])
    return frozenset(found)


@functools.lru_cache(4096)
def _in(source: str) -> frozenset[str]:
    """The modules that one source imports, wherever in it."""
    try:
        tree = ast.parse(_MAGIC.sub("pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module)
    return frozenset(found)
