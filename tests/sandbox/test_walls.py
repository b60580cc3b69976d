"""Classes of attacks on the walls of the sandbox, at the level that this machine gives: what they reach is
seen from outside, and the next submission is graded as if nothing had been.
"""

import contextlib
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware import wiring
from courseware.sandbox import orphans, port
from tests.sandbox import attacks

LIMITS = port.Limits(processes=40, memory_bytes=1 << 30, cell_output_bytes=100_000)


@pytest.fixture(scope="module")
def box() -> port.Sandbox:
    return wiring.fork_servers().sandbox


class Bait:
    """Things of other people: files, a process of the same user, servers that listen, a neighbour at work."""

    def __init__(self, box: port.Sandbox, folder: Path) -> None:
        self.secret = folder / "secret.txt"
        self.secret.write_text("the-secret")
        self.secret.chmod(0o644)
        folder.chmod(0o777)
        self.folder, self.name = folder, f"walls-{os.getpid()}"
        environment = {"PATH": "/usr/bin:/bin", "TOKEN": "the-secret"}
        self.victim = subprocess.Popen(["/bin/sleep", "600"], env=environment)
        self.servers = [
            socket.create_server(("127.0.0.1", 0)),
            *(socket.socket(socket.AF_UNIX) for _ in "ab"),
        ]
        self.servers[1].bind(f"\0{self.name}")
        self.servers[2].bind(str(folder / "listening"))
        (folder / "listening").chmod(0o777)
        for server in self.servers:
            server.listen()
            server.setblocking(False)
        self.neighbour = box.open(workspace({"work.txt": b"the-secret"}))
        where = self.neighbour.run("import os\nprint(os.getcwd(), os.getpid())", seconds=20)
        self.place, self.process = str(where.outputs[0]["text"]).split()

    def told(self) -> str:
        """What an attack's source begins with."""
        names = {
            "secret": str(self.secret),
            "folder": str(self.folder),
            "victim": self.victim.pid,
            "grader": os.getpid(),
            "tcp": self.servers[0].getsockname()[1],
            "abstract": self.name,
            "place": self.place,
            "neighbour": int(self.process),
        }
        return "".join(f"{name} = {value!r}\n" for name, value in names.items())

    def lost(self) -> list[str]:
        """What was reached."""
        found = []
        if (
            self.victim.poll() is not None
            or Path(f"/proc/{self.victim.pid}/stat").read_text().split()[2] in "tT"
        ):
            found.append("a process was stopped")
        if resource.prlimit(self.victim.pid, resource.RLIMIT_CPU)[0] != resource.RLIM_INFINITY:
            found.append("a process has other limits")
        if os.getpriority(os.PRIO_PROCESS, self.victim.pid) != os.getpriority(os.PRIO_PROCESS, os.getpid()):
            found.append("a process has another priority")
        if self.secret.read_text() != "the-secret" or self.secret.stat().st_mode & 0o777 != 0o644:
            found.append("a file was changed")
        if sorted(each.name for each in self.folder.iterdir()) != ["listening", "secret.txt"]:
            found.append("a file was made")
        for server in self.servers:
            with contextlib.suppress(BlockingIOError):
                server.accept()[0].close()
                found.append(f"{server.family.name} was reached")
        if self.neighbour.run("print(open('work.txt').read())", seconds=20).ending != "ok":
            found.append("the neighbour was stopped")
        return found

    def close(self) -> None:
        self.neighbour.close()
        self.victim.kill()
        self.victim.wait()
        for server in self.servers:
            server.close()


def workspace(files: dict[str, bytes]) -> port.Workspace:
    return port.Workspace(files=files, python=Path(sys.executable), limits=LIMITS)


@pytest.fixture(scope="module")
def bait(box: port.Sandbox) -> Iterator[Bait]:
    with tempfile.TemporaryDirectory(prefix="walls-", ignore_cleanup_errors=True) as folder:
        made = Bait(box, Path(folder))
        yield made
        made.close()


@pytest.mark.parametrize("name", attacks.ATTACKS)
def test_what_an_attack_reaches(box: port.Sandbox, bait: Bait, name: str) -> None:
    session = box.open(workspace({}))
    try:
        run = session.run(attacks.BEGINNING + bait.told() + attacks.ATTACKS[name], seconds=30)
        assert run.ending in ("ok", "error", "crashed", "timeout"), run
        assert "WON" not in str([output.get("text") for output in run.outputs])
        if run.ending == "error":
            assert run.reason.split(":")[0] not in ("NameError", "SyntaxError"), run
    finally:
        session.close()
    assert bait.lost() == []
    _well(box)


