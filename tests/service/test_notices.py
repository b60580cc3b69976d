"""Notices and letters over HTTP, on both databases: one's own and nobody else's; a link ends what it says."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware.mail import folder, smtp
from courseware.notices import teller as telling
from courseware.notices import unsubscribe
from courseware.store import schema_notices
from tests import builders
from tests.builders import NOW
from tests.journeys import test_lab_student as lab
from tests.mail import postbox
from tests.notices import told
from tests.service import inside

C = "/api/v1/courses/c"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    told.addressed(made)
    yield made
    made.close()


@pytest.fixture
def site(world: builders.World, tmp_path: Path) -> Iterator[inside.Inside]:
    with inside.serving(world, tmp_path, now=NOW) as served:
        yield served


def test_notices_are_listed_seen_and_nobody_elses(world: builders.World, site: inside.Inside) -> None:
    thread = told.ask(world, world.sam, "Why?", title="A question")
    told.reply(world, world.kim, thread, "Because", anonymous=True)
    told.read(world)
    sam, kim = (site.token(who.person, "pages") for who in (world.sam, world.kim))
    page = site.ask(sam, "GET", f"{C}/notices").json()
    [item] = page["notices"]
    assert (item["kind"], item["who"], item["title"], item["seen"]) == (
        "answer",
        "Anonymous 1",
        "A question",
        False,
    )
    assert (page["unseen"], page["next"]) == (1, None)
    assert site.ask(kim, "GET", f"{C}/notices").json()["notices"] == []
    told_kim = site.ask(kim, "POST", f"{C}/notices/seen", {"notices": [item["id"]]})
    assert told_kim.json() == {"seen": 0}
    assert site.ask(sam, "POST", f"{C}/notices/seen", {}).json() == {"seen": 1}
    assert site.ask(sam, "GET", f"{C}/notices").json()["unseen"] == 0


def test_many_notices_come_in_pages(world: builders.World, site: inside.Inside) -> None:
    for number in range(35):
        told.ask(world, world.teacher, f"{number}", board=True, kind="announcement")
    told.read(world)
    sam = site.token(world.sam.person, "pages")
    first = site.ask(sam, "GET", f"{C}/notices").json()
    second = site.ask(sam, "GET", f"{C}/notices?cursor={first['next']}").json()
    found = [each["id"] for each in first["notices"] + second["notices"]]
    assert len(found) == len(set(found)) == 35
    assert second["next"] is None
    assert site.ask(sam, "GET", f"{C}/notices?cursor=nonsense").status_code == 400


def test_a_jupyter_server_is_told_no_private_words(world: builders.World, site: inside.Inside) -> None:
    told.ask(world, world.sam, "My secret", kind="private")
    told.read(world)
    staff = {name: site.token(world.teacher.person, name) for name in ("pages", "lab")}
    assert "My secret" in site.ask(staff["pages"], "GET", f"{C}/notices").text
    assert site.ask(staff["lab"], "GET", f"{C}/notices").json()["notices"] == []


def test_preferences_are_kept_and_checked(world: builders.World, site: inside.Inside) -> None:
    sam = site.token(world.sam.person, "pages")
    path = "/api/v1/me/preferences"
    before = site.ask(sam, "GET", path).json()
    assert before["choices"]["answer"] == "at-once"
    assert before["choices"]["reply"] == "daily"
    habit = {**before["habit"], "time_zone": "Asia/Tokyo", "texts": True}
    after = site.ask(sam, "PUT", path, {"choices": {"reply": "never"}, "habit": habit})
    assert after.json()["choices"]["reply"] == "never"
    assert site.ask(sam, "GET", path).json()["habit"] == habit
    for bad in (
        {"choices": {"reply": "hourly"}},
        {"choices": {"nothing": "daily"}},
        {"habit": {**habit, "digest_hour": 24}},
        {"habit": {**habit, "time_zone": "Mars/Base"}},
        {"habit": {**habit, "quiet_from": None}},
    ):
        assert site.ask(sam, "PUT", path, bad).status_code in (400, 422)
    for ceiling in ("lab", "join", "signin"):
        token = site.token(world.sam.person, ceiling)
        assert site.ask(token, "PUT", path, {"choices": {"reply": "daily"}}).status_code == 403
    assert site.ask("", "GET", path).status_code == 401


def test_the_link_of_a_letter_shows_and_only_the_post_ends(
    world: builders.World, site: inside.Inside
) -> None:
    told.ask(world, world.teacher, board=True, kind="announcement")
    told.read(world)
    t = schema_notices.letter
    with world.database.read() as connection:
        query = sa.select(t.c.public).where(t.c.person_id == world.sam.person.id)
        public = connection.execute(query).scalar_one()
    path = f"/unsubscribe/{unsubscribe.token(b's' * 32, public)}"
    assert "announcements" in site.ask("", "GET", path).text
    chosen = "/api/v1/me/preferences"
    sam = site.token(world.sam.person, "pages")
    assert site.ask(sam, "GET", chosen).json()["choices"]["announcement"] == "at-once"
    ended = site.ask("", "POST", path, {"List-Unsubscribe": "One-Click"})
    assert ended.status_code == 200
    assert "No more such letters" in ended.text
    assert site.ask(sam, "GET", chosen).json()["choices"]["announcement"] == "never"
    assert site.ask("", "POST", path[:-3] + "aaa", {}).status_code == 404
    assert site.ask("", "GET", path + "a").status_code == 404


def test_a_letter_is_sent_to_try_the_mail_server(world: builders.World, tmp_path: Path) -> None:
    with inside.serving(world, tmp_path, now=NOW) as site:
        staff = site.token(world.teacher.person, "cli")
        refused = site.ask(staff, "POST", f"{C}/mail/test", {"address": "me@school.example"})
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
        assert site.telling is not None
        site.telling.sender = folder.Folder(path=tmp_path / "mail")
        taken = site.ask(staff, "POST", f"{C}/mail/test", {"address": "me@school.example"})
        assert taken.json()["address"] == "me@school.example"
        [path] = (tmp_path / "mail").glob("*.eml")
        assert postbox.read(path.read_bytes())["To"] == "me@school.example"
        for bad in ("nobody", "a@b\r\nBcc: c@d", ""):
            assert site.ask(staff, "POST", f"{C}/mail/test", {"address": bad}).status_code == 422
        site.telling.sender = smtp.Smtp(host="127.0.0.1", port=lab.free_port(), security="plain")
        away = site.ask(staff, "POST", f"{C}/mail/test", {"address": "me@school.example"})
        assert (away.status_code, away.json()["code"]) == (503, "temporary")
        student = site.token(world.sam.person, "cli")
        assert site.ask(student, "POST", f"{C}/mail/test", {"address": "me@x.example"}).status_code == 403


def test_what_is_written_wakes_the_rounds(world: builders.World, tmp_path: Path) -> None:
    with inside.serving(world, tmp_path, now=NOW) as site:
        made = site.telling
        assert isinstance(made, telling.Teller)
        made.start()
        try:
            staff = site.token(world.teacher.person, "pages")
            body = {"body": "No class", "kind": "announcement", "title": "Monday"}
            assert site.ask(staff, "POST", f"{C}/threads", body).status_code == 201
            sam = site.token(world.sam.person, "pages")
            until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=20)
            while not site.ask(sam, "GET", f"{C}/notices").json()["notices"]:
                assert datetime.datetime.now(datetime.UTC) < until
        finally:
            made.stop(20)
