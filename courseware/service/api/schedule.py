"""People's own dates: what holds and why, what staff grant, what each person plans for themselves."""

import datetime

from courseware import errors
from courseware.course import (
    adjust,
    allowances,
    dates,
    explain,
    lessons,
    manifest,
    model,
    people,
    permissions,
    plans,
    rules,
)
from courseware.course import schedule as resolver
from courseware.exchange import choices, submissions
from courseware.grading import reaching, worth
from courseware.service import access, call, show, types, types_schedule


def of_person(request: call.Call) -> types_schedule.PersonDates:
    """The dates of somebody, and what was granted to them."""
    member = people.find(request.connection, request.course, request.path["p"])
    return types_schedule.PersonDates(
        username=member.person.username,
        dates=_dates(request, member.person),
        allowances=_granted(request, member.person, staff=True),
    )


def grant(request: call.Call) -> types_schedule.PersonDates:
    """Grant an extension, an accommodation or a waiver."""
    wish: types_schedule.AllowanceRequest = request.body
    member = people.find(request.connection, request.course, request.path["p"])
    granted = rules.Granted(
        kind=wish.kind, lesson=wish.lesson, amount=wish.amount, until=wish.until, text=wish.text
    )
    connection, course, by = request.connection, request.course, request.viewer.person
    adjust.grant(connection, course, member.person, granted, reason=wish.reason, by=by, now=request.now)
    reaching.note_person(connection, course, member.person.id, now=request.now)
    return of_person(request)


def take_back(request: call.Call) -> None:
    """End something that was granted."""
    member = people.find(request.connection, request.course, request.path["p"])
    connection, course, by = request.connection, request.course, request.viewer.person
    adjust.take_back(connection, course, member.person, request.path["a"], by=by, now=request.now)
    reaching.note_person(connection, course, member.person.id, now=request.now)


def plan(request: call.Call) -> types_schedule.Plan:
    """One's own dates and pace."""
    connection, course, me = request.connection, request.course, request.viewer.person
    said = manifest.of(course).rules
    paced = any(lesson.pacing == "paced" for lesson in said.lessons)
    steps = plans.of_course(connection, course, person_id=me.id).get(me.id, ())
    chosen = [step.hours for step in steps if step.kind == "hours"]
    return types_schedule.Plan(
        zone=adjust.zone_of(connection, course, me.id).key,
        dates=_dates(request, me),
        allowances=_granted(request, me, staff=False),
        missed=adjust.missed(connection, course, me.id, _handed_in(request), now=request.now),
        hours=(chosen[-1] if chosen else said.pace.hours) if paced else None,
        least_hours=said.pace.least_hours if paced else None,
        most_hours=said.pace.most_hours if paced else None,
        own_zone=paced and said.pace.own_zone,
        late_days=said.bank or None,
        late_days_left=_days_left(request) if said.bank else None,
    )


def _days_left(request: call.Call) -> int:
    """The late days that the asking person still has."""
    me = request.viewer.person.id
    return worth.ledger(request.connection, request.course, (), now=request.now, person_id=me).days_left(me)


def change_plan(request: call.Call) -> types_schedule.Plan:
    """Shift one's dates, commit to weekly hours, pause, or live in another zone."""
    wish: types_schedule.PlanRequest = request.body
    connection, course, me, now = request.connection, request.course, request.viewer.person, request.now
    if wish.act == "shift":
        adjust.shift(connection, course, me, _handed_in(request), now=now)
    elif wish.act == "hours":
        adjust.commit(connection, course, me, wish.hours, now=now)
    elif wish.act == "pause":
        adjust.pause(connection, course, me, _day(wish.first), _day(wish.last), by=me, now=now)
    else:
        adjust.move(connection, course, me, wish.zone, now=now)
    return plan(request)


def choose(request: call.Call) -> types.Submission:
    """Let one's own hand-in count."""
    work = access.work(request)
    if work.person_id != request.viewer.person.id:
        raise errors.UserError("Only its author chooses which hand-in counts.", code="forbidden")
    lesson = lessons.by_id(request.connection, work.lesson_id)
    by = request.viewer.person
    choices.put(request.connection, request.course, lesson, work, by=by, now=request.now)
    reaching.note(request.connection, request.course, by.id, lesson, now=request.now)
    return show.submission(request, work)


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise errors.UserError(f"{text[:40]!r} is no day; write one as 2026-12-24.") from None


def _handed_in(request: call.Call) -> list[str]:
    """The lessons in which the asking person has handed in."""
    return [
        lesson.slug
        for lesson in lessons.of_course(request.connection, request.course)
        if submissions.of_person(request.connection, request.viewer.person.id, lesson.id)
    ]


def _dates(request: call.Call, person: model.Person) -> list[types_schedule.OwnDates]:
    """What holds for a person, lesson by lesson."""
    said = manifest.of(request.course).rules
    found = []
    for lesson in lessons.of_course(request.connection, request.course):
        holds = dates.effective(request.connection, person.id, lesson.id)
        state = resolver.state(holds, request.now)
        waits = state == "not-open" and bool(holds.locked)
        found.append(
            types_schedule.OwnDates(
                lesson=lesson.slug,
                title=lesson.title,
                opens=None if waits else holds.opens,
                due=holds.due,
                closes=holds.closes,
                why=holds.why or explain.NO_DATES,
                locked=holds.locked if waits else "",
                state=state,
                paced=said.lesson(lesson.slug).pacing == "paced",
            )
        )
    return found


def _granted(request: call.Call, person: model.Person, *, staff: bool) -> list[types_schedule.Allowance]:
    """What was granted to a person; they themselves read what holds, without reasons and names."""
    held = allowances.of_person(request.connection, request.course, person.id)
    found = []
    for each in held:
        if not staff and each.ended is not None:
            continue
        plain = types_schedule.Allowance(
            id=each.public,
            kind=each.granted.kind,
            lesson=each.granted.lesson,
            amount=each.granted.amount,
            until=each.granted.until,
            text=each.granted.text,
            given=each.given,
        )
        if staff and request.may(permissions.Action.EXTEND):
            plain.reason, plain.given_by = each.reason, each.given_by
            plain.ended, plain.ended_by = each.ended, each.ended_by or ""
        found.append(plain)
    return found
