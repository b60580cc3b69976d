"""Every address of the service: the contents page.

In: nothing. Out: two tables, the API and the pages, and how an address is matched.
"""

import re

from courseware.service.api import routes as api_routes
from courseware.service.pages import routes as page_routes

API = api_routes.API
PAGES = page_routes.PAGES
_PROBES = ("/health", "/ready", "/metrics")


def pattern(path: str) -> str:
    """An address as a regular expression: `{name}` is one part, `{name*}` all that follows."""
    with_tails = re.sub(
        r"{(\w+)\*}",
        r"(?P<\1>.+)",
        re.escape(path).replace(r"\{", "{").replace(r"\}", "}").replace(r"\*", "*"),
    )
    return re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", with_tails)


def is_page(path: str) -> bool:
    """Whether an address is a page, which only the pages' own host name gives."""
    return not path.startswith("/api/") and path not in _PROBES
