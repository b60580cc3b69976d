"""The pages of news and of letters, on both databases: one's own, unread first, and saved by plain forms."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.mail import folder
from courseware.notices import preferences
from tests import builders, words
from tests.builders import NOW
from tests.notices import told
from tests.service import inside

NEWS, LETTERS = "/courses/c/notices", "/courses/c/preferences"
FORM = {"zone": "Asia/Tokyo", "hour": "7", "weekday": "0", "from": "21", "until": "6"}


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


def answered(world: builders.World, body: str = "Because, @[sam].") -> str:
    """Somebody answers sam under a pseudonym; the thread."""
    thread = told.ask(world, world.sam, "Why?", title="A question", key="a")
    told.reply(world, world.kim, thread, body, anonymous=True)
    told.read(world)
    return thread


def unread(page: str) -> str:
    """What the navigation says of news."""
    return (
        re.sub(r"<[^>]*>|\s+", " ", page.split(f'<a href="{NEWS}"')[1].split("</a>")[0])
        .split(">")[-1]
        .strip()
    )


def test_without_news_the_page_says_so(site: inside.Inside) -> None:
    sam = site.token(site.world.sam.person, "pages")
    page = site.ask(sam, "GET", NEWS)
    assert (page.status_code, "No news yet" in page.text, unread(page.text)) == (200, True, "News")
    assert "This course sends no mail" in page.text
    assert site.ask("", "GET", NEWS).status_code == 401


def test_news_leads_to_the_very_post_and_is_read_then(world: builders.World, site: inside.Inside) -> None:
    thread = answered(world)
    sam, kim = (site.token(who.person, "pages") for who in (world.sam, world.kim))
    page = site.ask(sam, "GET", NEWS).text
    assert "Because, @sam." in page
    assert "Anonymous 1" in page
    assert not words.has(page, "kim")
    assert "/courses/c/lessons/one#cell-a" in page
    assert "Not read yet" in page
    assert re.sub(r"\s+", " ", unread(page)) == "News 1 not read"
    (place,) = set(re.findall(rf"{NEWS}/ntc_\w+", page))
    assert site.ask(kim, "GET", place).status_code == 404
    there = site.ask(sam, "GET", place)
    assert there.status_code == 303
    assert re.fullmatch(rf"/threads/{thread}#pst_\w+", there.headers["Location"])
    after = site.ask(sam, "GET", NEWS).text
    assert (unread(after), "Not read yet" in after, "Earlier" in after) == ("News", False, True)


def test_reading_the_discussion_takes_it_from_the_count_at_once(
    world: builders.World, site: inside.Inside
) -> None:
    thread = answered(world)
    sam = site.token(world.sam.person, "pages")
    assert unread(site.ask(sam, "GET", "/courses/c").text) != "News"
    assert unread(site.ask(sam, "GET", f"/threads/{thread}").text) == "News"


def test_a_comment_far_down_is_on_the_page_that_its_link_asks_for(
    world: builders.World, site: inside.Inside
) -> None:
    thread = told.ask(world, world.sam, "Why?", title="Long")
    for number in range(70):
        last = told.reply(world, world.teacher, thread, f"{number}")
        if number == 45:
            middle = last
    told.read(world)
    sam = site.token(world.sam.person, "pages")
    found = site.ask(sam, "GET", "/api/v1/courses/c/notices").json()
    more = site.ask(sam, "GET", f"/api/v1/courses/c/notices?cursor={found['next']}").json()
    (place,) = [
        each["place"] for each in found["notices"] + more["notices"] if each["place"].endswith(middle)
    ]
    assert f'id="{middle}"' in site.ask(sam, "GET", place.split("#")[0]).text


def test_what_was_shown_is_marked_and_what_came_meanwhile_is_not(
    world: builders.World, site: inside.Inside
) -> None:
    answered(world)
    sam, kim = (site.token(who.person, "pages") for who in (world.sam, world.kim))
    page = site.ask(sam, "GET", NEWS).text
    (shown,) = set(re.findall(r'name="notices" value="([^"]+)"', page))
    told.ask(world, world.teacher, "No class", board=True, kind="announcement", title="Monday")
    told.read(world)
    site.ask(kim, "POST", NEWS, {"notices": shown})
    assert site.ask(sam, "POST", NEWS, {"notices": shown}).headers["Location"] == NEWS
    after = site.ask(sam, "GET", NEWS).text
    assert after.index("Monday") < after.index("Earlier") < after.index("A question")
    assert re.sub(r"\s+", " ", unread(after)) == "News 1 not read"


def test_letters_are_chosen_by_a_plain_form(world: builders.World, site: inside.Inside) -> None:
    assert site.telling is not None
    sam = site.token(world.sam.person, "pages")
    page = site.ask(sam, "GET", LETTERS).text
    assert "This course sends no mail now" in page
    assert "new questions" not in page
    assert "The same goes out by mail" not in site.ask(sam, "GET", NEWS).text
    site.telling.sender = folder.Folder(path=Path("/nowhere"))
    done = site.ask(sam, "POST", LETTERS, {**FORM, "kind-reply": "weekly", "quiet": "yes", "texts": "yes"})
    assert done.headers["Location"] == f"{LETTERS}?told=saved"
    page = site.ask(sam, "GET", done.headers["Location"]).text
    for said in (
        "Saved.",
        "Mon 30 Nov 2026, 07:00 JST",
        "21:00–06:00",
        "Letters carry them",
        "sam@school.example",
    ):
        assert said in page
    assert "This course sends no mail" not in page
    with world.database.read() as connection:
        held = preferences.of(connection, world.sam.person.id)
    assert (held.choices["reply"], held.choices["answer"], held.habit.texts) == ("weekly", "at-once", True)
    site.ask(sam, "POST", LETTERS, FORM)
    with world.database.read() as connection:
        held = preferences.of(connection, world.sam.person.id)
    assert (held.choices["reply"], held.habit.quiet_from, held.habit.texts) == ("weekly", None, False)


def test_nothing_of_a_wrong_form_is_kept(world: builders.World, site: inside.Inside) -> None:
    sam = site.token(world.sam.person, "pages")
    for wrong in (
        {"language": "tlh"},
        {"hour": "24"},
        {"hour": "x"},
        {"zone": "Mars/Base"},
        {"kind-mention": "hourly"},
        {"hour": ""},
    ):
        answer = site.ask(sam, "POST", LETTERS, {**FORM, "kind-answer": "never", **wrong})
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True), wrong
    with world.database.read() as connection:
        assert preferences.of(connection, world.sam.person.id).choices == preferences.DEFAULTS


def test_staff_choose_other_kinds_and_a_jupyter_server_none(
    world: builders.World, site: inside.Inside
) -> None:
    tess = site.token(world.teacher.person, "pages")
    page = site.ask(tess, "GET", LETTERS).text
    assert "new questions" in page
    assert "work that was marked" not in page
    lab = site.token(world.sam.person, "lab")
    assert site.ask(lab, "POST", LETTERS, {**FORM, "texts": "yes"}).status_code == 403
    assert site.ask(lab, "POST", LETTERS, {**FORM, "hour": "x"}).status_code == 403
