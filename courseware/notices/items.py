"""What one reader may know of a notice now.

In: a notice and who reads. Out: an item made through the doors of discussions and marks, or nothing: what was
deleted, hidden, closed or taken back since is not told any more.
"""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from courseware import errors
from courseware.course import dates, lessons, schedule
from courseware.course import model as course_model
from courseware.discussion import look, posts, shown
from courseware.discussion import model as talk
from courseware.exchange import draft_releases, planned_releases, releases, submissions
from courseware.grading import grades
from courseware.notices import model, notices

_BEFORE = 5
"""How many comments are shown before the one that a link leads to."""


def page(
    connection: sa.Connection, viewer: course_model.Viewer, *, cursor: str | None, now: datetime.datetime
) -> model.Items:
    """A page of somebody's notices in a course, newest first."""
    me, course = viewer.person.id, viewer.course.id
    found = notices.page(connection, me, course, cursor=cursor)
    here = found[: notices.PAGE]
    return model.Items(
        notices=tuple(several(connection, viewer, here, now=now)),
        unseen=len(unread(connection, viewer, now=now)),
        next=notices.cursor_of(here[-1]) if len(found) > len(here) else None,
    )


def unread(
    connection: sa.Connection, viewer: course_model.Viewer, *, now: datetime.datetime
) -> list[model.Item]:
    """What somebody has not seen, newest first; a hundred at most."""
    kept = notices.unseen(connection, viewer.person.id, viewer.course.id)
    return [each for each in several(connection, viewer, kept, now=now) if not each.seen] if kept else []


def one(
    connection: sa.Connection, viewer: course_model.Viewer, public: str, *, now: datetime.datetime
) -> model.Item:
    """One of somebody's own notices.

    Raises:
        UserError: it is not theirs, or not to be told any more.
    """
    kept = notices.find(connection, viewer.person.id, viewer.course.id, public)
    found = several(connection, viewer, [kept] if kept else [], now=now)
    if not found:
        raise errors.UserError("What this was about is not there any more.", code="not-found")
    return found[0]


def several(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    given: Sequence[model.Notice],
    *,
    now: datetime.datetime,
) -> list[model.Item]:
    """Those of some notices that are still to be told, as their reader may know them, in the order given."""
    return to_readers(connection, viewer.course, [(viewer, given)], now=now)[0]


def to_readers(
    connection: sa.Connection,
    course: course_model.Course,
    given: Sequence[tuple[course_model.Viewer, Sequence[model.Notice]]],
    *,
    now: datetime.datetime,
) -> list[list[model.Item]]:
    """The same for several people of one course, each with notices of their own; what was said is asked for
    once for all of them.
    """
    wanted = [(viewer, [str(n.post) for n in some if n.kind in model.TALK]) for viewer, some in given]
    talked = any(publics for _, publics in wanted)
    said = look.to_readers(connection, wanted, now=now) if talked else [{} for _ in given]
    placed = any(thread.lesson for each in said for thread, _, _ in each.values())
    every = lessons.of_course(connection, course) if placed else []
    titles = {each.slug: each.title for each in every}
    found = []
    for (viewer, some), known in zip(given, said, strict=True):
        made = [
            _said(viewer, notice, known.get(str(notice.post)), titles)
            if notice.kind in model.TALK
            else _work(connection, viewer, notice, now=now)
            for notice in _told_once(some)
        ]
        found.append([each for each in made if each is not None])
    return found


def _told_once(given: Sequence[model.Notice]) -> list[model.Notice]:
    """Those of one person, without what another of them tells whole."""
    whole = {each.subject for each in given if each.kind == "marked" and not _is_first(each)}
    return [each for each in given if not (_is_first(each) and each.subject in whole)]


def _is_first(notice: model.Notice) -> bool:
    """Whether it tells of marks while others waited; nobody reads it beside the one that tells of all."""
    return notice.event.startswith(f"{notices.FIRST} ")


