"""Change somebody's dates: grant and take back, shift, pause, commit to weekly hours, move to another zone.

In: who it is for, who does it, and when. Out: rows, the journal's entry and the dates written anew, in the
caller's transaction. Refused: what cannot be granted, a due date before the lesson opens, a shift when no
date was missed, a pause that began in the past, hours outside the course's bounds.
"""

import datetime
import zoneinfo
from collections.abc import Collection

import sqlalchemy as sa

from courseware import errors
from courseware.course import allowances, dates, gates, lessons, manifest, model, pace, plans, rules, wall
from courseware.store import database, journal

MOST_DAYS = 366
LONGEST_PAUSE = 180
_MAX_TEXT = 2000


def grant(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    granted: rules.Granted,
    *,
    reason: str,
    by: model.Person,
    now: datetime.datetime,
) -> str:
    """Grant something to somebody; the reason is for staff. Its public id.

    Raises:
        UserError: it cannot be granted, or there is no reason.
    """
    _check(granted, reason)
    lesson = lessons.find(connection, course, granted.lesson) if granted.lesson else None
    if granted.until is not None:
        if lesson is None:
            raise errors.UserError("A due date is one lesson's: say which.")
        _after_opening(connection, course, person, lesson, granted.until)
    public = allowances.insert(
        connection, course, person, lesson, granted, reason=reason.strip(), by=by, now=now
    )
    _written(connection, course, person, f"allowance.{granted.kind}", public, by=by, now=now)
    return public


