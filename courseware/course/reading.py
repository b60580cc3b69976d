"""What `course.toml` says about dates, late work, attempts and what comes first, as rules.

In: the tables as TOML gives them, with the file's text for line numbers. Out: records of `rules`. Refused: a
name that is not known, with its line and the nearest known one; a value that cannot be, with what would be
right.
"""

import dataclasses
import datetime
import itertools
import zoneinfo
from collections.abc import Collection, Mapping
from typing import Any, cast

from courseware import names
from courseware.course import model, rules, wall, written

YEARS = range(1970, 3000)
WORDS = ("opens", "due", "closes")
PACINGS: tuple[rules.Pacing, ...] = ("fixed", "paced", "open")
LATE = ("kind", "percent", "every_hours", "floor", "grace_minutes", "late_days")
ATTEMPTS = ("limit", "cooldown_minutes", "free", "counts")
COMPLETE = ("kind", "percent")
KINDS: tuple[rules.CompleteKind, ...] = ("viewed", "submitted", "passed", "watched", "checked")
WATCHED = 90.0
"""Percent of each video that are enough where nothing else is said: many leave before the last words."""
QUIZ = ("attempts", "explains")
ATTENTION, WEEKS = ("enabled", "weeks"), 4
EXPLAINS: tuple[rules.Explains, ...] = ("after-attempts", "after-answer")
PACE = (
    "hours_per_week",
    "least_hours",
    "most_hours",
    "least_weeks",
    "most_weeks",
    "due_at",
    "days_off",
    "zone",
)
GROUP = ("name", "days_later", "lessons")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def moment(
    source: written.Source, of: str, word: str, told: Any, zone: zoneinfo.ZoneInfo
) -> datetime.datetime | None:
    """A time on the wall of the course's zone, or one with its own zone, as UTC."""
    if told is None:
        return None
    try:
        local = told if isinstance(told, datetime.datetime) else datetime.datetime.fromisoformat(str(told))
    except ValueError:
        raise source.refuse(word, f"{word} of {of} is no date; write 2026-09-01T08:00.") from None
    if local.year not in YEARS:
        years = f"{YEARS.start} and {YEARS.stop - 1}"
        raise source.refuse(word, f"{word} of {of} must lie between the years {years}.")
    if local.tzinfo is not None:
        return local.astimezone(datetime.UTC)
    return wall.instant(local, zone, ends=word not in ("opens", "starts"))


def dates(source: written.Source, of: str, told: Mapping[str, Any], zone: zoneinfo.ZoneInfo) -> model.Dates:
    """The three dates of a lesson, in order.

    Raises:
        UserError: one is no date, or comes before another that it must follow.
    """
    found = {word: moment(source, of, word, told.get(word), zone) for word in WORDS}
    order = [(word, time) for word, time in found.items() if time is not None]
    for (first, earlier), (second, later) in itertools.pairwise(order):
        if earlier >= later:
            raise source.refuse(second, f"{of} has {second} before {first}.")
    why = "The date of the lesson." if order else "The lesson has no dates."
    return model.Dates(opens=found["opens"], due=found["due"], closes=found["closes"], why=why)


def pacing(source: written.Source, told: Any) -> rules.Pacing:
    """How the dates of a course or a lesson are meant."""
    return cast(rules.Pacing, _choice(source, "pacing", told, PACINGS))


def late(source: written.Source, told: Any, usual: rules.Late, *, bank: bool) -> rules.Late:
    """What late work loses: a word, or a table; `bank` says whether late days may be told here.

    Raises:
        UserError: with the line, what is wrong and what would be right.
    """
    if told is None:
        return usual
    if isinstance(told, str):
        return rules.Late(
            kind=cast(rules.LateKind, _choice(source, "late", told, ("accept", "zero", "linear")))
        )
    if not isinstance(told, dict):
        raise source.refuse("late", 'late must be "accept", "zero", or as { kind = "linear", percent = 10 }.')
    written.known(source, told, LATE)
    if "late_days" in told and not bank:
        raise source.refuse("late_days", "late_days are of the whole course; write them in [policies].")
    plain = rules.Late()
    return rules.Late(
        kind=cast(
            rules.LateKind, _choice(source, "kind", told.get("kind", "linear"), ("accept", "zero", "linear"))
        ),
        percent=_number(source, told, "percent", plain.percent, (0, 100)),
        every=datetime.timedelta(hours=_number(source, told, "every_hours", 24, (0.25, 8760))),
        floor=_number(source, told, "floor", plain.floor, (0, 100)),
        grace=datetime.timedelta(minutes=_number(source, told, "grace_minutes", 0, (0, 525_600))),
        bank=_whole(source, told, "late_days", 0, (0, 365)) if bank else usual.bank,
    )


