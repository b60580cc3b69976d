"""The one door through which threads and posts leave this room.

In: rows that were found for a viewer. Out: records with what this viewer may know, and no more. To peers an
anonymous author is a number in the thread; a deleted text is not in the record, a hidden one is for those who
moderate; what was sent along with a question on an exercise is for staff and its author.
"""

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from courseware.course import model as course_model
from courseware.course import permissions
from courseware.discussion import markup, model, posts, reactions, threads

EXCERPT = 140
_NUMBERED = re.compile(r"Anonymous \d+(?=\)?$)")
_SIGNS = re.compile(r"^```.*$|^#+ |[`*]", re.MULTILINE)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Names:
    """Who is who, to one viewer."""

    viewer: course_model.Viewer
    people: Mapping[int, posts.Writer]
    numbers: Mapping[tuple[int, int], int]
    open: frozenset[int]
    """Threads in which the viewer may know who hides their name."""

    def author(self, person: int, thread: int, *, anonymous: bool) -> model.Author:
        """Somebody who wrote in a thread."""
        known = self.people[person]
        me = person == self.viewer.person.id
        number = self.numbers.get((thread, person), 1)
        # Also of somebody who was erased: peers who see a number change would know whose it was.
        if anonymous and thread not in self.open:
            return model.Author(id=None, name=f"Anonymous {number}", role="student", me=me, anonymous=True)
        if known.erased:
            return model.Author(id=None, name="[deleted]", role="student", me=False, anonymous=False)
        name = f"{known.name} (Anonymous {number})" if anonymous else known.name
        return model.Author(id=known.public, name=name, role=known.role, me=me, anonymous=anonymous)


def names(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    people: Iterable[int],
    threads_of: Iterable[threads.Row],
) -> Names:
    """What is needed to name the authors of some threads."""
    return _named(connection, viewer, posts.writers(connection, viewer.course.id, set(people)), threads_of)


def _named(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    people: Mapping[int, posts.Writer],
    threads_of: Iterable[threads.Row],
) -> Names:
    """The same of people who are known."""
    given = {row["id"]: may(viewer, row, permissions.Action.SEE_NAMES) for row in threads_of}
    return Names(
        viewer=viewer,
        people=people,
        numbers=posts.pseudonyms(connection, given) if given else {},
        open=frozenset(key for key, named in given.items() if named),
    )


def may(viewer: course_model.Viewer, thread: threads.Row, action: permissions.Action) -> bool:
    """Whether the viewer may do this in a thread: what is for staff, where they look after it."""
    everybodys = action is permissions.Action.TALK
    return permissions.allowed(viewer, action) and (everybodys or bool(thread["taught"]))


def all_threads(
    connection: sa.Connection, viewer: course_model.Viewer, rows: Iterable[threads.Row]
) -> tuple[model.Thread, ...]:
    """Threads for a viewer, in the order given."""
    given = list(rows)
    people = {row["author_id"] for row in given} | {row["claimed_by"] for row in given if row["claimed_by"]}
    known = names(connection, viewer, people, given)
    return tuple(_thread(known, row) for row in given)


def _thread(known: Names, row: threads.Row) -> model.Thread:
    """One thread; its title is as much the author's text as what it begins with."""
    claimed, shown = row["claimed_by"], row["first"] == "shown"
    titled = shown or (row["first"] == "hidden" and may(known.viewer, row, permissions.Action.MODERATE))
    return model.Thread(
        id=row["public"],
        lesson=row["lesson"],
        key=row["anchor"],
        moment=row["moment"],
        kind=row["kind"],
        title=row["title"] if titled else "",
        state=row["state"],
        locked=row["locked"],
        pinned=row["pinned"],
        endorsed=bool(row["endorsed"]),
        hidden=row["hidden"],
        following=bool(row["following"]),
        unread=int(row["unread"]),
        posts=int(row["posts"]),
        author=known.author(row["author_id"], row["id"], anonymous=row["anonymous"]),
        created=row["created"],
        last=row["last"],
        claimed_by=known.author(claimed, row["id"], anonymous=False) if claimed else None,
        excerpt=excerpt(row["beginning"] or "") if shown else "",
        can=can_thread(known.viewer, row),
    )


def masked(author: model.Author) -> str:
    """The name as peers know it: for what leaves the house, also for those who may know more."""
    found = _NUMBERED.search(author.name) if author.anonymous else None
    return found[0] if found else "Anonymous" if author.anonymous else author.name


