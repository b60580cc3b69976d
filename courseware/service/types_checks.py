"""What travels over HTTP about checks on the course; see `types`."""

from typing import Literal

import msgspec


class CheckRequest(msgspec.Struct, kw_only=True):
    """The exercise that is to be checked, of the kept copy or, where none is kept, of the last hand-in."""

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
