"""The course as JupyterLab's panel sees it: lessons beside working copies, hand-ins that wait, what the
service says.

In: the Lab's root folder. Out: JSON for the extension. When the service is away the panel still shows the
last known lessons and the student's own copies, and work waits here.
"""

import contextlib
import dataclasses
import datetime
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from courseware import errors
from courseware.lab import (
    authoring,
    client,
    connections,
    copies,
    hub,
    kept,
    launcher,
    outbox,
    pack,
    proxy,
    sign_ins,
    updating,
    work,
)

Json = dict[str, Any]
_NOTHING: Json = {"created": [], "kept": [], "replaced": []}
T = TypeVar("T")
_PAGE = re.compile(r"/(courses|submissions|threads)/[\w./?=&#~-]{1,300}", re.ASCII)


@dataclasses.dataclass
class Course:
    """What one Lab server knows; `lessons_known` is the last list that the service gave, `progress_known`
    where the person stood then. `course` is the only one that it shows, `chosen` the one of several that a
    window shows; without either it is the first. With `url`, the course is at that service and none is
    started here; with `by_hub` it is at the one to which the server's Hub vouches; `folders` are looked
    through for courses beside the root.
    """

    root: Path
    course: str | None = None
    chosen: str = ""
    url: str = ""
    by_hub: bool = False
    folders: tuple[Path, ...] = ()
    lessons_known: tuple[Json, ...] = ()
    progress_known: Json | None = None
    passing: proxy.Proxy = dataclasses.field(default_factory=proxy.Proxy)

    def status(self) -> Json:
        """Whether there is a course, and whether its service answers."""
        try:
            connection = self._connection()
        except errors.UserError as error:
            found = self._found()
            offer = (
                {"folder": found.folder.name or str(found.folder), "title": found.title} if found else None
            )
            return {"connected": False, "away": False, "reason": error.message, "offer": offer}
        try:
            me = self._with(lambda service, _: service.me())
        except errors.Temporary as error:
            told = {"connected": True, "away": True, "reason": error.message}
            return {**_named(connection), **told, **self._several(connection, None)}
        except errors.UserError as error:
            return {
                **_named(connection),
                "connected": False,
                "away": False,
                "reason": error.message,
                "offer": None,
            }
        connection = self._connection()  # coming in anew may have led to another course
        told = {"connected": True, "away": False, "reason": "", "person": me["person"]}
        told["drafts"] = _drafts(me, connection.course)
        return {**_named(connection), **told, **self._several(connection, me)}

    def _several(self, here: connections.Connection, me: Json | None) -> Json:
        """What somebody can choose from, by title: the courses that were joined, or at a Hub those that the
        person is in, as far as its service tells. And whether a link brings another one.
        """
        found = {here.course: here.title}
        if self.by_hub and self.course is None and me is not None:
            there = [each["course"] for each in me.get("memberships", ())]
            found |= {str(each["slug"]): str(each["title"]) for each in there}
        else:
            found |= {each.course: each.title for each in self._choice()}
        by_title = sorted(found.items(), key=lambda each: (each[1].casefold(), each[0]))
        joins = self.course is None and not self.by_hub and self._served() is None
        return {"courses": [{"slug": slug, "title": title} for slug, title in by_title], "joins": joins}

    def choose(self) -> Json:
        """Have this course be the first from now on, in each window that is opened."""
        if self._served() is None:
            connections.add(connections.file_of(os.environ), self._connection())
        return self.status()

    def join(self, link: str) -> Json:
        """Use a join link."""
        work.join(link, connections.file_of(os.environ), ceiling="lab")
        return self.status()

    def serve(self) -> Json:
        """Agree to serve the course in this folder, and start."""
        elsewhere = self.url or (hub.service(os.environ) if self.by_hub else "")
        if elsewhere:
            raise errors.UserError(
                f"This Lab works with the course service at {elsewhere} and starts none.", code="forbidden"
            )
        found = self._found()
        if found is None:
            raise errors.UserError("There is no course.toml of yours in this folder.", code="not-found")
        launcher.agree(found)
        launcher.running(found) or launcher.start(found)
        return self.status()

    def lessons(self) -> Json:
        """All lessons with this person's copies; the last known ones when the service is away."""
        away = ""
        try:
            told = self._with(lambda service, _: service.way())
            self.lessons_known, self.progress_known = tuple(told["lessons"]), told["progress"]
        except errors.Temporary as error:
            away = error.message
        connection = self._connection()
        beside = [self._beside(connection, lesson) for lesson in self.lessons_known]
        return {"lessons": beside, "progress": self.progress_known, "away": away}

    def get(self, lesson: str) -> Json:
        """Get a lesson."""
        return self._got(self._with(lambda service, joined: work.get(service, joined, self.root, lesson)))

    def going(self, lesson: str) -> Json:
        """The files that would be handed in."""
        return {"files": sorted(copies.going(self._own(lesson).folder))}

    def submit(self, lesson: str) -> Json:
        """Hand in, or have it wait."""
        copy, now = self._own(lesson), datetime.datetime.now(datetime.UTC)
        handed = self._with(lambda service, _: work.submit(service, copy, now=now))
        if handed.answer is None:
            return {"queued": True, "reason": handed.reason, "files": list(handed.files), "refused": []}
        return {
            "queued": False,
            **handed.answer,
            "files": list(handed.files),
            "refused": [self._refused(each) for each in handed.refused],
        }

    def flush(self) -> int:
        """Send what waits in all copies; how many went."""
        connection = self._connection()
        sent = 0
        for folder in self._folders(connection.course):
            copy = copies.legible(folder)
            if copy is not None and any(outbox.waiting(folder)):
                sent += self._flush(copy)
        return sent

    def _folders(self, course: str) -> list[Path]:
        """Where the copies of a course lie."""
        return sorted((self.root / course).glob("*"))

    def _flush(self, copy: copies.Copy) -> int:
        """Send what waits in one copy."""
        return self._with(lambda service, _: work.flush(service, copy))

    def keep_copy(self, lesson: str) -> Json:
        """Keep a copy in the course."""
        return self._with(lambda service, _: work.keep_copy(service, self._own(lesson)))

    def continue_here(self, lesson: str) -> Json:
        """Bring the kept copy here."""
        return self._got(
            self._with(lambda service, joined: work.continue_here(service, joined, self.root, lesson))
        )

    def preview(self, lesson: str) -> Json:
        """What an update to the newest release would do."""
        plan = self._with(lambda service, _: work.preview(service, self._own(lesson)))
        return {"release": plan.release, "files": updating.told(plan.steps), "notes": list(plan.notes)}

    def update(self, lesson: str) -> Json:
        """Bring the newest release into the copy."""
        done = self._with(lambda service, _: work.update(service, self._own(lesson)))
        added = {step.path for step in done.steps if step.what == "added"}
        told = {"created": sorted(added), "updated": sorted(set(done.changed) - added)}
        return {**self._copy(done.copy), **_NOTHING, **told, "notes": list(done.notes)}

    def undo_update(self, lesson: str) -> Json:
        """Take the last update back; no service is needed."""
        done = work.undo_update(self._own(lesson))
        told = {"undone": list(done.changed), "notes": list(done.notes)}
        return {**self._copy(done.copy), **_NOTHING, **told}

    def pack(self, lesson: str) -> Json:
        """Put a lesson to take along into the root: as a zip, since JupyterLab's file browser gives a file to
        another machine, and no folder.
        """
        taken = self._with(lambda service, _: pack.take(service, self.root, lesson, as_zip=True))
        path = taken.path.relative_to(self.root).as_posix()
        return {"path": path, "release": taken.release, "files": list(taken.files)}

    def submissions(self, lesson: str) -> Json:
        """All hand-ins of a lesson."""
        return {"submissions": self._with(lambda service, _: service.submissions(lesson))}

    def submission(self, public: str) -> Json:
        """One hand-in."""
        return self._with(lambda service, _: service.submission(public))

    def feedback(self, public: str) -> Json:
        """The feedback on a hand-in."""
        return {"notebooks": self._with(lambda service, _: service.feedback(public))}

    def _flush_others(self) -> None:
        """Send what waits in copies of courses that no window may show for long."""
        here = self._connection().course
        for slug in [each.course for each in self._choice() if each.course != here]:
            if any(any(outbox.waiting(folder)) for folder in self._folders(slug)):
                with contextlib.suppress(errors.CoursewareError):  # its own window says why
                    dataclasses.replace(self, chosen=slug).flush()

    def pulse(self) -> Json:
        """What is in flight; sends what waits first."""
        sent = self.flush()
        self._flush_others()
        return {**self._with(lambda service, _: service.pulse()), "sent": sent}

    def pages(self, page: str) -> Json:
        """Where the course's own pages are: a link that signs a browser in, once. A Jupyter server of staff
        gets none, as notebooks of students may run there: then it is the address alone. A Hub signs
        browsers in by itself.

        Raises:
            Temporary: what was told is no address that a browser may be sent to.
        """
        if self.by_hub:
            return {"url": _page(self._connection(), page), "signed_in": False}
        try:
            url = str(self._with(lambda service, _: sign_ins.browser_link(service, page)).get("url", ""))
        except errors.UserError as error:
            if error.code != "forbidden":
                raise
            return {"url": _page(self._connection(), page), "signed_in": False}
        if not url.startswith(("http://", "https://")):
            raise errors.Temporary("The course service told no address of its pages. Try again later.")
        return {"url": url, "signed_in": True}

    def authoring(self) -> authoring.Authoring:
        """What an author does with the lessons below the root."""
        return authoring.Authoring(root=self.root, ask=self._with)

    def ask(self, asked: proxy.Asked) -> proxy.Answer:
        """Pass a call of the course's own API on."""
        connection = self._connection()
        told = self.passing.forward(connection, asked)
        if told.status == 401 and self.by_hub:
            return self.passing.forward(hub.again(os.environ, connection, self._wanted), asked)
        return told

    def _with(self, ask: Callable[[client.Client, connections.Connection], T]) -> T:
        """Ask the service something; where a Hub vouches, come in anew if the credential has ended."""
        connection = self._connection()
        try:
            return self._asked(connection, ask)
        except errors.UserError as error:
            if error.code != "unauthenticated" or not self.by_hub:
                raise
        return self._asked(hub.again(os.environ, connection, self._wanted), ask)

    def _asked(
        self, connection: connections.Connection, ask: Callable[[client.Client, connections.Connection], T]
    ) -> T:
        """Ask the service something by a connection."""
        service = client.for_connection(connection)
        try:
            return ask(service, connection)
        finally:
            service.close()

    def _connection(self) -> connections.Connection:
        """The course of this folder if it is served, else that of the Hub, else the one that was joined."""
        if self.by_hub:
            return hub.kept(os.environ, self._wanted) or hub.fresh(os.environ, self._wanted)
        found = self._served()
        if found is not None:
            return launcher.running(found) or launcher.start(found)
        # Notebooks of students may run in this server: it never takes the command line's credential.
        return connections.choose(connections.file_of(os.environ), self._wanted, only=True, url=self.url)

    @property
    def _wanted(self) -> str | None:
        """The course that is named for this Lab or its window; None is the first."""
        return self.course or self.chosen or None

    def _choice(self) -> list[connections.Connection]:
        """The courses that were joined, or on a Hub come into before; none where this Lab shows one only."""
        if self.course is not None or self._served() is not None:
            return []
        if self.by_hub:
            return hub.known(os.environ)
        return connections.joined(connections.file_of(os.environ), url=self.url)

    def _served(self) -> launcher.Found | None:
        """The course folder whose service is this Lab's."""
        found = self._found()
        return found if found is not None and found.agreed else None

    def _found(self) -> launcher.Found | None:
        """The course folder that a service may be started for; none where the service is elsewhere."""
        return None if self.url or self.by_hub else launcher.find(self.root, os.environ, self.folders)

    def _own(self, lesson: str) -> copies.Copy:
        """The copy of a lesson."""
        copy = copies.find(copies.place(self.root, self._connection().course, lesson))
        if copy is None:
            raise errors.UserError(
                f"You have no copy of {lesson!r} here. Get the lesson first.", code="not-found"
            )
        return copy

    def _beside(self, connection: connections.Connection, lesson: Json) -> Json:
        """A lesson with what lies here of it."""
        folder = copies.place(self.root, connection.course, str(lesson["slug"]))
        copy = copies.legible(folder)
        newest = (lesson.get("release") or {}).get("number", 0)
        own = None
        if copy:
            told = {"newer": newest > copy.release, "elsewhere": kept.elsewhere(copy, lesson.get("kept"))}
            gone = sorted(path for path in copy.hashes if not (folder / path).exists())
            own = {**self._copy(copy), **told, "gone": gone, "undo": updating.undoable(folder)}
        return {
            **lesson,
            "copy": own,
            "outbox": sum(1 for _ in outbox.waiting(folder)),
            "refused": [self._refused(each) for each in outbox.refused(folder, untold=True)],
        }

    def _got(self, got: copies.Got) -> Json:
        """What getting files did."""
        told = {name: list(getattr(got, name)) for name in ("created", "kept", "replaced", "notes")}
        return {**self._copy(got.copy), **told}

    def _refused(self, each: outbox.Refused) -> Json:
        """A hand-in that was set aside, by its path below the root."""
        path = each.folder.relative_to(self.root).as_posix()
        return {"path": path, "put": each.put, "reason": each.reason}

    def _copy(self, copy: copies.Copy) -> Json:
        """A copy by its path below the root, as JupyterLab's file browser names it."""
        path = copy.folder.relative_to(self.root).as_posix()
        notebooks = sorted(name for name in copy.hashes if name.endswith(".ipynb"))
        return {"path": path, "release": copy.release, "notebooks": notebooks, "files": sorted(copy.hashes)}


def _page(connection: connections.Connection, page: str) -> str:
    """The address of a page for a browser: this one, or the course's first."""
    own = page if _PAGE.fullmatch(page) else f"/courses/{connection.course}"
    return (connection.pages or connection.url).rstrip("/") + own


def _named(connection: connections.Connection) -> Json:
    return {"course": {"slug": connection.course, "title": connection.title}}


def _drafts(me: Json, course: str) -> bool:
    """Whether the person may upload drafts of lessons; a service that does not tell takes none from here."""
    own = (each for each in me.get("memberships", ()) if each["course"]["slug"] == course)
    return any(each.get("drafts") is True for each in own)
