"""What people do with threads and posts that are there: resolve, endorse, react, report, hide, move.

In: a viewer and a public id. Out: records made by `shown`. What somebody can do is what `shown` says they
can; each act is in the journal, in the same transaction.
"""

import dataclasses
import datetime
from typing import Any

import sqlalchemy as sa

from courseware import errors
from courseware.course import model as course_model
from courseware.course import people, permissions
from courseware.discussion import cells, model, news, posts, reactions, read_state, shown, text, threads


@dataclasses.dataclass(frozen=True, kw_only=True)
class ThreadChange:
    """What is to be different about a thread; None leaves it as it is. `assigned` names a member of staff who
    is to look after it, empty nobody.
    """

    state: model.State | None = None
    locked: bool | None = None
    pinned: bool | None = None
    hidden: bool | None = None
    claimed: bool | None = None
    assigned: str | None = None
    key: str | None = None

    @property
    def right(self) -> permissions.Action | None:
        """The right over others that it takes; none for what an author does too."""
        own = dataclasses.replace(self, state=None) == ThreadChange()
        return None if own else permissions.Action.MODERATE


@dataclasses.dataclass(frozen=True, kw_only=True)
class PostChange:
    """What is to be different about a post, apart from its text."""

    state: model.PostState | None = None
    endorsed: bool | None = None
    answer: bool | None = None

    @property
    def right(self) -> permissions.Action | None:
        """The right over others that it takes; none for what an author does too."""
        if self.endorsed is not None:
            return permissions.Action.ENDORSE
        return permissions.Action.MODERATE if self.state == "hidden" else None


def change_thread(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    public: str,
    change: ThreadChange,
    *,
    now: datetime.datetime,
) -> model.Thread:
    """Change a thread as far as the viewer can."""
    row = threads.find(connection, viewer, public, now=now)
    can = shown.can_thread(viewer, row)
    needs = {
        "resolve": change.state,
        "lock": change.locked,
        "pin": change.pinned,
        "hide": change.hidden,
        "claim": change.assigned if change.claimed is None else change.claimed,
        "move": change.key,
    }
    for right, wanted in needs.items():
        if wanted is not None and right not in can:
            raise errors.UserError(f"You cannot {right} this discussion.", code="forbidden")
    values = {
        name: wanted
        for name in ("state", "locked", "pinned", "hidden")
        if (wanted := getattr(change, name)) is not None
    }
    if change.claimed is not None:
        values["claimed_by"] = viewer.person.id if change.claimed else None
    if change.assigned is not None:
        values["claimed_by"] = (
            _staff(connection, viewer, row["public"], change.assigned) if change.assigned else None
        )
    if change.key is not None:
        values |= _moved(connection, viewer, row, change.key)
    if values:
        threads.change(connection, row["id"], values)
        told = {"resolved": "thread.resolved", "open": "thread.opened"}
        kind = told[change.state] if change.state else "thread.changed"
        news.tell(connection, viewer, kind, public, now=now, changed=" ".join(sorted(values)))
    return shown.all_threads(connection, viewer, [threads.told(connection, viewer, public, now=now)])[0]


def _moved(
    connection: sa.Connection, viewer: course_model.Viewer, row: threads.Row, key: str
) -> dict[str, Any]:
    """What another cell, or the whole lesson, makes of a thread: it waits for the due dates if threads there
    do. What was sent along from an exercise stays with staff and its author.
    """
    cell = cells.find(connection, row["lesson_id"], key) if key else None
    graded = cell is not None and cell.graded
    author = posts.writers(connection, viewer.course.id, [row["author_id"]])[row["author_id"]]
    held = graded and cells.held(viewer.course, author.role)
    moved = {"anchor": cell.key if cell else None, "graded": graded or row["graded"], "held": held}
    # A moment is one of the video that it was said of.
    return moved if moved["anchor"] == row["anchor"] else {**moved, "moment": None}


def _staff(connection: sa.Connection, viewer: course_model.Viewer, thread: str, public: str) -> int:
    """Somebody who can look after a thread.

    Raises:
        UserError: they are not staff of the course, or are limited to other lessons or people.
    """
    member = people.find(connection, viewer.course, public)
    if member.role not in course_model.STAFF or member.ended is not None:
        raise errors.UserError(f"{member.person.name} is not staff of this course.", code="invalid")
    there = course_model.Viewer(person=member.person, course=viewer.course, role=member.role, ceiling="pages")
    if not threads.looks_after(connection, there, thread):
        raise errors.UserError(f"{member.person.name} does not look after this discussion.", code="invalid")
    return member.person.id


