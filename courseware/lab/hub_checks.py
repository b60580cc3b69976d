"""What a Jupyter server of a Hub can see of its own token: whether it can learn, and cannot teach.

In: the environment that the Hub gives its servers. Out: points with a sentence each. The token is shown to
the Hub that made it, and to nobody else.
"""

from collections.abc import Mapping

from courseware import errors
from courseware.lab import hub

LEARN, DRAFT, TEACH = (f"custom:courseware:{word}" for word in ("learn", "draft", "teach"))
_ACCESS = "access:services!service=courseware"
Point = tuple[str, bool, str]


def of_server(environment: Mapping[str, str]) -> list[Point]:
    """What, whether it is so, and a sentence, for each point.

    Raises:
        Temporary: the Hub is away.
    """
    url = hub.service(environment)
    scopes = _scopes(environment)
    may = {LEARN, _ACCESS} <= scopes
    teaches = TEACH in scopes
    return [
        ("service", bool(url), f"The course service is at {url}." if url else f"{hub.URL} is not set."),
        (
            "learn",
            may,
            "This server's token lets it into the course service."
            if may
            else f"This server's token lacks {LEARN} or {_ACCESS}: see c.Spawner.server_token_scopes.",
        ),
        (
            "draft",
            DRAFT in scopes,
            "Staff can upload drafts from here."
            if DRAFT in scopes
            else f"This server's token lacks {DRAFT}.",
        ),
        (
            "teach",
            not teaches,
            f"This server's token has {TEACH}: take it out of c.Spawner.server_token_scopes."
            if teaches
            else "This server's token cannot teach, as it should be.",
        ),
    ]


def _scopes(environment: Mapping[str, str]) -> set[str]:
    """The scopes of this server's token."""
    import httpx

    try:
        answer = httpx.get(
            f"{environment.get('JUPYTERHUB_API_URL', '').rstrip('/')}/user",
            headers={"Authorization": f"token {environment.get('JUPYTERHUB_API_TOKEN', '')}"},
            timeout=10,
            trust_env=False,
        )
        answer.raise_for_status()
        return set(answer.json().get("scopes") or ())
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError):
        raise errors.Temporary("The Hub of this Jupyter server does not answer.") from None
