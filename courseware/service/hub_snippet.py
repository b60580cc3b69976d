"""What `jupyterhub_config.py` needs to know of the course service, as text.

In: addresses and the way roles are given. Out: Python that a JupyterHub 5 or 6 reads. No secret is in it: the
Hub and the service read the same token from their environment.
"""

import urllib.parse

from courseware import errors
from courseware.service import hub

SERVER_SCOPES = (
    "users:activity!user",
    "access:servers!server",
    "access:services!service=courseware",
    hub.DRAFT,
    "read:users:name!user",
    "read:users:groups!user",
)
"""What the token of a Jupyter server may: be a server of its user, and learn and draft in the service. It
never gets `teach`, since notebooks of others may run there.
"""
_TEXT = """\
# The course service of this Hub, written by `courseware hub-config` {version}; for JupyterHub 5 and 6.
# Hub and service need the same secret in their environment: COURSEWARE_HUB_TOKEN="$(openssl rand -hex 32)"
import os

c.JupyterHub.services.append(
    {{
        "name": "courseware",
        "api_token": os.environ["COURSEWARE_HUB_TOKEN"],
        "oauth_client_id": "service-courseware",
        "oauth_redirect_uri": "{public}{callback}",
        "oauth_no_confirm": True,
        "oauth_client_allowed_scopes": [
            "{teach}",
            "read:users:name!user",
            "read:users:groups!user",
        ],
    }}
)
c.JupyterHub.custom_scopes.update(
    {{
        "{learn}": {{"description": "Learn in the courses of courseware"}},
        "{draft}": {{
            "description": "Upload drafts of lessons",
            "subscopes": ["{learn}"],
        }},
        "{teach}": {{
            "description": "Teach, in courses where one teaches",
            "subscopes": ["{draft}"],
        }},
    }}
)
# Scopes are ceilings: which courses somebody is in, and as what, the service knows. If you have a role
# "user" already, add these scopes to it instead.
c.JupyterHub.load_roles.append(
    {{"name": "user", "scopes": ["self", "access:services!service=courseware", "{teach}"]}}
)
c.JupyterHub.load_roles.append(
    {{"name": "courseware", "scopes": ["list:groups", "read:groups"], "services": ["courseware"]}}
)

# A Jupyter server learns and drafts and never teaches: notebooks of other people may run there.
c.Spawner.server_token_scopes = [
{scopes}
]
c.Spawner.environment.update({{"{url}": "{service}"}})
"""


def write(public: str, service: str, *, version: str) -> str:
    """The snippet for a service that browsers find at `public` and Jupyter servers at `service`.

    Raises:
        UserError: an address that is none, or one below a path: pages need a host name of their own.
    """
    for each in (public, service):
        parts = urllib.parse.urlsplit(each)
        plain = each.isprintable() and not any(sign in each for sign in "\"'\\{} ")
        if parts.scheme not in ("http", "https") or not parts.netloc or not plain:
            raise errors.UserError(f"{each!r} is no address. Write it like https://courseware.example.org")
        if parts.path not in ("", "/"):
            raise errors.UserError(
                f"{each} has a path. The service needs a host name where no Jupyter server answers."
            )
    return _TEXT.format(
        version=version,
        public=public.rstrip("/"),
        callback=hub.CALLBACK,
        learn=hub.LEARN,
        draft=hub.DRAFT,
        teach=hub.TEACH,
        scopes="\n".join(f'    "{scope}",' for scope in SERVER_SCOPES),
        url="COURSEWARE_SERVICE_URL",
        service=service.rstrip("/"),
    )