def _work(
    connection: sa.Connection, viewer: course_model.Viewer, notice: model.Notice, *, now: datetime.datetime
) -> model.Item | None:
    """What is about work, for students; and for those who publish, a draft that was not published."""
    if viewer.is_staff is not (notice.kind == "stopped"):
        return None
    try:
        if notice.kind == "stopped":
            return _stopped(connection, viewer, notice)
        if notice.kind in ("marked", "changed") and notice.subject.startswith("les_"):
            return _set(connection, viewer, notice, now=now)
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
    if told is None:
        return None
    thread, post, read = told
    looks_after = viewer.is_staff and "claim" in thread.can
    if post.state != "shown" or (notice.kind in model.STAFF_ONLY and not looks_after):
        return None
    return model.Item(
        id=notice.public,
        kind=notice.kind,
        at=notice.created,
        seen=notice.seen is not None or (read and notice.kind != "endorsed"),
        who="" if notice.kind == "endorsed" else shown.masked(post.author),
        title=thread.title or thread.excerpt,
        lesson=titles.get(thread.lesson) if thread.lesson else None,
        place=f"/threads/{thread.id}{_page_of(post)}#{post.id}",
        text=post.body,
        private=thread.kind == "private" or thread.hidden,
        slug=thread.lesson,
        key=thread.key,
    )


def _page_of(post: talk.Post) -> str:
    """The part of an address that asks for the page of a long discussion that a post is on."""
    return f"?after={post.number - 1 - _BEFORE}" if post.number > posts.PAGE else ""


def _marked(
    connection: sa.Connection, viewer: course_model.Viewer, notice: model.Notice, *, now: datetime.datetime
) -> model.Item | None:
    """Marks that show."""
    submission = submissions.find(connection, notice.subject)
    standing = grades.standing(connection, submission, now=now)
    if submission.person_id != viewer.person.id or standing.visible_final is None:
        return None
    lesson = lessons.by_id(connection, submission.lesson_id)
    return model.Item(
        id=notice.public,
        kind=notice.kind,
        at=notice.created,
        seen=notice.seen is not None,
        who="",
        title=lesson.title,
        slug=lesson.slug,
        lesson=None,
        place=f"/submissions/{submission.public}",
        score=standing.visible_final,
        max_score=standing.visible_final_points,
        part=bool(standing.withheld_points),
    )


def _set(
    connection: sa.Connection, viewer: course_model.Viewer, notice: model.Notice, *, now: datetime.datetime
) -> model.Item | None:
    """What staff set for a lesson, told to who had handed nothing in; nothing once it is taken back."""
    lesson = lessons.find(connection, viewer.course, notice.subject)
    given = grades.shown_set_mark(connection, lesson, viewer.person.id, now=now)
    newest = releases.in_force(connection, lesson.id)
    if given is None or newest is None:
        return None
    item = _about(viewer, notice, lesson)
    return dataclasses.replace(item, score=given.points, max_score=newest.points)


def _stopped(
    connection: sa.Connection, viewer: course_model.Viewer, notice: model.Notice
) -> model.Item | None:
    """A draft that was to be published by itself and is not; nothing once that is of no use any more."""
    lesson = lessons.find(connection, viewer.course, notice.subject)
    plan = planned_releases.of_lesson(connection, lesson.id)
    if plan is None or not plan.problem or notice.event.split(" ")[1] != plan.draft:
        return None
    there = draft_releases.uploaded(connection, lesson.id) is not None
    return _about(viewer, notice, lesson, "/draft-release" if there else "/releases")


def _lesson(
    connection: sa.Connection, viewer: course_model.Viewer, notice: model.Notice, *, now: datetime.datetime
) -> model.Item | None:
    """A lesson that is open, or whose date comes while the reader has not handed in."""
    lesson = lessons.find(connection, viewer.course, notice.subject)
    holds = dates.effective(connection, viewer.person.id, lesson.id)
    if schedule.state(holds, now) not in ("open", "late") or not releases.offers(connection, lesson.id):
        return None
    if notice.kind == "date":
        handed_in = submissions.of_person(connection, viewer.person.id, lesson.id)
        if holds.due is None or holds.due <= now or handed_in:
            return None
    return dataclasses.replace(_about(viewer, notice, lesson), due=holds.due)


def _about(
    viewer: course_model.Viewer, notice: model.Notice, lesson: course_model.Lesson, page: str = ""
) -> model.Item:
    """News of a lesson, which leads to its page or one below it."""
    return model.Item(
        id=notice.public,
        kind=notice.kind,
        at=notice.created,
        seen=notice.seen is not None,
        who="",
        title=lesson.title,
        lesson=None,
        place=f"/courses/{viewer.course.slug}/lessons/{lesson.slug}{page}",
        slug=lesson.slug,
    )
