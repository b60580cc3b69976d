"""Have another rule for late work hold in a lesson, over what course.toml says, and take it back.

In: the line, the seal of the comparison that was looked at, and who wants it why. Out: a row, the journal's
entry, one more for each hand-in that is worth something else to its author, who is told by it, and what
people have reached anew; in the caller's transaction. Refused: a rule that holds already, no reason, to take
back another rule than the newest, and what is not what was looked at.
"""

import dataclasses
import datetime

import sqlalchemy as sa

from courseware import errors
from courseware.course import late_line, late_rules, manifest, model, rules
from courseware.grading import late_trial, reaching
from courseware.store import journal

_MAX_TEXT = 2000
NEWS = "submission.reweighed"
"""The kind of entry that tells the author of a hand-in."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
    """A rule instead of another one, compared: what would be if it held."""

    rule: rules.Late
    holds: rules.Late
    lines: tuple[late_trial.Line, ...]

    @property
    def seal(self) -> str:
        """What stands for all of this."""
        return late_trial.seal(self.rule, self.holds, self.lines)


def compared(
    connection: sa.Connection,
    course: model.Course,
    lesson: model.Lesson,
    rule: rules.Late,
    *,
    now: datetime.datetime,
) -> Wish:
    """What another rule would change."""
    holds = late_rules.holding(connection, course, lesson)
    lines = late_trial.compare(connection, course, lesson, rule, now=now)
    return Wish(rule=rule, holds=holds, lines=tuple(lines))


def put(
    connection: sa.Connection,
    course: model.Course,
    lesson: model.Lesson,
    wish: tuple[rules.Late, str, str],
    *,
    by: model.Person,
    now: datetime.datetime,
) -> Wish:
    """Have a rule hold from now on; `wish` is the rule, the seal of what was looked at, and the reason.

    Raises:
        UserError: there is no reason, the rule holds already, or it would not change what was looked at.
    """
    rule, seal, reason = wish
    if not 1 <= len(reason.strip()) <= _MAX_TEXT:
        raise errors.UserError("Say why, in 1 to 2000 characters; only staff read it.")
    late_rules.lock(connection, lesson)
    found = compared(connection, course, lesson, rule, now=now)
    _check(found, seal)
    text = late_line.write(rule)
    public = late_rules.insert(connection, lesson, text, reason=reason.strip(), by=by, now=now)
    _told(connection, course, lesson, ("late-rule.set", public, found), by=by, now=now)
    return found


def take_back(
    connection: sa.Connection,
    course: model.Course,
    lesson: model.Lesson,
    wish: tuple[str, str],
    *,
    by: model.Person,
    now: datetime.datetime,
) -> Wish:
    """Have the rule hold again that held before the newest; `wish` is the id of that one and the seal.

    Raises:
        UserError: it does not hold, or what it would change is not what was looked at.
    """
    public, seal = wish
    late_rules.lock(connection, lesson)
    newest = standing(connection, lesson)
    if not newest or newest[0].public != public:
        raise errors.UserError("This rule holds no more. Load the page again.", code="conflict")
    found = compared(connection, course, lesson, before(connection, course, lesson), now=now)
    _check(found, seal, same=True)
    late_rules.end(connection, lesson, public, by=by, now=now)
    _told(connection, course, lesson, ("late-rule.ended", public, found), by=by, now=now)
    return found


def standing(connection: sa.Connection, lesson: model.Lesson) -> list[late_rules.Rule]:
    """The rules that were set and have not ended, newest first: the first of them holds."""
    return [each for each in late_rules.of_lesson(connection, lesson.id) if each.ended is None]


def before(connection: sa.Connection, course: model.Course, lesson: model.Lesson) -> rules.Late:
    """The rule that holds again when the newest is taken back."""
    usual = manifest.of(course).rules.lesson(lesson.slug).late
    earlier = standing(connection, lesson)[1:]
    return late_line.read(earlier[0].text, usual) if earlier else usual


def _check(found: Wish, seal: str, *, same: bool = False) -> None:
    """Refuse what is not what was looked at."""
    if found.rule == found.holds and not same:
        raise errors.UserError("This rule holds already. Load the page again.", code="conflict")
    if found.seal != seal:
        raise errors.UserError(
            "Something came in between: a hand-in, a mark, a date or another rule. Look again at what would "
            "change, and then decide.",
            code="conflict",
        )


def _told(
    connection: sa.Connection,
    course: model.Course,
    lesson: model.Lesson,
    what: tuple[str, str, Wish],
    *,
    by: model.Person,
    now: datetime.datetime,
) -> None:
    """The audit's entry, the authors' and what they have reached."""
    kind, public, found = what
    changes = sum(bool(each.change) for each in found.lines)
    data = {"rule": public, "changes": changes}
    journal.append(connection, kind, lesson.public, now=now, course_id=course.id, actor_id=by.id, data=data)
    for each in found.lines:
        if each.differs:
            reaching.note(connection, course, each.person.id, each.lesson, now=now)
        if each.told:
            journal.append(
                connection,
                NEWS,
                each.told,
                now=now,
                course_id=course.id,
                actor_id=by.id,
                data={"rule": public, "kind": kind},
            )
