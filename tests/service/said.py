"""Who may see and do what in discussions, written down by hand: the yardstick of the matrix.

In: people, ceilings and the states that a thread can be in. Out: what must hold, decided without asking the
code that decides it.
"""

import dataclasses
import datetime
import itertools
from pathlib import Path

import sqlalchemy as sa

from courseware.course import courses, duties, groups, lessons, manifest, model, people
from courseware.discussion import model as talk
from courseware.discussion import moderation, posts, threads, write
from courseware.exchange import publish
from tests import builders

NOW = datetime.datetime(2026, 11, 19, 12, tzinfo=datetime.UTC)
BEFORE = datetime.datetime(2026, 11, 2, tzinfo=datetime.UTC)
CEILINGS: tuple[model.Ceiling, ...] = ("lab", "pages", "cli")
ROLES: dict[str, model.Role] = {
    "sam": "student",  # wrote most of it
    "kim": "student",
    "ann": "student",  # writes under a pseudonym only
    "gus": "grader",
    "lea": "grader",  # looks after the lesson `two` alone
    "gil": "grader",  # looks after sam alone, who is a group
    "ida": "instructor",
    "tess": "owner",
}
OUTSIDE = ("eve", "fin")
"""The owner of another course, and a student whose membership has ended."""
ANN = "Quillerby"
OPEN = ("question", "talked", "news", "resolved", "locked", "pinned", "deleted", "anonymous", "board")
STATES = (*OPEN, "private", "hidden", "held", "unreleased", "elsewhere")
KINDS: dict[str, talk.Kind] = {
    "talked": "discussion", "news": "announcement", "private": "private"
}  # fmt: skip
_CHANGES = {
    "resolved": moderation.ThreadChange(state="resolved"),
    "locked": moderation.ThreadChange(locked=True),
    "pinned": moderation.ThreadChange(pinned=True),
    "hidden": moderation.ThreadChange(hidden=True),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Said:
    """A thread in some state with two posts: `first` by its author, `second` by the instructor ida."""

    state: str
    thread: str
    first: str
    second: str

    @property
    def traces(self) -> tuple[str, ...]:
        """What must not reach somebody who may not see it."""
        return (self.thread, self.first, self.second, f"zq{self.state}title", f"zq{self.state}body")


def author(state: str) -> str:
    """Who began a thread of this state."""
    return {"anonymous": "ann", "unreleased": "tess", "news": "tess", "elsewhere": "eve"}.get(state, "sam")


def is_staff(who: str) -> bool:
    """Staff wherever they sit."""
    return ROLES.get(who) in ("grader", "instructor", "owner")


def as_staff(who: str, ceiling: str) -> bool:
    """Staff who are here as staff: not from a Jupyter server, where student notebooks may run."""
    return is_staff(who) and ceiling != "lab"


def teaches(who: str, state: str) -> bool:
    """Staff who look after a thread, wherever they sit."""
    match who:
        case "lea":
            return state == "unreleased"
        case "gil":
            return state != "elsewhere" and author(state) == "sam"
        case _:
            return is_staff(who)


def teaches_here(who: str, ceiling: str, state: str) -> bool:
    """The same, here as staff."""
    return teaches(who, state) and as_staff(who, ceiling)


def sees(who: str, ceiling: str, state: str) -> bool:
    """Whether somebody may know of a thread."""
    if who not in ROLES or state == "elsewhere":
        return False
    if state in OPEN:
        return True
    if state in ("private", "hidden"):
        return who == author(state) or teaches_here(who, ceiling, state)
    return teaches(who, state) or (state == "held" and who == author(state))


def may(act: str, who: str, ceiling: str, state: str) -> bool:
    """Whether somebody who sees a thread may do this to it, or to its first post."""
    own, staff = who == author(state), teaches_here(who, ceiling, state)
    shown = state != "deleted"
    match act:
        case "follow" | "read":
            return True
        case "reply":
            return staff or state not in ("locked", "hidden")
        case "resolve":
            return KINDS.get(state, "question") in ("question", "private") and (own or teaches(who, state))
        case "answer":  # said of the second post
            return may("resolve", who, ceiling, state)
        case "react" | "report":
            return shown and not own
        case "edit":
            return shown and own and state != "locked"
        case "delete":
            return shown and own
        case "restore":
            return not shown and (own or staff)
        case "edits":
            return own or staff
        case "hide post" | "endorse":
            return shown and staff
        case "move":
            return staff and state != "board"
        case _:
            return staff


class World:
    """A course with everybody in it, another course, and a thread in each state."""

    def __init__(self, url: str, folder: Path) -> None:
        self.kept, self._count = builders.world(url, folder), itertools.count()
        db = self.kept.database
        with db.write() as connection:
            self.people = {name: self._add(connection, name) for name in (*ROLES, "fin")}
            people.end(connection, self.kept.course, self.people["fin"], now=BEFORE)
            text = builders.MANIFEST.replace('id = "c"', 'id = "other"')
            parsed = manifest.parse(text)
            self.other = courses.put(connection, parsed, text, now=BEFORE)
            lessons.sync(connection, self.other, parsed, now=BEFORE)
            self.people["eve"] = people.add(
                connection, self.other, username="eve", name="eve", email=None, role="owner", now=BEFORE
            )
            two = lessons.find(connection, self.kept.course, "two")
            groups.put(connection, self.kept.course, "sams", ["sam"], now=BEFORE)
            self._limit(connection, "lea", of_lessons=["two"])
            self._limit(connection, "gil", of_groups=["sams"])
        publish.publish(db, self.kept.blobs, two, builders.bundle(), by=self.people["tess"], now=BEFORE)
        self.said = {state: self.say(state) for state in STATES}

    def _add(self, connection: sa.Connection, name: str) -> model.Person:
        return builders.person(
            connection,
            self.kept.course,
            name,
            name=ANN if name == "ann" else name.title(),
            role=ROLES.get(name, "student"),
            now=BEFORE,
        )

    def _limit(self, connection: sa.Connection, name: str, **to: list[str]) -> None:
        member = people.find(connection, self.kept.course, name)
        wish = {"of_lessons": [], "of_groups": [], **to}
        duties.put(connection, self.kept.course, member, **wish, now=BEFORE)

    def viewer(self, name: str) -> model.Viewer:
        """Somebody who writes for this world: as an instructor, whom no limit holds up."""
        course = self.other if name == "eve" else self.kept.course
        return model.Viewer(person=self.people[name], course=course, role="instructor", ceiling="pages")

    def say(self, state: str) -> Said:
        """A fresh thread in this state."""
        now = BEFORE + datetime.timedelta(minutes=next(self._count))
        with self.kept.database.write() as connection:
            who = self.viewer(author(state))
            lesson = None
            if state != "board":
                lesson = lessons.find(connection, who.course, "two" if state == "unreleased" else "one")
            place = talk.Place(course=who.course, lesson=None if state == "elsewhere" else lesson)
            wish = talk.Beginning(
                words=talk.Words(body=f"zq{state}body"),
                title=f"zq{state}title",
                kind=KINDS.get(state, "question"),
                key=None if state in ("board", "elsewhere") else "a",
            )
            thread = write.begin(connection, who, place, wish, now=now)
            replier = who if state == "elsewhere" else self.viewer("ida")
            second = write.reply(
                connection, replier, thread.id, talk.Words(body=f"zq{state}body two"), now=now
            )
            row = threads.find(connection, who, thread.id, now=now)
            if state == "held":
                threads.change(connection, row["id"], {"held": True, "graded": True})
            first = connection.execute(
                sa.text("select public from post where thread_id = :t and number = 1"), {"t": row["id"]}
            ).scalar_one()
            if state == "anonymous":
                threads.change(connection, row["id"], {"anonymous": True})
                posts.change(connection, posts.find(connection, first)["id"], {"anonymous": True})
                posts.pseudonym(connection, row["id"], who.person.id)
            if state in _CHANGES:
                moderation.change_thread(connection, self.viewer("tess"), thread.id, _CHANGES[state], now=now)
            if state == "deleted":
                change = moderation.PostChange(state="deleted")
                moderation.change_post(connection, who, first, change, now=now)
        return Said(state=state, thread=thread.id, first=first, second=second.id)

    def facts(self) -> tuple[tuple[str, int], ...]:
        """What changes with any act: how many rows each table has and what states they are in."""
        with self.kept.database.read() as connection:
            return tuple((query, int(connection.execute(sa.text(query)).scalar() or 0)) for query in _FACTS)

    def close(self) -> None:
        """Close the database."""
        self.kept.close()


_FACTS = (
    *(f"select count(*) from {table}" for table in ("thread", "post", "post_edit", "reaction", "report")),
    *(f"select count(*) from {table}" for table in ("follow", "thread_read", "saved_reply", "journal")),
    "select sum(number) from thread_read",
    "select count(*) from follow where following",
)
