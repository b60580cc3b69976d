"""One kernel in a jail, driven from outside by nbclient.

In: a workspace and how the kernel is started. Out: a session as `sandbox.port` describes it. The source of a
cell reaches the jail when it is run and not before. A kernel that floods, hangs or dies is killed with
everything that it started.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import time
from typing import Any

import nbclient
import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError

from courseware import errors
from courseware.sandbox import bubblewrap, orphans, port, specs

GRACE = 2.0
"""Seconds that a cell has to end after it was interrupted, before the kernel is killed."""

START_SECONDS = 60
SHOWN_SECONDS = 10
"""How long after the end of a cell the rest of what it shows may take; then some of it was lost."""

LARGEST = 64 << 20
"""Bytes that a message may have: more than a kernel puts into one while it prints as fast as it can. What is
larger is not taken in at all, since counting comes too late for what fills the service's memory.
"""


class _Manager(AsyncKernelManager):
    """A kernel manager that is told its command and lets the jail's user read the connection file."""

    def write_connection_file(self, **kwargs: Any) -> None:
        """As in jupyter_client; root hands the file to the user inside the jail."""
        super().write_connection_file(**kwargs)
        if os.geteuid() == 0:
            os.chown(self.connection_file, bubblewrap.NOBODY, bubblewrap.NOBODY)

    def client(self, **kwargs: Any) -> Any:
        """As in jupyter_client, with a largest message."""
        made = super().client(**kwargs)
        made.context.maxmsgsize = LARGEST
        return made


