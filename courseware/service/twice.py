"""A form of a page that is sent twice is done once: a second click, or a page that is loaded again.

In: a form with the token of its page, and what does it. Out: what that answers; of a form that was done
before, where it led then. Another text under the same token is another form, so that nothing is lost by going
back. What only shows the page again, since something was wrong or to be seen first, was not done.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from courseware.service import call, idempotency
from courseware.store import database


def once(request: call.Call, run: Callable[[call.Call], Any]) -> Any:
    """Do a form, or say where it led when it was done before."""
    told = dict(request.body.fields)
    told.pop("_xsrf", None)
    if not told.get("once"):
        return run(request)
    person, said = request.holder.person, json.dumps([sorted(request.path.items()), sorted(told.items())])
    same = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
    key = f"page {same[:60]}"
    database.lock(request.connection, f"key {person.id} {key}")
    kept = idempotency.find(request.connection, person, key, same)
    if kept is not None:
        request.use.repeated = True
        return call.Redirect(to=kept.body.decode())
    answer = run(request)
    if isinstance(answer, call.Redirect):
        done = idempotency.Kept(status=303, body=answer.to.encode())
        idempotency.keep(request.connection, person, key, same, done, now=request.now)
    return answer
