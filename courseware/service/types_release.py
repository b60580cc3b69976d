"""What is sent about draft releases over HTTP: one struct per JSON body.

In: nothing. Out: msgspec structs.
"""

import datetime
from typing import Any

import msgspec

from courseware.service import types


class DraftRelease(msgspec.Struct, kw_only=True):
    """A lesson that somebody would release: its id, who uploaded it when, what the check said, and the files
    that students would get.
    """

    id: str
    uploaded: datetime.datetime
    by: types.Person
    notes: str
    report: dict[str, Any]
    files: list[types.FileEntry]


class DraftReleaseChoice(msgspec.Struct, kw_only=True):
    """Which draft is meant, by its id: not one that took its place meanwhile."""

    id: str