def excerpt(text: str) -> str:
    """The beginning of a text in one line, without the signs of code, emphasis and of calling somebody."""
    line = " ".join(_SIGNS.sub("", markup.spoken(text)).split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"


def all_posts(
    connection: sa.Connection,
    viewer: course_model.Viewer,
    thread: threads.Row,
    rows: Iterable[posts.Row],
) -> tuple[model.Post, ...]:
    """Posts of one thread for a viewer, in the order given."""
    given = list(rows)
    keys = [row["id"] for row in given]
    known = names(connection, viewer, (row["author_id"] for row in given), [thread])
    counted = reactions.counts(connection, keys, viewer.person.id)
    changed = posts.edit_counts(connection, keys)
    return tuple(
        _post(known, thread, row, counted.get(row["id"], ()), changed.get(row["id"], 0)) for row in given
    )


def fresh_post(
    connection: sa.Connection, viewer: course_model.Viewer, thread: threads.Row, row: posts.Row
) -> model.Post:
    """A post for its author, who just wrote it: nobody has reacted, and nothing was changed."""
    me = posts.Writer(public=viewer.person.public, name=viewer.person.name, role=viewer.role)
    known = _named(connection, viewer, {viewer.person.id: me}, [thread] if row["anonymous"] else [])
    return _post(known, thread, row, (), 0)


def to_readers(
    connection: sa.Connection, given: Sequence[tuple[course_model.Viewer, threads.Row, posts.Row]]
) -> list[tuple[model.Thread, model.Post]]:
    """Posts with their threads, each for its own viewer of one course, in the order given."""
    if not given:
        return []
    keys = {row["id"] for _, _, row in given}
    written = {person for _, thread, row in given for person in (thread["author_id"], row["author_id"])}
    written |= {thread["claimed_by"] for _, thread, _ in given if thread["claimed_by"]}
    people = posts.writers(connection, given[0][0].course.id, written)
    numbers = posts.pseudonyms(connection, {thread["id"] for _, thread, _ in given})
    counted = reactions.counts_by(connection, keys, {viewer.person.id for viewer, _, _ in given})
    changed = posts.edit_counts(connection, keys)
    made = []
    for viewer, thread, row in given:
        named = may(viewer, thread, permissions.Action.SEE_NAMES)
        opened = frozenset({thread["id"]} if named else ())
        known = Names(viewer=viewer, people=people, numbers=numbers, open=opened)
        mine = counted.get((viewer.person.id, row["id"]), ())
        made.append((_thread(known, thread), _post(known, thread, row, mine, changed.get(row["id"], 0))))
    return made


def _post(
    known: Names,
    thread: threads.Row,
    row: posts.Row,
    counted: tuple[model.ReactionCount, ...],
    changed: int,
) -> model.Post:
    """One post."""
    shown = row["state"] == "shown"
    moderates = may(known.viewer, thread, permissions.Action.MODERATE)
    return model.Post(
        id=row["public"],
        thread=thread["public"],
        number=row["number"],
        author=known.author(row["author_id"], thread["id"], anonymous=row["anonymous"]),
        body=row["body"] if shown or (moderates and row["state"] == "hidden") else "",
        created=row["created"],
        edited=row["edited"] if shown else None,
        edits=changed if shown else 0,
        state=row["state"],
        endorsed=row["endorsed"],
        answer=row["answer"],
        reactions=counted if shown else (),
        attachment=_attachment(known.viewer, thread, row) if shown else None,
        can=can_post(known.viewer, thread, row),
    )


def _attachment(viewer: course_model.Viewer, thread: threads.Row, row: posts.Row) -> model.Attachment | None:
    """What was sent along; of an exercise it is nobody's but staff's and the author's."""
    if not row["attachment"]:
        return None
    own = row["author_id"] == viewer.person.id
    if thread["graded"] and not own and not may(viewer, thread, permissions.Action.READ_PRIVATE):
        return None
    told: dict[str, Any] = json.loads(row["attachment"])
    return model.Attachment(cell=told["cell"], traceback=told["traceback"])


def can_thread(viewer: course_model.Viewer, row: threads.Row) -> tuple[str, ...]:
    """What the viewer can do with a thread."""
    own, staff = row["author_id"] == viewer.person.id, bool(row["taught"])
    moderates, talks = (
        may(viewer, row, permissions.Action.MODERATE),
        may(viewer, row, permissions.Action.TALK),
    )
    rights = {
        "reply": talks and (moderates or not (row["locked"] or row["hidden"])),
        "resolve": talks and (own or staff) and row["kind"] in ("question", "private"),
        "lock": moderates,
        "pin": moderates,
        "move": moderates and row["lesson_id"] is not None,
        "claim": moderates,
        "hide": moderates,
    }
    return tuple(name for name, allowed in rights.items() if allowed)


def can_post(viewer: course_model.Viewer, thread: threads.Row, row: posts.Row) -> tuple[str, ...]:
    """What the viewer can do with a post."""
    own, shown = row["author_id"] == viewer.person.id, row["state"] == "shown"
    moderates, talks = (
        may(viewer, thread, action) for action in (permissions.Action.MODERATE, permissions.Action.TALK)
    )
    asked = thread["kind"] in ("question", "private") and row["number"] > 1
    rights = {
        "react": talks and shown and not own,
        "edit": talks and shown and own and not thread["locked"],
        # Staff hide what others wrote: what was deleted its author can bring back.
        "delete": talks and shown and own,
        "restore": (row["state"] == "deleted" and (own or moderates))
        or (row["state"] == "hidden" and moderates),
        "endorse": may(viewer, thread, permissions.Action.ENDORSE) and shown,
        "answer": talks and shown and asked and (thread["author_id"] == viewer.person.id or thread["taught"]),
        "report": talks and shown and not own,
        "hide": moderates and shown,
    }
    return tuple(name for name, allowed in rights.items() if allowed)
