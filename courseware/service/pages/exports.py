"""The page of marks to take along: CSV for a spreadsheet or Moodle, and a filled export of Canvas."""

import base64

from courseware import errors
from courseware.course import duties
from courseware.service import call, render, types_exports
from courseware.service.api import exports
from courseware.service.pages import uploaded


def read(request: call.Call) -> call.Page:
    """What can be downloaded, and the form for Canvas's file."""
    return _page(request, None, ())


def canvas(request: call.Call) -> call.Page:
    """The filled file to be downloaded, and what was not put in; or what is wrong with the file."""
    try:
        return _page(request, exports.filled(request, uploaded.csv_text(request)), ())
    except errors.UserError as error:
        return _page(request, None, (error.message, *error.details))


def _page(
    request: call.Call, filled: types_exports.CanvasFilled | None, problems: tuple[str, ...]
) -> call.Page:
    """The page; the file stands in it, since nothing is kept of it."""
    inside = base64.b64encode(filled.csv.encode()).decode() if filled else ""
    limited = duties.reach(request.connection, request.viewer) != duties.Reach()
    values = render.base_values(request, filled=filled, inside=inside, problems=problems, limited=limited)
    return call.Page(template="exports.html", values=values)
