"""The pages of mail that came in: what a link does and does not do, and what staff decide."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from courseware.discussion import look
from courseware.discussion import model as talk
from courseware.mail import received
from courseware.notices import arrivals, confirm
from tests import builders
from tests.notices import test_inbound as mailed
from tests.service import inside

SECRET = b"s" * 32


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = mailed.enrolled(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=mailed.NOW) as made:
        yield made
    world.close()


def came(served: inside.Inside, text: str, *, sender: str = "sam@uni.example") -> str:
    """The public id of a mail that came in."""
    raw = mailed.mail("course@here.example", text, sender)
    assert mailed.office(served.world).take(raw, received.Envelope()).kind == "accepted"
    with served.world.database.read() as connection:
        return str(mailed.all_rows(connection)[-1]["public"])


def threads(served: inside.Inside, viewer: Any) -> list[Any]:
    with served.world.database.read() as connection:
        place = talk.Place(course=served.world.course)
        return list(look.listed(connection, viewer, place, now=served.now).threads)


def test_a_link_shows_and_only_its_button_acts_once(served: inside.Inside) -> None:
    public = came(served, "Help <b>me</b>")
    path = confirm.path(SECRET, public)
    before = len(threads(served, served.world.teacher))
    for _ in range(2):
        shown = served.ask("", "GET", path)
        assert (shown.status_code, "Help &lt;b&gt;me&lt;/b&gt;" in shown.text) == (200, True)
    assert len(threads(served, served.world.teacher)) == before
    done = served.ask("", "POST", path, {})
    assert (done.status_code, "/threads/thr_" in done.text) == (200, True)
    (made, *_) = threads(served, served.world.sam)
    assert (made.kind, len(threads(served, served.world.teacher))) == ("private", before + 1)
    assert served.ask("", "POST", path, {}).status_code == 410
    assert served.ask("", "GET", path).status_code == 410
    assert "Help" not in served.ask("", "GET", path).text


def test_a_link_that_is_not_ours_tells_nothing(served: inside.Inside) -> None:
    public = came(served, "Help")
    other = hashlib.sha256(b"x").hexdigest()[:24]
    for path in (f"/mail/{public}/{other}", confirm.path(b"x" * 32, public), confirm.path(SECRET, "rcv_no")):
        for method in ("GET", "POST"):
            answer = served.ask("", method, path, {})
            assert (answer.status_code, "Help" in answer.text) == (404, False)


def test_a_link_is_good_for_seven_days(served: inside.Inside) -> None:
    path = confirm.path(SECRET, came(served, "Help"))
    served.now += confirm.VALID
    assert served.ask("", "POST", path, {}).status_code == 410


def test_who_left_the_course_cannot_say_yes_any_more(served: inside.Inside) -> None:
    path = confirm.path(SECRET, came(served, "Help"))
    mailed.leave(served.world)
    assert served.ask("", "POST", path, {}).status_code == 403
    with served.world.database.read() as connection:
        assert [row["state"] for row in mailed.all_rows(connection)] == ["asked"]


def staff(served: inside.Inside, method: str, path: str, body: Any = None) -> httpx.Response:
    token = served.token(served.world.teacher.person, "pages")
    return served.ask(token, method, path, body)


def test_staff_decide_about_what_was_filed(served: inside.Inside) -> None:
    assert "No mail waits" in staff(served, "GET", "/courses/c/mail").text
    came(served, "Asked about")
    mine, strange = came(served, "Mine"), came(served, "From <outside>", sender="eve@x.example")
    page = staff(served, "GET", "/courses/c/mail").text
    assert "From &lt;outside&gt;" in page
    assert "eve@x.example" in page
    assert page.count('value="thread"') == 1
    assert "Asked about" not in page
    assert "Mail that waits (2)" in staff(served, "GET", "/courses/c/inbox").text
    refused = staff(served, "POST", f"/courses/c/mail/{strange}", {"act": "thread"})
    assert refused.status_code == 422
    assert staff(served, "POST", f"/courses/c/mail/{strange}", {"act": "x"}).status_code == 400
    assert staff(served, "POST", f"/courses/c/mail/{strange}", {"act": "drop"}).status_code == 303
    assert staff(served, "POST", f"/courses/c/mail/{mine}", {"act": "thread"}).status_code == 303
    assert staff(served, "POST", f"/courses/c/mail/{mine}", {"act": "drop"}).status_code == 409
    (made, *_) = threads(served, served.world.sam)
    assert made.kind == "private"
    assert "No mail waits" in staff(served, "GET", "/courses/c/mail").text


def test_what_was_asked_about_is_not_for_staff(served: inside.Inside) -> None:
    asked = came(served, "Asked about")
    assert staff(served, "POST", f"/courses/c/mail/{asked}", {"act": "thread"}).status_code == 404


def test_a_text_is_gone_after_thirty_days(served: inside.Inside) -> None:
    came(served, "Asked about")
    filed = came(served, "Mine")
    with served.world.database.write() as connection:
        arrivals.tidy(connection, served.now + arrivals.KEPT)
    assert [kept for kept in _kept(served.world) if kept] == ["yes", "yes"]
    with served.world.database.write() as connection:
        arrivals.tidy(connection, served.now + 2 * arrivals.KEPT)
    assert [kept for kept in _kept(served.world) if kept] == []
    assert "No mail waits" in staff(served, "GET", "/courses/c/mail").text
    assert staff(served, "POST", f"/courses/c/mail/{filed}", {"act": "thread"}).status_code == 410


def _kept(world: builders.World) -> list[str]:
    with world.database.read() as connection:
        return ["yes" if row["kept"] else "" for row in mailed.all_rows(connection)]
