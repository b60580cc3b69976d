"""What a figure that code drew shows, in words, from the places where nbconvert looks for it too.

In: a code cell and an output of it. Out: what its author wrote: for one figure in the metadata of the output,
where `IPython.display.Image(…, alt=…)` puts it, or as `alt` in the metadata of the cell.
"""

from collections.abc import Mapping
from typing import Any

from courseware.notebook import files

KINDS = ("image/png", "image/jpeg", "image/svg+xml")
_LONGEST = 1000


def alternative(output: Mapping[str, Any], of: Mapping[str, Any]) -> str:
    """The words for what an output shows; `of` is the metadata of its cell. Empty where there are none."""
    own = output.get("metadata")
    kinds = [own.get(kind) for kind in KINDS] if isinstance(own, dict) else []
    for told in (*kinds, of):
        said = told.get("alt") if isinstance(told, dict) else None
        if isinstance(said, str) and said.strip():
            return " ".join(said[:_LONGEST].split())
    return ""


def nameless(cell: files.Cell) -> int:
    """How many figures a code cell holds that have no words."""
    drawn = [each for each in cell.get("outputs", ()) if _is_figure(each)]
    return sum(not alternative(each, cell["metadata"]) for each in drawn)


def _is_figure(output: Mapping[str, Any]) -> bool:
    data = output.get("data")
    return isinstance(data, dict) and any(kind in data for kind in KINDS)
