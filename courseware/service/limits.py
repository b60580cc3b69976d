"""How much of the service one person may take up: requests of a kind in a minute, and bytes of a body.

In: a request once it is known who asks. Out: nothing, or a refusal that says how long to wait. Refused is
what no honest use comes near: the numbers are in the settings. Whoever shows no credential, or one that lets
nobody in, is counted by address; the two apart, and apart from those who are known, so that nobody is kept
out by a stranger behind the same address. Kept in memory, of this process alone and bounded: what is lost
when it starts anew lets somebody ask more, never less.
"""

import ipaddress
import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Literal

from courseware import errors, settings

Rate = Literal["read", "write", "upload", "sign-in", "probe", "lint"]
Key = tuple[str, Rate, int | str]
MINUTE = 60.0
MOST_KEPT = 50_000
READ_BODY = 64_000
WRITE_BODY = 2_000_000


class Limits:
    """Who asked how much of late. A number a minute may come all at once; after that as it grows again."""

    def __init__(self, told: settings.Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._of_person: Mapping[Rate, int] = {
            "read": told.reads,
            "write": told.writes,
            "upload": told.uploads,
            "sign-in": told.sign_ins,
            "probe": told.reads,
            "lint": told.lints,
        }
        self._of_address = told.address
        self._clock = clock
        self._lock = threading.Lock()
        # Until when what somebody asked is paid off; who is not here, or whose time is over, owes nothing.
        self._until: dict[Key, float] = {}

    def ticket(self, rate: Rate, address: str) -> "Ticket":
        """What one request is counted with."""
        return Ticket(self, rate, address)

    def take(self, whose: Literal["person", "address", "stranger"], rate: Rate, who: int | str) -> None:
        """Count a request.

        Raises:
            UserError: so many came that it has to wait.
        """
        most = self._of_person[rate] if whose == "person" else self._of_address
        if not most:
            return
        wait = self._wait((whose, rate, who), MINUTE / most)
        if wait > 0:
            seconds = math.ceil(wait)
            raise errors.UserError(
                f"That is more than the service takes at once. Try again in {seconds} s.",
                code="too-many",
                after=seconds,
            )

    def _wait(self, key: Key, costs: float) -> float:
        """How long this has to wait; 0 if it is taken and counted."""
        with self._lock:
            now = self._clock()
            paid = max(self._until.get(key, now), now) + costs
            over = paid - now - MINUTE
            if over > 1e-6:
                return over
            self._until[key] = paid
            if len(self._until) > MOST_KEPT:
                self._forget(now)
            return 0.0

    def _forget(self, now: float) -> None:
        """Let go of all who owe nothing; where too many are left, of the half that owes least."""
        owing = {key: until for key, until in self._until.items() if until > now}
        if len(owing) > MOST_KEPT // 2:
            owing = dict(sorted(owing.items(), key=lambda each: each[1])[-MOST_KEPT // 2 :])
        self._until = owing


class Ticket:
    """One request, counted once, however often it is asked whether it may come."""

    def __init__(self, limits: Limits, rate: Rate, address: str) -> None:
        self._limits, self._rate, self._address = limits, rate, address
        self._counted = False

    def person(self, key: int) -> None:
        """Count it as one of a person, by their key."""
        self._count("person", key)

    def address(self) -> None:
        """Count it as one of whoever is at the address, without a credential."""
        self._count("address", network(self._address))

    def stranger(self) -> None:
        """The same, with a credential that lets nobody in."""
        self._count("stranger", network(self._address))

    def _count(self, whose: Literal["person", "address", "stranger"], who: int | str) -> None:
        if not self._counted:
            self._counted = True
            self._limits.take(whose, self._rate, who)


def network(address: str) -> str:
    """What counts as one address: in IPv6 the network, of which one house has all addresses."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)