def take_back(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    public: str,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    """End something that was granted.

    Raises:
        UserError: nothing of this id holds.
    """
    allowances.end(connection, course, person, public, by=by, now=now)
    _written(connection, course, person, "allowance.ended", public, by=by, now=now)


def _check(granted: rules.Granted, reason: str) -> None:
    """Refuse what makes no sense."""
    bounds: dict[rules.Grant, tuple[float, float, str]] = {
        "extension": (1, MOST_DAYS, "An extension is a number of days from 1 to 366, or a due date."),
        "extra-time": (1.01, 10, "Extra time is a factor from 1.01 to 10, such as 1.5."),
        "extra-attempts": (1, 1000, "Extra attempts are a number from 1 to 1000."),
    }
    if not 1 <= len(reason.strip()) <= _MAX_TEXT:
        raise errors.UserError("Say why, in 1 to 2000 characters; only staff read it.")
    if granted.kind not in rules.GRANTS:
        raise errors.UserError(f"There is nothing {granted.kind!r} to grant; use {', '.join(rules.GRANTS)}.")
    if granted.kind == "format" and not 1 <= len(granted.text.strip()) <= _MAX_TEXT:
        raise errors.UserError("Say which format they get, such as a transcript.")
    if granted.kind == "extension" and granted.until is not None:
        return
    if granted.kind in bounds:
        least, most, message = bounds[granted.kind]
        whole = granted.kind == "extra-time" or granted.amount == int(granted.amount)
        if not least <= granted.amount <= most or not whole:
            raise errors.UserError(message)


def _after_opening(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    lesson: model.Lesson,
    until: datetime.datetime,
) -> None:
    """Refuse a due date at which the lesson is not open yet. While it is locked by what comes first, nobody
    knows when it opens; the lesson's own date counts then.
    """
    opens = dates.effective(connection, person.id, lesson.id).opens
    if opens == gates.NEVER:
        opens = dates.of_lesson(connection, lesson.id).opens
    if opens is not None and until <= opens:
        zone = manifest.of(course).rules.zone
        raise errors.UserError(
            f"{lesson.title!r} opens for {person.name} on {wall.told(opens, zone)}; choose a later due date."
        )


def _written(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    kind: str,
    subject: str,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    """The audit's entry, and the dates anew."""
    data = {"person": person.public}
    journal.append(connection, kind, subject, now=now, course_id=course.id, actor_id=by.id, data=data)
    dates.rewrite(connection, course, person_id=person.id)


def zone_of(connection: sa.Connection, course: model.Course, person_id: int) -> zoneinfo.ZoneInfo:
    """The zone of somebody's plan now."""
    steps = plans.of_course(connection, course, person_id=person_id).get(person_id, ())
    named = [step.zone for step in steps if step.kind == "zone"]
    return zoneinfo.ZoneInfo(named[-1]) if named else manifest.of(course).rules.zone


def missed(
    connection: sa.Connection,
    course: model.Course,
    person_id: int,
    handed_in: Collection[str],
    *,
    now: datetime.datetime,
) -> str | None:
    """The first lesson of somebody's pace that they missed; None if there is nothing to shift."""
    said = manifest.of(course).rules
    paced = {each.slug for each in said.lessons if each.pacing == "paced"}
    holding = {
        lesson.slug: dates.effective(connection, person_id, lesson.id)
        for lesson in lessons.of_course(connection, course)
        if lesson.slug in paced
    }
    return pace.missed(said, holding, handed_in, now=now)


def shift(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    handed_in: Collection[str],
    *,
    now: datetime.datetime,
) -> model.Lesson:
    """Begin the first missed lesson anew today, and all that follows it; the lesson. Work that was handed in,
    marks and the end of the course stay as they are.

    Raises:
        UserError: no date was missed.
    """
    database.lock(connection, f"plan {course.id} {person.id}")
    slug = missed(connection, course, person.id, handed_in, now=now)
    if slug is None:
        raise errors.UserError(
            "You have missed no date of your pace, so there is nothing to shift.", code="conflict"
        )
    lesson = lessons.find(connection, course, slug)
    zone = zone_of(connection, course, person.id)
    on = pace.first_day(manifest.of(course).rules.pace, now, zone)
    step = rules.Step(kind="shift", at=now, on=on, lesson=slug)
    plans.insert(connection, course, person.id, step, lesson=lesson)
    _written(connection, course, person, "plan.shifted", lesson.public, by=person, now=now)
    return lesson


def commit(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    hours: float,
    *,
    now: datetime.datetime,
) -> None:
    """Work so many hours a week from now on.

    Raises:
        UserError: fewer or more than the course allows, or nothing in it is paced.
    """
    said = _paced(course)
    if not said.pace.least_hours <= hours <= said.pace.most_hours:
        raise errors.UserError(
            f"Choose from {said.pace.least_hours:g} to {said.pace.most_hours:g} hours a week."
        )
    on = wall.day(now, zone_of(connection, course, person.id))
    plans.insert(connection, course, person.id, rules.Step(kind="hours", at=now, on=on, hours=hours))
    _written(connection, course, person, "plan.hours", person.public, by=person, now=now)


def pause(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    first: datetime.date,
    last: datetime.date,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    """Do nothing for the course from one day to another.

    Raises:
        UserError: it begins in the past, or is no or too long a time.
    """
    _paced(course)
    today = wall.day(now, zone_of(connection, course, person.id))
    if first < today:
        raise errors.UserError("A pause begins today or later. What was missed can be shifted.")
    if last < first or (last - first).days >= LONGEST_PAUSE:
        raise errors.UserError(f"A pause lasts from 1 to {LONGEST_PAUSE} days.")
    plans.insert(connection, course, person.id, rules.Step(kind="pause", at=now, on=first, until=last))
    _written(connection, course, person, "plan.paused", person.public, by=by, now=now)


def move(
    connection: sa.Connection,
    course: model.Course,
    person: model.Person,
    zone: str,
    *,
    now: datetime.datetime,
) -> None:
    """Live in another zone from now on: paced dates that are still to come are on the wall there.

    Raises:
        UserError: there is no such zone, or dates are on the course's wall.
    """
    if not _paced(course).pace.own_zone:
        raise errors.UserError("In this course all dates are in the zone of the course.")
    try:
        there = zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise errors.UserError(f"There is no time zone {zone[:64]!r}; write one as Europe/Berlin.") from None
    step = rules.Step(kind="zone", at=now, on=wall.day(now, there), zone=zone)
    plans.insert(connection, course, person.id, step)
    _written(connection, course, person, "plan.moved", person.public, by=person, now=now)


def _paced(course: model.Course) -> rules.Course:
    """The rules of a course in which something is paced.

    Raises:
        UserError: nothing is.
    """
    said = manifest.of(course).rules
    if not any(each.pacing == "paced" for each in said.lessons):
        raise errors.UserError(
            "No lesson of this course is paced: its dates are the course's.", code="conflict"
        )
    return said
