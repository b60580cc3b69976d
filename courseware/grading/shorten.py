"""Shorten what a cell printed for the feedback, as nbgrader's LimitOutput; marks are given before.

In: how a cell ended, and the numbers of lines (None: all). Out: the same with its middle or end left out.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from courseware.sandbox import port


def shorten(run: port.CellRun, *, output_lines: int | None, traceback_lines: int | None) -> port.CellRun:
    """The run with at most so many lines of text, and so many entries in each traceback."""
    kept: list[Mapping[str, Any]] = []
    left = output_lines
    for output in run.outputs:
        kind = output.get("output_type")
        if kind == "stream" and left is not None:
            if left <= 0:
                continue
            lines = str(output.get("text", "")).split("\n")
            if len(lines) > left:
                output = {
                    **output,
                    "text": "\n".join([*lines[: left - 1], "... The rest of the output was left out ..."]),
                }
            left -= len(lines)
        elif kind == "error" and traceback_lines is not None:
            lines = [str(line) for line in output.get("traceback", ())]
            if len(lines) > traceback_lines:
                half = traceback_lines // 2
                lines = [
                    *lines[:half],
                    "... The middle of the traceback was left out ...",
                    *lines[len(lines) - half :],
                ]
                output = {**output, "traceback": lines}
        kept.append(output)
    return dataclasses.replace(run, outputs=tuple(kept))
