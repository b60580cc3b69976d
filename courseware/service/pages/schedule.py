"""Pages of dates: everybody's own with the reasons, and for staff those of one person."""

import dataclasses
import datetime
import zoneinfo

from courseware import errors
from courseware.course import people, rules, wall
from courseware.service import call, render, types_schedule
from courseware.service.api import calendar as api_calendar
from courseware.service.api import progress as api_progress
from courseware.service.api import schedule as api_schedule

_GRANTS: dict[str, rules.Grant] = {name: name for name in rules.GRANTS}
# The field of the form that says how much.
AMOUNTS = {"extension": "days", "extra-time": "factor", "extra-attempts": "attempts"}


def mine(request: call.Call, *, calendar: str = "") -> call.Page:
    """My dates, why they are so, and what I can change; with a calendar's address where one was made."""
    done = request.query.get("done", "")
    progress = api_progress.mine(request)
    values = render.base_values(
        request, plan=api_schedule.plan(request), done=done, calendar=calendar, progress=progress
    )
    return call.Page(template="dates.html", values=values)


def calendar_address(request: call.Call) -> call.Page:
    """My dates, with an address for a calendar, shown once."""
    return mine(request, calendar=api_calendar.make(request).url)


def change(request: call.Call) -> call.Redirect:
    """Shift my dates, choose hours, pause or move."""
    fields = request.body.fields
    act = fields.get("act", "")
    if act not in ("shift", "hours", "pause", "zone"):
        raise errors.UserError("There is nothing of this name to change.", code="bad-request")
    told = types_schedule.PlanRequest(
        act=act,
        hours=_number(fields.get("hours", "0"), "The hours must be a number."),
        first=fields.get("first", ""),
        last=fields.get("last", ""),
        zone=fields.get("zone", "").strip(),
    )
    api_schedule.change_plan(dataclasses.replace(request, body=told))
    return call.Redirect(to=f"/courses/{request.course.slug}/dates?done={act}")


def person(request: call.Call) -> call.Page:
    """One person's dates, what was granted to them, and the form to grant more."""
    member = people.find(request.connection, request.course, request.path["p"])
    told = api_schedule.of_person(request)
    values = render.base_values(request, person=member.person, dates=told.dates, allowances=told.allowances)
    return call.Page(template="person_dates.html", values=values)


def grant(request: call.Call) -> call.Redirect:
    """Grant what the form says."""
    api_schedule.grant(dataclasses.replace(request, body=wish(request)))
    return _person(request)


def wish(request: call.Call) -> types_schedule.AllowanceRequest:
    """What the form says is granted.

    Raises:
        UserError: it names nothing that there is, or what should be a number or a date is none.
    """
    fields = request.body.fields
    kind = _GRANTS.get(fields.get("kind", ""))
    if kind is None:
        raise errors.UserError("Choose what to grant.", code="bad-request")
    return types_schedule.AllowanceRequest(
        kind=kind,
        reason=fields.get("reason", ""),
        lesson=fields.get("lesson", ""),
        amount=_number(fields.get(AMOUNTS.get(kind, ""), "") or "0", "How much must be a number."),
        until=_until(request, fields.get("until", "")) if kind == "extension" else None,
        text=fields.get("text", ""),
    )


def take_back(request: call.Call) -> call.Redirect:
    """End what was granted."""
    api_schedule.take_back(request)
    return _person(request)


def choose(request: call.Call) -> call.Redirect:
    """Let my hand-in count."""
    api_schedule.choose(request)
    return call.Redirect(to=f"/submissions/{request.path['s']}")


def _person(request: call.Call) -> call.Redirect:
    return call.Redirect(to=f"/courses/{request.course.slug}/people/{request.path['p']}/dates")


def _number(text: str, message: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise errors.UserError(message) from None


def _until(request: call.Call, text: str) -> datetime.datetime | None:
    """A due date on the wall of the course's zone."""
    if not text:
        return None
    try:
        local = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise errors.UserError("The due date is no date; write 2026-09-01T08:00.") from None
    if local.tzinfo is not None or not 1970 <= local.year < 3000:
        raise errors.UserError("The due date is no date; write 2026-09-01T08:00.")
    return wall.instant(local, zoneinfo.ZoneInfo(request.course.time_zone), ends=True)
