"""The fork server: one process that has imported everything and makes a jailed copy of itself on request.

In: on a socket, requests with the descriptors of a new child; options on the command line. Out: for each
request the child, as a descriptor of the process. Runs in the course's own Python, started clean: it never
holds a test, a submission or a secret. It builds its own jail before it imports a single library of the
course, and refuses to serve with more than one thread, which a fork would break.

    python -s zygote.py DESCRIPTOR OPTIONS
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import json
import os
import signal
import socket
import sys
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))


def _package() -> None:
    """Let `courseware.sandbox` be found beside this file; the course's Python has no courseware."""
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder) != HERE]
    for name, folders in (("courseware", []), ("courseware.sandbox", [HERE])):
        module = types.ModuleType(name)
        module.__path__ = folders
        sys.modules[name] = module


if __name__ == "__main__":
    _package()

from courseware.sandbox import jail, nursery, pod, substitutes, syscalls  # noqa: E402  (found only now)

if TYPE_CHECKING:
    from courseware.sandbox import student

_EARLY = ("frames", "student", "answers", "tester", "proxies", "link", "scope", "guard", "library",
          "warm", "memory")  # fmt: skip
_EARLY_CODECS = ("codec", "codec_plain", "codec_tables")
MOST = 6  # descriptors with a request: of the talk, two pipes, and the groups to be in


def main() -> None:
    """Build the jail, import, serve."""
    control = socket.socket(fileno=int(sys.argv[1]))
    options = json.loads(sys.argv[2])
    for name in (*_EARLY, *_EARLY_CODECS):  # their files are out of sight later
        importlib.import_module(f"courseware.sandbox.{name}")
    in_pod = options["level"] == "pod"
    if in_pod:
        pod.confine(options["scratch"], options["python"], options["user"])
    place = None if in_pod else _confine(control, options)
    if in_pod:
        substitutes.install()
    shell = _import(options["imports"])
    threads = len(os.listdir("/proc/self/task"))
    control.send(json.dumps({"ready": threads == 1, "threads": threads}).encode())
    if threads == 1:
        _settle()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a namespace ends only once its dead are let go of
        if place is None:
            _serve_in_pod(control, shell, options)
        else:
            _serve(control, shell, place)


class Place(NamedTuple):
    """Where children come to be: the user that they become, what `jail.build` returned, and what makes their
    namespaces.
    """

    user: int
    covered: list[str]
    nursery: nursery.Nursery


def _confine(control: socket.socket, options: dict[str, Any]) -> Place:
    """Go into a jail and a process namespace of one's own.

    Root builds the jail with its own rights, because only they may look into every folder, and then becomes
    an ordinary user of the machine; everybody else needs a user namespace first.
    """
    root = os.getuid() == 0
    if not root:
        _own_user(control)
    covered = jail.build(options["folder"], options["python"])
    if root:
        _own_user(control)
        os.setgroups([])
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)
        syscalls.dumpable()  # else /proc shows this process nothing of itself
    # Children get namespaces of their own; that one can come back to this one takes rights over it.
    syscalls.unshare(syscalls.NEWPID | syscalls.NEWNS)
    inner = os.fork()
    if inner:
        control.close()
        _, status = os.waitpid(inner, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    syscalls.die_with_parent()
    jail.own_processes()
    return Place(1 if root else 0, covered, nursery.Nursery(control))


def _own_user(control: socket.socket) -> None:
    """A user namespace; its users are written in from outside, by whoever may."""
    syscalls.unshare(syscalls.NEWUSER)
    control.send(b'{"users": true}')
    if control.recv(16) != b"written":
        os._exit(1)


def _import(names: list[str]) -> student.Shell:
    """The shell, with the libraries that the course's notebooks use, and a first use of the slow parts."""
    from courseware.sandbox import memory, student, warm

    memory.begin()
    shell = student.Shell()
    warm.warm(shell, names)
    return shell


def _settle() -> None:
    """Put the memory in order, since from now on copies share it."""
    from courseware.sandbox import memory

    memory.settle()


def _serve(control: socket.socket, shell: student.Shell, place: Place) -> None:
    """Make children until nobody asks any more."""
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    networks = nursery.Networks()
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, 1 << 16, MOST)
        if not request:
            os._exit(0)  # with this first process of the namespace all others end
        told = json.loads(request)
        namespace, first = place.nursery.fresh()
        networks.enter(first)
        syscalls.setns(namespace, syscalls.NEWPID)
        child = os.fork()
        if child == 0:
            control.close()
            place.nursery.close()
            user = place.user and place.user + (told["role"] == "tests")
            _child(shell, descriptors, functools.partial(jail.enter, told["limits"], user, place.covered))
        syscalls.setns(own, syscalls.NEWPID)
        handle = os.pidfd_open(child)
        socket.send_fds(control, [json.dumps({"for": told["for"]}).encode()], [first, handle])
        for each in (namespace, handle, *descriptors):
            os.close(each)


def _serve_in_pod(control: socket.socket, shell: student.Shell, options: dict[str, Any]) -> None:
    """Make children, each with its keeper, until nobody asks any more; then wait for the keepers."""
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, 1 << 16, MOST)
        if not request:
            break
        told = json.loads(request)
        if os.fork() == 0:
            enter = functools.partial(pod.enter, told["limits"], options["python"])
            begin = functools.partial(_child_of_keeper, shell, descriptors, enter)
            pod.keep(control, told["for"], options["scratch"], told["limits"], begin)
        for each in descriptors:
            os.close(each)
    pod.end_keepers()


def _child_of_keeper(
    shell: student.Shell, descriptors: list[int], enter: Callable[[str], None], own: str
) -> None:
    """A copy that gets a folder of its own."""
    _child(shell, descriptors, functools.partial(enter, own))


def _child(shell: student.Shell, descriptors: list[int], enter: Callable[[], None]) -> None:
    """A copy: shut in, then student or tests. It never returns."""
    from courseware.sandbox import student

    gc.enable()
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        talk, out, err, *groups = descriptors
        for each in groups:
            os.write(each, b"0")
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (out, 1), (err, 2), (talk, 3)):
            os.dup2(source, target, inheritable=target < 3)
        os.closerange(4, 256)
        channel = student.Channel(3)
        try:
            enter()
        except Exception as error:
            channel.send({"kind": "refused", "why": f"{type(error).__name__}: {error}"}, [])
            os._exit(1)
        channel.send({"kind": "ready"}, [])
        student.serve(shell, channel)
    except BaseException as error:  # a process of the student's that goes wrong ends, whatever it met
        with contextlib.suppress(BaseException):
            os.write(2, f"{type(error).__name__}: {error}\n".encode("utf-8", "replace")[:2000])
    finally:
        os._exit(97)


if __name__ == "__main__":
    main()
