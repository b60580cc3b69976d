"""What a grader looks after: everything, or only some lessons, or only the people of some groups.

In: a grader and names of lessons and groups. Out: the same, and the rule as a condition in a query. Who is
limited to lessons and to groups looks after what both say. Where a grader is not on duty they are a peer.
What was
said of a grader is kept while they have another role, in which it does not hold: who is instructor for a
month is limited again after it. Refused: to limit anybody but a grader; to lift a limit never is.
"""

import dataclasses
import datetime
from collections.abc import Sequence

import sqlalchemy as sa

from courseware import errors
from courseware.course import groups, lessons, model
from courseware.store import journal, schema, schema_groups

_D, _IN, _G = schema_groups.duty, schema_groups.group_member, schema_groups.group


@dataclasses.dataclass(frozen=True, kw_only=True)
class Duty:
    """What somebody is limited to, by names; nothing named is everything."""

    lessons: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


def kept(connection: sa.Connection, course: model.Course, person: model.Person) -> Duty:
    """What somebody is limited to while they are a grader."""
    mine = (_D.c.course_id == course.id) & (_D.c.person_id == person.id)
    slugs = sa.select(schema.lesson.c.slug).join(_D, _D.c.lesson_id == schema.lesson.c.id)
    names = sa.select(_G.c.name).join(_D, _D.c.group_id == _G.c.id)
    return Duty(
        lessons=tuple(connection.execute(slugs.where(mine).order_by(schema.lesson.c.position)).scalars()),
        groups=tuple(connection.execute(names.where(mine).order_by(_G.c.name)).scalars()),
    )


def put(
    connection: sa.Connection,
    course: model.Course,
    member: model.Member,
    *,
    of_lessons: Sequence[str],
    of_groups: Sequence[str],
    now: datetime.datetime,
) -> Duty:
    """Limit a grader to lessons and groups; without any they look after everything.

    Raises:
        UserError: they are to be limited and are no grader, or there is no such lesson or group.
    """
    if member.role != "grader" and (of_lessons or of_groups):
        name = member.person.username
        raise errors.UserError(f"{name} is {member.role}; only graders can be limited.", code="conflict")
    place = {"course_id": course.id, "person_id": member.person.id}
    rows = [
        *(
            {**place, "lesson_id": lessons.find(connection, course, each).id, "group_id": None}
            for each in of_lessons
        ),
        *(
            {**place, "lesson_id": None, "group_id": groups.key_of(connection, course, each)}
            for each in of_groups
        ),
    ]
    mine = (_D.c.course_id == course.id) & (_D.c.person_id == member.person.id)
    connection.execute(_D.delete().where(mine))
    for row in {(each["lesson_id"], each["group_id"]): each for each in rows}.values():
        connection.execute(_D.insert().values(**row))
    made = kept(connection, course, member.person)
    data = {"lessons": " ".join(made.lessons), "groups": len(made.groups)}
    journal.append(connection, "duty.changed", member.person.public, now=now, course_id=course.id, data=data)
    return made


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reach:
    """Whose work in which lessons somebody looks after, by keys; None is all."""

    lessons: frozenset[int] | None = None
    people: frozenset[int] | None = None

    def covers(self, lesson_id: int, person_id: int) -> bool:
        """Whether a person's work in a lesson is theirs to look after."""
        return self.has_lesson(lesson_id) and self.has_person(person_id)

    def has_lesson(self, lesson_id: int) -> bool:
        """Whether a lesson is."""
        return self.lessons is None or lesson_id in self.lessons

    def has_person(self, person_id: int) -> bool:
        """Whether somebody is, as far as a lesson is."""
        return self.people is None or person_id in self.people


def reach(connection: sa.Connection, viewer: model.Viewer) -> Reach:
    """How far somebody's duty goes; only that of graders ends somewhere."""
    if viewer.role != "grader":
        return Reach()
    mine = (_D.c.course_id == viewer.course.id) & (_D.c.person_id == viewer.person.id)
    rows = connection.execute(sa.select(_D.c.lesson_id, _D.c.group_id).where(mine)).all()
    places = frozenset(row.lesson_id for row in rows if row.lesson_id is not None)
    named = [row.group_id for row in rows if row.group_id is not None]
    inside = sa.select(_IN.c.person_id).where(_IN.c.group_id.in_(named))
    people = frozenset(connection.execute(inside).scalars()) if named else None
    return Reach(lessons=places or None, people=people)


Key = int | sa.ColumnElement[int]
"""A row's key, or what stands for one in a query."""


def held(
    role: model.Role,
    course: Key,
    grader: Key,
    *,
    lesson: sa.Column[int] | None,
    person: sa.ColumnElement[int],
) -> sa.ColumnElement[bool]:
    """Whether somebody of this role teaches, as a condition on the lesson and the person that something
    belongs to: true for staff, for a grader where their duty in the course says so, and never for students.
    What belongs to no lesson is outside of every lesson.
    """
    if role != "grader":
        return sa.true() if role in model.STAFF else sa.false()
    mine = (_D.c.course_id == course) & (_D.c.person_id == grader)
    here: sa.ColumnElement[bool] = ~sa.exists(sa.select(_D.c.id).where(mine & _D.c.lesson_id.is_not(None)))
    if lesson is not None:
        here |= sa.exists(sa.select(_D.c.id).where(mine & (_D.c.lesson_id == lesson)))
    of_person = sa.select(_D.c.id).join(_IN, _IN.c.group_id == _D.c.group_id)
    theirs = sa.exists(of_person.where(mine & (_IN.c.person_id == person)))
    return here & (~sa.exists(sa.select(_D.c.id).where(mine & _D.c.group_id.is_not(None))) | theirs)
