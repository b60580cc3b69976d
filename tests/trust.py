"""Which certificates a test's requests trust, read once.

A request by itself reads all of the system's anew, which takes longer than the service needs to answer, also
while it still starts. They ask over plain HTTP.
"""

import functools
import ssl


@functools.cache
def known() -> ssl.SSLContext:
    """What every client of a test trusts."""
    return ssl.create_default_context()
