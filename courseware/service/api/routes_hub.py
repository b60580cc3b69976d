"""The address at which Jupyter servers of a Hub come in."""

from courseware.service import types, types_hub
from courseware.service.api import hub
from courseware.service.call import Route

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path="/api/v1/hub-sign-in",
        run=hub.sign_in,
        summary="Come in with a token of the Hub",
        request=types_hub.HubSignIn,
        answer=types.Joined,
        mode="own",
        public=True,
        secret=True,
        rate="sign-in",
    ),
)
