"""Tell people: keep notices, each attached to the letter that will carry it, all in one transaction.

In: what `rules` and `near` found. Out: rows. Who has no address, or chose no letters, and everybody where no
mail is set up, has the notice on the pages alone.
"""

import datetime
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from courseware.course import courses, people
from courseware.course import model as course_model
from courseware.notices import hours, letters, model, notices, preferences

_TRIES = 4


def tell(
    connection: sa.Connection, fresh: Iterable[model.Fresh], *, mail: bool, now: datetime.datetime
) -> int:
    """Keep what was not told before; how many notices that is."""
    new = notices.untold(connection, fresh)
    if not new:
        return 0
    named = {notices.fresh_id(): each for each in new}
    attached = _letters(connection, named, now=now) if mail else {}
    notices.insert(connection, list(named.values()), list(named), attached, now=now)
    return len(new)


def _letters(
    connection: sa.Connection, named: Mapping[str, model.Fresh], *, now: datetime.datetime
) -> dict[str, int]:
    """The keys of the letters that tell these notices, by the notices' public ids."""
    reached = {each.person_id for each in named.values()}
    reached &= people.with_address(connection, reached)
    chosen = preferences.of_people(connection, reached)
    zones = {each.course_id: courses.by_id(connection, each.course_id) for each in named.values()}
    wishes = {
        public: _wish(public, each, chosen[each.person_id], zones[each.course_id], now)
        for public, each in named.items()
        if each.person_id in reached and chosen[each.person_id].choices[each.kind] != "never"
    }
    found: dict[str, int] = {}
    for _ in range(_TRIES):
        waiting, gone = letters.joined(connection, wishes.values())
        fresh = {
            (wish.person_id, wish.slot): wish
            for wish in wishes.values()
            if (wish.person_id, wish.slot) not in waiting and (wish.person_id, wish.slot) not in gone
        }
        keys = waiting | letters.insert(connection, list(fresh.values()), now=now)
        late = {}
        for public, wish in wishes.items():
            if (wish.person_id, wish.slot) in keys:
                found[public] = keys[wish.person_id, wish.slot]
            else:
                # That day's letter is gone already: the next one tells it.
                each = named[public]
                late[public] = _wish(public, each, chosen[each.person_id], zones[each.course_id], wish.due)
        wishes = late
        if not wishes:
            break
    return found


def _wish(
    public: str,
    each: model.Fresh,
    chosen: model.Preferences,
    course: course_model.Course,
    after: datetime.datetime,
) -> letters.Wish:
    """The letter that a notice belongs into."""
    habit, choice = chosen.habit, chosen.choices[each.kind]
    where = hours.zone(habit, course.time_zone)
    thread = None
    kind: model.LetterKind = "notice"
    if choice == "at-once":
        due, slot = hours.awake(after, habit, where), f"once {public}"
        thread = each.subject if each.kind in model.TALK else None
    else:
        due = hours.digest(after, habit, where, weekly=choice == "weekly")
        kind = "weekly" if choice == "weekly" else "digest"
        slot = f"{choice} {course.public} {due.astimezone(where).date()}"
    return letters.Wish(
        person_id=each.person_id, course_id=each.course_id, kind=kind, thread=thread, slot=slot, due=due
    )
