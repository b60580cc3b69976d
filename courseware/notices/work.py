"""Who is to be told of marks, releases and dates.

In: an entry of the journal about work, or the time. Out: students who are told. Of marks they are told when
these show, and once for each hand-in; of what changes afterwards at most once a day.
"""

import dataclasses
import datetime
from collections.abc import Iterable

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, dates, lessons, people, permissions, schedule
from courseware.course import model as course_model
from courseware.exchange import releases, submissions
from courseware.grading import grades, lesson_marks, outcome, reweigh, worth
from courseware.notices import model, notices
from courseware.store import journal

FIRST, MARKED = notices.FIRST, "marked"
_MARKED: model.Kind = "marked"
_CHANGED: model.Kind = "changed"
STOPPED = "draft_release.failed"
OF_A_HAND_IN = frozenset({"submission.marked", "mark.given", reweigh.NEWS})
KINDS = OF_A_HAND_IN | {"exercise.unheld", "release.published", STOPPED, lesson_marks.KIND}
WHOLE_CLASS = frozenset({"exercise.unheld"})
"""Kinds for which everybody's marks are looked at."""
NEAR = datetime.timedelta(days=2)
PAST = datetime.timedelta(days=7)


def told(connection: sa.Connection, entry: journal.Entry, *, now: datetime.datetime) -> list[model.Fresh]:
    """Who is to be told of an entry."""
    try:
        if entry.kind in OF_A_HAND_IN:
            return _marked(connection, entry, now=now)
        if entry.course_id is None:
            return []
        course = courses.by_id(connection, entry.course_id)
        named = str(entry.data.get("lesson", entry.subject))
        lesson = lessons.find(connection, course, named)
        if entry.kind == lesson_marks.KIND:
            return _set(connection, entry, lesson, now=now)
    except errors.UserError:
        return []
    present = people.present(connection, course, now=now)
    if entry.kind == STOPPED:
        return _stopped(entry, lesson, present)
    if entry.kind == "release.published":
        return _released(connection, entry, lesson, present, now=now)
    return _shown(connection, lesson, present, now=now)


def near(
    connection: sa.Connection, course: course_model.Course, *, now: datetime.datetime
) -> list[model.Fresh]:
    """What time alone brings: lessons that opened, marks that show since work is due, dates that come."""
    present = people.present(connection, course, now=now)
    found: list[model.Fresh] = []
    for lesson in lessons.of_course(connection, course):
        if not releases.offers(connection, lesson.id):
            continue
        holding = dates.of_everybody(connection, lesson.id)
        mine = [(m, holding.get(m.person.id, course_model.Dates())) for m in present if m.role == "student"]
        for member, dated in mine:
            if dated.opens is not None and now - PAST < dated.opens <= now:
                found.append(
                    _fresh(f"open {lesson.public}", "release", member, lesson.course_id, lesson.public)
                )
        soon = [(m, d) for m, d in mine if d.due is not None and now < d.due <= now + NEAR]
        handed_in = {s.person_id for s in submissions.of_lesson(connection, lesson.id)} if soon else set()
        for member, dated in soon:
            if member.person.id not in handed_in and schedule.state(dated, now) == "open":
                event = f"due {lesson.public} {dated.due:%Y%m%dT%H%M}"
                found.append(_fresh(event, "date", member, lesson.course_id, lesson.public))
        since = [lesson.marks_released, *(dated.due for _, dated in mine)]
        if any(moment is not None and now - PAST < moment <= now for moment in since):
            found += _shown(connection, lesson, present, now=now)
    return found


def _marked(connection: sa.Connection, entry: journal.Entry, *, now: datetime.datetime) -> list[model.Fresh]:
    """The author of a hand-in whose marks show."""
    submission = submissions.find(connection, entry.subject)
    lesson = lessons.by_id(connection, submission.lesson_id)
    return _of_work(connection, entry, lesson, grades.standing(connection, submission, now=now), now=now)


def _set(
    connection: sa.Connection, entry: journal.Entry, lesson: course_model.Lesson, *, now: datetime.datetime
) -> list[model.Fresh]:
    """The student for whom staff set what a lesson is worth, or took that back; without a hand-in, of what
    they set alone.
    """
    person = people.by_public(connection, str(entry.data["person"]))
    if person is None:
        return []
    standing = grades.of_person(connection, person.id, lesson.id, now=now)
    if standing is not None:
        return _of_work(connection, entry, lesson, standing, now=now)
    course = courses.by_id(connection, lesson.course_id)
    if people.role(connection, course, person, now=now) != "student" or person.id == entry.actor_id:
        return []
    if grades.shown_set_mark(connection, lesson, person.id, now=now) is None:
        return []
    event, kind = f"{MARKED} {lesson.public}", _MARKED
    if notices.known(connection, event, person.id):
        event, kind = f"changed {lesson.public} {entry.at:%Y%m%d}", _CHANGED
    return [
        model.Fresh(event=event, kind=kind, person_id=person.id, course_id=course.id, subject=lesson.public)
    ]


