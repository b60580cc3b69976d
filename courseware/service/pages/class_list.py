"""A class list on the page of people: uploaded, looked at, and taken only then.

In: a CSV file, later its text again with the fingerprint of what was shown. Out: what the list would do, or
did, person by person; or what is wrong with it. Refused: to take a list that would do something else by now
than was shown.
"""

import hashlib

import msgspec

from courseware import errors
from courseware.service import call, types_people
from courseware.service.api import people as api_people
from courseware.service.pages import staff, uploaded

MOST_SHOWN = 400


def look(request: call.Call) -> call.Page:
    """What the uploaded list would do; nothing is kept."""
    try:
        text = uploaded.csv_text(request)
    except errors.UserError as error:
        return staff.people_page(request, report=_wrong(error))
    return _looked(request, text)


def take(request: call.Call) -> call.Page:
    """Take the list that was looked at; where it would do something else by now, look again."""
    text, seen = request.body.fields.get("csv", ""), request.body.fields.get("seen", "")
    point = request.connection.begin_nested()
    try:
        report = api_people.taken(request, types_people.ImportRequest(csv=text))
    except errors.UserError:
        point.rollback()
        return _looked(request, text)
    if _fingerprint(report) != seen:
        point.rollback()
        return _looked(request, text, again=True)
    point.commit()
    return staff.people_page(request, report=report, most=MOST_SHOWN)


def _looked(request: call.Call, text: str, *, again: bool = False) -> call.Page:
    point = request.connection.begin_nested()
    try:
        report = api_people.taken(request, types_people.ImportRequest(csv=text, look=True))
    except errors.UserError as error:
        report = _wrong(error)
    finally:
        point.rollback()
    return staff.people_page(
        request, report=report, most=MOST_SHOWN, csv=text, seen=_fingerprint(report), again=again
    )


def _wrong(error: errors.UserError) -> types_people.ImportReport:
    """Why a list is not taken, line by line."""
    return types_people.ImportReport(added=[], changed=[], problems=list(error.details) or [error.message])


def _fingerprint(report: types_people.ImportReport) -> str:
    """What stands for all that a list does."""
    return hashlib.sha256(msgspec.json.encode(report)).hexdigest()
