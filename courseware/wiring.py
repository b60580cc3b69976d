"""The one place where ports meet what implements them.

In: settings. Out: sandboxes, stores, clocks. Everything above asks here; nothing below does.
"""

from courseware import errors
from courseware.sandbox import port


def sandbox(*, unsafe: bool) -> port.Sandbox:
    """The sandbox of this machine; without one only by the explicit wish `unsafe`.

    Raises:
        Permanent: this machine gives no sandbox.
    """
    from courseware.sandbox import kernels, selftest

    if unsafe:
        return kernels.Unconfined()
    found = selftest.probe()
    if found.level == "none":
        raise errors.Permanent(f"{found.reason} Pass --unsafe-no-sandbox only for code that you trust.")
    return kernels.Jailed()