def change_post(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    public: str,
    change: PostChange,
    *,
    now: datetime.datetime,
) -> model.Post:
    """Delete, restore, hide, endorse a post, or say that it answers the question."""
    post, row = _found(connection, viewer, public, now)
    can = shown.can_post(viewer, row, post)
    acts = {"shown": "restore", "deleted": "delete", "hidden": "hide"}
    needs = {
        acts[change.state] if change.state else "": change.state is not None
        and change.state != post["state"],
        "endorse": change.endorsed is not None,
        "answer": change.answer is not None,
    }
    for right, wanted in needs.items():
        if wanted and right not in can:
            raise errors.UserError(f"You cannot {right} this comment.", code="forbidden")
    values: dict[str, Any] = {
        name: wanted
        for name in ("state", "endorsed", "answer")
        if (wanted := getattr(change, name)) is not None and wanted != post[name]
    }
    if values:
        posts.change(connection, post["id"], values)
        for kind in _kinds(values):
            news.tell(connection, viewer, kind, row["public"], now=now, post=public)
    if change.answer:
        threads.change(connection, row["id"], {"state": "resolved"})
    if "state" in values and values["state"] != "deleted":
        reactions.decide(connection, post["id"], viewer.person.id, now=now)
    return _shown(connection, viewer, public, now)


def _kinds(values: dict[str, Any]) -> list[str]:
    """The events that a change of a post is."""
    kinds = []
    if "state" in values:
        kinds.append({"shown": "post.restored"}.get(values["state"], f"post.{values['state']}"))
    if "endorsed" in values:
        kinds.append("post.endorsed" if values["endorsed"] else "post.unendorsed")
    if "answer" in values:
        kinds.append("post.answers" if values["answer"] else "post.unanswers")
    return kinds


def react(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    public: str,
    kind: model.Reaction,
    *,
    on: bool,
    now: datetime.datetime,
) -> model.Post:
    """React to somebody else's post, or no more."""
    post, row = _found(connection, viewer, public, now)
    if "react" not in shown.can_post(viewer, row, post):
        raise errors.UserError("You cannot react to this comment.", code="forbidden")
    reactions.put(connection, post["id"], viewer.person.id, kind, on)
    return _shown(connection, viewer, public, now)


def report(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    public: str,
    reason: str,
    *,
    now: datetime.datetime,
) -> None:
    """Tell staff that something is wrong with a post."""
    post, row = _found(connection, viewer, public, now)
    if "report" not in shown.can_post(viewer, row, post):
        raise errors.UserError("You cannot report this comment.", code="forbidden")
    plain = text.plain(reason).strip()[:2000]
    if not plain:
        raise errors.UserError("Say what is wrong with the comment.", code="invalid")
    if reactions.report(connection, post["id"], viewer.person.id, plain, now=now):
        news.tell(connection, viewer, "post.reported", row["public"], now=now, post=public)


def dismiss(
    connection: sa.Connection, viewer: course_model.Viewer, public: str, *, now: datetime.datetime
) -> model.Post:
    """Leave a reported post as it is; its reports are settled."""
    post, row = _found(connection, viewer, public, now)
    permissions.check(viewer, permissions.Action.MODERATE)
    if not shown.may(viewer, row, permissions.Action.MODERATE):
        raise errors.UserError("Others look after this discussion.", code="forbidden")
    reactions.decide(connection, post["id"], viewer.person.id, now=now)
    news.tell(connection, viewer, "post.kept", row["public"], now=now, post=public)
    return _shown(connection, viewer, public, now)


def saw(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    public: str,
    number: int,
    *,
    now: datetime.datetime,
) -> None:
    """Remember how far the viewer has read."""
    row = threads.find(connection, viewer, public, now=now)
    read_state.saw(connection, row["id"], viewer.person.id, number)


def follow(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    public: str,
    *,
    following: bool,
    now: datetime.datetime,
) -> model.Thread:
    """Follow a thread, or no more."""
    row = threads.find(connection, viewer, public, now=now)
    read_state.follow(connection, row["id"], viewer.person.id, following)
    return shown.all_threads(connection, viewer, [threads.told(connection, viewer, public, now=now)])[0]


def _found(
    connection: sa.Connection, viewer: course_model.Viewer, public: str, now: datetime.datetime
) -> tuple[posts.Row, threads.Row]:
    """A post in a thread that the viewer may see; for others it does not exist."""
    post = posts.find(connection, public)
    return post, threads.find(connection, viewer, post["thread"], now=now)


def _shown(
    connection: sa.Connection, viewer: course_model.Viewer, public: str, now: datetime.datetime
) -> model.Post:
    post, row = _found(connection, viewer, public, now)
    return shown.all_posts(connection, viewer, row, [post])[0]
