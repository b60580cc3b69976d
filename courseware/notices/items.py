"""What one reader may know of a notice now.

In: a notice and who reads. Out: an item made through the doors of discussions and marks, or nothing: what was
deleted, hidden, closed or taken back since is not told any more.
"""

import datetime
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, dates, lessons, people, schedule
from courseware.course import model as course_model
from courseware.discussion import look, shown
from courseware.discussion import model as talk
from courseware.exchange import releases, submissions
from courseware.grading import grades
from courseware.notices import model, notices


def reader(
    connection: sa.Connection, person_id: int, course_id: int, *, now: datetime.datetime
) -> course_model.Viewer | None:
    """Somebody as a letter to them may know things; None if they are not in the course now."""
    course, person = courses.by_id(connection, course_id), people.by_id(connection, person_id)
    role = people.role(connection, course, person, now=now)
    if role is None:
        return None
    return course_model.Viewer(person=person, course=course, role=role, ceiling="pages")


def page(
    connection: sa.Connection, viewer: course_model.Viewer, *, cursor: str | None, now: datetime.datetime
) -> model.Items:
    """A page of somebody's notices in a course, newest first."""
    me, course = viewer.person.id, viewer.course.id
    found = notices.page(connection, me, course, cursor=cursor)
    here = found[: notices.PAGE]
    return model.Items(
        notices=tuple(several(connection, viewer, here, now=now)),
        unseen=sum(
            not each.seen
            for each in several(connection, viewer, notices.unseen(connection, me, course), now=now)
        ),
        next=notices.cursor_of(here[-1]) if len(found) > len(here) else None,
    )


def several(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    given: Sequence[model.Notice],
    *,
    now: datetime.datetime,
) -> list[model.Item]:
    """Those of some notices that are still to be told, as their reader may know them, in the order given."""
    posts = [str(each.post) for each in given if each.kind in model.TALK]
    said = look.several(connection, viewer, posts, now=now) if posts else {}
    placed = any(thread.lesson for thread, _, _ in said.values())
    every = lessons.of_course(connection, viewer.course) if placed else []
    titles = {each.slug: each.title for each in every}
    whole = {each.subject for each in given if each.kind == "marked" and not _is_first(each)}
    found = []
    for notice in given:
        if _is_first(notice) and notice.subject in whole:
            continue
        if notice.kind in model.TALK:
            made = _said(viewer, notice, said.get(str(notice.post)), titles)
        else:
            made = _work(connection, viewer, notice, now=now)
        if made is not None:
            found.append(made)
    return found


def _is_first(notice: model.Notice) -> bool:
    """Whether it tells of marks while others waited; nobody reads it beside the one that tells of all."""
    return notice.event.startswith(f"{notices.FIRST} ")


def _work(
    connection: sa.Connection, viewer: course_model.Viewer, notice: model.Notice, *, now: datetime.datetime
) -> model.Item | None:
    """What only students get."""
    if viewer.role != "student":
        return None
    try:
        if notice.kind in ("marked", "changed"):
            return _marked(connection, viewer, notice, now=now)
        return _lesson(connection, viewer, notice, now=now)
    except errors.UserError:
        return None


def _said(
    viewer: course_model.Viewer,
    notice: model.Notice,
    told: tuple[talk.Thread, talk.Post, bool] | None,
    titles: Mapping[str, str],
) -> model.Item | None:
    """A post, by the door of discussions; anonymous authors have their number, whoever reads."""
    if told is None or (notice.kind in model.STAFF_ONLY and not viewer.is_staff):
        return None
    thread, post, read = told
    if post.state != "shown":
        return None
    return model.Item(
        id=notice.public,
        kind=notice.kind,
        at=notice.created,
        seen=notice.seen is not None or (read and notice.kind != "endorsed"),
        who="" if notice.kind == "endorsed" else shown.masked(post.author),
        title=thread.title or thread.excerpt,
        lesson=titles.get(thread.lesson) if thread.lesson else None,
        place=f"/threads/{thread.id}#{post.id}",
        text=post.body,
        private=thread.kind == "private" or thread.hidden,
    )


def _marked(
    connection: sa.Connection, viewer: course_model.Viewer, notice: model.Notice, *, now: datetime.datetime
) -> model.Item | None:
    """Marks that show."""
    submission = submissions.find(connection, notice.subject)
    standing = grades.standing(connection, submission, now=now)
    if submission.person_id != viewer.person.id or standing.visible_score is None:
        return None
    return model.Item(
        id=notice.public,
        kind=notice.kind,
        at=notice.created,
        seen=notice.seen is not None,
        who="",
        title=lessons.by_id(connection, submission.lesson_id).title,
        lesson=None,
        place=f"/submissions/{submission.public}",
        score=standing.visible_score,
        max_score=standing.open_points,
        part=bool(standing.withheld_points),
    )


def _lesson(
    connection: sa.Connection, viewer: course_model.Viewer, notice: model.Notice, *, now: datetime.datetime
) -> model.Item | None:
    """A lesson that is open, or whose date comes while the reader has not handed in."""
    lesson = lessons.find(connection, viewer.course, notice.subject)
    holds = dates.effective(connection, viewer.person.id, lesson.id)
    if schedule.state(holds, now) not in ("open", "late") or not releases.keys_of_lesson(
        connection, lesson.id
    ):
        return None
    if notice.kind == "date":
        handed_in = submissions.of_person(connection, viewer.person.id, lesson.id)
        if holds.due is None or holds.due <= now or handed_in:
            return None
    return model.Item(
        id=notice.public,
        kind=notice.kind,
        at=notice.created,
        seen=notice.seen is not None,
        who="",
        title=lesson.title,
        lesson=None,
        place=f"/courses/{viewer.course.slug}/lessons/{lesson.slug}",
        due=holds.due,
    )
