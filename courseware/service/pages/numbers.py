"""Points as people type them.

In: the text of a field, with a point or a comma, with either minus, and the numbers that stood beside it.
Out: a number; one that was left as the page showed it is the one that it was, however fine. Refused: what is
none, and what is finer than pages show: nobody would see why two marks that look alike differ.
"""

import math

from courseware import errors
from courseware.service import render

_DECIMALS = 2


def points(said: str, *shown: float | None) -> float:
    """The number; `shown` are those that the page showed, such as the mark that holds and the most there is.

    Raises:
        UserError: it is none, or too fine.
    """
    try:
        found = float(said.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        raise errors.UserError("The points must be a number.") from None
    if not math.isfinite(found):
        raise errors.UserError("The points must be a number.")
    for each in shown:
        if each is not None and found in (each, float(render.points(each))):
            return each
    if abs(found - round(found, _DECIMALS)) > 1e-9:
        raise errors.UserError("Points have at most two decimals. Round them.")
    return found
