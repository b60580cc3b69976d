"""Who is to be told of what was said.

In: an entry of the journal about a thread or a post. Out: who is told, and as what: an answer to one's own
question rather than a mention, a mention rather than a reply in a thread that one follows.
"""

import dataclasses
import datetime
from collections.abc import Sequence

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, people
from courseware.course import model as course_model
from courseware.discussion import audience, look, markup, mentions
from courseware.notices import model
from courseware.store import journal

KINDS = frozenset({"thread.asked", "post.written", "person.mentioned", "post.endorsed"})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Classes:
    """Courses and who is in them at one moment, each looked up once for many entries."""

    connection: sa.Connection
    now: datetime.datetime
    found: dict[int, tuple[course_model.Course, list[course_model.Member]]] = dataclasses.field(
        default_factory=dict
    )

    def of(self, key: int) -> tuple[course_model.Course, list[course_model.Member]]:
        """The course of a row, and everybody who is in it."""
        if key not in self.found:
            course = courses.by_id(self.connection, key)
            self.found[key] = course, people.present(self.connection, course, now=self.now)
        return self.found[key]


def told(classes: Classes, entry: journal.Entry) -> list[model.Fresh]:
    """Who is to be told of an entry."""
    if entry.course_id is None:
        return []
    connection, now = classes.connection, classes.now
    course, everybody = classes.of(entry.course_id)
    present = [member for member in everybody if member.person.id != entry.actor_id]
    try:
        thread = audience.of(connection, entry.subject)
    except errors.UserError:
        return []
    wanted: dict[int, model.Kind] = {}
    match entry.kind:
        case "thread.asked" if thread.kind == "announcement":
            return _announced(connection, entry, course, present, now=now)
        case "thread.asked" if thread.recipient is not None:
            wanted = {thread.recipient: "mention"}
        case "thread.asked" if thread.kind in ("question", "private"):
            wanted = {m.person.id: "question" for m in present if m.role in course_model.STAFF}
        case "post.written":
            wanted = {key: "reply" for key in thread.followers}
            if thread.kind in ("question", "private"):
                wanted[thread.author_id] = "answer"
        case "person.mentioned":
            named = entry.data.get("person")
            wanted = {m.person.id: "mention" for m in present if m.person.public == named}
        case "post.endorsed":
            wanted = {audience.author(connection, str(entry.data["post"])): "endorsed"}
    found = []
    for member in present:
        kind = wanted.get(member.person.id)
        viewer = _viewer(member, course)
        if kind is None or not audience.sees(connection, viewer, entry.subject, now=now):
            continue
        if kind == "question" and not audience.looks_after(connection, viewer, entry.subject):
            continue
        if kind == "reply" and _named(connection, viewer, str(entry.data["post"]), now=now):
            kind = "mention"
        found.append(_fresh(entry, member, kind))
    return found


def _announced(
    connection: sa.Connection,
    entry: journal.Entry,
    course: course_model.Course,
    present: Sequence[course_model.Member],
    *,
    now: datetime.datetime,
) -> list[model.Fresh]:
    """Everybody who sees an announcement."""
    viewers = [_viewer(member, course) for member in present]
    seeing = audience.who_sees(connection, viewers, entry.subject, now=now)
    return [_fresh(entry, member, "announcement") for member in present if member.person.id in seeing]


def _named(
    connection: sa.Connection, viewer: course_model.Viewer, post: str, *, now: datetime.datetime
) -> bool:
    """Whether a post calls somebody by name, as they are shown it."""
    _, said = look.post(connection, viewer, post, now=now)
    return viewer.person.name in markup.mentions(said.body)[: mentions.MOST]


def _fresh(entry: journal.Entry, member: course_model.Member, kind: model.Kind) -> model.Fresh:
    post = str(entry.data["post"])
    return model.Fresh(
        event=f"{'endorsed' if kind == 'endorsed' else 'said'} {post}",
        kind=kind,
        person_id=member.person.id,
        course_id=entry.course_id or 0,
        subject=entry.subject,
        post=post,
    )


def _viewer(member: course_model.Member, course: course_model.Course) -> course_model.Viewer:
    return course_model.Viewer(person=member.person, course=course, role=member.role, ceiling="pages")
