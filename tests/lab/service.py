"""A course service as small as it can be, for what a student's programs do with one; and what is no service
at all. It signs its receipts, and remembers what it was sent.
"""

import base64
import contextlib
import dataclasses
import hashlib
import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from courseware import receipt
from courseware.lab import client, connections, copies

FILES = {"a.ipynb": b"{}", "data/x.csv": b"1,2\n"}
HTML = b"<html>Please log in</html>"


def public_key(private: ed25519.Ed25519PrivateKey) -> str:
    raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


@dataclasses.dataclass
class Told:
    """What the service is to do, and what it did."""

    private: ed25519.Ed25519PrivateKey = dataclasses.field(default_factory=ed25519.Ed25519PrivateKey.generate)
    signs: ed25519.Ed25519PrivateKey | None = None
    """Another key to sign with than the course's."""
    instead: tuple[int, str, bytes] | None = None
    """Status, kind and body of every answer: a portal, or a proxy."""
    refuses: list[str] = dataclasses.field(default_factory=list)
    """Sentences of the next refusals."""
    slow: float = 0.0
    taken: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    """Answers by idempotency key."""
    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    def receive(self, key: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Take a hand-in once."""
        time.sleep(self.slow)
        with self.lock:
            if self.refuses:
                return 409, {"code": "conflict", "detail": self.refuses.pop(0)}
            if key not in self.taken:
                self.taken[key] = self.answer(body)
            return 201, self.taken[key]

    def answer(self, body: bytes) -> dict[str, Any]:
        """The receipt and the submission."""
        start = body.index(b"{")
        manifest, _ = json.JSONDecoder().raw_decode(body[start:].decode("utf-8", "replace"))
        number = len(self.taken) + 1
        facts = {
            "format": 1,
            "course": "c",
            "lesson": "l",
            "release": manifest["release"],
            "person": "per_1",
            "submission": f"sub_{number}",
            "files": [{"path": f["path"], "sha256": f["sha256"]} for f in manifest["files"]],
            "received": "2026-11-23T12:00:00Z",
            "key": "key_1",
            "public_key": public_key(self.signs or self.private),
            "sequence": number,
        }
        signed = receipt.sign(facts, self.signs or self.private)
        return {"receipt": signed, "submission": {"id": f"sub_{number}", "late_seconds": 0}}


@contextlib.contextmanager
def served() -> Iterator[tuple[str, Told]]:
    """The service's address, and what it does."""
    told = Told()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, kind, data = told.instead or (0, "", b"")
            if not status:
                made: tuple[int, dict[str, Any]] = (200, {"submissions": [], "next_seconds": 25})
                if self.command == "POST":
                    made = told.receive(self.headers["Idempotency-Key"], body)
                status, data = made[0], json.dumps(made[1]).encode()
                kind = "application/json" if status < 400 else "application/problem+json"
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", "http://127.0.0.1:9/portal")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def connect(url: str, told: Told) -> connections.Connection:
    """What joining would have given."""
    return connections.Connection(
        url=url, course="c", title="C", credential="s", person="sam", public_key=public_key(told.private)
    )


def a_copy(root: Path, told: Told, files: dict[str, bytes] = FILES) -> copies.Copy:
    """A working copy of lesson `l`."""
    entries = [{"path": p, "sha256": hashlib.sha256(d).hexdigest(), "size": len(d)} for p, d in files.items()]
    return copies.get(
        root / "c" / "l",
        course="c",
        lesson="l",
        public_key=public_key(told.private),
        release={"number": 1, "files": entries},
        fetch=files.__getitem__,
    ).copy


def a_client(url: str) -> client.Client:
    """A student's client."""
    return client.Client(url, "s", "c")
