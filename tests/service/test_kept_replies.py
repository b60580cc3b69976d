"""A kept reply is put into what is written, and nothing of that is lost where it is kept no more."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import builders
from tests.builders import NOW
from tests.service import inside

C = "/courses/c"


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as served:
        yield served
    world.close()


def test_what_was_typed_stays_when_the_reply_is_gone(site: inside.Inside) -> None:
    tess = site.token(site.world.teacher.person, "pages")
    begun = {"title": "Dates", "body": "When?", "kind": "discussion", "once": "a" * 30}
    here = site.ask(tess, "POST", f"{C}/threads", begun).headers["Location"].split("?")[0].split("#")[0]
    site.ask(tess, "POST", f"{C}/replies", {"title": "Soon", "body": "On Monday.", "once": "b" * 30})
    (kept,) = re.findall(r'<option value="([^"]+)" dir="auto">Soon', site.ask(tess, "GET", here).text)
    form = {"insert": "yes", "saved": kept, "body": "Typed.", "once": "c" * 30}
    put = site.ask(tess, "POST", f"{here}/posts", form)
    assert "Typed.\n\nOn Monday.</textarea>" in put.text
    gone = site.ask(tess, "POST", f"{here}/posts", {**form, "saved": "rep_gone"})
    assert gone.status_code == 404
    assert "This reply is kept no more." in gone.text
    assert "Typed.</textarea>" in gone.text
