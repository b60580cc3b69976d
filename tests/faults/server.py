"""A PostgreSQL of one test's own, which writes as a real one does, to be killed and started again.

In: a scratch folder. Out: its address, which stays the same. It listens on a private socket only, as an
ordinary user where the tests run as root.
"""

import os
import subprocess
import time
from pathlib import Path

from tests import postgres


class Server:
    """The processes and what they keep; begun by `start`."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._data.mkdir(mode=0o700, parents=True)
        self._ordinary: dict[str, int | list[int]] = {}
        if os.geteuid() == 0:
            one = postgres.ORDINARY
            self._ordinary = {"user": one, "group": one, "extra_groups": []}
            os.chown(self._data, one, one)
            for each in (folder, *folder.parents):
                if not each.stat().st_mode & 0o001:
                    each.chmod(each.stat().st_mode | 0o011)
        self._programs = postgres.binaries()
        self._run("initdb", "-D", self._data, "-U", "courseware", "-A", "trust", "-E", "UTF8", "--no-locale")
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://courseware@/postgres?host={self._data}"

    def start(self) -> None:
        """Start, and wait until it takes connections; what a killed one left may be in the way a moment."""
        until = time.monotonic() + 60
        while True:
            self._process = self._popen(
                "postgres", "-D", self._data, "-k", self._data, "-c", "listen_addresses=", "-c", "fsync=off"
            )
            while self._process.poll() is None:
                if self._is_ready():
                    return
                time.sleep(0.05)
            if time.monotonic() > until:
                raise TimeoutError("PostgreSQL did not start again")
            time.sleep(0.2)

    def kill(self) -> None:
        """Kill it; nothing of it can finish anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _is_ready(self) -> bool:
        asked = self._popen("pg_isready", "-q", "-h", self._data, "-U", "courseware")
        return asked.wait(10) == 0

    def _run(self, program: str, *arguments: object) -> None:
        done = self._popen(program, *arguments)
        if done.wait(60):
            raise RuntimeError(f"{program} ended with status {done.returncode}")

    def _popen(self, program: str, *arguments: object) -> "subprocess.Popen[bytes]":
        made: subprocess.Popen[bytes] = subprocess.Popen(
            [str(self._programs / program), *map(str, arguments)],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._ordinary,  # type: ignore[call-overload]
        )
        return made
