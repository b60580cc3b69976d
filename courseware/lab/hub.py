"""The course as a Jupyter server of a Hub comes in: with its own token, and no join link.

In: the environment that the Hub gives its servers. Out: a connection, kept beside those that were joined.
The token goes to one address only, which the Hub's administrator set in `COURSEWARE_SERVICE_URL`; without
that it goes nowhere.
"""

import datetime
from collections.abc import Mapping

from courseware import errors
from courseware.lab import client, connections

URL, COURSE = "COURSEWARE_SERVICE_URL", "COURSEWARE_COURSE"
_TOKEN, _USER = "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_USER"


def service(environment: Mapping[str, str]) -> str:
    """The course service of the Hub that this server belongs to; empty where there is none."""
    return environment.get(URL, "").rstrip("/") if environment.get(_TOKEN) else ""


def kept(environment: Mapping[str, str], course: str | None) -> connections.Connection | None:
    """The connection from coming in before, by the same person; whether it still holds the service says."""
    return next((each for each in known(environment) if course in (None, each.course)), None)


def known(environment: Mapping[str, str]) -> list[connections.Connection]:
    """All courses that this person came into before."""
    found = connections.joined(connections.file_of(environment), url=service(environment))
    return [each for each in found if each.person == environment.get(_USER, "")]


def fresh(environment: Mapping[str, str], course: str | None) -> connections.Connection:
    """Come in now; to a course that is named without showing it first from now on.

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
    keep = connections.renew if course else connections.add
    keep(connections.file_of(environment), connection)
    return connection


def again(
    environment: Mapping[str, str], before: connections.Connection, course: str | None
) -> connections.Connection:
    """Come in anew to the course of a connection that has ended; if it is not open any more and no `course`
    was asked for, to the one that the person came into last. Raises as `fresh`.
    """
    try:
        return fresh(environment, before.course)
    except errors.UserError as error:
        if course or error.code != "not-found":
            raise
    return fresh(environment, None)


def connection(
    environment: Mapping[str, str], course: str | None, *, now: datetime.datetime
) -> connections.Connection:
    """The kept connection while it surely holds, else a fresh one; raises as `fresh`."""
    before = kept(environment, course)
    if before is None:
        return fresh(environment, course)
    until = datetime.datetime.fromisoformat(before.expires) if before.expires else now
    if until - now > datetime.timedelta(minutes=1):
        return before
    return again(environment, before, course)
