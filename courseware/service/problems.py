"""Errors as problem+json (RFC 9457): the one place where a failure becomes an HTTP answer.

In: any exception that a handler let through. Out: a status, headers and a `types.Problem`. A person's
mistake keeps its sentence; a defect of ours becomes 500 with a number that stands in the log, and nothing
else.
"""

import dataclasses
import http
import logging
import secrets
from collections.abc import Mapping

from courseware import errors
from courseware.service import logs, types

log = logging.getLogger("courseware.service")
_HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": 'Bearer realm="courseware"'},
    429: {"Retry-After": "60"},
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Failure:
    """What is answered: status, body and extra headers."""

    status: int
    problem: types.Problem
    headers: Mapping[str, str]


def from_exception(error: BaseException) -> Failure:
    """Translate an exception; unknown ones are logged under a number that the person can quote."""
    if isinstance(error, errors.UserError):
        status = errors.STATUS.get(error.code, 422)
        extra = {"Retry-After": str(error.after)} if error.after else _HEADERS.get(status, {})
        return _failure(status, error.code, error.message, error.details, extra)
    if isinstance(error, errors.Temporary):
        return _failure(503, "temporary", error.message, (), {"Retry-After": "2"})
    number = logs.REQUEST.get() or secrets.token_hex(8)
    log.error("failure %s", number, exc_info=error)
    return _failure(
        500, "internal", f"Something went wrong here (number {number}). Nothing was kept; try again."
    )


def from_status(status: int) -> Failure:
    """A failure that the web server itself found, such as an unknown address."""
    found = {
        404: "There is nothing at this address.",
        405: "This address does not take that kind of request.",
    }
    detail = found.get(
        status, http.HTTPStatus(status).phrase if status in set(http.HTTPStatus) else "Refused."
    )
    code = next((code for code, number in errors.STATUS.items() if number == status), "refused")
    return _failure(status, code, detail)


def _failure(
    status: int,
    code: str,
    detail: str,
    details: tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Failure:
    """The record of a failure."""
    problem = types.Problem(
        type=f"urn:courseware:problem:{code}",
        title=http.HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        details=list(details),
    )
    return Failure(status=status, problem=problem, headers=headers or {})
