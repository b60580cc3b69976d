"""A server of one test's own that speaks S3 and keeps its files on disk, to be killed: s3rver.

In: a scratch folder. Out: its port, and the environment by which programs find it; the bucket is
`courseware`.
"""

import subprocess
import time
from pathlib import Path

import httpx

from tests import hubs
from tests.journeys import test_lab_student as lab

SERVER = hubs.PROXY.parent / "s3rver"


class S3:
    """The server, on one folder and one port."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.port = folder, lab.free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        words = [
            str(SERVER),
            "--directory",
            str(self._folder),
            "--port",
            str(self.port),
            "--address",
            "127.0.0.1",
        ]
        self._process = subprocess.Popen([*words, "--silent", "--configure-bucket", "courseware"])
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/", trust_env=False)
                return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError("no answer")

    def environment(self) -> dict[str, str]:
        """What a program needs to find it."""
        return {
            "AWS_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "S3RVER",
            "AWS_SECRET_ACCESS_KEY": "S3RVER",
            "AWS_REGION": "us-east-1",
            "NO_PROXY": "127.0.0.1",
        }

    def kill(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None