def attempts(source: written.Source, told: Any, usual: rules.Attempts) -> rules.Attempts:
    """How often work is taken: `unlimited`, a number, or a table.

    Raises:
        UserError: with the line, what is wrong and what would be right.
    """
    if told is None:
        return usual
    if told == "unlimited":
        return rules.Attempts()
    plain = type(told) is int
    if plain:
        told = {"limit": told}
    if not isinstance(told, dict):
        raise source.refuse("attempts", 'attempts must be "unlimited", a number, or as { limit = 3 }.')
    written.known(source, told, ATTEMPTS)
    where = "attempts" if plain else "limit"
    return rules.Attempts(
        limit=_whole(source, told, "limit", 0, (1, 10_000), where=where) if "limit" in told else None,
        cooldown=datetime.timedelta(minutes=_number(source, told, "cooldown_minutes", 0, (0, 43_200))),
        free=_whole(source, told, "free", 1, (1, 10_000)),
        counts=cast(
            rules.Counts, _choice(source, "counts", told.get("counts", "last"), ("last", "best", "chosen"))
        ),
    )


def complete(source: written.Source, told: Any, usual: rules.Complete | None) -> rules.Complete | None:
    """When a lesson is done: a word, or `{ kind = "passed", percent = 80 }`.

    Raises:
        UserError: with the line, what is wrong and what would be right.
    """
    if told is None:
        return usual
    where = "kind" if isinstance(told, dict) else "complete"
    if isinstance(told, str):
        told = {"kind": told}
    if not isinstance(told, dict):
        words = ", ".join(f'"{kind}"' for kind in KINDS)
        raise source.refuse(
            "complete", f'complete must be {words}, or as {{ kind = "passed", percent = 80 }}.'
        )
    written.known(source, told, COMPLETE)
    kind = _choice(source, where, told.get("kind", "passed"), KINDS)
    if "percent" in told and kind not in ("passed", "watched"):
        told_so = f"percent is for passed and watched; a lesson that is done when {kind} has none."
        raise source.refuse("percent", told_so)
    usual_percent, least = (WATCHED, 1) if kind == "watched" else (rules.Complete().percent, 0)
    percent = _number(source, told, "percent", usual_percent, (least, 100))
    return rules.Complete(kind=cast(rules.CompleteKind, kind), percent=percent)


def quiz(source: written.Source, told: Any) -> rules.Quiz:
    """How questions in lessons are answered and explained.

    Raises:
        UserError: with the line, what is wrong and what would be right.
    """
    if not isinstance(told, dict):
        raise source.refuse("quiz", f'quiz must be as {{ attempts = 3, explains = "{EXPLAINS[0]}" }}.')
    written.known(source, told, QUIZ)
    explains = _choice(source, "explains", told.get("explains", EXPLAINS[0]), EXPLAINS)
    attempts = _whole(source, told, "attempts", rules.Quiz().attempts, (1, 100))
    return rules.Quiz(attempts=attempts, explains=cast(rules.Explains, explains))


def checks(source: written.Source, told: Mapping[str, Any]) -> int | None:
    """How many checks of an exercise on the course are taken in 24 hours; None if none are."""
    return _whole(source, told, "checks", 1, (1, 100)) if "checks" in told else None


def attention(source: written.Source, told: Any) -> int | None:
    """For how many weeks after somebody began staff are told whether they may need a word; None for never.

    Raises:
        UserError: with the line, what is wrong and what would be right.
    """
    if not isinstance(told, dict):
        raise source.refuse("attention", "write attention as [attention].")
    written.known(source, told, ATTENTION)
    if type(told.get("enabled", False)) is not bool:
        raise source.refuse("enabled", "enabled must be true or false.")
    weeks = _whole(source, told, "weeks", WEEKS, (1, 52))
    return weeks if told.get("enabled") else None


def requires(source: written.Source, slug: str, told: Any) -> tuple[rules.Requirement, ...]:
    """What comes before a lesson: names of lessons, or `{ lesson = "one", percent = 80 }`."""
    listed = [told] if isinstance(told, (str, dict)) else told if isinstance(told, list) else None
    found = []
    for each in [] if told is None else listed or [None]:
        if isinstance(each, str):
            each = {"lesson": each}
        if not isinstance(each, dict) or not isinstance(each.get("lesson"), str):
            message = (
                f'requires of the lesson {slug!r} must be as ["one", {{ lesson = "two", percent = 80 }}].'
            )
            raise source.refuse("requires", message)
        written.known(source, each, ("lesson", "percent"))
        percent = (
            _number(source, each, "percent", 0, (0, 100), where="requires") if "percent" in each else None
        )
        if each["lesson"] == slug:
            raise source.refuse("requires", f"the lesson {slug!r} cannot require itself.")
        found.append(rules.Requirement(lesson=each["lesson"], percent=percent))
    return tuple(found)