def test_one_session_leaves_nothing_to_the_next(box: port.Sandbox) -> None:
    first = box.open(workspace({}))
    source = (
        "import os, tempfile\nname = 'left-behind'\n"
        "for place in ('.', tempfile.gettempdir(), '/dev/shm', '/var/tmp', os.environ['HOME']):\n"
        "    try: open(f'{place}/{name}', 'w').write('x')\n    except OSError: pass"
    )
    assert first.run(source, seconds=20).ending == "ok"
    second = box.open(workspace({}))
    look = (
        "import os, tempfile\n"
        "[p for p in ('.', tempfile.gettempdir(), '/dev/shm', '/var/tmp', os.environ['HOME'])"
        " if os.path.exists(f'{p}/left-behind')]"
    )
    try:
        assert second.run(look, seconds=20).outputs[0]["data"]["text/plain"] == "[]"
    finally:
        first.close()
        second.close()
    third = box.open(workspace({}))
    assert third.run(look, seconds=20).outputs[0]["data"]["text/plain"] == "[]"
    third.close()


@pytest.mark.parametrize("name", attacks.SHARED)
def test_what_one_submission_uses_up_another_still_has(box: port.Sandbox, name: str) -> None:
    if box.level == "pod":
        return  # there are no terminals, the rest is counted by user, and in a pod there is one user
    greedy, honest = attacks.SHARED[name]
    first, second = box.open(workspace({})), box.open(workspace({}))
    try:
        assert first.run(greedy, seconds=20).ending == "ok"
        run = second.run(honest, seconds=20)
        assert run.ending == "ok", run
    finally:
        first.close()
        second.close()


@pytest.mark.parametrize("name", attacks.OF_THE_MACHINE)
def test_nothing_is_used_up_that_the_whole_machine_shares(box: port.Sandbox, name: str) -> None:
    session = box.open(workspace({}))
    try:
        run = session.run(f"{attacks.OF_THE_MACHINE[name]}\nassert got < 0, got", seconds=20)
        assert run.ending == "ok", run
    finally:
        session.close()


@pytest.mark.parametrize("name", attacks.SURVIVORS)
def test_nothing_outlives_a_session(box: port.Sandbox, name: str) -> None:
    mark = f"outlives-{os.getpid()}"
    session = box.open(workspace({}))
    session.run(f"MARK = {mark!r}\n{attacks.SURVIVORS[name]}", seconds=2)
    began = time.monotonic()
    session.close()
    assert time.monotonic() - began < 8
    left = [place for place in Path("/proc").glob("[0-9]*/cmdline") if mark in _read(place)]
    assert left == []
    _well(box)


@pytest.mark.parametrize("name", attacks.LITTER)
def test_whatever_it_leaves_in_its_folder_is_removed(box: port.Sandbox, name: str) -> None:
    before = _scratch()
    session = box.open(workspace({}))
    assert session.run(attacks.LITTER[name], seconds=20).ending in ("ok", "crashed")
    session.close()
    _well(box)
    assert len(_scratch() - before) <= 2, "only those of children that wait for the next session"


def test_what_is_removed_is_removed_however_deep(tmp_path: Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    outside = tmp_path / "outside"
    outside.write_text("kept")
    (top / "link").symlink_to(tmp_path)
    here = os.getcwd()
    try:
        os.chdir(top)
        for _ in range(1500):
            os.mkdir("deeper")
            os.chdir("deeper")
    finally:
        os.chdir(here)
    (top / "shut").mkdir()
    (top / "shut" / "file").write_text("x")
    (top / "shut").chmod(0)
    orphans.remove(top)
    assert not top.exists()
    assert outside.read_text() == "kept"


def _scratch() -> set[str]:
    """The folders of children that lie on the disk."""
    return {str(place) for place in Path(tempfile.gettempdir()).glob("courseware-*/scratch/*")}


def _well(box: port.Sandbox) -> None:
    """The next submission is graded as if nothing had been."""
    session = box.open(workspace({"data.txt": b"given"}))
    try:
        run = session.run("open('data.txt').read()", seconds=20)
        assert run.ending == "ok", run
        assert run.outputs[0]["data"]["text/plain"] == "'given'"
    finally:
        session.close()


def _read(place: Path) -> str:
    try:
        return place.read_bytes().decode(errors="replace")
    except OSError:
        return ""
