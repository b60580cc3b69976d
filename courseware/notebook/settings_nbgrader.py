"""What an existing course says in `nbgrader_config.py` or `nbgrader_config.json`, read and never executed.

In: the text of the file. Out: the options whose values are literals. Anything computed is left out and
listed, so that `courseware adopt` can say what it did not take over.
"""

import ast
import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from courseware import errors


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """Options by class and name, as nbgrader's traits are called; `skipped`: lines not literal."""

    values: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    skipped: tuple[str, ...] = ()

    def get(self, section: str, name: str, default: Any) -> Any:
        """One option, or the default."""
        return self.values.get(section, {}).get(name, default)


def from_json(text: str) -> Options:
    """Options of an `nbgrader_config.json`.

    Raises:
        UserError: not a JSON object of objects.
    """
    try:
        data = json.loads(text)
    except ValueError:
        raise errors.UserError("nbgrader_config.json is not valid JSON.") from None
    if not isinstance(data, dict):
        raise errors.UserError("nbgrader_config.json must hold one object.")
    return Options(values={key: value for key, value in data.items() if isinstance(value, dict)})


def from_python(text: str) -> Options:
    """Options of an `nbgrader_config.py`: assignments `c.Class.name = literal`.

    Raises:
        UserError: the file is not Python.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise errors.UserError(f"nbgrader_config.py, line {error.lineno}: not valid Python.") from None
    values: dict[str, dict[str, Any]] = {}
    skipped = []
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        target = node.targets[0]
        if not (isinstance(target, ast.Attribute) and isinstance(target.value, ast.Attribute)):
            continue
        try:
            values.setdefault(target.value.attr, {})[target.attr] = ast.literal_eval(node.value)
        except ValueError:
            skipped.append(f"line {node.lineno}: {ast.unparse(node)[:100]}")
    return Options(values=values, skipped=tuple(skipped))
