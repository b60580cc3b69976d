"""What a course's nbgrader options mean when its work is graded.

In: the literal options. Out: the part that a release keeps, the limits, the rules of marking. A value of
another kind than nbgrader takes is as good as none, so that an odd line never stops a grading.
"""

import dataclasses
import re
from typing import Any

from courseware import errors
from courseware.course import limits as course_limits
from courseware.grading import marks, pipeline
from courseware.notebook import settings_nbgrader
from courseware.sandbox import port

LIMITS = "courseware limits"
"""The section with the limits that the course itself names; no option of nbgrader's is called so."""

_SECTIONS = ("Execute", "ExecutePreprocessor", "IgnorePattern", "LimitOutput", "OverwriteCells", LIMITS)
MAX_CELL_SECONDS = 3600.0
"""The longest time that a course may ask for one cell."""


def kept(options: settings_nbgrader.Options) -> dict[str, dict[str, Any]]:
    """The options that a release keeps, because they hold when its hand-ins are graded."""
    return {name: dict(options.values[name]) for name in _SECTIONS if options.values.get(name)}


def with_limits(options: settings_nbgrader.Options, told: course_limits.Told) -> settings_nbgrader.Options:
    """The options and with them the limits that the course names."""
    return dataclasses.replace(options, values={**options.values, LIMITS: dict(told)})


def limits(options: settings_nbgrader.Options, base: port.Limits) -> port.Limits:
    """The limits: nbgrader's time for a cell, of which a notebook gets at least ten, and the course's own."""
    told = options.values.get(LIMITS, {})
    return course_limits.applied(_with_timeout(options, base), told)


def _with_timeout(options: settings_nbgrader.Options, base: port.Limits) -> port.Limits:
    """The limits with the time for a cell that nbgrader's options name."""
    seconds = options.get("Execute", "timeout", options.get("ExecutePreprocessor", "timeout", None))
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        return base
    cell = min(float(seconds), MAX_CELL_SECONDS)
    notebook = max(base.notebook_seconds, 10 * cell)
    return dataclasses.replace(
        base,
        cell_seconds=cell,
        notebook_seconds=notebook,
        cpu_seconds=max(base.cpu_seconds, round(0.8 * notebook)),
    )


def rules(options: settings_nbgrader.Options, *, scores: marks.Rules = "fair") -> pipeline.Rules:
    """How marks are given.

    Raises:
        UserError: IgnorePattern.pattern is no regular expression.
    """
    pattern = options.text("IgnorePattern", "pattern", "")
    ignoring = bool(pattern) and options.get("IgnorePattern", "enabled", False) is True
    try:
        ignored = re.compile(pattern) if ignoring else None
    except re.error as error:
        raise errors.UserError(
            f"nbgrader_config: IgnorePattern.pattern is no regular expression ({error}). Mend it."
        ) from None
    added = options.get("OverwriteCells", "add_missing_cells", False) is True
    return pipeline.Rules(
        scores=scores,
        put_back="all" if scores == "fair" else "marked" if added else "nothing",
        ignored=ignored,
        output_lines=_lines(options, "max_lines", 1000),
        traceback_lines=_lines(options, "max_traceback", 100),
    )


def _lines(options: settings_nbgrader.Options, name: str, default: int) -> int | None:
    """A number of lines that feedback keeps; None where the course wants all."""
    told = options.get("LimitOutput", name, default)
    if isinstance(told, bool) or not isinstance(told, int):
        return default
    return told if told >= 0 else None
