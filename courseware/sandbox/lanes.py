"""Which lane a notebook takes: Python goes to the fork servers, any other language to a kernel in bubblewrap.

In: both lanes. Out: sessions as `sandbox.port` describes them. Refused, when it is asked for: a kernel on a
machine without bubblewrap.
"""

from courseware.sandbox import port


class Lanes:
    """Both lanes as one sandbox; `level` is that of the fork servers."""

    def __init__(self, forked: port.Sandbox, kernels: port.Sandbox) -> None:
        self._forked, self._kernels = forked, kernels

    @property
    def level(self) -> port.Level:
        """See `port.Sandbox`."""
        return self._forked.level

    def open(self, workspace: port.Workspace) -> port.Session:
        """Start a session in the lane of its language; see `port.Sandbox`."""
        return (self._kernels if workspace.kernel else self._forked).open(workspace)
