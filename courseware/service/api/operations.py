"""What machines ask that keep a service running: whether it stands, whether it can work, how it goes.

In: a probe. Out: a word, or numbers. Who may read the numbers is settled by a token of the deployment's own,
since no person's rights fit; without one there are none.
"""

import hmac

from courseware import errors
from courseware.service import call, embedded, metrics, types

VERSION = "0.2.0"


def health(request: call.Call) -> types.Health:
    """Whether the service stands."""
    proof = embedded.proof(request.service.state, request.query.get("nonce", ""))
    return types.Health(status="ok", version=VERSION, proof=proof)


def ready(request: call.Call) -> types.Ready:
    """Whether it can work now: the database was just read, and the place for files answers.

    Raises:
        Temporary: one of them is away.
    """
    request.service.blobs.check()
    return types.Ready(status="ready")


def numbers(request: call.Call) -> call.File:
    """The numbers for Prometheus.

    Raises:
        UserError: not the deployment's token, or none is set.
    """
    told = request.metrics
    if told is None or not told.token:
        raise errors.UserError("This service tells no numbers: [service] metrics is empty.", code="not-found")
    if not hmac.compare_digest(told.token.encode(), request.token.encode()):
        raise errors.UserError("These numbers are for the deployment's own token.", code="unauthenticated")
    return call.File(name="metrics.txt", data=told.text(), media_type=metrics.MEDIA_TYPE)
