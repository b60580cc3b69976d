"""Namespaces for the children of a fork server: of processes, a fresh one each; of the network, used in turn.

In: the fork server, before it has imported anything large. Out: for each child a namespace of processes with
a first process in it that does nothing, and an empty namespace of the network that nobody else is in.
Nothing can be set up in the latter, since children have no rights over it, and sockets end with who opened
them: so it is as new once all processes of the child before are gone, and making one costs the kernel more
than all other namespaces together.
"""

from __future__ import annotations

import os
import select
import signal
import socket
from typing import NamedTuple

from courseware.sandbox import syscalls


class Fresh(NamedTuple):
    """A namespace of processes: a descriptor of it, and the handle of its first process."""

    processes: int
    first: int


class Nursery:
    """A small process that makes namespaces of processes, each with a first process that does nothing.

    Were the student's process the first one, the kernel would keep signals from it, `kill -9` of itself too.
    The first process shares the memory of the nursery, so that making and ending it costs next to nothing.
    """

    def __init__(self, control: socket.socket) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork():
            theirs.close()
            return
        syscalls.die_with_parent()
        self._ours.close()
        control.close()
        _serve(theirs)

    def fresh(self) -> Fresh:
        """A new namespace."""
        self._ours.send(b"1")
        _, (processes, first), _, _ = socket.recv_fds(self._ours, 1, 2)
        return Fresh(processes, first)

    def close(self) -> None:
        """Let go of it, in a child."""
        self._ours.close()


def _serve(asked: socket.socket) -> None:
    """Make a namespace for each byte that comes; never returns.

    No signal has a handler: one that reached a first process would run in the memory of this one. And nobody
    of the same user may look into that memory.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    syscalls.dumpable(by_its_user=False)
    while asked.recv(1):
        syscalls.unshare(syscalls.NEWPID)
        first = os.pidfd_open(syscalls.idle_process())
        made = os.open("/proc/self/ns/pid_for_children", os.O_RDONLY | os.O_CLOEXEC)
        syscalls.setns(own, syscalls.NEWPID)
        socket.send_fds(asked, [b"1"], [made, first])
        os.close(made)
        os.close(first)
    os._exit(0)


class Networks:
    """Empty namespaces of the network; as many as there were children at a time."""

    def __init__(self) -> None:
        self._free: list[int] = []
        self._taken: dict[int, int] = {}
        self._ended = select.poll()

    def enter(self, first: int) -> None:
        """Go into one that nobody is in; the child that is forked next has it until `first` has ended, which
        is when every process of its namespace has. Takes over that handle.
        """
        for handle, _ in self._ended.poll(0):
            self._ended.unregister(handle)
            self._free.append(self._taken.pop(handle))
            os.close(handle)
        if self._free:
            network = self._free.pop()
            syscalls.setns(network, syscalls.NEWNET)
        else:
            syscalls.unshare(syscalls.NEWNET)
            network = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._taken[first] = network
        self._ended.register(first, select.POLLIN)
