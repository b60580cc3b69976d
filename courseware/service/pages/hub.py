"""Getting in by way of a JupyterHub.

In: a browser that is not signed in, and what the Hub sends it back with. Out: redirects, the last with a
session of the pages. A cookie ties both halves together, so that nobody is signed in as somebody else by a
link, and a browser that keeps no cookies is told so in place of going round for ever.
"""

import base64
import hmac
import json

from courseware import errors
from courseware.course import sign_in
from courseware.service import call, identity, vouching

_AGAIN = "This sign-in was not completed here. Open the page again; your browser must keep cookies for that."


def begin(request: call.Call) -> call.Redirect:
    """Send the browser to the Hub."""
    begun = _hub(request).door.begin()
    wanted = identity.own_page(request.query.get("next", ""))
    kept = {"state": begun.state, "verifier": begun.verifier, "next": wanted}
    return call.Redirect(
        to=begun.url, handshake=base64.urlsafe_b64encode(json.dumps(kept).encode()).decode("ascii")
    )


def finish(request: call.Call) -> call.Redirect:
    """Sign the browser in that the Hub sends back.

    Raises:
        UserError: the Hub lets them in nowhere here, or it is not the browser that began.
        Temporary: the Hub is away.
    """
    kept = _kept(request.handshake)
    if not hmac.compare_digest(kept["state"].encode(), request.query.get("state", "").encode()):
        raise errors.UserError(_AGAIN, code="forbidden")
    if "code" not in request.query:
        raise errors.UserError("The Hub does not let you into this service.", code="forbidden")
    known = _hub(request)
    let = known.in_browser(known.door.redeem(request.query["code"], kept["verifier"]))
    return call.Redirect(
        to=kept["next"] or "/",
        credential=let.token,
        seconds=int(sign_in.BROWSER_FOR.total_seconds()),
        handshake="",
    )


def _kept(handshake: str) -> dict[str, str]:
    """What the browser kept since it began."""
    try:
        told = json.loads(base64.urlsafe_b64decode(handshake))
        kept = {name: str(told[name]) for name in ("state", "verifier", "next")}
    except (ValueError, KeyError, TypeError):
        raise errors.UserError(_AGAIN, code="forbidden") from None
    return {**kept, "next": identity.own_page(kept["next"])}


def _hub(request: call.Call) -> vouching.Vouching:
    if request.hub is None:
        raise errors.UserError("There is no such page.", code="not-found")
    return request.hub
