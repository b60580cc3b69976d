"""Long lists a page at a time.

In: a list in its order, and the cursor that somebody came with: the public id of the last thing they got; of
a page of ours its number. Out: the next page, and the cursor of the one after it. Refused: a cursor that
names nothing in the list; a number that is none is the first.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from courseware import errors

PAGE, ROWS = 200, 50
Thing = TypeVar("Thing")


def after(
    things: Sequence[Thing], cursor: str | None, public: Callable[[Thing], str]
) -> tuple[Sequence[Thing], str | None]:
    """The page behind the cursor, and the cursor of the next page, None on the last one.

    Raises:
        UserError: nothing in the list has the cursor's id.
    """
    begin = 0
    if cursor:
        place = next((number for number, thing in enumerate(things) if public(thing) == cursor), None)
        if place is None:
            raise errors.UserError(
                "This list cannot be continued from there. Load it again.", code="bad-request"
            )
        begin = place + 1
    page = things[begin : begin + PAGE]
    return page, public(page[-1]) if begin + PAGE < len(things) else None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Numbered(Generic[Thing]):
    """A page of rows: its `number`, the first is 1, of so many pages in `all`."""

    things: Sequence[Thing]
    number: int
    all: int


def numbered(things: Sequence[Thing], number: str) -> Numbered[Thing]:
    """The rows of the page that an address names; the last page where that would be behind it."""
    last = max(1, -(-len(things) // ROWS))
    asked = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    here = min(max(1, asked), last)
    return Numbered(things=things[(here - 1) * ROWS : here * ROWS], number=here, all=last)
