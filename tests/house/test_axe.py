"""Every page is looked at by axe-core in a journey: a new one has to be brought into one, and named here."""

from pathlib import Path

import pytest

from courseware.service import routes

JOURNEYS = Path(__file__).parents[1] / "journeys"
C = "/courses/{c}"
L, P, T = C + "/lessons/{l}", C + "/people/{p}", "/threads/{t}"
MARKING = L + "/marking/{key}"
LOOKED_AT = {
    "test_accessible.py": (
        *("/join/{token}", "/sign-in", "/sign-in/{token}", C, C + "/dates", L, "/submissions/{s}"),
        *(C + "/exports", C + "/marking", C + "/people", C + "/audit", C + "/sign-ins", P, P + "/dates"),
        *(MARKING, MARKING + "/alike", MARKING + "/rubric", L + "/draft-release", L + "/regrade/late"),
        *("/", P + "/erase", C + "/groups/{g}/dates", "/submissions/{s}/notebooks/{notebook*}"),
        "/submissions/{s}/feedback/{notebook*}",
    ),
    "test_discussion_pages.py": (
        *(C + "/threads", L + "/threads", T, "/posts/{post}", C + "/moderation", C + "/replies"),
    ),
    "test_glance.py": (C + "/glance", L + "/glance", C + "/attention", P + "/message"),
    "test_gradebook.py": (C + "/class", L + "/marks/{p}"),
    "test_news_pages.py": (
        *("/mail/{mail}/{mark}", "/unsubscribe/{token}", C + "/notices", C + "/preferences"),
        *(C + "/mail", C + "/inbox"),
    ),
    "test_questions.py": (C + "/review",),
    "test_regrade.py": (L + "/regrade",),
    "test_release_desk.py": (L + "/releases", L + "/draft-release/wrong-answers"),
    "test_way.py": (C + "/seen",),
}
NO_PAGE = {
    *("/calendar/{token}", C + "/grades.csv", C + "/exports/moodle.csv", C + "/seen/mine.zip", L + "/pack"),
    *(L + "/files/{path*}", L + "/draft-release/files/{path*}", "/submissions/{s}/files/{path*}"),
    *("/submissions/{s}/receipt", L + "/threads.md", L + "/threads.json"),
    *(C + "/notices/{n}", "/hub/sign-in", "/hub/callback"),
}
"""What gives a file, or leads elsewhere."""


def test_every_page_is_looked_at() -> None:
    pages = {route.path for route in routes.PAGES if route.method == "GET"}
    named = [path for paths in LOOKED_AT.values() for path in paths]
    assert pages - NO_PAGE == set(named)
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("module", LOOKED_AT)
def test_the_journey_asks_axe_core(module: str) -> None:
    assert "findings(" in (JOURNEYS / module).read_text()
