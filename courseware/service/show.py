"""Records of the rooms below as the structs of the API; what somebody may not see is left out here and
nowhere else.

In: a call and records. Out: structs of `types`.
"""

import dataclasses
import datetime

import msgspec

from courseware.course import (
    allowances,
    courses,
    dates,
    late_line,
    late_rules,
    lessons,
    manifest,
    model,
    people,
    permissions,
    schedule,
)
from courseware.exchange import allowed, draft_releases, drafts, keys, releases, submit
from courseware.exchange import model as exchange_model
from courseware.grading import grades, gradings, holds, lesson_marks, outcome, queued, worth
from courseware.service import access, call, types, types_people


def person(found: model.Person, *, with_email: bool = True) -> types.Person:
    """Somebody."""
    email = found.email if with_email else None
    return types.Person(id=found.public, username=found.username, name=found.name, email=email)


def course_ref(found: model.Course) -> types.CourseRef:
    """A course by its names."""
    return types.CourseRef(id=found.public, slug=found.slug, title=found.title, time_zone=found.time_zone)


def public_key(request: call.Call, found: model.Course) -> types.PublicKey:
    """The key that signs receipts now."""
    known = keys.current(request.connection, found)
    return (
        types.PublicKey(id=known[0], public_key=known[1]) if known else types.PublicKey(id="", public_key="")
    )


def course(request: call.Call) -> types.Course:
    """The course of a call."""
    found = courses.by_id(request.connection, request.course.id)
    return types.Course(
        id=found.public,
        slug=found.slug,
        title=found.title,
        time_zone=found.time_zone,
        role=request.viewer.role,
        key=public_key(request, found),
    )


def files(found: tuple[exchange_model.FileEntry, ...]) -> list[types.FileEntry]:
    """A list of files."""
    return [types.FileEntry(path=entry.path, sha256=entry.sha256, size=entry.size) for entry in found]


def release(found: exchange_model.Release) -> types.Release:
    """A release with its files as students get them."""
    return types.Release(
        number=found.number, published=found.published, notes=found.notes, files=files(found.student)
    )


def release_ref(found: exchange_model.Release) -> types.ReleaseRef:
    """A release by its number."""
    return types.ReleaseRef(number=found.number, published=found.published, notes=found.notes)


def lesson(request: call.Call, found: model.Lesson) -> types.Lesson:
    """A lesson with the asking person's dates and the hand-in of theirs that counts."""
    connection, viewer = request.connection, request.viewer
    holding = dates.effective(connection, viewer.person.id, found.id)
    state = schedule.state(holding, request.now)
    newest = releases.offered(connection, found.id) if viewer.is_staff or state != "not-open" else None
    me = viewer.person.id
    ledger = worth.ledger(connection, request.course, [found], now=request.now, person_id=me)
    counts = ledger.counting(me, found, seen=not viewer.is_staff)
    waits = state == "not-open" and bool(holding.locked)
    answer = allowed.ask(connection, viewer, found, holding, now=request.now)
    given = None
    if (me, found.id) in ledger.set_marks:
        given = grades.shown_set_mark(connection, found, me, now=request.now)
    return types.Lesson(
        id=found.public,
        slug=found.slug,
        title=found.title,
        position=found.position,
        opens=None if waits else holding.opens,
        due=holding.due,
        closes=holding.closes,
        why=holding.why,
        state=state,
        late_by_seconds=schedule.late_seconds(holding, request.now),
        release=release_ref(newest) if newest else None,
        exercises=[_exercise(exercise) for exercise in newest.exercises] if newest else [],
        max_score=newest.points if newest else 0.0,
        attempts=len(ledger.work.get((me, found.id), ())),
        submission=submission(request, counts) if counts else None,
        held=sorted(holds.of_lesson(connection, found.id)),
        marks=found.marks_policy,
        marks_released=found.marks_released,
        kept=drafts.kept(connection, viewer.person.id, found.id),
        draft_release=_draft(request, found),
        locked=holding.locked if waits else "",
        refusal=answer.refusal,
        attempts_left=answer.left,
        checks=manifest.of(request.course).checks,
        questions=len(newest.questions) if newest else 0,
        formats=allowances.formats(connection, request.course, me, found.slug),
        late_rule=late_line.told(late_rules.holding(connection, request.course, found)),
        can_shift=state == "late"
        and not counts
        and request.may(permissions.Action.PLAN)
        and _paced(request, found),
        set_mark=_set_mark(given),
    )


