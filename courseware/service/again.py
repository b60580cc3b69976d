"""A form that is refused comes back on the page that it stands on, with the sentence and what was typed.

In: a request as `perform` takes it. Out: what its route answers; where that is refused and the route names
the page of its form, that page as it stands now, under the status of the refusal; where that page is there no
more, the page that it names in turn. Refused as before: a sender
who may not see that page, or of whom too much came.
"""

import contextlib
import dataclasses
import re
from typing import Any

from courseware import errors
from courseware.service import call, perform, typed

_PLACE = re.compile(r"\{(\w+)\*?\}")
_OTHERS = ("unauthenticated", "forbidden", "too-many", "too-large")


def answer(request: call.Call, token: str, route: call.Route) -> Any:
    """Run the route; the page of its form where that is refused.

    Raises:
        UserError: refused, and there is no page to say it on.
    """
    try:
        return perform.perform(request, token, route)
    except errors.UserError as error:
        # Who looks as a student finds no form of staff there to put it into.
        page = None if error.code in _OTHERS or request.as_student else route.page
        while page is not None:
            with contextlib.suppress(errors.UserError):
                return _shown(request, token, route, page, error)
            page = page.page
        raise


def _shown(
    request: call.Call, token: str, route: call.Route, page: call.Route, error: errors.UserError
) -> call.Page:
    """The page with the sentence, in a transaction of its own: that of the form is gone with its error."""
    asked = dataclasses.replace(
        request, body=None, query={}, use=call.Use(), ticket=None, refusal=(error.message, *error.details)
    )
    shown: call.Page = perform.perform(asked, token, page)
    fields = request.body.fields if isinstance(request.body, call.Upload) else {}
    address = _PLACE.sub(lambda found: request.path[found[1]], route.path)
    status = errors.STATUS.get(error.code, 422)
    return dataclasses.replace(shown, status=status, sent=typed.Typed(address=address, fields=fields))
