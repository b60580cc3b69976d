"""Look at discussions: the badges of a lesson, lists, and one thread.

In: who asks, where, and when. Out: records made by `shown`. Nothing is changed here.
"""

import dataclasses
import datetime
from collections.abc import Sequence

import sqlalchemy as sa

from courseware import errors
from courseware.course import model as course_model
from courseware.course import permissions
from courseware.discussion import (
    audience,
    cells,
    model,
    posts,
    reactions,
    read_state,
    search,
    shown,
    sight,
    threads,
)

_POST = posts.P
_RIGHTS = {
    "post": permissions.Action.TALK,
    "private": permissions.Action.TALK,
    "endorse": permissions.Action.ENDORSE,
    "moderate": permissions.Action.MODERATE,
    "announce": permissions.Action.ANNOUNCE,
}


def discussion(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    lesson: course_model.Lesson,
    *,
    now: datetime.datetime,
) -> model.Discussion:
    """How much is said at each cell of a lesson that is open to the viewer."""
    counted = threads.counts(connection, viewer, lesson.id, now=now)
    talked = {key: count for key, count in counted.items() if key is not None}
    return model.Discussion(
        lesson=lesson.slug,
        cells=talked,
        general=counted.get(None, model.Count()),
        origins={cell.key: cell.id for cell in cells.newest(connection, lesson.id).values()},
        texts=cells.texts(connection, lesson.id, frozenset(talked)),
        can=rights(viewer),
        moments=threads.moments(connection, viewer, lesson.id, now=now),
    )


def rights(viewer: course_model.Viewer) -> tuple[str, ...]:
    """What the viewer can do in discussions at all; hiding one's name is for students."""
    told = [name for name, action in _RIGHTS.items() if permissions.allowed(viewer, action)]
    return (*told, "anonymous") if viewer.role == "student" else tuple(told)


def listed(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    place: model.Place,
    *,
    key: str | None = None,
    wanted: model.Filter = "all",
    query: str = "",
    cursor: str | None = None,
    now: datetime.datetime,
) -> model.Threads:
    """Threads of a course or a lesson; `key` picks those of a cell, the empty key those of no cell."""
    where = threads.T.c.course_id == place.course.id
    if place.lesson is not None:
        where &= threads.T.c.lesson_id == place.lesson.id
    if key is not None:
        where &= threads.T.c.anchor == key if key else threads.T.c.anchor.is_(None)
    where &= _chosen(viewer, wanted)
    if query.strip():
        where &= search.matches(connection, query)
    rows = threads.listed(connection, viewer, where, cursor=cursor, now=now)
    more = len(rows) > threads.PAGE
    rows = rows[: threads.PAGE]
    return model.Threads(
        threads=shown.all_threads(connection, viewer, rows),
        next=threads.cursor_of(rows[-1]) if more else None,
    )


def beside(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    lesson: course_model.Lesson,
    *,
    now: datetime.datetime,
) -> dict[str | None, tuple[model.Thread, ...]]:
    """The newest threads of each cell of a lesson, to be shown beside it; None is the lesson itself."""
    rows = threads.newest_of_cells(connection, viewer, lesson.id, now=now)
    found: dict[str | None, tuple[model.Thread, ...]] = {}
    for thread in shown.all_threads(connection, viewer, rows):
        found[thread.key] = (*found.get(thread.key, ()), thread)
    return found


def _chosen(viewer: course_model.Viewer, wanted: model.Filter) -> sa.ColumnElement[bool]:
    """A filter as a condition."""
    table, me = threads.T, viewer.person.id
    in_thread = (_POST.c.thread_id == table.c.id) & (_POST.c.state == "shown")
    match wanted:
        case "all":
            return sa.true()
        case "unread":
            return threads.unread(me) > 0
        case "unanswered":
            return threads.unanswered()
        case "mine":
            return sa.exists(sa.select(_POST.c.id).where(in_thread & (_POST.c.author_id == me)))
        case "endorsed":
            return sa.exists(sa.select(_POST.c.id).where(in_thread & _POST.c.endorsed))


