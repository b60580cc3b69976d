"""The page on which somebody chooses which letters they get, and when.

In: a plain form. Out: what holds now, in words, or the same form with what is wrong. Choices are the
person's own and hold in all their courses here; shown are the kinds that their role in this one is told.
"""

import dataclasses
import functools
import zoneinfo
from collections.abc import Mapping
from typing import cast

from courseware import errors, language
from courseware.notices import hours, model, preferences
from courseware.service import call, render
from courseware.service.api import notices as api_notices

_LEFT_OUT = ("Etc/", "SystemV/", "US/")


def read(request: call.Call) -> call.Page:
    """What holds."""
    held = preferences.of(request.connection, request.holder.person.id)
    return _page(request, held, held)


def save(request: call.Call) -> call.Page | call.Redirect:
    """Keep the form; what is wrong with it is said above it, and nothing of it is kept.

    Raises:
        UserError: from a Jupyter server.
    """
    api_notices.check_may_choose(request)
    person, fields = request.holder.person.id, request.body.fields
    held = preferences.of(request.connection, person)
    kinds = {kind: fields[f"kind-{kind}"] for kind in of_role(request) if f"kind-{kind}" in fields}
    # What there is not is refused where it would be kept.
    wished = cast(Mapping[model.Kind, model.Choice], kinds)
    told = model.Preferences(choices={**held.choices, **wished}, habit=held.habit)
    point = request.connection.begin_nested()
    try:
        told = dataclasses.replace(told, habit=_habit(fields))
        preferences.choose(request.connection, person, wished)
        preferences.keep_habit(request.connection, person, told.habit)
    except errors.UserError as error:
        point.rollback()
        return _page(request, held, told, problem=error.message)
    point.commit()
    return call.Redirect(to=f"/courses/{request.course.slug}/preferences?told=saved")


def of_role(request: call.Call) -> tuple[model.Kind, ...]:
    """The kinds that somebody of this role is told."""
    others = model.WORK if request.viewer.is_staff else model.STAFF_ONLY
    return tuple(kind for kind in model.KINDS if kind not in others)


def _habit(fields: Mapping[str, str]) -> model.Habit:
    """When and how, as the form says.

    Raises:
        UserError: an hour that is no number.
    """
    quiet = fields.get("quiet") == "yes"
    return model.Habit(
        time_zone=fields.get("zone") or None,
        digest_hour=_number(fields.get("hour", "")),
        digest_weekday=_number(fields.get("weekday", "")),
        quiet_from=_number(fields.get("from", "")) if quiet else None,
        quiet_until=_number(fields.get("until", "")) if quiet else None,
        texts=fields.get("texts") == "yes",
        language=fields.get("language") or None,
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 2:
        raise errors.UserError("Hours and days are numbers.", code="invalid")
    return int(text)


def _page(
    request: call.Call, held: model.Preferences, told: model.Preferences, *, problem: str = ""
) -> call.Page:
    """What holds in words, and the form as it was told."""
    kinds, course = of_role(request), request.course
    where = hours.zone(held.habit, course.time_zone)
    values = render.base_values(
        request,
        kinds=kinds,
        held=held.habit,
        told=told,
        chosen={name: [kind for kind in kinds if held.choices[kind] == name] for name in model.CHOICES},
        choices=model.CHOICES,
        own_zone=where.key,
        course_zone=course.time_zone,
        zones=zones(told.habit.time_zone),
        languages=language.NAMES,
        daily=hours.digest(request.now, held.habit, where),
        weekly=hours.digest(request.now, held.habit, where, weekly=True),
        mail=request.service.teller.sender is not None,
        saved=request.query.get("told") == "saved",
        problem=problem,
    )
    return call.Page(template="preferences.html", values=values, status=422 if problem else 200)


@functools.cache
def _all_zones() -> tuple[str, ...]:
    """The names to choose from: places, and UTC."""
    named = (
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(_LEFT_OUT)
    )
    return ("UTC", *sorted(named))


def zones(own: str | None) -> tuple[str, ...]:
    """All zones to choose from, with the one that was chosen, if there is such a zone."""
    known = _all_zones()
    return known if own in (None, *known) or own not in zoneinfo.available_timezones() else (own, *known)
