"""Say something: begin a thread, reply, change what one said.

In: a viewer, words, and the time. Out: records made by `shown`; the news of it in the journal, in the same
transaction, as ids. Refused: empty or endless text, control characters, a cell that the lesson does not
have, a moment of a cell without a video, a locked thread, more in a minute than a person types.
"""

import dataclasses
import datetime
import json

import sqlalchemy as sa

from courseware import errors
from courseware.course import dates, permissions, schedule
from courseware.course import model as course_model
from courseware.discussion import cells, look, mentions, model, news, posts, read_state, shown, text, threads
from courseware.store import database

CELL = 20_000
MINUTE, DAY = 10, 100
LONGEST = 86_400


def begin(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    place: model.Place,
    wish: model.Beginning,
    *,
    now: datetime.datetime,
) -> model.Thread:
    """Begin a thread on a cell, a lesson or the course's board."""
    _check_kind(viewer, wish)
    body = text.checked(wish.words.body, text.BODY, "comment")
    _limit(connection, viewer, now)
    cell = _cell(connection, viewer, place, wish, now=now)
    _check_moment(wish.moment, cell)
    graded = cell is not None and cell.graded
    title = text.checked(wish.title, text.TITLE, "title") if wish.title.strip() else ""
    key, public = threads.insert(
        connection,
        {
            "course_id": place.course.id,
            "lesson_id": place.lesson.id if place.lesson else None,
            "anchor": cell.key if cell else None,
            "moment": wish.moment,
            "graded": graded,
            "held": graded and cells.held(place.course, viewer.role),
            "kind": wish.kind,
            "title": title,
            "author_id": viewer.person.id,
            "anonymous": wish.words.anonymous,
            "created": now,
            "last": now,
        },
    )
    words = dataclasses.replace(wish.words, body=body)
    post = _insert(connection, viewer, key, words, title=title, now=now)["public"]
    read_state.follow_first(connection, key, viewer.person.id)
    if wish.to is not None:
        threads.send(connection, key, wish.to.id)
        read_state.follow_first(connection, key, wish.to.id)
    news.tell(connection, viewer, "thread.asked", public, now=now, post=post, kind=wish.kind)
    mentions.tell(connection, viewer, body, thread=public, post=post, now=now)
    return shown.all_threads(connection, viewer, [threads.told(connection, viewer, public, now=now)])[0]


def reply(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    public: str,
    words: model.Words,
    *,
    now: datetime.datetime,
) -> model.Post:
    """Add a post to a thread."""
    row = threads.find(connection, viewer, public, now=now)
    if "reply" not in shown.can_thread(viewer, row):
        raise errors.UserError("This discussion is closed.", code="conflict")
    if look.only_read(connection, viewer, row):
        raise cells.gone()
    body = text.checked(words.body, text.BODY, "comment")
    _check_anonymous(viewer, words, row["kind"])
    _limit(connection, viewer, now)
    # Nobody else numbers posts of this thread until the transaction ends.
    database.lock(connection, f"thread {row['id']}")
    post = _insert(connection, viewer, row["id"], dataclasses.replace(words, body=body), title="", now=now)
    threads.said(connection, row["id"], max(now, row["last"]))
    if row["following"] is None:
        read_state.follow_first(connection, row["id"], viewer.person.id)
    news.tell(connection, viewer, "post.written", public, now=now, post=post["public"])
    mentions.tell(connection, viewer, body, thread=public, post=post["public"], now=now)
    return shown.fresh_post(connection, viewer, row, post)


