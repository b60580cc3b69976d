"""What an answer of a course service refuses.

In: an answer that is no success. Out: the error it stands for, with the service's own sentence.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from courseware import errors

if TYPE_CHECKING:
    import httpx

_PROBLEM = ("application/problem+json", "application/json")


def kind(answer: httpx.Response) -> str:
    """The media type of an answer."""
    return str(answer.headers.get("Content-Type", "")).split(";")[0].strip().lower()


def told(answer: httpx.Response) -> errors.CoursewareError | None:
    """The error that an answer stands for; None if it is no service's."""
    status = answer.status_code
    try:
        read = json.loads(answer.content) if kind(answer) in _PROBLEM else {}
        sentence, code = str(read["detail"]), str(read["code"])
        details = tuple(str(detail) for detail in read.get("details", ()))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # Whoever says so looked at this very upload; a proxy before the service has a limit of its own.
        too_large = "This is too large for the server on the way to the course service."
        return errors.UserError(too_large, code="too-large") if status == 413 else None
    if status >= 500:
        return errors.Temporary(sentence)
    return errors.UserError(sentence, code=code, details=details)
