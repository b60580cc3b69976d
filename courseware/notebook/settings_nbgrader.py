"""What an existing course says in `nbgrader_config.py` or `nbgrader_config.json`, read and never executed.

In: the texts of the files. Out: the options whose values are literals. Anything computed is left out and
listed, so that `courseware adopt` can say what it did not take over. Refused: text that is no Python or
no JSON.
"""

import ast
import dataclasses
import datetime
import json
import zoneinfo
from collections.abc import Iterator, Mapping
from typing import Any

from courseware import errors
from courseware.notebook import source


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """Options by class and name, as nbgrader's traits are called; `skipped`: lines not literal."""

    values: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    skipped: tuple[str, ...] = ()

    def get(self, section: str, name: str, default: Any) -> Any:
        """One option, or the default."""
        return self.values.get(section, {}).get(name, default)

    def text(self, section: str, name: str, default: str) -> str:
        """One option that is to be a text; the default where it is none."""
        found = self.get(section, name, default)
        return found if isinstance(found, str) and found else default


@dataclasses.dataclass(frozen=True, kw_only=True)
class Delimiters:
    """Words that begin and end what students do not get, as the course writes them."""

    solution: tuple[str, str] = ("BEGIN SOLUTION", "END SOLUTION")
    hidden: tuple[str, str] = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
    scheme: tuple[str, str] = ("BEGIN MARK SCHEME", "END MARK SCHEME")
    key: tuple[str, str] = ("BEGIN QUIZ KEY", "END QUIZ KEY")


def delimiters(options: Options) -> Delimiters:
    """The course's own delimiters; the spelling of the options is nbgrader's."""
    usual = Delimiters()

    def pair(section: str, word: str, default: tuple[str, str]) -> tuple[str, str]:
        names = (f"begin_{word}_delimeter", f"end_{word}_delimeter")
        return options.text(section, names[0], default[0]), options.text(section, names[1], default[1])

    return Delimiters(
        solution=pair("ClearSolutions", "solution", usual.solution),
        hidden=pair("ClearHiddenTests", "test", usual.hidden),
        scheme=pair("ClearMarkScheme", "mark_scheme", usual.scheme),
    )


def read(*, python: str | None, as_json: str | None) -> Options:
    """The options of a course; where both files name one, that of the JSON file holds, as in nbgrader.

    Raises:
        UserError: a file that cannot be read.
    """
    first = from_python(python) if python is not None else Options()
    second = from_json(as_json) if as_json is not None else Options()
    sections = {*first.values, *second.values}
    values = {name: {**first.values.get(name, {}), **second.values.get(name, {})} for name in sections}
    return Options(values=values, skipped=first.skipped)


def of_files(files: Mapping[str, bytes]) -> Options:
    """The options in the course's files, by their names.

    Raises:
        UserError: a file that cannot be read.
    """
    texts = {
        name: data.decode("utf-8-sig", errors="replace")
        for name, data in files.items()
        if name in source.SHARED
    }
    return read(python=texts.get("nbgrader_config.py"), as_json=texts.get("nbgrader_config.json"))


def from_json(text: str) -> Options:
    """Options of an `nbgrader_config.json`.

    Raises:
        UserError: not a JSON object of objects.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise errors.UserError("nbgrader_config.json is not valid JSON.") from None
    if not isinstance(data, dict):
        raise errors.UserError("nbgrader_config.json must hold one object.")
    return Options(values={key: value for key, value in data.items() if isinstance(value, dict)})


def from_python(text: str) -> Options:
    """Options of an `nbgrader_config.py`: assignments `c.Class.name = literal`, where `dict(name="a")` is a
    literal too.

    Raises:
        UserError: the file is not Python.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise errors.UserError(f"nbgrader_config.py, line {error.lineno}: not valid Python.") from None
    except (ValueError, RecursionError, MemoryError):
        raise errors.UserError("nbgrader_config.py is not valid Python.") from None
    values: dict[str, dict[str, Any]] = {}
    skipped = []
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Attribute):
            try:
                found = _literal(node.value)  # type: ignore[attr-defined]  # an Assign, as `target` shows
                json.dumps(found)
            except (ValueError, TypeError, RecursionError):
                skipped.append(_shown(node))
            else:
                values.setdefault(target.value.attr, {})[target.attr] = found
        elif not _idle(node):
            skipped.append(_shown(node))
    return Options(values=values, skipped=tuple(skipped))


def students(options: Options) -> list[dict[str, Any]]:
    """The records of people in `db_students` that have an id."""
    return [told for told in _records(options, "db_students") if told.get("id")]


def due_dates(options: Options) -> dict[str, str]:
    """The due dates in `db_assignments` by assignment, as they are written."""
    return {
        str(told["name"]): str(told["duedate"])
        for told in _records(options, "db_assignments")
        if told.get("name") and told.get("duedate")
    }


def due_in_list(text: str) -> dict[str, str]:
    """The due dates in an `assignments.json`, a list outside of nbgrader's database, by assignment.

    Raises:
        UserError: not a JSON object.
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise errors.UserError("assignments.json must hold one JSON object of assignments.")
    return {
        name: str(entry["duedate"])
        for name, entry in told.items()
        if isinstance(entry, dict) and entry.get("duedate")
    }


def instant(text: str) -> datetime.datetime:
    """A time as nbgrader writes it (`2015-02-02 14:58:23.948203 Europe/Berlin`) or in ISO 8601; without a
    zone it is UTC.

    Raises:
        UserError: no time, or a zone that does not exist.
    """
    parts = text.split()
    zone: datetime.tzinfo = datetime.UTC
    try:
        if len(parts) == 3 and parts[2][:1] in "+-":
            parts = [parts[0], parts[1] + parts[2]]
        elif len(parts) == 3:
            zone = zoneinfo.ZoneInfo(parts[2])
        told = datetime.datetime.fromisoformat(" ".join(parts[:2]))
        return (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(datetime.UTC)
    except (ValueError, OverflowError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise errors.UserError(f"{text[:60]!r} is not a time.") from None


def _records(options: Options, name: str) -> Iterator[dict[str, Any]]:
    """A list of records under the names that nbgrader gave it in its versions."""
    for section in ("CourseDirectory", "NbGrader"):
        found = options.get(section, name, ())
        yield from (told for told in found if isinstance(told, dict)) if isinstance(found, list) else ()


def _literal(node: ast.expr) -> Any:
    """The value that is written there; `dict(a=1)` counts as written, as nbgrader's own examples use it."""
    if isinstance(node, ast.List | ast.Tuple):
        return [_literal(each) for each in node.elts]
    called = node.func if isinstance(node, ast.Call) and not node.args else None
    if isinstance(node, ast.Call) and isinstance(called, ast.Name) and called.id == "dict":
        if not all(word.arg for word in node.keywords):
            raise ValueError("what is unpacked is not written there")
        return {str(word.arg): _literal(word.value) for word in node.keywords}
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        names = [key.value for key in node.keys if isinstance(key, ast.Constant)]
        return dict(zip(names, (_literal(value) for value in node.values), strict=True))
    return ast.literal_eval(node)


def _idle(node: ast.stmt) -> bool:
    """Whether a line sets no option: an import, a comment in quotes, `c = get_config()`, `pass`."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Assign) and all(isinstance(target, ast.Name) for target in node.targets)


def _shown(node: ast.stmt) -> str:
    return f"line {node.lineno}: {ast.unparse(node).splitlines()[0][:100]}"
