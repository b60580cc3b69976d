"""A line to another machine that can be cut: what is sent then vanishes, and nobody is told.

In: root, and `ip` of iproute2. Out: a network namespace for the other machine, its address, and between it
and here a router in a namespace of its own, which passes packets on or does not.
"""

import contextlib
import secrets
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path


class Line:
    """Two lines with a router between; `here` and `there` are the addresses of its ends, in a network that is
    for tests of machines (RFC 2544).
    """

    def __init__(self, router: int, far: int) -> None:
        self._router, self._far = router, far
        base = f"198.18.{secrets.randbelow(256)}"
        self.here, self.there = f"{base}.1", f"{base}.6"
        name = f"cwf{secrets.token_hex(4)}"
        for words in (
            f"link add {name} type veth peer name near netns {router}",
            f"addr add {self.here}/30 dev {name}",
            f"link set {name} up",
        ):
            _ip(words)
        for words in (
            f"link add away type veth peer name line netns {far}",
            f"addr add {base}.2/30 dev near",
            f"addr add {base}.5/30 dev away",
            "link set near up",
            "link set away up",
        ):
            _ip(words, router)
        for words in (
            f"addr add {self.there}/30 dev line",
            "link set line up",
            "link set lo up",
            f"route add default via {base}.5",
        ):
            _ip(words, far)
        _ip(f"route add {base}.4/30 via {base}.2")
        self.mend()

    @property
    def beyond(self) -> list[str]:
        """Words before a command that is to run at the other end."""
        return ["nsenter", f"--net=/proc/{self._far}/ns/net"]

    def cut(self) -> None:
        """Pass nothing on."""
        self._pass_on(False)

    def mend(self) -> None:
        """Pass on again."""
        self._pass_on(True)

    def _pass_on(self, does: bool) -> None:
        words = f"echo {int(does)} > /proc/sys/net/ipv4/ip_forward"
        subprocess.run(["nsenter", f"--net=/proc/{self._router}/ns/net", "sh", "-c", words], check=True)


@contextlib.contextmanager
def made() -> Iterator[Line]:
    """A line until the block ends; with its namespaces go its interfaces."""
    with contextlib.ExitStack() as stack:
        router, far = (stack.enter_context(_namespace()) for _ in range(2))
        yield Line(router, far)


@contextlib.contextmanager
def _namespace() -> Iterator[int]:
    """A process in a network namespace of its own; its number."""
    holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    try:
        own, until = Path("/proc/self/ns/net").readlink(), time.monotonic() + 10
        while Path(f"/proc/{holder.pid}/ns/net").readlink() == own:
            assert time.monotonic() < until
            time.sleep(0.01)
        yield holder.pid
    finally:
        holder.kill()
        holder.wait()


def _ip(words: str, namespace: int | None = None) -> None:
    within = [] if namespace is None else ["nsenter", f"--net=/proc/{namespace}/ns/net"]
    subprocess.run([*within, "ip", *words.split()], check=True)