def _of_work(
    connection: sa.Connection,
    entry: journal.Entry,
    lesson: course_model.Lesson,
    standing: outcome.Standing,
    *,
    now: datetime.datetime,
) -> list[model.Fresh]:
    """Whose hand-in this is: once that its marks show, then of changes."""
    submission = standing.submission
    course = courses.by_id(connection, lesson.course_id)
    person = people.by_id(connection, submission.person_id)
    role = people.role(connection, course, person, now=now)
    if role != "student" or person.id == entry.actor_id or not _complete(standing):
        return []
    event = _event(standing)
    kind = _MARKED
    if notices.known(connection, event, person.id):
        if not _changes(entry, standing):
            return []
        # A rule or a dry run is told each time: what it took off and what came back, though on one day.
        told_by = str(entry.data.get("act", ""))
        if entry.kind == reweigh.NEWS:
            told_by = " ".join(map(str, entry.data.values()))
        event, kind = f"changed {submission.public} {told_by or format(entry.at, '%Y%m%d')}", _CHANGED
    return [
        model.Fresh(
            event=event, kind=kind, person_id=person.id, course_id=course.id, subject=submission.public
        )
    ]


def _complete(standing: outcome.Standing) -> bool:
    """Whether a student can be told that work is marked: marks show, and nobody has still to look, or what
    staff set for the whole lesson shows.
    """
    if standing.set_shows:
        return True
    open_ones = [each for each in standing.open if each.key not in standing.held]
    return bool(open_ones) and not any(each.needs_person for each in open_ones)


def _event(standing: outcome.Standing) -> str:
    """What there is to tell of marks. That the rest shows is an event of its own, told once."""
    return f"{FIRST if standing.withheld_points else MARKED} {standing.submission.public}"


def _changes(entry: journal.Entry, standing: outcome.Standing) -> bool:
    """Whether an entry changed what the author sees. Before the due date that is nothing of a mark that tells
    of hidden tests, and of a new grading what its first run found; of another rule for late work nothing
    where there is no point to lose.
    """
    if entry.kind == reweigh.NEWS:
        return any(each.score and each.key not in standing.held for each in standing.open)
    if entry.kind == "submission.marked":
        return bool(entry.data.get("first_changed" if standing.withheld_points else "changed"))
    if entry.kind == lesson_marks.KIND:
        return standing.set_shows or standing.set_mark is None
    place = (entry.data.get("notebook"), entry.data.get("exercise"))
    return any((each.notebook, each.key) == place and each.key not in standing.held for each in standing.open)


def _shown(
    connection: sa.Connection,
    lesson: course_model.Lesson,
    present: Iterable[course_model.Member],
    *,
    now: datetime.datetime,
) -> list[model.Fresh]:
    """Students whose marks of a lesson show and who were not told of them."""
    students = {m.person.id: m for m in present if m.role == "student"}
    course = courses.by_id(connection, lesson.course_id)
    ledger = worth.ledger(connection, course, [lesson], now=now)
    fresh = [
        _fresh(f"{MARKED} {counts.public}", "marked", student, lesson.course_id, counts.public)
        for key, student in students.items()
        if (counts := ledger.counting(key, lesson, seen=True))
    ]
    fresh += [
        _fresh(f"{MARKED} {lesson.public}", "marked", students[key], lesson.course_id, lesson.public)
        for key, place in ledger.set_marks
        if key in students
        and place == lesson.id
        and not ledger.work.get((key, lesson.id))
        and grades.shown_set_mark(connection, lesson, key, now=now)
    ]
    told = []
    for each in notices.untold(connection, fresh):
        if each.subject == lesson.public:
            told.append(each)
            continue
        standing = grades.standing(connection, submissions.find(connection, each.subject), now=now)
        if _complete(standing):
            told.append(dataclasses.replace(each, event=_event(standing)))
    return notices.untold(connection, told)


def _released(
    connection: sa.Connection,
    entry: journal.Entry,
    lesson: course_model.Lesson,
    present: Iterable[course_model.Member],
    *,
    now: datetime.datetime,
) -> list[model.Fresh]:
    """Students to whom the lesson is open; the others are told when it opens. Nobody is told of what was
    withdrawn meanwhile.
    """
    made = releases.find(connection, lesson.id, int(str(entry.data["number"])))
    if not releases.is_offered(connection, made.id):
        return []
    first = entry.data.get("number") == 1
    event = f"open {lesson.public}" if first else f"release {entry.subject}"
    holding = dates.of_everybody(connection, lesson.id)
    return [
        _fresh(event, "release", member, lesson.course_id, lesson.public)
        for member in present
        if member.role == "student"
        and member.person.id != entry.actor_id
        and schedule.state(holding.get(member.person.id, course_model.Dates()), now) in ("open", "late")
    ]


def _stopped(
    entry: journal.Entry, lesson: course_model.Lesson, present: Iterable[course_model.Member]
) -> list[model.Fresh]:
    """Those who can publish it; whoever planned it too, since they were not there. Each failure is news: what
    was planned again can fail again.
    """
    return [
        _fresh(
            f"stopped {entry.subject} {entry.at:%Y%m%dT%H%M%S}",
            "stopped",
            member,
            lesson.course_id,
            lesson.public,
        )
        for member in present
        if permissions.Action.PUBLISH in permissions.BY_ROLE[member.role]
        and member.person.id != entry.actor_id
    ]


def _fresh(
    event: str, kind: model.Kind, member: course_model.Member, course_id: int, subject: str
) -> model.Fresh:
    return model.Fresh(
        event=event, kind=kind, person_id=member.person.id, course_id=course_id, subject=subject
    )
