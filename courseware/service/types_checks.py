"""What travels over HTTP about checks on the course; see `types`."""

from typing import Literal

import msgspec


class CheckRequest(msgspec.Struct, kw_only=True):
    """The exercise of the kept copy that is to be checked."""

    exercise: str


class Check(msgspec.Struct, kw_only=True):
    """A check of one exercise: how it stands and, once it is `done`, the verdict, in words too, and the
    author's hint. No points, and nothing of hidden tests. `hint` of one that `failed` says why. `left` is how
    many more are taken now.
    """

    id: str
    exercise: str
    state: Literal["waiting", "running", "done", "failed"]
    verdict: str
    words: str
    hint: str
    left: int