class _Client(nbclient.NotebookClient):
    """An nbclient that counts what a cell prints and ends a kernel that prints too much."""

    printed = 0
    allowed = 0
    flooded = False

    def remember(self, cell: Any, cell_index: int, execute_reply: Any) -> None:
        """Add the error that the kernel reports and the cell did not show: code can silence its own
        tracebacks.
        """
        told = (execute_reply or {}).get("content", {})
        shown = any(output["output_type"] == "error" for output in cell.outputs)
        if told.get("status") == "error" and not shown:
            error = {name: told.get(name, "") for name in ("ename", "evalue")}
            cell.outputs.append(nbformat.v4.new_output("error", traceback=[], **error))

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Keep the message, unless the cell is over its limit."""
        self.printed += _size(msg.get("content"))
        if self.printed > self.allowed:
            if not self.flooded:
                self.flooded = True
                _kill(self.km)
            return None
        return super().process_message(msg, cell, cell_index)


def _size(content: Any) -> int:
    """Roughly how many bytes of text a message carries."""
    if isinstance(content, str):
        return len(content)
    if isinstance(content, dict):
        return sum(_size(value) for value in content.values())
    return sum(_size(value) for value in content) if isinstance(content, list) else 8


def _kill(manager: Any) -> None:
    """End the kernel and, with its process namespace, all that it started."""
    provisioner = getattr(manager, "provisioner", None)
    process = getattr(provisioner, "process", None)
    if process is not None and process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(os.getpgid(process.pid), 9)
        with contextlib.suppress(ProcessLookupError):
            process.kill()


class KernelSession:
    """One kernel; see `port.Session`."""

    def __init__(self, workspace: port.Workspace, command: Any) -> None:
        self._limits = workspace.limits
        self._left = workspace.limits.notebook_output_bytes
        self._number = 0
        self._folder = orphans.folder()
        self._loop = asyncio.new_event_loop()
        self.alive = False
        try:
            program = specs.program(workspace.python, workspace.kernel)
            places = self._lay_out(workspace)
            self._client = self._start(command(workspace, program, places), program, places)
        except BaseException:
            self.close()
            raise
        self.alive = True

    def _lay_out(self, workspace: port.Workspace) -> bubblewrap.Places:
        """Write the files for the jail and make the folder for the sockets."""
        os.chmod(self._folder, 0o711)
        places = bubblewrap.Places(given=self._folder / "given", shared=self._folder / "s")
        places.given.mkdir()
        places.shared.mkdir(mode=0o700)
        for name, data in workspace.files.items():
            target = places.given / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        if os.geteuid() == 0:
            os.chown(places.shared, bubblewrap.NOBODY, bubblewrap.NOBODY)
        return places

    def _start(self, argv: list[str], program: specs.Program, places: bubblewrap.Places) -> _Client:
        """Start the kernel and wait until it answers."""
        manager = _Manager(
            transport="ipc", ip=str(places.shared / "k"), connection_file=str(places.shared / "kernel.json")
        )
        manager._kernel_spec = KernelSpec(
            argv=argv,
            display_name="course",
            language=program.language,
            interrupt_mode="message" if program.interrupted_by_message else "signal",
        )
        client = _Client(
            nbformat.v4.new_notebook(),
            km=manager,
            allow_errors=True,
            interrupt_on_timeout=True,
            startup_timeout=START_SECONDS,
            iopub_timeout=SHOWN_SECONDS,
            raise_on_iopub_timeout=True,
        )
        client.on_cell_executed = client.remember
        self._manager = manager

        async def ready() -> None:
            quiet = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL}
            environment = {"PATH": os.environ.get("PATH", ""), orphans.VARIABLE: orphans.mark()}
            await manager.start_kernel(env=environment, **quiet)
            await client.async_start_new_kernel_client()

        try:
            self._loop.run_until_complete(ready())
        except Exception as error:
            # jupyter_client reports a kernel that does not come up with many types; all mean the same here.
            raise errors.Permanent(f"The course's kernel does not start: {error}") from error
        if os.geteuid() == 0:
            # The sockets are bound; nothing more may be put into this folder, which lies on the disk.
            os.chown(places.shared, 0, 0)
            os.chmod(places.shared, 0o755)
        return client

    def run(self, source: str, *, seconds: float) -> port.CellRun:
        """Run one source; see `port.Session`."""
        if not self.alive:
            return port.CellRun(ending="not-run", reason="The process had ended before this cell.")
        client, cell = self._client, nbformat.v4.new_code_cell(source)
        client.nb["cells"].append(cell)
        client.printed, client.allowed = 0, min(self._limits.cell_output_bytes, self._left)
        client.timeout = max(1, round(seconds))
        began = time.monotonic()
        ending: port.Ending = "ok"
        try:
            self._loop.run_until_complete(
                asyncio.wait_for(client.async_execute_cell(cell, self._number), seconds + GRACE)
            )
        except TimeoutError:
            # Before its time is over, what is waited for in vain is the rest of what it shows.
            ending = "timeout" if time.monotonic() - began >= seconds else "protocol"
            self._end()
        except DeadKernelError:
            ending = "crashed"
            self._end()
        except Exception:
            # Whatever else nbclient stumbles over is a message that no honest kernel sends.
            ending = "protocol"
            self._end()
        took = time.monotonic() - began
        if self.alive and took >= seconds and not self._answers():
            self._end()
        self._number += 1
        self._left -= client.printed
        return self._told(cell, ending, took, seconds)

    def _answers(self) -> bool:
        """Whether a kernel that was interrupted lives on: some die of it a moment later, and the cell that
        comes next is not to blame.
        """
        try:
            self._loop.run_until_complete(self._client.kc.kernel_info(reply=True, timeout=GRACE))
        except (TimeoutError, RuntimeError):
            return False
        return True

    def _told(self, cell: Any, ending: port.Ending, took: float, seconds: float) -> port.CellRun:
        """How the cell ended, in the words of the port."""
        outputs = tuple(dict(output) for output in cell.outputs)
        failed = [output for output in outputs if output["output_type"] == "error"]
        if self._client.flooded:
            ending, reason = "output-limit", "The cell printed more than is allowed and was stopped."
        elif (
            ending == "timeout"
            or (ending == "crashed" and took >= seconds)
            or (failed and took >= seconds and failed[0]["ename"] == "KeyboardInterrupt")
        ):
            ending, reason = "timeout", f"The cell took longer than {seconds:g} s and was stopped."
        elif ending == "crashed":
            reason = "The process ended while the cell ran."
        elif ending == "protocol":
            reason = "The cell disturbed the talk with the kernel and was stopped."
        elif failed and failed[0]["ename"] == "MemoryError":
            ending, reason = "memory", "The cell needed more memory than is allowed."
        elif failed:
            ending, reason = "error", f"{failed[0]['ename']}: {failed[0]['evalue']}"[:500]
        else:
            reason = ""
        return port.CellRun(ending=ending, outputs=outputs, reason=reason, seconds=took)

    def _end(self) -> None:
        """Kill the kernel; what it started goes with it."""
        self.alive = False
        _kill(self._manager)

    def close(self) -> None:
        """End the kernel and remove its folder; see `port.Session`."""
        self.alive = False
        if self._loop.is_closed():
            return
        manager = getattr(self, "_manager", None)
        if manager is not None:
            _kill(manager)
            self._loop.run_until_complete(self._reap(manager))
        pending = asyncio.all_tasks(self._loop)
        for task in pending:
            task.cancel()
        if pending:
            self._loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        self._loop.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _reap(self, manager: Any) -> None:
        """Wait for the dead process and close the sockets."""
        client = getattr(self, "_client", None)
        if client is not None and client.kc is not None:
            client.kc.stop_channels()
        provisioner = getattr(manager, "provisioner", None)
        process = getattr(provisioner, "process", None)
        if process is not None:
            await asyncio.to_thread(process.wait)
        with contextlib.suppress(Exception):
            await manager.cleanup_resources()
