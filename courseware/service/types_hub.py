"""What a Jupyter server of a Hub sends: one struct per JSON body.

In: nothing. Out: msgspec structs.
"""

import msgspec


class HubSignIn(msgspec.Struct, kw_only=True):
    """The server's own token at the Hub, and the course by its slug or id; empty for the one that the person
    came into last.
    """

    token: str
    course: str = ""
