"""A network that loses connections: a proxy on loopback which cuts some of them, before the request went on
or before the answer came back.

In: where the service listens, and how often to cut. Out: a port; all is cut while `down` is set, nothing
once `calm` is. What is cut otherwise is decided by a seed, piece by piece. The service is asked under its
own name.
"""

import contextlib
import random
import select
import socket
import threading


class Flaky:
    """The proxy; `cut` counts connections that it ended."""

    def __init__(self, upstream: int, seed: int, share: float) -> None:
        self.calm, self.down, self.cut = False, False, 0
        self._upstream, self._share = upstream, share
        self._random = random.Random(seed)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)

    def _accept(self) -> None:
        threads = []
        while True:
            try:
                taken, _ = self._listening.accept()
            except OSError:
                break
            threads.append(threading.Thread(target=self._carry, args=(taken,), daemon=True))
            threads[-1].start()
        for thread in threads:
            thread.join(10)

    def _fails(self) -> bool:
        failed = self.down or (not self.calm and self._random.random() < self._share)
        self.cut += failed
        return failed

    def _carry(self, taken: socket.socket) -> None:
        """Both ways, until one side ends or the network fails."""
        with (
            contextlib.suppress(OSError),
            taken,
            socket.create_connection(("127.0.0.1", self._upstream)) as there,
        ):
            while True:
                ready, _, _ = select.select([taken, there], [], [], 30)
                if not ready:
                    return
                for each in ready:
                    data = each.recv(1 << 16)
                    if not data or self._fails():
                        return
                    if each is taken:
                        there.sendall(data.replace(self._name(self.port), self._name(self._upstream)))
                    else:
                        taken.sendall(data)

    @staticmethod
    def _name(port: int) -> bytes:
        return b"Host: 127.0.0.1:%d\r\n" % port
