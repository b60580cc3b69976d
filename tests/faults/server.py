"""A PostgreSQL of one test's own, which writes as a real one does, to be killed and started again.

In: a scratch folder, and the line to another machine that it is to run on. Out: its address, which stays the
same. It listens on a private socket only, or on its end of the line, as an ordinary user where the tests run
as root.
"""

import os
import subprocess
import time
from pathlib import Path

from tests import postgres
from tests.faults import link


class Server:
    """The processes and what they keep; begun by `start`."""

    def __init__(self, folder: Path, line: link.Line | None = None) -> None:
        self._line = line
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
        if line is not None:
            self.url = f"postgresql://courseware@{line.there}/postgres"
            with (self._data / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {line.here}/32 trust\n")

    def start(self) -> None:
        """Start, and wait until it takes connections; what a killed one left may be in the way a moment."""
        heard = self._line.there if self._line is not None else ""
        until = time.monotonic() + 60
        while True:
            self._process = self._popen(
                "postgres",
                "-D",
                self._data,
                "-k",
                self._data,
                "-c",
                f"listen_addresses={heard}",
                "-c",
                "fsync=off",
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
        command = [str(self._programs / program), *map(str, arguments)]
        ordinary = self._ordinary
        if self._line is not None:  # root alone enters the other end
            one = postgres.ORDINARY
            command = [*self._line.beyond, f"--setuid={one}", f"--setgid={one}", *command]
            ordinary = {}
        made: subprocess.Popen[bytes] = subprocess.Popen(
            command,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **ordinary,  # type: ignore[call-overload]
        )
        return made