def pace(source: written.Source, told: Any) -> rules.Pace:
    """The section [pace].

    Raises:
        UserError: with the line, what is wrong and what would be right.
    """
    if not isinstance(told, dict):
        raise source.refuse("pace", "write pace as [pace].")
    written.known(source, told, PACE)
    plain = rules.Pace()
    hours = _number(source, told, "hours_per_week", plain.hours, (0.25, 80))
    least = _number(source, told, "least_hours", min(plain.least_hours, hours), (0.25, 80))
    most = _number(source, told, "most_hours", max(plain.most_hours, hours), (0.25, 80))
    if not least <= hours <= most:
        raise source.refuse("hours_per_week", "hours_per_week must lie between least_hours and most_hours.")
    few = _number(source, told, "least_weeks", plain.least_weeks, (0, 520))
    many = _number(source, told, "most_weeks", max(plain.most_weeks, few), (0.25, 520))
    if few > many:
        raise source.refuse("least_weeks", "least_weeks must not be more than most_weeks.")
    weekdays, days = _days_off(source, told.get("days_off", []))
    return rules.Pace(
        hours=hours,
        least_hours=least,
        most_hours=most,
        least_weeks=few,
        most_weeks=many,
        due_at=_time_of_day(source, told.get("due_at", plain.due_at)),
        weekdays_off=weekdays,
        dates_off=days,
        own_zone=_choice(source, "zone", told.get("zone", "person"), ("person", "course")) == "person",
    )


def groups(
    source: written.Source, told: Any, zone: zoneinfo.ZoneInfo, slugs: Collection[str]
) -> tuple[rules.Group, ...]:
    """The entries [[groups]].

    Raises:
        UserError: with the line, what is wrong and what would be right.
    """
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        raise source.refuse("groups", "write groups as [[groups]].")
    found: list[rules.Group] = []
    for position, each in enumerate(told):
        source = dataclasses.replace(source, group=position, slug="")
        written.known(source, each, GROUP)
        name = each.get("name")
        if not isinstance(name, str) or not names.GROUP.fullmatch(name):
            raise source.refuse("name", f"{str(name)[:64]!r} cannot be the name of a group.")
        if any(other.name == name for other in found):
            raise source.refuse("name", f"the group {name!r} is listed twice.")
        own = {}
        if not isinstance(each.get("lessons", {}), dict):
            raise source.refuse(
                "lessons", f"write the lessons of the group {name!r} as [groups.lessons.NAME]."
            )
        for slug, entry in each.get("lessons", {}).items():
            dated = dataclasses.replace(source, slug=slug)
            if slug not in slugs or not isinstance(entry, dict):
                raise dated.refuse(
                    slug, f"the group {name!r} has dates for a lesson {slug!r} that is not listed."
                )
            written.known(dated, entry, WORDS)
            own[slug] = dates(dated, f"the lesson {slug!r} for the group {name!r}", entry, zone)
        later = _whole(source, each, "days_later", 0, (0, 366))
        found.append(rules.Group(name=name, days_later=later, lessons=own))
    return tuple(found)


def hours(source: written.Source, told: Mapping[str, Any]) -> float:
    """The work that a lesson takes."""
    return _number(source, told, "hours", 1.0, (0.05, 1000))


def _days_off(source: written.Source, told: Any) -> tuple[frozenset[int], frozenset[datetime.date]]:
    """Weekdays and dates on which nobody works."""
    weekdays, days = set(), set()
    for each in told if isinstance(told, list) else [None]:
        if isinstance(each, str) and each.lower() in _WEEKDAYS:
            weekdays.add(_WEEKDAYS.index(each.lower()))
            continue
        try:
            day = each if isinstance(each, datetime.date) else datetime.date.fromisoformat(str(each))
        except ValueError:
            message = f'days_off must be as ["saturday", "2026-12-24"], not {each!r}.'
            raise source.refuse("days_off", message) from None
        days.add(day.date() if isinstance(day, datetime.datetime) else day)
    if len(weekdays) == 7:
        raise source.refuse("days_off", "days_off leaves no day of the week to work on.")
    return frozenset(weekdays), frozenset(days)


def _time_of_day(source: written.Source, told: Any) -> datetime.time:
    try:
        found = told if isinstance(told, datetime.time) else datetime.time.fromisoformat(str(told))
    except ValueError:
        raise source.refuse("due_at", 'due_at must be a time of day as "23:59".') from None
    return found.replace(tzinfo=None)


def _choice(source: written.Source, word: str, told: Any, choices: tuple[str, ...]) -> str:
    if told not in choices:
        listed = " or ".join((", ".join(choices[:-1]), choices[-1])) if len(choices) > 1 else choices[0]
        raise source.refuse(word, f"{word} must be {listed}, not {told!r}.")
    return str(told)


def _number(
    source: written.Source,
    told: Mapping[str, Any],
    word: str,
    usual: float,
    bounds: tuple[float, float],
    *,
    where: str = "",
) -> float:
    value = told.get(word, usual)
    least, most = bounds
    if type(value) not in (int, float) or not least <= value <= most:
        raise source.refuse(where or word, f"{word} must be a number from {least:g} to {most:g}.")
    return float(value)


def _whole(
    source: written.Source,
    told: Mapping[str, Any],
    word: str,
    usual: int,
    bounds: tuple[int, int],
    *,
    where: str = "",
) -> int:
    value = told.get(word, usual)
    least, most = bounds
    if type(value) is not int or not least <= value <= most:
        raise source.refuse(where or word, f"{word} must be a whole number from {least} to {most}.")
    return value
