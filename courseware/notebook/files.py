"""Notebook files as they come in and go out.

In: bytes from anywhere. Out: a notebook as plain JSON data in nbformat 4.5, each cell with `id`,
`metadata`, `source` as one string and, for code, `outputs`. Refused with one sentence: what is no notebook,
too large, too deep, cut off, or has a key twice. The bytes are looked over before any parser sees them.
nbformat itself is asked only for files older than version 4, because importing it costs most of a second.
"""

import codecs
import hashlib
import json
import re
from typing import Any

from courseware import errors

Notebook = dict[str, Any]
Cell = dict[str, Any]

MAX_BYTES = 10_000_000
MAX_DEPTH = 100
_AS_SAVED = "Hand in the file as JupyterLab saves it."
# Possessive, so that a string of escapes without an end costs one pass and not one pass for each escape.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_CELL_TYPES = ("code", "markdown", "raw")


def scan(data: bytes, *, name: str) -> None:
    """Look over the bytes of a notebook without parsing them.

    Raises:
        UserError: empty, over 10 MB, not UTF-8, nested deeper than 100, cut off, or not a JSON object.
    """
    if not data.strip():
        raise errors.UserError(f"{name} is empty. Save the notebook and try again.", code="bad-request")
    if len(data) > MAX_BYTES:
        size = len(data) / 1e6
        raise errors.UserError(
            f"{name} has {size:.0f} MB; at most {MAX_BYTES // 10**6} MB are taken. Clear outputs and save.",
            code="too-large",
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise errors.UserError(
            f"{name} is not UTF-8 text, so it is no notebook. {_AS_SAVED}", code="bad-request"
        ) from None
    # Some editors put a mark before the text that says nothing; the parser passes over it too.
    if not data.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        raise errors.UserError(f"{name} is not a notebook (no JSON object). {_AS_SAVED}", code="bad-request")
    # A quotation mark more closes a string that was left open, so the pattern never runs to the end in
    # vain; if
    # all were closed, that mark is left over. (A backslash cannot stand before it once the last sign is a
    # brace.)
    bare = _STRING.sub(b"", data + b'"') if data.rstrip().endswith(b"}") else b""
    depth = 0
    for bracket in _BRACKET.finditer(bare):
        depth += 1 if bracket.group() in b"[{" else -1
        if depth > MAX_DEPTH:
            raise errors.UserError(
                f"{name} is nested more than {MAX_DEPTH} levels deep; a notebook is not. {_AS_SAVED}",
                code="bad-request",
            )
    if depth != 0 or not bare.endswith(b'"'):
        raise errors.UserError(f"{name} is cut off. Save the notebook and try again.", code="bad-request")


def read(data: bytes, *, name: str) -> Notebook:
    """The notebook in these bytes, brought to nbformat 4.5.

    Raises:
        UserError: as `scan`, or a key twice, or not the shape of a notebook.
    """
    scan(data, name=name)
    try:
        raw = json.loads(data, object_pairs_hook=lambda pairs: _object(pairs, name))
    except (ValueError, RecursionError):
        raise errors.UserError(
            f"{name} is not valid JSON, so it is no notebook. {_AS_SAVED}", code="bad-request"
        ) from None
    if not isinstance(raw.get("nbformat"), int):
        raise errors.UserError(
            f"{name} is not a notebook (it has no nbformat). {_AS_SAVED}", code="bad-request"
        )
    if raw["nbformat"] > 4:
        raise errors.UserError(
            f"{name} is of nbformat {raw['nbformat']}; at most 4 is known here. Save it in that format.",
            code="bad-request",
        )
    if raw["nbformat"] < 4:
        raw = _converted(raw, name)
    if not isinstance(raw.get("cells"), list):
        raise errors.UserError(
            f"{name} is not a notebook (it has no list of cells). {_AS_SAVED}", code="bad-request"
        )
    cells = [_cell(cell, position, name) for position, cell in enumerate(raw["cells"])]
    _make_ids_unique(cells)
    metadata = raw.get("metadata")
    return {
        "cells": cells,
        "metadata": metadata if isinstance(metadata, dict) else {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write(notebook: Notebook) -> bytes:
    """The bytes of a notebook, the same for the same notebook (keys in order, as Jupyter saves)."""
    text = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False)
    return (text + "\n").encode("utf-8", errors="replace")


def _object(pairs: list[tuple[str, Any]], name: str) -> dict[str, Any]:
    """A JSON object whose keys are all different; parsers disagree on which of two would count."""
    found = dict(pairs)
    if len(found) != len(pairs):
        # One pass: counting each key would be quadratic, and keep a worker busy for minutes.
        seen: set[str] = set()
        for twice, _ in pairs:
            if twice in seen:
                break
            seen.add(twice)
        raise errors.UserError(
            f"{name} has the key {twice[:40]!r} twice in one object. {_AS_SAVED}", code="bad-request"
        )
    return found


def _converted(raw: dict[str, Any], name: str) -> dict[str, Any]:
    """A notebook older than version 4, brought up by nbformat."""
    import nbformat

    try:
        return dict(json.loads(json.dumps(nbformat.convert(nbformat.from_dict(raw), 4))))
    except Exception as error:
        # nbformat raises whatever its conversion stumbles over; for the sender it is one thing.
        raise errors.UserError(
            f"{name} is an old notebook that cannot be converted. {_AS_SAVED}", code="bad-request"
        ) from error


def _cell(cell: Any, position: int, name: str) -> Cell:
    """One cell in the shape of nbformat 4.5; what the shape does not know is dropped."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in _CELL_TYPES:
        raise errors.UserError(
            f"Cell {position + 1} of {name} is no notebook cell. {_AS_SAVED}", code="bad-request"
        )
    source = _text(cell.get("source", ""))
    metadata = cell.get("metadata")
    found: Cell = {
        "cell_type": cell["cell_type"],
        "id": cell.get("id") if _good_id(cell.get("id")) else derived_id(source, position),
        "metadata": metadata if isinstance(metadata, dict) else {},
        "source": source,
    }
    if cell["cell_type"] == "code":
        outputs = cell.get("outputs")
        found["outputs"] = [o for o in outputs if isinstance(o, dict)] if isinstance(outputs, list) else []
        count = cell.get("execution_count")
        found["execution_count"] = count if isinstance(count, int) else None
    elif isinstance(cell.get("attachments"), dict):
        found["attachments"] = cell["attachments"]
    return found


def _text(source: Any) -> str:
    """A multi-line string: nbformat allows one string or a list of them."""
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _good_id(value: Any) -> bool:
    """Whether a cell id fits nbformat 4.5 (1 to 64 of letters, digits, - and _)."""
    return isinstance(value, str) and re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", value) is not None


def derived_id(source: str, position: int) -> str:
    """An id for a cell that has none: the same file gets the same ids each time it is read."""
    return hashlib.sha256(f"{position}\0{source}".encode(errors="replace")).hexdigest()[:12]


def _make_ids_unique(cells: list[Cell]) -> None:
    """Copies of a cell may carry its id; the first keeps it."""
    seen: set[str] = set()
    for position, cell in enumerate(cells):
        if cell["id"] in seen:
            cell["id"] = derived_id(cell["source"] + cell["id"], position)
        seen.add(cell["id"])
