"""A session in the fast lane: the student's process, and beside it one in which tests run.

In: a workspace and a way to get children. Out: how each source ended. This side passes on what the tests ask
and what the student's process answers, and believes neither: a frame where none is due, or too much of
anything, ends both.
"""

from __future__ import annotations

import contextlib
import dataclasses
import secrets
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from courseware import errors
from courseware.sandbox import child as children
from courseware.sandbox import cores, frames, outputs, port

GRACE = 2.0
"""Seconds that a cell has to end after it was interrupted, before its process is killed."""

START_SECONDS = 30.0
NOT_STARTED = "A fresh process in the sandbox did not start."
LOST = "The sandbox was killed while the cell ran. It is run again."
VALUES = 64 << 20
"""Bytes that one answer of the student's process to a question of the tests may have."""


class Source(Protocol):
    """Where children come from: a fork server. What it made ends with it."""

    def child(self, role: str, limits: port.Limits) -> children.Child:
        """A fresh child."""

    def ended(self) -> bool:
        """Whether it has ended itself; for a moment it is waited for."""


class Clock:
    """Until when a cell may run. Then it is interrupted, once, and has a little longer to end."""

    def __init__(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
        self.late = False

    def over(self, process: children.Child) -> None:
        """Interrupt a process.

        Raises:
            TimeoutError: it was interrupted before.
        """
        if self.late:
            raise TimeoutError
        self.late, self.deadline = True, time.monotonic() + GRACE
        process.interrupt()


Other = Callable[[frames.Frame, Clock, outputs.Outputs], None]


class Session:
    """See `port.Apart`."""

    def __init__(self, workspace: port.Workspace, source: Source) -> None:
        self._workspace, self._source = workspace, source
        self._limits = workspace.limits
        self._left = workspace.limits.notebook_output_bytes
        self._shown = outputs.Shown()
        self._tests: children.Child | None = None
        self._starting: list[children.Child] = []
        self._owed: list[str] = []
        self._first = True  # whether the next question is the first of its test cell
        self._warned = 0
        self._student = self._begin("student", dict(workspace.files))
        self.alive = True

    def _begin(self, role: str, files: dict[str, bytes]) -> children.Child:
        """A child that lays these files into its work folder, while something else is done here."""
        made = self._source.child(role, self._limits)
        made.processor_seconds = self._limits.cpu_seconds
        cores.bring(made.number)
        first = {"role": role, "files": list(files), "environment": dict(self._workspace.environment)}
        try:
            made.send(frames.pack(first, list(files.values())), time.monotonic() + START_SECONDS)
        except (children.Gone, children.Flooded, children.Strange, TimeoutError):
            made.close()
            raise errors.Temporary(NOT_STARTED) from None
        self._starting.append(made)
        return made

    def _ready(self, process: children.Child) -> None:
        """Wait until a child has done what it was told at its start.

        Raises:
            Permanent: its jail could not be built.
            Temporary: it does not answer.
        """
        if process in self._starting:
            self._starting.remove(process)
            try:
                _settled(process)
            except BaseException:
                self.close()
                raise
        if process is self._tests:
            owed, self._owed = self._owed, []
            for nonce in owed:
                ignored = outputs.Outputs(outputs.Shown())
                self._until(process, nonce, Clock(START_SECONDS), (ignored, self._student_only))

    def run(self, source: str, *, seconds: float) -> port.CellRun:
        """Run one source in the student's process; see `port.Session`."""
        student = self._student
        student.allow(min(self._limits.cell_output_bytes, self._left))
        return self._done(student, {"do": "run", "source": source}, seconds, self._student_only)

    def give(self, source: str, own: Sequence[str] = ()) -> None:
        """Tell the tests a cell of the release; see `port.Apart`."""
        if not self.alive:
            return
        tests, nonce = self._tests_process(), secrets.token_hex(8)
        told = frames.pack({"do": "give", "source": source, "own": list(own), "nonce": nonce}, [])
        try:
            tests.send(told, time.monotonic() + START_SECONDS)
        except children.Gone:
            self._gone()
        except (children.Flooded, TimeoutError):
            self.close()
        self._owed.append(nonce)  # its answer is waited for when the first test is to run

    def check(self, source: str, *, seconds: float, asks: Collection[str] | None) -> port.CellRun:
        """Run one test cell apart; see `port.Apart`."""
        tests, self._warned = self._tests_process(), 0
        tests.allow(self._limits.cell_output_bytes, VALUES)
        self._student.allow(VALUES, VALUES)
        self._first = True
        told = {"do": "check", "source": source, "asks": None if asks is None else sorted(asks)}
        return self._done(tests, told, seconds, self._passed)

    def _tests_process(self) -> children.Child:
        """The process of the tests; it sees the release's files only."""
        if self._tests is None:
            known = self._workspace.files
            self._tests = self._begin("tests", {n: known[n] for n in self._workspace.release if n in known})
        return self._tests

    def _done(
        self,
        process: children.Child,
        told: dict[str, Any],
        seconds: float,
        other: Other,
    ) -> port.CellRun:
        """Send one request to a process and see it through; `other` gets frames that are no outputs."""
        if not self.alive:
            return port.CellRun(ending="not-run", reason="The process had ended before this cell.")
        kept = outputs.Outputs(self._shown)
        ending: port.Ending = "protocol"
        said: dict[str, Any] = {}
        spent = False
        began = time.monotonic()
        try:
            self._ready(self._student)
            self._ready(process)
            began = time.monotonic()
            said, late = self._talk(process, told, seconds, (kept, other))
            ending = "timeout" if late else "ok" if said.get("ok") is True else "error"
        except TimeoutError:
            ending = "timeout"
            self.alive = False
        except children.Spent:
            ending = "timeout"
            self.alive, spent = False, True
        except children.Gone:
            self._gone()
            ending = "memory" if self._out_of_memory() else "crashed"
        except children.Flooded:
            ending = "output-limit"
            self.alive = False
        except children.Strange:
            self.alive = False
        _print_raw(process, kept)
        if process is self._student:
            self._left -= process.count
        if not self.alive:
            self._end()
        run = _told(kept.kept, ending, said, (time.monotonic() - began, seconds))
        if not spent:
            return run
        used = f"The code used more than {self._limits.cpu_seconds} s of processor time and was stopped."
        return dataclasses.replace(run, reason=used)

    def _gone(self) -> None:
        """One of the two processes has ended, and so this ends.

        Raises:
            Temporary: their fork server has ended as well, which no code in its jail can have done: the cell
                is not to blame, and its exercise does not pay.
        """
        self.alive = False
        if self._source.ended():
            self._end()
            raise errors.Temporary(LOST)

    def _out_of_memory(self) -> bool:
        """Whether one of the two processes was ended for want of memory."""
        return any(process.out_of_memory for process in (self._student, self._tests) if process)

    def _talk(
        self,
        process: children.Child,
        told: dict[str, Any],
        seconds: float,
        takers: tuple[outputs.Outputs, Other],
    ) -> tuple[dict[str, Any], bool]:
        """The last frame of the answer, and whether it came only after an interruption."""
        nonce, clock = secrets.token_hex(8), Clock(seconds)
        process.send(frames.pack({**told, "nonce": nonce}, []), clock.deadline + GRACE)
        return self._until(process, nonce, clock, takers), clock.late

    def _until(
        self, process: children.Child, nonce: str, clock: Clock, takers: tuple[outputs.Outputs, Other]
    ) -> dict[str, Any]:
        """Take what a process sends, up to the last frame of the answer with this number."""
        kept, other = takers
        spoken = 0
        while True:
            try:
                message, buffers = process.receive(clock.deadline)
            except TimeoutError:
                clock.over(process)
                continue
            kind = message.get("kind")
            if kind == "done" and message.get("nonce") == nonce:
                return message
            if kind in ("asks", "said", "done"):
                other((message, buffers), clock, kept)
            else:
                spoken += process.frame  # values may be large here, what is shown may not
                if spoken > self._limits.cell_output_bytes + children.SLACK:
                    raise children.Flooded
                if kind != "stream":
                    _print_raw(process, kept)  # written before this: a mark takes the first that counts
                kept.take(kind, message.get("content"))

    def _student_only(self, frame: frames.Frame, clock: Clock, kept: outputs.Outputs) -> None:
        """Nobody asks anything while a student's own cell runs."""
        raise children.Strange("a frame that is not due")

    def _passed(self, frame: frames.Frame, clock: Clock, kept: outputs.Outputs) -> None:
        """Pass a question of the tests to the student's process, and its answer back.

        What the student's code prints meanwhile could tell the tests' inputs, and is dropped; its warnings
        are kept, because nbgrader's scores depend on them.
        """
        message, buffers = frame
        if message.get("kind") != "asks" or self._tests is None:
            raise children.Strange("a frame that is not due")
        passed = {"do": "serve", "message": message.get("message"), "first": self._first}
        self._first = False
        self._student.send(frames.pack(passed, buffers), clock.deadline + GRACE)
        while True:
            try:
                said, parts = self._student.receive(clock.deadline)
            except TimeoutError:
                clock.over(self._student)  # the tests are waiting for its answer, and get it
                continue
            if said.get("kind") == "said" and type(said.get("message")) is dict:
                break
            if said.get("kind") == "done":
                raise children.Strange("a frame that is not due")
            told = said.get("content")
            if said.get("kind") == "stream" and isinstance(told, dict) and told.get("name") == "stderr":
                self._warn(kept, told.get("text"))
        for name, text in self._student.written():
            if name == "stderr":
                self._warn(kept, text)
        self._tests.send(frames.pack({"message": said["message"]}, parts), clock.deadline + GRACE)

    def _warn(self, kept: outputs.Outputs, text: Any) -> None:
        """Keep a warning of the student's code; together they may be as long as the output of a cell.

        Raises:
            Flooded: they are longer.
        """
        self._warned += len(text) if isinstance(text, str) else 0
        if self._warned > self._limits.cell_output_bytes:
            raise children.Flooded
        kept.print("stderr", text)

    def _end(self) -> None:
        """Kill both processes."""
        both = [process for process in (self._student, self._tests) if process is not None]
        for process in both:
            process.kill()
        for process in both:
            with contextlib.suppress(OSError):
                process.close()

    def close(self) -> None:
        """End everything; see `port.Session`."""
        self.alive = False
        self._end()


def _print_raw(process: children.Child, kept: outputs.Outputs) -> None:
    """Add what a process wrote past Python until now."""
    for name, text in process.written():
        kept.print(name, text)


def _settled(process: children.Child) -> None:
    """Wait for the first words of a child; see `Session._ready`."""
    deadline = time.monotonic() + START_SECONDS
    try:
        told, _ = process.receive(deadline)
        if told.get("kind") == "refused":
            raise errors.Permanent(f"The sandbox cannot be built here: {told.get('why')}")
        if told.get("kind") == "ready":
            told, _ = process.receive(deadline)
        if told.get("kind") != "settled":
            raise errors.Temporary(NOT_STARTED)
    except (children.Gone, children.Flooded, children.Strange, TimeoutError):
        raise errors.Temporary(NOT_STARTED) from None


def _told(
    kept: list[outputs.Output], ending: port.Ending, said: dict[str, Any], took: tuple[float, float]
) -> port.CellRun:
    """How a cell ended, in the words of the port."""
    seconds, allowed = took
    if ending == "error" and not any(output["output_type"] == "error" for output in kept):
        kept.append(outputs.failure(said))  # code can silence its own tracebacks
    failed = [output for output in kept if output["output_type"] == "error"]
    if ending == "ok" and failed:
        ending = "error"
    if ending == "error" and failed[0]["ename"] == "MemoryError":
        ending = "memory"
    reasons = {
        "timeout": f"The cell took longer than {allowed:g} s and was stopped.",
        "crashed": "The process ended while the cell ran.",
        "protocol": "The cell disturbed the talk with its process and was stopped.",
        "output-limit": "The cell printed more than is allowed and was stopped.",
        "memory": "The cell needed more memory than is allowed.",
    }
    reason = reasons.get(ending, "")
    if ending == "error":
        reason = f"{failed[0]['ename']}: {failed[0]['evalue']}"[:500]
    used = said.get("used")
    asked = tuple(name for name in used if type(name) is str) if type(used) is list else ()
    return port.CellRun(ending=ending, outputs=tuple(kept), reason=reason, seconds=seconds, asked=asked)
