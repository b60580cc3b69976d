"""Whether a running Hub and this service are set up for each other, point by point.

In: the deployment's settings. Out: what was looked at, whether it is so, and what to do where it is not.
Nothing is changed at the Hub.
"""

import dataclasses
import re
import urllib.parse

from courseware import errors, settings
from courseware.service import hub, identity

_OLDEST = 5


@dataclasses.dataclass(frozen=True, kw_only=True)
class Check:
    """One point: what it is about, whether it is as it should be, and a sentence on it."""

    what: str
    holds: bool
    said: str


def of_service(told: settings.Settings) -> list[Check]:
    """The points that the machine of the service can see; they end with the first that hides the others.

    Raises:
        UserError: no Hub is set, or its token is missing.
    """
    if not told.hub.public:
        raise errors.UserError("No Hub is set: courseware.toml needs [hub] public, the Hub's address.")
    hosts = identity.hosts(told.service.public, told.service.pages, "", told.service.port)
    door = hub.Hub(told.hub, hosts.origin)
    try:
        return [*_answering(door), _apart(told, hosts), *_known(door, told.hub)]
    except errors.Temporary as error:
        return [Check(what="Hub", holds=False, said=error.message)]
    finally:
        door.close()


def _answering(door: hub.Hub) -> list[Check]:
    version = door.version()
    major = re.match(r"[0-9]+", version)
    new = major is not None and int(major[0]) >= _OLDEST
    said = f"JupyterHub {version} answers."
    return [Check(what="Hub", holds=new, said=said if new else f"{said} It must be {_OLDEST} or newer.")]


def _apart(told: settings.Settings, hosts: identity.Hosts) -> Check:
    """Pages on the Hub's own host name would be one origin with pages that students' servers send."""
    theirs = urllib.parse.urlsplit(told.hub.public).netloc.lower()
    apart = hosts.pages != theirs
    said = (
        f"Pages are at {hosts.pages}, apart from the Hub's {theirs}."
        if apart
        else f"Pages and Hub are both at {theirs}: give the service a host name of its own, [service] public."
    )
    return Check(what="host names", holds=apart, said=said)


def _known(door: hub.Hub, told: settings.Hub) -> list[Check]:
    scopes, client = door.own_scopes(), door.knows_client()
    found = [
        Check(
            what="token",
            holds=scopes is not None,
            said="The Hub knows the service's token."
            if scopes is not None
            else "The Hub does not know the service's token: both need the same COURSEWARE_HUB_TOKEN.",
        ),
        Check(
            what="sign-in",
            holds=client,
            said=f"People can sign in through {told.client}."
            if client
            else f"The Hub has no OAuth client {told.client} with this token and address: take what"
            " `courseware hub-config` prints.",
        ),
    ]
    if told.roles != "roster":
        reads = scopes is not None and {"list:groups", "read:groups"} <= scopes
        found.append(
            Check(
                what="groups",
                holds=reads,
                said="The service may read the Hub's groups."
                if reads
                else "The service may not read the Hub's groups: it needs list:groups and read:groups.",
            )
        )
    return found