def _set_mark(given: lesson_marks.Mark | None) -> types.SetMark | None:
    """What staff set for a lesson; the reason is theirs."""
    return types.SetMark(points=given.points, comment=given.comment, at=given.at) if given else None


def drafted(request: call.Call, found: model.Lesson, draft: exchange_model.Release) -> types.Lesson:
    """A lesson with its draft as the release that is out, for somebody who has done nothing in it."""
    return msgspec.structs.replace(
        lesson(request, found),
        release=release_ref(draft),
        exercises=[_exercise(exercise) for exercise in draft.exercises],
        max_score=draft.points,
        attempts=0,
        submission=None,
        kept=None,
        draft_release=None,
        questions=len(draft.questions),
    )


def _paced(request: call.Call, found: model.Lesson) -> bool:
    """Whether everybody goes through a lesson at their own pace."""
    return manifest.of(request.course).rules.lesson(found.slug).pacing == "paced"


def _draft(request: call.Call, found: model.Lesson) -> datetime.datetime | None:
    """When a draft release was uploaded, for those who may see it."""
    if not request.may(permissions.Action.READ_DRAFTS):
        return None
    return draft_releases.uploaded(request.connection, found.id)


def _exercise(found: exchange_model.Exercise) -> types.Exercise:
    kind = "tests" if found.kind == "tests" else "person"
    return types.Exercise(
        notebook=found.notebook,
        key=found.key,
        title=found.title,
        points=found.points,
        kind=kind,  # type: ignore[arg-type]  # one of the two words
    )


def sees_marks(request: call.Call, standing: outcome.Standing) -> bool:
    """Whether the asking person may see the marks of this work now."""
    return standing.visible or request.may(permissions.Action.READ_ALL_WORK)


def submission(request: call.Call, found: exchange_model.Submission) -> types.Submission:
    """A hand-in as the asking person may see it."""
    connection = request.connection
    of = _Of(
        lesson=lessons.by_id(connection, found.lesson_id),
        release=releases.by_id(connection, found.release_id),
        person=people.by_id(connection, found.person_id),
    )
    return _submission(request, grades.standing(connection, found, now=request.now), of)


def received(request: call.Call, came: submit.Received) -> types.Submission:
    """A hand-in of the asking person's that has just come; what is known of it is not read again."""
    found = came.submission
    if came.release is not None:
        standing = grades.fresh(
            request.connection,
            found,
            course=request.course,
            lesson=came.lesson,
            release=came.release,
            now=request.now,
        )
        if standing is not None:
            of = _Of(lesson=came.lesson, release=came.release, person=request.viewer.person)
            return _submission(request, standing, of)
    return submission(request, found)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Of:
    """What a hand-in is of: its lesson, the release it was made from, its author."""

    lesson: model.Lesson
    release: exchange_model.Release
    person: model.Person


