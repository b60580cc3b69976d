"""The addresses of the pages for getting in by way of a JupyterHub."""

from courseware.service import hub as door
from courseware.service.call import Route
from courseware.service.pages import hub

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/hub/sign-in",
        run=hub.begin,
        summary="Sign in at the Hub",
        mode="own",
        public=True,
        rate="sign-in",
    ),
    Route(
        method="GET",
        path=door.CALLBACK,
        run=hub.finish,
        summary="Back from the Hub",
        mode="own",
        public=True,
        rate="sign-in",
    ),
)
