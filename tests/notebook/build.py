"""Notebooks for the tests of this folder, as plain data."""

from typing import Any

from courseware.notebook import files


def cell(source: str, kind: str = "code", *, id: str = "", **marks: Any) -> files.Cell:
    """A cell; `marks` is nbgrader's metadata, none for a plain cell."""
    flags = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    made: files.Cell = {
        "cell_type": kind,
        "id": id or files.derived_id(source, 0),
        "metadata": {"nbgrader": {**flags, **marks}} if marks else {},
        "source": source,
    }
    return {**made, "outputs": [], "execution_count": None} if kind == "code" else made


def answer(source: str, grade_id: str = "f") -> files.Cell:
    """A cell for the student's code."""
    return cell(source, grade_id=grade_id, solution=True)


def machine(source: str, grade_id: str = "t", points: float = 2) -> files.Cell:
    """A cell of machine tests."""
    return cell(source, grade_id=grade_id, grade=True, locked=True, points=points)


def book(*cells: files.Cell) -> files.Notebook:
    """A Python notebook of these cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": list(cells), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def sources(notebook: files.Notebook) -> list[str]:
    """The sources in order."""
    return [one["source"] for one in notebook["cells"]]
