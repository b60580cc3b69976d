"""What an existing course says in `nbgrader_config.py` or `nbgrader_config.json`, read and never executed.

In: the text of the file. Out: the options whose values are literals. Anything computed is left out and
listed, so that `courseware adopt` can say what it did not take over.
"""

import ast
import dataclasses
import datetime
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


@dataclasses.dataclass(frozen=True, kw_only=True)
class Delimiters:
    """Words that begin and end what students do not get, as the course writes them."""

    solution: tuple[str, str] = ("BEGIN SOLUTION", "END SOLUTION")
    hidden: tuple[str, str] = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
    scheme: tuple[str, str] = ("BEGIN MARK SCHEME", "END MARK SCHEME")


def delimiters(options: Options) -> Delimiters:
    """The course's own delimiters; the spelling of the options is nbgrader's."""
    usual = Delimiters()

    def pair(section: str, word: str, default: tuple[str, str]) -> tuple[str, str]:
        told = (options.get(section, f"{end}_{word}_delimeter", "") for end in ("begin", "end"))
        begin, end = (str(each) or usual for each, usual in zip(told, default, strict=True))
        return begin, end

    return Delimiters(
        solution=pair("ClearSolutions", "solution", usual.solution),
        hidden=pair("ClearHiddenTests", "test", usual.hidden),
        scheme=pair("ClearMarkScheme", "mark_scheme", usual.scheme),
    )


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
            values.setdefault(target.value.attr, {})[target.attr] = _literal(node.value)
        except ValueError:
            skipped.append(f"line {node.lineno}: {ast.unparse(node)[:100]}")
    return Options(values=values, skipped=tuple(skipped))


def _literal(node: ast.expr) -> Any:
    """A plain value; `dict(name="ps1")` is one too, as nbgrader's own documentation writes it.

    Raises:
        ValueError: something that would have to be computed.
    """
    if isinstance(node, ast.List | ast.Tuple):
        return [_literal(each) for each in node.elts]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        if node.args or any(each.arg is None for each in node.keywords):
            raise ValueError("dict() with something to be computed")
        return {each.arg: _literal(each.value) for each in node.keywords}
    return ast.literal_eval(node)


def instant(text: str) -> datetime.datetime:
    """A due date as nbgrader's users write it (`2026-09-01 17:00:00 UTC`); UTC where it names no zone.

    Raises:
        UserError: it is no date.
    """
    plain = text.strip().removesuffix("UTC").strip()
    try:
        found = datetime.datetime.fromisoformat(plain)
    except ValueError:
        raise errors.UserError(f"{text[:80]!r} is no date; write 2026-09-01 17:00:00 UTC.") from None
    return found.replace(tzinfo=found.tzinfo or datetime.UTC)