def thread(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    public: str,
    *,
    after: int | None = None,
    before: int | None = None,
    now: datetime.datetime,
) -> model.ThreadPage:
    """A page of a thread: the one with the first unread post, unless a place is named."""
    row = threads.told(connection, viewer, public, now=now)
    seen = read_state.last_seen(connection, row["id"], viewer.person.id)
    if after is None and before is None:
        _, last = posts.ends(connection, row["id"])
        after = max(0, min(seen, last) - (posts.PAGE // 2 if seen < last else posts.PAGE))
    found = posts.page(connection, row["id"], after=after, before=before)
    first, last = posts.ends(connection, row["id"])
    told = shown.all_threads(connection, viewer, [row])[0]
    if only_read(connection, viewer, row):
        told = dataclasses.replace(told, can=tuple(right for right in told.can if right != "reply"))
    return model.ThreadPage(
        thread=told,
        posts=shown.all_posts(connection, viewer, row, found),
        seen=seen,
        earlier=str(found[0]["number"]) if found and found[0]["number"] > first else None,
        later=str(found[-1]["number"]) if found and found[-1]["number"] < last else None,
    )


def only_read(connection: sa.Connection, viewer: course_model.Viewer, row: threads.Row) -> bool:
    """Whether a thread is about a cell that the newest release has no more: then only staff still answer."""
    if row["anchor"] is None or shown.may(viewer, row, permissions.Action.MODERATE):
        return False
    return row["anchor"] not in cells.newest(connection, row["lesson_id"])


def recipient(
    connection: sa.Connection, viewer: course_model.Viewer, public: str, *, now: datetime.datetime
) -> int | None:
    """The key of the student whom staff wrote a private thread to; None where nobody did."""
    threads.find(connection, viewer, public, now=now)
    return audience.of(connection, public).recipient


def hides_name(
    connection: sa.Connection, viewer: course_model.Viewer, public: str, *, now: datetime.datetime
) -> bool:
    """Whether the viewer wrote in a thread under a pseudonym."""
    row = threads.find(connection, viewer, public, now=now)
    return (row["id"], viewer.person.id) in posts.pseudonyms(connection, [row["id"]])


def post(
    connection: sa.Connection, viewer: course_model.Viewer, public: str, *, now: datetime.datetime
) -> tuple[model.Thread, model.Post]:
    """A post alone, with the thread that it is in."""
    row = posts.find(connection, public)
    within = threads.told(connection, viewer, row["thread"], now=now)
    return (
        shown.all_threads(connection, viewer, [within])[0],
        shown.all_posts(connection, viewer, within, [row])[0],
    )


def several(
    connection: sa.Connection, viewer: course_model.Viewer, publics: Sequence[str], *, now: datetime.datetime
) -> dict[str, tuple[model.Thread, model.Post, bool]]:
    """Posts that the viewer may see, with their threads, and whether they were read; by their public ids."""
    return to_readers(connection, [(viewer, publics)], now=now)[0]


def to_readers(
    connection: sa.Connection,
    wanted: Sequence[tuple[course_model.Viewer, Sequence[str]]],
    *,
    now: datetime.datetime,
) -> list[dict[str, tuple[model.Thread, model.Post, bool]]]:
    """The same for several people of one course, each with posts of their own. What is asked for them is one
    query for all who are here in the same role.
    """
    rows = {row["public"]: row for row in posts.several(connection, {p for _, some in wanted for p in some})}
    alike: dict[tuple[str, str], list[tuple[course_model.Viewer, posts.Row]]] = {}
    for viewer, publics in wanted:
        alike.setdefault((viewer.role, viewer.ceiling), []).extend(
            (viewer, rows[public]) for public in dict.fromkeys(publics) if public in rows
        )
    given: list[tuple[course_model.Viewer, threads.Row, posts.Row]] = []
    for each in alike.values():
        pairs = {(viewer.person.id, row["thread"]) for viewer, row in each}
        seen = threads.of_readers(connection, each[0][0], pairs, now=now) if pairs else {}
        for viewer, row in each:
            within = seen.get((viewer.person.id, row["thread"]))
            if within is not None:
                given.append((viewer, within, row))
    people = {viewer.person.id for viewer, _, _ in given}
    read = read_state.last_seen_by(connection, {thread["id"] for _, thread, _ in given}, people)
    found: dict[int, dict[str, tuple[model.Thread, model.Post, bool]]] = {}
    made = shown.to_readers(connection, given)
    for (viewer, talked, row), (thread, post) in zip(given, made, strict=True):
        was_read = read.get((viewer.person.id, talked["id"]), 0) >= post.number
        found.setdefault(viewer.person.id, {})[row["public"]] = (thread, post, was_read)
    return [found.get(viewer.person.id, {}) for viewer, _ in wanted]


def edits(
    connection: sa.Connection, viewer: course_model.Viewer, public: str, *, now: datetime.datetime
) -> tuple[model.Edit, ...]:
    """What a post said before, for its author and staff.

    Raises:
        UserError: it is not theirs to see.
    """
    post = posts.find(connection, public)
    row = threads.find(connection, viewer, post["thread"], now=now)
    own = post["author_id"] == viewer.person.id
    if not own and not shown.may(viewer, row, permissions.Action.MODERATE):
        raise errors.UserError("Earlier versions are shown to the author and staff only.", code="forbidden")
    kept = posts.edits(connection, post["id"])
    known = shown.names(connection, viewer, (each["edited_by"] for each in kept), [row])
    return tuple(
        model.Edit(
            body=each["body"],
            at=each["edited"],
            by=known.author(
                each["edited_by"],
                row["id"],
                anonymous=post["anonymous"] and each["edited_by"] == post["author_id"],
            ),
        )
        for each in kept
    )


def reports(
    connection: sa.Connection, viewer: course_model.Viewer, *, now: datetime.datetime
) -> tuple[model.Report, ...]:
    """Reports that wait for a decision, oldest first."""
    permissions.check(viewer, permissions.Action.MODERATE)
    found = []
    mine = sight.visible(viewer, now) & sight.taught(viewer)
    for row in reactions.waiting(connection, mine):
        within, reported = post(connection, viewer, row["post"], now=now)
        known = shown.names(connection, viewer, [row["person_id"]], [])
        by = known.author(row["person_id"], 0, anonymous=False)
        found.append(
            model.Report(thread=within, post=reported, reason=row["reason"], at=row["reported"], by=by)
        )
    return tuple(found)


def hidden(connection: sa.Connection, viewer: course_model.Viewer, *, now: datetime.datetime) -> model.Hidden:
    """What staff hid, newest first: one page of threads and one of posts."""
    permissions.check(viewer, permissions.Action.MODERATE)
    mine = sight.visible(viewer, now) & sight.taught(viewer)
    rows = threads.listed(connection, viewer, threads.T.c.hidden & mine, cursor=None, now=now)
    rows = rows[: threads.PAGE]
    single = (row["public"] for row in posts.hidden(connection, mine))
    return model.Hidden(
        threads=shown.all_threads(connection, viewer, rows),
        posts=tuple(post(connection, viewer, public, now=now) for public in single),
    )