def edit(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    public: str,
    body: str,
    *,
    now: datetime.datetime,
) -> model.Post:
    """Change what one said; what it said before is kept for oneself and staff."""
    post = posts.find(connection, public)
    row = threads.find(connection, viewer, post["thread"], now=now)
    if "edit" not in shown.can_post(viewer, row, post):
        raise errors.UserError("This comment cannot be changed by you.", code="forbidden")
    said = text.checked(body, text.BODY, "comment")
    if said != post["body"]:
        _limit(connection, viewer, now)
        posts.keep_edit(connection, post, viewer.person.id, now=now)
        posts.change(connection, post["id"], {"body": said, "edited": now})
        news.tell(connection, viewer, "post.edited", post["thread"], now=now, post=public)
        mentions.tell(
            connection, viewer, said, thread=post["thread"], post=public, now=now, before=post["body"]
        )
    return shown.all_posts(connection, viewer, row, [posts.find(connection, public)])[0]


def _insert(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    thread: int,
    words: model.Words,
    *,
    title: str,
    now: datetime.datetime,
) -> posts.Row:
    """The post's row, its author's number if they are anonymous, and that they have read so far."""
    me = viewer.person.id
    if words.anonymous:
        posts.pseudonym(connection, thread, me)
    sent = words.attachment
    attachment = None
    if sent is not None and (sent.cell.strip() or sent.traceback.strip()):
        parts = {"cell": text.plain(sent.cell)[:CELL], "traceback": text.plain(sent.traceback)[-CELL:]}
        attachment = json.dumps(parts)
    values = {
        "author_id": me,
        "anonymous": words.anonymous,
        "body": words.body,
        "attachment": attachment,
    }
    row = posts.insert(connection, thread, values, title=title, now=now)
    read_state.wrote(connection, thread, me, row["number"])
    return row


def _check_kind(viewer: course_model.Viewer, wish: model.Beginning) -> None:
    """Who may begin what."""
    if wish.kind == "announcement":
        permissions.check(viewer, permissions.Action.ANNOUNCE)
    if wish.to is not None:
        permissions.check(viewer, permissions.Action.READ_PRIVATE)
        if wish.kind != "private":
            raise errors.UserError("What staff write to one student is private.", code="invalid")
    _check_anonymous(viewer, wish.words, wish.kind)


def _check_anonymous(viewer: course_model.Viewer, words: model.Words, kind: str) -> None:
    if words.anonymous and "anonymous" not in look.rights(viewer):
        raise errors.UserError("Only students can hide their name.", code="forbidden")
    if words.anonymous and kind == "private":
        raise errors.UserError("Staff see who asks a private question.", code="invalid")


def _check_moment(moment: int | None, cell: cells.Cell | None) -> None:
    """Refuse a moment that no video has."""
    if moment is None:
        return
    if cell is None or not cell.has_video:
        raise errors.UserError("Only a cell with a video has moments to ask about.", code="invalid")
    if not 0 <= moment <= LONGEST:
        raise errors.UserError("A moment is a second of a video of at most a day.", code="invalid")


def _cell(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    place: model.Place,
    wish: model.Beginning,
    *,
    now: datetime.datetime,
) -> cells.Cell | None:
    """The cell that the thread is about, of a lesson that is open to the viewer."""
    if place.lesson is None:
        if wish.key:
            raise errors.UserError("The course's board has no cells.", code="not-found")
        return None
    holds = dates.effective(connection, viewer.person.id, place.lesson.id)
    if not viewer.is_staff and (
        schedule.state(holds, now) == "not-open" or not cells.newest(connection, place.lesson.id)
    ):
        raise errors.UserError("This lesson is not open yet.", code="not-found")
    return cells.find(connection, place.lesson.id, wish.key) if wish.key else None


def _limit(connection: sa.Connection, viewer: course_model.Viewer, now: datetime.datetime) -> None:
    """A student writes and changes so much in a minute and in a day; counted in this very transaction."""
    if viewer.is_staff:
        return
    for seconds, most in ((60, MINUTE), (86_400, DAY)):
        since = now - datetime.timedelta(seconds=seconds)
        if posts.written_since(connection, viewer.person.id, since) >= most:
            raise errors.UserError(
                f"That is a lot at once: {most} comments are the limit for now. Try again later.",
                code="too-many",
            )
