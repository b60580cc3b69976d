"""The tables of what people chose about letters.

In: choices. Out: for each person what holds, with defaults for what they did not choose. Refused: an hour,
a day, a time zone or a language that there is not.
"""

import zoneinfo
from collections.abc import Iterable, Mapping
from typing import cast

import sqlalchemy as sa

from courseware import errors, language
from courseware.notices import model, notices
from courseware.store import schema_notices

_C, _H = schema_notices.mail_choice, schema_notices.mail_habit
_AT_ONCE: frozenset[model.Kind] = frozenset({"answer", "mention", "announcement", "stopped"})
DEFAULTS: Mapping[model.Kind, model.Choice] = {
    kind: "at-once" if kind in _AT_ONCE else "daily" for kind in model.KINDS
}


def of(connection: sa.Connection, person_id: int) -> model.Preferences:
    """What holds for one person."""
    return of_people(connection, [person_id])[person_id]


def of_people(connection: sa.Connection, people: Iterable[int]) -> dict[int, model.Preferences]:
    """What holds for each of these people."""
    keys = sorted(set(people))
    choices: dict[int, dict[model.Kind, model.Choice]] = {key: dict(DEFAULTS) for key in keys}
    habits = dict.fromkeys(keys, model.Habit())
    for some in notices.chunks(keys):
        for row in connection.execute(sa.select(_C).where(_C.c.person_id.in_(some))):
            if row.kind in DEFAULTS:
                choices[row.person_id][cast(model.Kind, row.kind)] = cast(model.Choice, row.choice)
        for row in connection.execute(sa.select(_H).where(_H.c.person_id.in_(some))):
            habits[row.person_id] = model.Habit(
                time_zone=row.time_zone,
                digest_hour=row.digest_hour,
                digest_weekday=row.digest_weekday,
                quiet_from=row.quiet_from,
                quiet_until=row.quiet_until,
                texts=row.texts,
                language=row.language,
            )
    return {key: model.Preferences(choices=choices[key], habit=habits[key]) for key in keys}


def language_of(connection: sa.Connection, person_id: int) -> str | None:
    """The language that somebody chose, if they did."""
    return connection.execute(
        sa.select(_H.c.language).where(_H.c.person_id == person_id)
    ).scalar_one_or_none()


def choose(connection: sa.Connection, person_id: int, choices: Mapping[model.Kind, model.Choice]) -> None:
    """Choose for some kinds.

    Raises:
        UserError: a kind or a choice that there is not.
    """
    for kind, choice in choices.items():
        if kind not in model.KINDS or choice not in model.CHOICES:
            raise errors.UserError(f"There is no choice {choice!r} for {kind!r}.", code="invalid")
        mine = (_C.c.person_id == person_id) & (_C.c.kind == kind)
        moved = connection.execute(_C.update().where(mine).values(choice=choice))
        if moved.rowcount == 0:
            connection.execute(_C.insert().values(person_id=person_id, kind=kind, choice=choice))


def keep_habit(connection: sa.Connection, person_id: int, habit: model.Habit) -> None:
    """Keep when and how somebody wants letters.

    Raises:
        UserError: an hour, a day, a time zone or a language that there is not.
    """
    hours = [habit.digest_hour, habit.quiet_from, habit.quiet_until]
    if any(hour is not None and not 0 <= hour <= 23 for hour in hours):
        raise errors.UserError("Hours go from 0 to 23.", code="invalid")
    if not 0 <= habit.digest_weekday <= 6:
        raise errors.UserError("Days go from 0 (Monday) to 6 (Sunday).", code="invalid")
    if (habit.quiet_from is None) != (habit.quiet_until is None):
        raise errors.UserError("Quiet hours have a beginning and an end.", code="invalid")
    if habit.time_zone is not None and habit.time_zone not in zoneinfo.available_timezones():
        raise errors.UserError(f"There is no time zone {habit.time_zone[:64]!r}.", code="invalid")
    if habit.language is not None:
        language.check(habit.language)
    values = {
        "time_zone": habit.time_zone,
        "digest_hour": habit.digest_hour,
        "digest_weekday": habit.digest_weekday,
        "quiet_from": habit.quiet_from,
        "quiet_until": habit.quiet_until,
        "texts": habit.texts,
        "language": habit.language,
    }
    moved = connection.execute(_H.update().where(_H.c.person_id == person_id).values(**values))
    if moved.rowcount == 0:
        connection.execute(_H.insert().values(person_id=person_id, **values))
