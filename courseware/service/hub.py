"""The door to a JupyterHub (5 and 6): its OAuth, whom a token belongs to, who is in its groups.

In: the settings of the Hub. Out: addresses, tokens, and people with their groups and scopes as the Hub tells
them at this moment; nothing is kept here. Refused: a Hub that is away or does not know this service, as
`Temporary`. Which person of a course that is, and what they may do, is `vouching`.
"""

import dataclasses
import functools
import secrets
import urllib.parse
from typing import TYPE_CHECKING, Any

import httpx

from courseware import errors, settings

if TYPE_CHECKING:
    from jupyterhub.services import auth

CALLBACK = "/hub/callback"
LEARN, DRAFT, TEACH = (f"custom:courseware:{word}" for word in ("learn", "draft", "teach"))
SECONDS = 10.0
_AWAY = "The Hub does not answer. Try again in a moment."
_PER_PAGE = 200


@dataclasses.dataclass(frozen=True, kw_only=True)
class Known:
    """Somebody as the Hub knows them: the scopes of the token that was shown, and groups; None where that
    token does not let the Hub tell them.
    """

    username: str
    groups: frozenset[str] | None
    scopes: frozenset[str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Begun:
    """A sign-in that has begun: where the browser goes, and what has to come back."""

    url: str
    state: str
    verifier: str = dataclasses.field(repr=False)


class Hub:
    """One Hub, as one OAuth client of it; `origin` is that of this service's pages. A Hub that says nothing
    for so many `seconds` is away.
    """

    def __init__(self, told: settings.Hub, origin: str, *, seconds: float = SECONDS) -> None:
        if not told.token:
            raise errors.UserError(
                "courseware.toml: [hub] needs the token that the Hub knows this service by, best as"
                " COURSEWARE_HUB_TOKEN. See: courseware hub-config"
            )
        self._told, self._callback = told, origin + CALLBACK
        self._public = told.public.rstrip("/")
        self._api = (told.api or f"{self._public}/hub/api").rstrip("/")
        self._seconds = seconds
        self._http = httpx.Client(
            timeout=seconds, trust_env=False, headers={"Authorization": f"token {told.token}"}
        )

    @property
    def public(self) -> str:
        """The Hub as browsers know it."""
        return self._public

    @functools.cached_property
    def _oauth(self) -> "auth.HubOAuth":
        """JupyterHub's own client, which begins a sign-in; importing it takes a while, so it is made when
        first asked. It does not ask the Hub: it would wait five minutes for one that takes a question and is
        silent, in its one thread, and everybody who comes meanwhile behind it.
        """
        from jupyterhub.services import auth

        return auth.HubOAuth(
            api_url=self._api,
            api_token=self._told.token,
            oauth_client_id=self._told.client,
            oauth_redirect_uri=self._callback,
            oauth_authorization_url=f"{self._public}/hub/api/oauth2/authorize",
            oauth_token_url=f"{self._api}/oauth2/token",
        )

    def begin(self) -> Begun:
        """Begin a sign-in; from JupyterHub 6 on with PKCE (RFC 7636)."""
        asked = {
            "client_id": self._told.client,
            "redirect_uri": self._callback,
            "response_type": "code",
            "state": secrets.token_urlsafe(24),
        }
        verifier = ""
        if hasattr(self._oauth, "generate_pkce_code_challenge"):
            verifier, challenge, method = self._oauth.generate_pkce_code_challenge()
            asked |= {"code_challenge": challenge, "code_challenge_method": method}
        url = f"{self._oauth.oauth_authorization_url}?{urllib.parse.urlencode(asked)}"
        return Begun(url=url, state=asked["state"], verifier=verifier)

    def redeem(self, code: str, verifier: str) -> str:
        """The token that a sign-in gave.

        Raises:
            Temporary: the Hub does not take the code, or is away.
        """
        more = {"code_verifier": verifier} if verifier else {}
        try:
            answer = self._http.post(f"{self._api}/oauth2/token", data={**self._form(code), **more})
            return str(answer.raise_for_status().json()["access_token"])
        except (httpx.HTTPError, ValueError, TypeError, KeyError):
            raise errors.Temporary("The Hub did not complete the sign-in. Open the page again.") from None

    def _form(self, code: str) -> dict[str, str]:
        """What a code is redeemed with (RFC 6749, section 4.1.3)."""
        return {
            "client_id": self._told.client,
            "client_secret": self._told.token,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
        }

    def who(self, token: str) -> Known | None:
        """Whose token it is now, and what it may; None if the Hub does not know it.

        Raises:
            Temporary: the Hub is away.
        """
        if not token:
            return None
        try:
            answer = self._http.get(f"{self._api}/user", headers={"Authorization": f"token {token}"})
            if answer.status_code == httpx.codes.FORBIDDEN:
                return None
            told: dict[str, Any] = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError):
            raise errors.Temporary(_AWAY) from None
        if told.get("kind") != "user":
            return None  # a token of another service speaks for nobody
        return Known(
            username=str(told["name"]),
            groups=frozenset(told["groups"]) if told.get("groups") is not None else None,
            scopes=frozenset(told.get("scopes") or ()),
        )

    def groups(self) -> dict[str, frozenset[str]]:
        """All groups with their people.

        Raises:
            Temporary: the Hub is away, or does not let this service read its groups.
        """
        found: dict[str, frozenset[str]] = {}
        while True:
            page = {"offset": str(len(found)), "limit": str(_PER_PAGE)}
            try:
                answer = self._http.get(f"{self._api}/groups", params=page)
                answer.raise_for_status()
                rows = {row["name"]: frozenset(row.get("users") or ()) for row in answer.json()}
            except (httpx.HTTPError, ValueError, TypeError, KeyError):
                raise errors.Temporary(
                    "The Hub's groups cannot be read. See what it lacks: courseware doctor --hub"
                ) from None
            if not rows:
                return found
            found |= rows

    def version(self) -> str:
        """Which JupyterHub it is.

        Raises:
            Temporary: none answers at the address of its API.
        """
        try:
            return str(self._http.get(f"{self._api}/").raise_for_status().json()["version"])
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, KeyError):
            raise errors.Temporary(f"No JupyterHub answers at {self._api}.") from None

    def own_scopes(self) -> frozenset[str] | None:
        """What this service may at the Hub; None if the Hub does not know its token as one of a service.

        Raises:
            Temporary: the Hub is away.
        """
        try:
            answer = self._http.get(f"{self._api}/user")
            told = answer.json() if answer.is_success else {}
        except (httpx.HTTPError, ValueError):
            raise errors.Temporary(_AWAY) from None
        return frozenset(told.get("scopes") or ()) if told.get("kind") == "service" else None

    def knows_client(self) -> bool:
        """Whether the Hub knows this service as an OAuth client with this very token: it then minds the code
        alone, which is none (RFC 6749, section 5.2).

        Raises:
            Temporary: the Hub is away.
        """
        try:
            answer = httpx.post(
                f"{self._api}/oauth2/token", data=self._form("none"), timeout=self._seconds, trust_env=False
            )
            return bool(answer.json().get("error") == "invalid_grant")
        except (httpx.HTTPError, ValueError, AttributeError):
            raise errors.Temporary(_AWAY) from None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
