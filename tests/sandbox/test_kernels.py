"""What the kernel lane needs, and what it says where there is no jail. What cells do: `test_sessions`."""

from pathlib import Path

import pytest

from courseware import errors
from courseware.sandbox import bubblewrap, kernels, port, pythons, selftest

LIMITS = port.Limits()


def test_the_self_test_tries_to_get_out() -> None:
    found = selftest.probe()
    assert found.level == "jail", found.reason
    assert len(found.probes) == len(selftest.NAMES)
    assert all(probe.endswith(":held") for probe in found.probes)


def test_without_bubblewrap_there_is_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(errors.Permanent, match="bubblewrap is not installed"):
        bubblewrap.available()


def test_a_python_without_a_kernel_is_refused() -> None:
    with pytest.raises(errors.UserError, match="does not start"):
        pythons.inspect(Path("/bin/false"))


def test_without_a_jail_it_is_told() -> None:
    box = kernels.Unconfined()
    assert box.level == "none"
    opened = box.open(port.Workspace(files={"a.txt": b"a"}, python=pythons.current(), limits=LIMITS))
    try:
        (shown,) = opened.run("open('a.txt').read()", seconds=10).outputs
        assert shown["data"]["text/plain"] == "'a'"
    finally:
        opened.close()


LARGE = """
kernel = get_ipython().kernel
told = {"name": "stdout", "text": " " * (300 << 20)}
kernel.session.send(kernel.iopub_socket, "stream", told, parent=kernel.get_parent())
"""


def test_one_large_message_does_not_fill_the_services_memory() -> None:
    """What a cell prints is counted, which for a single message would be too late."""
    limits = port.Limits()
    session = kernels.Jailed().open(port.Workspace(files={}, python=pythons.current(), limits=limits))
    try:
        assert session.run("1", seconds=20).ending == "ok"
        Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
        before = _memory("VmRSS")
        assert session.run(LARGE, seconds=60).ending == "protocol"
        assert _memory("VmHWM") - before < 100 << 20
        # What it shows from now on might not arrive.
        assert not session.alive
    finally:
        session.close()


ENDLESS = """
try:
    while True:
        pass
except KeyboardInterrupt:
    {after}
    raise
"""
SILENT = 'get_ipython().kernel.shell_handlers["kernel_info_request"] = lambda *told: None'


@pytest.mark.parametrize(("after", "lives"), [("pass", True), (SILENT, False)], ids=["lives", "dies"])
def test_a_kernel_that_an_interruption_has_killed_costs_no_later_cell(after: str, lives: bool) -> None:
    """Calysto Scheme's dies of it, a moment after it has answered that the cell was stopped."""
    session = kernels.Jailed().open(port.Workspace(files={}, python=pythons.current(), limits=LIMITS))
    try:
        assert session.run(ENDLESS.format(after=after), seconds=1).ending == "timeout"
        assert session.alive == lives
    finally:
        session.close()


def _memory(name: str) -> int:
    """A row of this process's state, in bytes."""
    told = Path("/proc/self/status").read_text().partition(f"{name}:")[2]
    return int(told.split()[0]) << 10
