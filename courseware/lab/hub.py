"""The course as a Jupyter server of a Hub comes in: with its own token, and no join link.

In: the environment that the Hub gives its servers. Out: a connection, kept beside those that were joined.
The token goes to one address only, which the Hub's administrator set in `COURSEWARE_SERVICE_URL`; without
that it goes nowhere.
"""

import datetime
from collections.abc import Mapping

from courseware.lab import client, connections

URL, COURSE = "COURSEWARE_SERVICE_URL", "COURSEWARE_COURSE"
_TOKEN, _USER = "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_USER"


def service(environment: Mapping[str, str]) -> str:
    """The course service of the Hub that this server belongs to; empty where there is none."""
    return environment.get(URL, "").rstrip("/") if environment.get(_TOKEN) else ""


def kept(environment: Mapping[str, str], course: str | None) -> connections.Connection | None:
    """The connection from coming in before, by the same person; whether it still holds the service says."""
    url, user = service(environment), environment.get(_USER, "")
    return next(
        (
            each
            for each in connections.read(connections.file_of(environment))
            if (each.url, each.ceiling, each.person) == (url, "lab", user) and course in (None, each.course)
        ),
        None,
    )


def fresh(environment: Mapping[str, str], course: str | None) -> connections.Connection:
    """Come in now.

    Raises:
        UserError: the Hub or the course lets them in nowhere.
        Temporary: the service or its Hub is away.
    """
    url = service(environment)
    asking = client.Client(url)
    try:
        told = asking.hub_sign_in(environment[_TOKEN], course or "")
    finally:
        asking.close()
    connection = connections.of_joining(url, told)
    connections.add(connections.file_of(environment), connection)
    return connection


def connection(
    environment: Mapping[str, str], course: str | None, *, now: datetime.datetime
) -> connections.Connection:
    """The kept connection while it surely holds, else a fresh one; raises as `fresh`."""
    known = kept(environment, course)
    if known is not None and known.expires:
        until = datetime.datetime.fromisoformat(known.expires)
        if until - now > datetime.timedelta(minutes=1):
            return known
    return fresh(environment, course)
