"""A real service with a real course and real students, to be measured from outside.

In: a scratch folder and a database's address. Out: a running `courseware serve` with the demonstration course
released and as many students as asked for, each with a credential of their own.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx

from tests import trust

ROOT = Path(__file__).parents[2]
COURSE = ROOT / "notebooks" / "demo_course"
LESSON = "numbers-and-lists"
IDLE = 0.1
"""The seconds of a processor that a service which rests has in one second, at most."""
COMMAND = str(Path(sys.executable).parent / "courseware")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Running:
    """Where the service is, whose course it is, and each student's credential."""

    host: str
    port: int
    course: str
    students: tuple[str, ...]

    @property
    def url(self) -> str:
        """The address that programs use."""
        return f"http://{self.host}:{self.port}"

    def client(self, token: str) -> httpx.Client:
        """Somebody's connection."""
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, verify=trust.known()
        )


class Server:
    """The process of a service on one state folder and one port; it can be killed and started again. With
    `runner` `workers` it grades nothing: `worker` starts a process that does. `around` are words before the
    command, of a program that becomes it.
    """

    def __init__(
        self, scratch: Path, database: str, runner: str = "service", around: Sequence[str] = ()
    ) -> None:
        self._around = list(around)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.state = scratch / "state"
        self._log = scratch / "serve.log"
        self._command = [COMMAND]
        self._environment = {
            **os.environ,
            "COURSEWARE_LIMITS_WRITES": "0",  # one owner writes for all here
            "COURSEWARE_STORE_STATE": str(self.state),
            "COURSEWARE_STORE_DATABASE": database,
            "COURSEWARE_SERVICE_PORT": str(self.port),
            "COURSEWARE_GRADING_RUNNER": runner,
        }
        self._process: subprocess.Popen[bytes] | None = None
        if database.startswith("postgresql"):
            subprocess.run(
                [*self._command, "migrate"], env=self._environment, check=True, capture_output=True
            )

    def start(self) -> None:
        """Start, and wait until it answers."""
        with self._log.open("ab") as log:
            serve = [*self._around, *self._command, "serve", str(COURSE)]
            self._process = subprocess.Popen(serve, env=self._environment, stdout=log, stderr=log)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(f"the service ended: {self._log.read_text()}")
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"http://127.0.0.1:{self.port}/health", verify=trust.known()).status_code == 200:
                    return
            time.sleep(0.1)
        raise TimeoutError(f"no answer within a minute: {self._log.read_text()}")

    def rest(self) -> None:
        """Wait until it has nothing to do: what it does after a measurement is not to slow the next one."""
        before = self._processor()
        while True:
            time.sleep(1)
            now = self._processor()
            if now - before < IDLE:
                return
            before = now

    def _processor(self) -> float:
        """The seconds of a processor that it has had."""
        if self._process is None:
            return 0.0
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def worker(self, slots: int = 1) -> subprocess.Popen[str]:
        """Start a worker on the same database, and wait until it works."""
        command = [*self._command, "worker", "--slots", str(slots), "--json"]
        with self._log.open("ab") as log:
            made = subprocess.Popen(
                command, env=self._environment, cwd=self.state, stdout=subprocess.PIPE, stderr=log, text=True
            )
        line = made.stdout.readline() if made.stdout else ""
        if not line:
            raise RuntimeError(f"the worker ended: {self._log.read_text()}")
        if json.loads(line) != {"slots": slots}:
            raise RuntimeError(f"the worker said {line}")
        return made

    @contextlib.contextmanager
    def workers(self, number: int) -> Iterator[list[subprocess.Popen[str]]]:
        """So many workers until the block ends; each then finishes what it runs and says that all is well."""
        made = [self.worker() for _ in range(number)]
        try:
            yield made
        finally:
            for each in made:
                each.terminate()
            for each in made:
                each.communicate(timeout=60)
        codes = [each.returncode for each in made]
        if any(codes):
            raise RuntimeError(f"the workers ended with {codes}")

    @property
    def process(self) -> int:
        """Its number."""
        if self._process is None:
            raise RuntimeError("the service is not running")
        return self._process.pid

    def type(self, line: str, folder: Path) -> None:
        """Type a command of courseware in a folder; it must succeed."""
        program, *words = line.split()
        if program != "courseware":
            raise ValueError(line)
        done = subprocess.run(
            [*self._command, *words],
            env=self._environment,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{line}: {done.stdout} {done.stderr}")

    def wait(self) -> int:
        """Wait until it has ended by itself; its exit code."""
        if self._process is None:
            raise RuntimeError("the service is not running")
        code = self._process.wait(60)
        self._process = None
        return code

    def log(self) -> str:
        """What the service and its workers wrote."""
        return self._log.read_text()

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it with a signal, and wait until it is gone."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None


@contextlib.contextmanager
def running(
    scratch: Path, database: str, *, students: int, runner: str = "service", around: Sequence[str] = ()
) -> Iterator[tuple[Server, Running]]:
    """Serve the demonstration course from a scratch folder until the block ends."""
    server = Server(scratch, database, runner, around)
    try:
        server.start()
        owner = (server.state / "owner.token").read_text().strip()
        yield (
            server,
            _prepared(Running(host="127.0.0.1", port=server.port, course="", students=()), owner, students),
        )
    finally:
        server.end()


def hand_in(client: httpx.Client, course: str, notebook: bytes, key: str) -> str:
    """Hand in one notebook; the submission's id."""
    name = f"{LESSON}.ipynb"
    entry = {"path": name, "sha256": hashlib.sha256(notebook).hexdigest(), "size": len(notebook)}
    answer = client.post(
        f"/api/v1/courses/{course}/lessons/{LESSON}/submissions",
        data={"manifest": json.dumps({"release": 1, "files": [entry]})},
        files={"file": (name, notebook)},
        headers={"Idempotency-Key": key},
    )
    answer.raise_for_status()
    return str(answer.json()["submission"]["id"])


def student_notebook(client: httpx.Client, course: str) -> bytes:
    """The student's version of the lesson's notebook."""
    path = f"/api/v1/courses/{course}/lessons/{LESSON}/releases/latest/files/{LESSON}.ipynb"
    return client.get(path).raise_for_status().content


def _prepared(service: Running, owner: str, students: int) -> Running:
    with service.client(owner) as client:
        course = client.get("/api/v1/me").raise_for_status().json()["memberships"][0]["course"]["slug"]
        _release(client, course)
        tokens = tuple(_student(client, course, n) for n in range(students))
    return dataclasses.replace(service, course=course, students=tokens)


def _release(client: httpx.Client, course: str) -> None:
    folder = COURSE / "lessons" / LESSON
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    parts = [("file", (str(path.relative_to(folder)), path.read_bytes())) for path in found]
    answer = client.post(
        f"/api/v1/courses/{course}/lessons/{LESSON}/releases",
        data={"manifest": json.dumps({"accept": [], "notes": ""})},
        files=parts,
        headers={"Idempotency-Key": "release-1"},
        timeout=300,
    )
    answer.raise_for_status()


def _student(client: httpx.Client, course: str, number: int) -> str:
    name = f"student{number}"
    person = {"username": name, "name": name, "role": "student"}
    key = {"Idempotency-Key": f"person-{number}"}
    made = client.post(f"/api/v1/courses/{course}/people", json=person, headers=key).raise_for_status().json()
    ident = made.get("person", made)["id"]
    link = client.post(
        f"/api/v1/courses/{course}/people/{ident}/join-link", headers={"Idempotency-Key": f"link-{number}"}
    )
    token = link.raise_for_status().json()["token"]
    joined = httpx.post(
        f"{client.base_url}/api/v1/join", json={"token": token, "label": "bench"}, verify=trust.known()
    )
    return str(joined.raise_for_status().json()["credential"])