def _submission(request: call.Call, whole: outcome.Standing, of: _Of) -> types.Submission:
    connection, found, place, worked_on = request.connection, whole.submission, of.lesson, of.release
    standing = _as_seen(request, whole)
    grading, staff = standing.grading, request.may(permissions.Action.READ_ALL_WORK)
    state = grading.state if grading else "waiting"
    before = None
    reason = _reason(grading, staff=staff)
    if grading and state == "waiting" and courses.paused(connection, request.course) is not None:
        reason = queued.PAUSED
    elif grading and state == "waiting":
        before = request.service.turns.before(connection, grading.id)
    usual = gradings.usual_seconds(connection) if before is not None else None
    visible = sees_marks(request, standing)
    given = standing.set_mark if standing.counts else None
    return types.Submission(
        id=found.public,
        lesson=place.slug,
        course=request.course.slug,
        person=person(of.person, with_email=staff),
        release=worked_on.number,
        received=found.received,
        worked=found.worked,
        late_seconds=standing.late_seconds,
        counts=standing.counts,
        penalty_percent=0.0 if given else standing.penalty.percent,
        penalty="" if given else standing.penalty.why,
        can_be_chosen=worth.policy(request.course, place).counts == "chosen",
        state=state,
        phase=grading.phase if grading else "",
        position=before + 1 if before is not None else None,
        eta_seconds=usual * (before + 1) if usual is not None and before is not None else None,
        reason=reason,
        score=(standing.final if staff else standing.visible_final) if visible else None,
        max_score=standing.final_points if staff else standing.visible_final_points,
        needs_person=standing.needs_person,
        marks_visible=visible,
        files=files(found.files),
        missing=sorted(set(worked_on.notebooks) - {entry.path for entry in found.files}),
        graded_by=standing.graded_by,
        exercises=_exercises(standing, worked_on) if visible else [],
        withheld=0.0 if staff else standing.withheld_points,
        shows=standing.shows if not staff and standing.withheld_points else None,
        set_mark=_set_mark(given),
    )


def _as_seen(request: call.Call, standing: outcome.Standing) -> outcome.Standing:
    """The standing as the asking person may see it: staff all of it, its author what `grading.sight` says."""
    return standing if request.may(permissions.Action.READ_ALL_WORK) else standing.as_seen()


def _reason(grading: gradings.Grading | None, *, staff: bool) -> str:
    """Why there are no marks; staff read what the course has to mend."""
    if grading is None:
        return ""
    return gradings.for_staff(grading) if staff else grading.reason


def _exercises(standing: outcome.Standing, worked_on: exchange_model.Release) -> list[types.ExerciseMark]:
    """The marks of a standing."""
    titles = {(e.notebook, e.key): e.title for e in worked_on.exercises}
    return [
        types.ExerciseMark(
            notebook=score.notebook,
            key=score.key,
            title=titles.get((score.notebook, score.key), ""),
            points=score.points,
            score=score.score,
            verdict=score.verdict,
            source=score.source,
            comment=score.comment,
            hint=score.hint,
            held=score.key in standing.held,
            needs_person=score.needs_person,
            version=score.version,
            withheld=score.withheld,
            visible_part=score.part,
        )
        for score in standing.exercises
    ]


def member(found: model.Member, *, join_link_until: datetime.datetime | None = None) -> types_people.Member:
    """Somebody's membership."""
    return types_people.Member(
        person=person(found.person),
        role=found.role,
        ended=found.ended,
        join_link_until=join_link_until,
    )


def class_table(request: call.Call) -> types.Grades:
    """The marks of the class."""
    table = access.class_table(request)
    rows = []
    for each in table.members:
        cells = {}
        for place, points in table.lessons:
            cell = _cell(table, (each.person.id, place.id), points)
            if cell:
                cells[place.slug] = cell
        rows.append(types.GradeRow(person=person(each.person), cells=cells))
    columns = [types.GradeColumn(slug=p.slug, title=p.title, max_score=points) for p, points in table.lessons]
    return types.Grades(lessons=columns, people=rows)


def _cell(table: grades.Class, place: tuple[int, int], points: float) -> types.GradeCell | None:
    """Somebody's marks in a lesson; None where nothing was handed in and staff set none."""
    standing, given = table.cells.get(place), table.set_marks.get(place)
    if standing is None and given is None:
        return None
    grading = standing.grading if standing else None
    return types.GradeCell(
        score=table.final(*place),
        max=points,
        state=grading.state if grading else "waiting" if standing else "marked",
        late_seconds=standing.late_seconds if standing else 0,
        submission=standing.submission.public if standing else "",
        needs_person=standing is not None and standing.needs_person,
        is_set=given is not None,
    )
