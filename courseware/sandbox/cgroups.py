"""A cgroup for each child of a fork server: its memory and its processes, counted together, and one share of
the processor for all of them, however many they are.

In: limits. Out: a group whose files a child writes itself into, and afterwards whether the kernel had to end
something in it for want of memory. Version 1 and version 2 of cgroups; groups are used again, and those of
a process that is gone are removed. Where this user may not make groups there are none, and limits of single
processes have to do: `available` says which, and why.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import functools
import itertools
import os
import re
import threading
import time
from pathlib import Path

from courseware.sandbox import orphans, port

REMOVE_SECONDS = 0.5
_PREFIX = "courseware-"
_numbers = itertools.count()
_lock = threading.Lock()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Places:
    """Where groups can be made: one folder on version 2, one for each controller on version 1; `processor` is
    None where that is not to be shared by groups, or is in the folder of the others.
    """

    version: int
    memory: Path
    processes: Path
    processor: Path | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Available:
    """The places, or none, and a sentence about that."""

    places: Places | None
    reason: str


class Group:
    """One group; it holds one child at a time."""

    def __init__(self, places: Places) -> None:
        name = f"{_PREFIX}{orphans.mark()}-{next(_numbers)}"
        self._version = places.version
        self.memory, self.processes = places.memory / name, places.processes / name
        self._processor = places.processor / name if places.processor else self.memory
        for folder in self.folders:
            folder.mkdir()
        self._give_way()
        self._before = 0
        self._limits: port.Limits | None = None

    def _give_way(self) -> None:
        """Count as much as one process of this program's priority does. A group counts as one of the usual
        priority else, whatever that of the processes in it is; they matter within it alone.
        """
        priority = os.nice(0)
        name = "cpu.weight.nice" if self._version == 2 else "cpu.shares"
        weight = priority if self._version == 2 else max(2, round(1024 / 1.25**priority))
        with contextlib.suppress(OSError):
            if (self._processor / name).exists():
                (self._processor / name).write_text(str(weight))

    @property
    def folders(self) -> list[Path]:
        """Its folders, each once."""
        return list(dict.fromkeys((self.memory, self.processes, self._processor)))

    def limit(self, limits: port.Limits) -> None:
        """Let all processes in it together use no more than this from now on.

        Raises:
            OSError: it cannot be set.
        """
        if limits != self._limits:
            self._write(limits)
            self._limits = limits
        self._before = self._killed()

    def _write(self, limits: port.Limits) -> None:
        if self._version == 2:
            (self.memory / "memory.max").write_text(str(limits.memory_bytes))
            swap = self.memory / "memory.swap.max"
            if swap.exists():
                swap.write_text("0")
        else:
            both = self.memory / "memory.memsw.limit_in_bytes"
            if both.exists():
                both.write_text("-1")
            (self.memory / "memory.limit_in_bytes").write_text(str(limits.memory_bytes))
            if both.exists():
                both.write_text(str(limits.memory_bytes))
        (self.processes / "pids.max").write_text(str(limits.processes))

    def open(self) -> list[int]:
        """Descriptors; a process of one thread that writes 0 into them is in the group.

        On version 1 a thread is moved, not a process: the kernel then need not wait until nobody forks, which
        takes it longer than all else that is done for a child, and holds up the other slots meanwhile.
        """
        name = "cgroup.procs" if self._version == 2 else "tasks"
        return [os.open(folder / name, os.O_WRONLY | os.O_CLOEXEC) for folder in self.folders]

    def _killed(self) -> int:
        name = "memory.events" if self._version == 2 else "memory.oom_control"
        told = re.search(r"^oom_kill (\d+)$", (self.memory / name).read_text(), re.MULTILINE)
        return int(told[1]) if told else 0

    def out_of_memory(self) -> bool:
        """Whether something in it was ended for want of memory since `limit`."""
        with contextlib.suppress(OSError):
            return self._killed() > self._before
        return False

    def empty(self) -> bool:
        """Whether no process is in it any more."""
        with contextlib.suppress(OSError):
            return all(not (folder / "cgroup.procs").read_text() for folder in self.folders)
        return False

    def remove(self) -> None:
        """Remove it, once what has ended in it is let go of by the kernel; not while something is in it."""
        until = time.monotonic() + REMOVE_SECONDS
        for folder in self.folders:
            while folder.exists():
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                if time.monotonic() > until:
                    break
                time.sleep(0.005)


_free: list[Group] = []


def take(limits: port.Limits) -> Group | None:
    """A group with these limits for one child; none where there are no groups."""
    places = available().places
    if places is None:
        return None
    with _lock:
        group = next((each for each in _free if each.empty()), None)
        if group is not None:
            _free.remove(group)
    with contextlib.suppress(OSError):
        group = group or Group(places)
        group.limit(limits)
        return group
    return None


def give_back(group: Group) -> None:
    """Keep a group for another child, when this one has ended."""
    with _lock:
        _free.append(group)


@atexit.register
def _let_go() -> None:
    """Remove the groups that wait for their next child."""
    with _lock:
        while _free:
            _free.pop().remove()


@functools.cache
def available() -> Available:
    """Whether this process may make groups; tried by making one. Removes those whose process is gone."""
    told: list[str] = []
    try:
        mounts = Path("/proc/self/mountinfo").read_text()
        mine = Path("/proc/self/cgroup").read_text()
    except OSError:
        return Available(places=None, reason="there are no cgroups here")
    for places in found(mounts, mine):
        try:
            _sweep(places)
            if places.version == 2:
                _delegate(places.memory)
            group = Group(places)
        except OSError as error:
            told.append(f"this user may not make cgroups here ({error.strerror})")
            continue
        try:
            group.limit(port.Limits())
            return Available(places=places, reason=f"a cgroup for each submission, version {places.version}")
        except OSError as error:
            told.append(f"cgroups here cannot be limited ({error.strerror})")
        finally:
            group.remove()
    return Available(places=None, reason=(told or ["there are no cgroups for memory and processes here"])[0])


def found(mounts: str, mine: str) -> list[Places]:
    """Where groups of this process would be, best first.

    Args:
        mounts: `/proc/self/mountinfo`.
        mine: `/proc/self/cgroup`.
    """
    groups = {}
    for line in mine.splitlines():
        _, names, path = line.split(":", 2)
        for name in names.split(","):
            groups[name] = path
    at: dict[str, Path] = {}
    for line in mounts.splitlines():
        fields, _, rest = line.partition(" - ")
        kind, _, options = rest.split(" ", 2)
        root, target = fields.split(" ")[3:5]
        shown = [""] if kind == "cgroup2" else options.split(",") if kind == "cgroup" else []
        for name in shown:
            if name in groups and name in ("", "memory", "pids", "cpu"):
                at[name] = _below(Path(target), root, groups[name])
    places = []
    if "memory" in at and "pids" in at:
        places.append(Places(version=1, memory=at["memory"], processes=at["pids"], processor=at.get("cpu")))
    if "" in at:
        # A service manager that delegates may have put this process into a group below its own.
        both = (at[""], at[""].parent)
        places += [Places(version=2, memory=place, processes=place) for place in both]
    return places


def _below(target: Path, root: str, path: str) -> Path:
    """A group's folder under a mount that shows the tree from `root` on."""
    if path != root and not path.startswith(root.rstrip("/") + "/"):
        return target
    return target / path[len(root.rstrip("/")) :].lstrip("/")


def _delegate(place: Path) -> None:
    """Let groups below have the controllers.

    Raises:
        OSError: they are not to be had, or processes are in this group itself.
    """
    control = place / "cgroup.subtree_control"
    if not {"memory", "pids"} <= set(control.read_text().split()):
        control.write_text("+memory +pids")
    with contextlib.suppress(OSError):
        control.write_text("+cpu")


def _sweep(places: Places) -> None:
    """Remove groups whose maker is gone."""
    for place in {places.memory, places.processes, places.processor or places.memory}:
        for folder in place.glob(f"{_PREFIX}*"):
            if orphans.gone(folder.name.removeprefix(_PREFIX)):
                with contextlib.suppress(OSError):
                    folder.rmdir()
