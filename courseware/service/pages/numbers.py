"""Points as people type them.

In: the text of a field, with a point or a comma, with either minus. Out: a number. Refused: what is none, and
what is finer than pages show: nobody would see why two marks that look alike differ.
"""

import math

from courseware import errors

_DECIMALS = 2


def points(said: str) -> float:
    """The number.

    Raises:
        UserError: it is none, or too fine.
    """
    try:
        found = float(said.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        raise errors.UserError("The points must be a number.") from None
    if not math.isfinite(found):
        raise errors.UserError("The points must be a number.")
    if abs(found - round(found, _DECIMALS)) > 1e-9:
        raise errors.UserError("Points have at most two decimals. Round them.")
    return found
