"""A PostgreSQL server for one test run: started from the machine's binaries, stopped with the run.

Comes in: a folder and the id of the process that leads the test run. Goes out: `ready` (a connection URL) or
`failed` (why) in that folder. It listens on a private socket only, never on a port, and runs as an ordinary
user where the tests run as root, because PostgreSQL refuses root. What it holds is never flushed.
"""

import fcntl
import glob
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

ORDINARY = 65534  # `nobody`, on every Linux


def binaries() -> Path:
    """Folder with `initdb` and `postgres`, the newest version if there are several."""
    pattern = os.environ.get("COURSEWARE_POSTGRES_BIN", "/usr/lib/postgresql/*/bin")
    found = sorted(
        glob.glob(f"{pattern}/initdb"), key=lambda name: [int(n) for n in re.findall(r"\d+", name)]
    )
    if not found:
        raise FileNotFoundError(
            "PostgreSQL's server binaries are missing: type `apt-get install postgresql`."
        )
    return Path(found[-1]).parent


def url(folder: Path, leader: int) -> str:
    """Address of the run's server; the first caller of a run starts it, the others wait for that."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists() and not (folder / "failed").exists():
            with (folder / "log").open("wb") as log:
                subprocess.run(
                    [sys.executable, __file__, str(folder), str(leader)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True, start_new_session=True,
                )  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if (folder / "ready").exists():
                return (folder / "ready").read_text()
            if (folder / "failed").exists():
                raise RuntimeError((folder / "failed").read_text())
            time.sleep(0.05)
    raise TimeoutError(f"PostgreSQL did not start within a minute; see {folder / 'log'}")


def stop(folder: Path) -> None:
    """End the run's server, if one was started, and wait until it is gone."""
    keeper = folder / "keeper"
    if not keeper.exists():
        return
    pid = int(keeper.read_text())
    try:
        os.kill(pid, signal.SIGTERM)
        for _ in range(200):
            os.kill(pid, 0)
            time.sleep(0.05)
    except ProcessLookupError:
        return


def _keep(folder: Path, leader: int) -> None:
    (folder / "keeper").write_text(str(os.getpid()))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    data = folder / "data"
    data.mkdir(mode=0o700)
    ordinary: dict[str, int | list[int]] = {}
    if os.geteuid() == 0:
        ordinary = {"user": ORDINARY, "group": ORDINARY, "extra_groups": []}
        os.chown(data, ORDINARY, ORDINARY)
        folder.chmod(0o711)
    programs = binaries()
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "courseware", "-A", "trust", "-E", "UTF8", "--no-locale"],
        check=True, cwd="/", **ordinary,  # type: ignore[call-overload]
    )  # fmt: skip
    settings = ["listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-k", data, *(word for s in settings for word in ("-c", s))],
        cwd="/", **ordinary,  # type: ignore[call-overload]
    )  # fmt: skip
    try:
        _announce(folder, data, server)
        while server.poll() is None and _alive(leader):
            time.sleep(0.2)
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait()


def _announce(folder: Path, data: Path, server: "subprocess.Popen[bytes]") -> None:
    while not any(line.startswith("ready") for line in _status(data)):
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended with status {server.returncode}")
        time.sleep(0.05)
    waiting = folder / "ready.new"
    waiting.write_text(f"postgresql://courseware@/postgres?host={data}")
    waiting.rename(folder / "ready")


def _status(data: Path) -> list[str]:
    path = data / "postmaster.pid"
    return path.read_text().splitlines() if path.exists() else []


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def main(folder: Path, leader: int) -> None:
    """Keep a server until the leader is gone or says so, in a process that belongs to no worker."""
    if os.fork():
        return
    try:
        _keep(folder, leader)
    except Exception as error:
        (folder / "failed").write_text(f"PostgreSQL did not start: {error}")
        raise


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
