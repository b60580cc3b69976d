"""The kernel lane: one Jupyter kernel in a jail per submission.

In: a workspace. Out: sessions as `sandbox.port` describes them. The kernel's sockets are files in one
folder that both sides see; there is no network inside. Kernels for other languages than Python are those
that are installed beside the course's Python. `Unconfined` is the same without a jail, for code that one
trusts. What talks with the kernel (`sandbox.conversations`) is loaded with the first one: it takes a second.
"""

from courseware.sandbox import bubblewrap, orphans, port, pythons, specs


class Jailed:
    """Kernels in bubblewrap."""

    level: port.Level = "jail"

    def open(self, workspace: port.Workspace) -> port.Session:
        """Start a kernel in a jail of its own."""
        from courseware.sandbox import conversations

        return conversations.KernelSession(workspace, _jailed)


class Unconfined:
    """Kernels with all rights of this process; only ever by the explicit flag, and told in every result."""

    level: port.Level = "none"

    def open(self, workspace: port.Workspace) -> port.Session:
        """Start a kernel beside this process."""
        from courseware.sandbox import conversations

        return conversations.KernelSession(workspace, _bare)


def _jailed(workspace: port.Workspace, program: specs.Program, places: bubblewrap.Places) -> list[str]:
    """The kernel's command line inside the jail."""
    environment = {**bubblewrap.FIXED, **workspace.environment, **program.environment}
    environment["PATH"] = f"{workspace.python.parent}:{bubblewrap.FIXED['PATH']}"
    return bubblewrap.command(
        list(program.argv),
        places=places,
        python_paths=list(pythons.inspect(workspace.python).folders),
        limits=workspace.limits,
        environment=environment,
    )


def _bare(workspace: port.Workspace, program: specs.Program, places: bubblewrap.Places) -> list[str]:
    """The kernel's command line without a jail: the same limits of time, none of rights."""
    given = {**bubblewrap.FIXED, **workspace.environment, **program.environment}
    settings = [f"{name}={value}" for name, value in given.items() if name != "PATH"]
    home = [
        f"HOME={places.shared}",
        f"IPYTHONDIR={places.shared}",
        f"PATH={workspace.python.parent}:{bubblewrap.FIXED['PATH']}",
        f"{orphans.VARIABLE}={orphans.mark()}",
    ]
    run = ["/usr/bin/env", "-i", "-C", str(places.given), *settings, *home]
    return [*run, *(word.replace(bubblewrap.WORK, ".") for word in program.argv)]
