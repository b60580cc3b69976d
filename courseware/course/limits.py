"""What a course says of time, memory and files: `[limits]` in course.toml, of a lesson there, or lesson.toml.

In: the tables as TOML gives them. Out: the limits of a sandbox. The lesson's own word holds over the
course's. Refused: a name that is not known, and a value out of its bounds, which no course can pass.
"""

import dataclasses
import tomllib
from collections.abc import Mapping
from typing import Any

from courseware import errors, settings
from courseware.sandbox import port

Told = Mapping[str, float]
FILE = "lesson.toml"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bound:
    """One name: the field of `port.Limits` it sets, how many of its units one is, least and most."""

    field: str
    unit: int
    least: int
    most: int


NAMES: Mapping[str, Bound] = {
    "cell_seconds": Bound(field="cell_seconds", unit=1, least=1, most=3600),
    "notebook_seconds": Bound(field="notebook_seconds", unit=1, least=1, most=6 * 3600),
    "cpu_seconds": Bound(field="cpu_seconds", unit=1, least=1, most=6 * 3600),
    "memory_mb": Bound(field="memory_bytes", unit=1 << 20, least=256, most=16 << 10),
    "processes": Bound(field="processes", unit=1, least=16, most=1024),
    "file_mb": Bound(field="file_bytes", unit=1 << 20, least=1, most=1024),
    "scratch_mb": Bound(field="scratch_bytes", unit=1 << 20, least=8, most=4096),
    "cell_output_kb": Bound(field="cell_output_bytes", unit=1 << 10, least=16, most=8 << 10),
    "notebook_output_kb": Bound(field="notebook_output_bytes", unit=1 << 10, least=64, most=64 << 10),
}


def read(name: str, text: str, told: Any) -> dict[str, float]:
    """A table of limits in the file of this name.

    Raises:
        UserError: with the line, what is wrong and what would be right.
    """
    if not isinstance(told, dict):
        raise errors.UserError(f"{name}, line {settings.line_of(text, 'limits')}: write limits as [limits].")
    for key, value in told.items():
        if key not in NAMES:
            raise settings.unknown(name, text, key, NAMES)
        bound = NAMES[key]
        if not _inside(value, bound):
            raise errors.UserError(
                f"{name}, line {settings.line_of(text, key)}: {key} must be a number from {bound.least} to "
                f"{bound.most}."
            )
    return dict(told)


def of_lesson(files: Mapping[str, bytes]) -> dict[str, float]:
    """The limits in the lesson.toml among a lesson's files, if there is one.

    Raises:
        UserError: it cannot be read, or says something that is not known.
    """
    data = files.get(FILE)
    if data is None:
        return {}
    try:
        text = data.decode("utf-8-sig")
        told = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise errors.UserError(f"{FILE}: {error}.") from None
    except RecursionError:
        raise errors.UserError(f"{FILE}: it is nested too deeply.") from None
    for section in told:
        if section != "limits":
            raise settings.unknown(FILE, text, section, {"limits": None})
    return read(FILE, text, told.get("limits", {}))


def applied(base: port.Limits, told: Mapping[str, Any]) -> port.Limits:
    """The limits with these in place of the usual ones; what is no limit within its bounds is left out.

    A notebook gets at least ten times the time of a cell, unless its own time is told.
    """
    kept = {name: value for name, value in told.items() if name in NAMES and _inside(value, NAMES[name])}
    found = dict(kept)
    if "cell_seconds" in kept:
        found.setdefault("notebook_seconds", max(base.notebook_seconds, 10 * kept["cell_seconds"]))
    if "notebook_seconds" in found:
        found.setdefault("cpu_seconds", max(base.cpu_seconds, round(0.8 * found["notebook_seconds"])))
    changes: dict[str, Any] = {}
    for name, value in found.items():
        bound = NAMES[name]
        usual = getattr(base, bound.field)
        changes[bound.field] = type(usual)(value * bound.unit)
    return dataclasses.replace(base, **changes)


def _inside(value: Any, bound: Bound) -> bool:
    """Whether a value is a number within the bounds."""
    return type(value) in (int, float) and bound.least <= value <= bound.most
