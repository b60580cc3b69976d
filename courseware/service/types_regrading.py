"""What travels over HTTP when hand-ins are graded again; see `types`."""

import msgspec


class RegradeRequest(msgspec.Struct, kw_only=True):
    """`fresh` takes nothing over from earlier gradings."""

    fresh: bool = False


class Regrading(msgspec.Struct, kw_only=True):
    """How far it is: hand-ins graded by the newest release and by their own, how many of them wait or failed,
    and the cells that were run and taken over.
    """

    release: int
    newest: int
    own: int
    waiting: int
    failed: int
    ran: int
    taken: int
