"""A PostgreSQL of one test's own, which writes as a real one does, to be killed and started again.

In: a scratch folder, and the line to another machine that it is to run on. Out: its address, which stays the
same. It listens on a private socket only, or on its end of the line, as an ordinary user where the tests run
as root.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

from tests import postgres
from tests.faults import link


class Server:
    """The processes and what they keep; begun by `start`."""

    def __init__(self, folder: Path, line: link.Line | None = None) -> None:
        self._line = line
        self.data = folder / "data"
        self.data.mkdir(mode=0o700, parents=True)
        self._ordinary: dict[str, int | list[int]] = {}
        if os.geteuid() == 0:
            one = postgres.ORDINARY
            self._ordinary = {"user": one, "group": one, "extra_groups": []}
            os.chown(self.data, one, one)
        self._programs = postgres.binaries()
        self._run("initdb", "-D", self.data, "-U", "courseware", "-A", "trust", "-E", "UTF8", "--no-locale")
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://courseware@/postgres?host={self.data}"
        if line is not None:
            self.url = f"postgresql://courseware@{line.there}/postgres"
            with (self.data / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {line.here}/32 trust\n")

    def start(self) -> None:
        """Start, and wait until it takes connections; what a killed one left may be in the way a moment."""
        heard = self._line.there if self._line is not None else ""
        until = time.monotonic() + 60
        while True:
            self._process = self._popen(
                "postgres",
                "-D",
                self.data,
                "-k",
                self.data,
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

    def stop(self) -> None:
        """Stop it as an administrator does: connections end, and it writes and archives all that there is."""
        if self._process is not None:
            self._reach()
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)
            self._process = None

    def own(self, folder: Path) -> None:
        """Have a folder be the server's."""
        folder.mkdir(mode=0o700)
        if self._ordinary:
            os.chown(folder, postgres.ORDINARY, postgres.ORDINARY)

    def type(self, line: str) -> None:
        """Type a line into a shell, as the user of the server and with its programs."""
        self._reach()
        environment = {
            "PATH": f"{self._programs}:{os.environ['PATH']}",
            "PGHOST": str(self.data),
            "PGUSER": "courseware",
        }
        subprocess.run(
            ["bash", "-ec", line],
            cwd="/",
            env=environment,
            check=True,
            **self._ordinary,  # type: ignore[call-overload]
        )

    def kill(self) -> None:
        """Kill it; nothing of it can finish anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _reach(self) -> None:
        """Let an ordinary user through the folders above; each new run of pytest closes its root again."""
        for each in self.data.parents if self._ordinary else ():
            if not each.stat().st_mode & 0o001:
                each.chmod(each.stat().st_mode | 0o011)

    def _is_ready(self) -> bool:
        asked = self._popen("pg_isready", "-q", "-h", self.data, "-U", "courseware")
        return asked.wait(10) == 0

    def _run(self, program: str, *arguments: object) -> None:
        done = self._popen(program, *arguments)
        if done.wait(60):
            raise RuntimeError(f"{program} ended with status {done.returncode}")

    def _popen(self, program: str, *arguments: object) -> "subprocess.Popen[bytes]":
        self._reach()
        command = [str(self._programs / program), *map(str, arguments)]
        ordinary = self._ordinary
        if self._line is not None:  # only who may make it enters the other end, and steps down there
            down = [f"--setuid={postgres.ORDINARY}", f"--setgid={postgres.ORDINARY}"] if ordinary else []
            command = [*self._line.beyond, *down, *command]
            ordinary = {}
        made: subprocess.Popen[bytes] = subprocess.Popen(
            command,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **ordinary,  # type: ignore[call-overload]
        )
        return made
