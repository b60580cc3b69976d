"""Long lists a page at a time.

In: a list in its order, and the cursor that somebody came with: the public id of the last thing they got.
Out: the next page, and the cursor of the one after it. Refused: a cursor that names nothing in the list.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from courseware import errors

PAGE = 200
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
