"""Try the tests of drafts with wrong answers, as staff asked, piece by piece: each piece is work of the
queue, so that whoever hands in meanwhile waits for a piece at most.

In: what a grading needs, and the queue that hears of the piece after this one. Out: what got through so far,
kept with each piece. A piece that a process died in is tried again; one that died three times ends it.
"""

import dataclasses
import datetime
import threading
import time

from courseware import errors
from courseware.course import courses, lessons, manifest
from courseware.desk import audit_tests, release
from courseware.exchange import draft_releases
from courseware.grading import audits, run
from courseware.jobs import port

PIECE_SECONDS = 0.25
"""After so long a piece tries no other answer; it always tries one."""
MOST_ATTEMPTS = 3
MOST_READY = 4
GONE = "The draft that was to be tried is there no more."
BROKEN_OFF = f"Trying was broken off {MOST_ATTEMPTS} times."

_Name = tuple[str, datetime.datetime]


class Trying:
    """Tries wrong answers; what the pieces of an audit share is made once in a process."""

    def __init__(self, worker: run.Worker, queue: port.Queue, *, seconds: float = PIECE_SECONDS) -> None:
        self._worker, self._queue, self._seconds = worker, queue, seconds
        self._lock = threading.Lock()
        self._ready: dict[_Name, audit_tests.Ready] = {}

    def perform(self, key: int) -> None:
        """Try the next piece of this audit; nothing if it is over.

        Raises:
            Temporary: database, storage or sandbox is away; it waits again.
        """
        with self._worker.database.write() as connection:
            asked = audits.claim(connection, key)
        if asked is not None:
            self._perform(asked)

    def perform_next(self, job: int) -> None:
        """Try for the job of this number the piece that it began already, or else the next of the oldest.

        Raises:
            Temporary: database, storage or sandbox is away; it waits again.
        """
        with self._worker.database.write() as connection:
            asked = audits.claim_next(connection, job)
        if asked is not None:
            self._perform(asked)

    def _perform(self, asked: audits.Asked) -> None:
        try:
            if asked.attempt > MOST_ATTEMPTS:
                raise errors.Permanent(BROKEN_OFF)
            self._piece(asked)
        except errors.Temporary:
            with self._worker.database.write() as connection:
                audits.change(connection, asked, state="waiting", job=None, attempt=asked.attempt - 1)
            raise
        except (errors.UserError, errors.Permanent) as error:
            with self._worker.database.write() as connection:
                audits.fail(connection, asked, error.message)
            self._forget(asked)

    def _piece(self, asked: audits.Asked) -> None:
        """Try some answers, at least one, and keep what they gave."""
        began = time.monotonic()
        ready = self._of(asked)
        found = asked.found or {"through": [], "untried": list(ready.untried), "seconds": 0.0}
        through, done = list(found["through"]), asked.done
        while done < len(ready.wrong):
            got = ready.through(done)
            through += [dataclasses.asdict(got)] if got else []
            done += 1
            if time.monotonic() - began >= self._seconds:
                break
        seconds = round(found["seconds"] + time.monotonic() - began, 2)
        left = len(ready.wrong) - done
        over = left == 0 or seconds >= audit_tests.MOST_SECONDS
        told = {**found, "tried": done, "left": left, "through": through, "seconds": seconds}
        with self._worker.database.write() as connection:
            if audits.go_on(connection, asked, done=done, total=len(ready.wrong), found=told, over=over):
                self._queue.announce(connection, audits.KIND, number=0 if over else 1)
        if over:
            self._forget(asked)

    def _of(self, asked: audits.Asked) -> audit_tests.Ready:
        """What an audit's pieces share, if its draft is still there.

        Raises:
            UserError: it is not, or findings stop its release now.
        """
        with self._worker.database.read() as connection:
            lesson = lessons.by_id(connection, asked.lesson_id)
            draft = draft_releases.of_lesson(connection, lesson.id)
            parsed = manifest.parse(courses.by_id(connection, lesson.course_id).manifest)
        if draft is None or draft.public != asked.draft:
            raise errors.UserError(GONE)
        with self._lock:
            known = self._ready.get(_name(asked))
        if known is not None:
            return known
        kept = self._worker.blobs
        wish = release.Wish(
            files={entry.path: kept.get(entry.sha256) for entry in draft.source},
            lesson=lesson.slug,
            accept=draft.accept,
        )
        made = audit_tests.ready(wish, parsed, sandbox=self._worker.sandbox, limits=self._worker.limits)
        with self._lock:
            self._ready[_name(asked)] = made
            while len(self._ready) > MOST_READY:
                del self._ready[next(iter(self._ready))]
        return made

    def _forget(self, asked: audits.Asked) -> None:
        with self._lock:
            self._ready.pop(_name(asked), None)


def _name(asked: audits.Asked) -> _Name:
    return asked.draft, asked.asked
