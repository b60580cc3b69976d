"""What a service or a worker writes down while it runs: a line each, for people or for a machine.

In: the way that the settings say. Out: lines on standard error. Each line that belongs to a request carries
its id, which the sender was told too, whichever thread wrote it. No line holds a query, a name, a body or a
token.
"""

import contextvars
import datetime
import json
import logging
import re
import secrets
import sys
from typing import Literal

REQUEST: contextvars.ContextVar[str] = contextvars.ContextVar("request", default="")
_GIVEN = re.compile(r"[A-Za-z0-9_.:-]{8,64}", re.ASCII)
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def request_id(told: str) -> str:
    """The id of a request: the one that a proxy in front gave, if it is one, else a fresh one."""
    return told if _GIVEN.fullmatch(told) else secrets.token_hex(8)


def begin(how: Literal["quiet", "text", "json"]) -> None:
    """Write from now on; `quiet` leaves it at warnings."""
    if how == "quiet":
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if how == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("courseware").setLevel(logging.INFO)


def _time(record: logging.LogRecord) -> str:
    made = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
    return f"{made:%Y-%m-%dT%H:%M:%S}.{made.microsecond // 1000:03}Z"


class _Text(logging.Formatter):
    """A line that reads well; what a sender put into an address cannot begin another one."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, who, what, and the request."""
        about = f" [{REQUEST.get()}]" if REQUEST.get() else ""
        said = _UNSEEN.sub("?", record.getMessage()).replace("\n", " ")
        trace = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return f"{_time(record)} {record.levelname.lower()} {record.name}: {said}{about}{trace}"


class _Json(logging.Formatter):
    """A JSON object in a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The same, with the facts of a request as names of their own."""
        told: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if REQUEST.get():
            told["request"] = REQUEST.get()
        told |= getattr(record, "facts", {})
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told)
