"""What is sent about sign-ins over HTTP: one struct per JSON body.

In: nothing. Out: msgspec structs. A link's address and a credential are shown once, where they are made.
"""

import datetime
from typing import Literal

import msgspec

Time = datetime.datetime
Role = Literal["student", "grader", "instructor", "owner"]


class SignIn(msgspec.Struct, kw_only=True):
    """Something that lets somebody in: `kind` is the ceiling (lab, pages, cli) or the kind of link (join,
    signin, machine). `at_most` is the role it can do no more than, `by` who made it if somebody else,
    `made_from` the id of the sign-in that it was made with and ends with, `current` the one that asks. When
    it was used is known to the hour.
    """

    id: str
    kind: str
    label: str
    made: Time
    used: Time | None = None
    expires: Time | None = None
    at_most: str | None = None
    by: str = ""
    made_from: str = ""
    current: bool = False


class SignIns(msgspec.Struct, kw_only=True):
    """What lets somebody into a course, newest first."""

    sign_ins: list[SignIn]


class Ended(msgspec.Struct, kw_only=True):
    """How many sign-ins were ended."""

    ended: int


class BrowserRequest(msgspec.Struct, kw_only=True):
    """A page to be shown once the browser is signed in; empty for the course."""

    page: str = ""


class MachineRequest(msgspec.Struct, kw_only=True):
    """What a machine is to get: for JupyterLab or for the command line, as which role at most, how long."""

    ceiling: Literal["lab", "cli"] = "cli"
    role: Role | None = None
    days: int | None = None


class PersonLinkRequest(msgspec.Struct, kw_only=True):
    """Whether the link is sent by mail; if not, it is in the answer."""

    send: bool = False


class Link(msgspec.Struct, kw_only=True):
    """A link that works once, until `expires`; where it was sent by mail, `sent_to` is the address and `url`
    is empty.
    """

    url: str
    expires: Time
    sent_to: str = ""
