"""The calendar of somebody's dates: what it says, that it follows changes, and what its address cannot do."""

import datetime
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import icalendar
import pytest
import sqlalchemy as sa

from courseware.progress import calendar
from tests import builders
from tests.builders import NOW
from tests.course.test_adjust import PACED
from tests.service import inside, test_schedule

C = "/api/v1/courses/c"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def address(served: inside.Inside, name: str = "sam") -> str:
    """The path of a fresh address."""
    told = served.ask(test_schedule.token(served, name), "POST", f"{C}/calendar")
    assert told.status_code == 201, told.text
    return "/calendar/" + str(told.json()["url"]).partition("/calendar/")[2]


def events(served: inside.Inside, path: str) -> dict[str, Any]:
    """The events by their titles, as a calendar reads them."""
    told = served.ask("", "GET", path)
    assert told.status_code == 200, told.text
    assert told.headers["Content-Type"] == calendar.MEDIA_TYPE
    return {str(each["summary"]): each for each in icalendar.Calendar.from_ical(told.content).walk("VEVENT")}


def seen(event: Any) -> tuple[datetime.datetime, int]:
    return event.decoded("dtstart"), int(event["sequence"])


def test_it_says_what_is_due_and_follows_an_extension(served: inside.Inside) -> None:
    path = address(served)
    before = events(served, path)
    own = {each["title"]: each for each in served.ask(
        test_schedule.token(served, "sam"), "GET", f"{C}/plan"
    ).json()["dates"]}  # fmt: skip
    dated = {title: each for title, each in own.items() if each["due"]}
    assert before.keys() == dated.keys()
    assert before
    title, each = next(iter(dated.items()))
    due = datetime.datetime.fromisoformat(each["due"])
    assert seen(before[title]) == (due, 0)
    assert str(before[title]["url"]).endswith(f"/courses/c/lessons/{each['lesson']}")
    wish = {"kind": "extension", "lesson": each["lesson"], "amount": 2, "reason": "ill"}
    ina = served.token(served.world.teacher.person, "pages")
    assert served.ask(ina, "POST", f"{C}/people/sam/allowances", wish).status_code == 201
    after = events(served, path)
    assert seen(after[title])[1] == 1
    assert seen(after[title])[0] > due
    assert after[title]["uid"] == before[title]["uid"]
    others = events(served, address(served, "kim"))
    assert seen(others[title]) == (due, 0)
    assert others[title]["uid"] != before[title]["uid"]
    # What does not change it does not count up.
    assert (
        served.ask(ina, "POST", f"{C}/people/sam/allowances", {**wish, "kind": "waiver"}).status_code == 201
    )
    assert seen(events(served, path)[title]) == seen(after[title])


def test_a_shift_of_the_plan_moves_what_it_moved_and_nobody_elses(served: inside.Inside) -> None:
    test_schedule.change(served, PACED)
    path, kims = address(served), address(served, "kim")
    before, others = events(served, path), events(served, kims)
    served.now += 20 * test_schedule.DAY
    sam = test_schedule.token(served, "sam")
    assert served.ask(sam, "POST", f"{C}/plan", {"act": "shift"}).is_success
    after = events(served, path)
    for title in ("Two", "three"):
        assert seen(after[title])[0] > seen(before[title])[0]
        assert seen(after[title])[1] == seen(before[title])[1] + 1
        assert after[title]["uid"] == before[title]["uid"]
    assert seen(after["One"]) == seen(before["One"])
    assert {title: seen(each) for title, each in events(served, kims).items()} == {
        title: seen(each) for title, each in others.items()
    }


def test_the_address_does_nothing_else_and_is_ended_like_a_sign_in(served: inside.Inside) -> None:
    path = address(served)
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    for asked in (f"{C}/plan", f"{C}/lessons", f"{C}/threads", f"{C}/sign-ins", "/courses/c/dates"):
        assert served.ask(token, "GET", asked).status_code == 403, asked
    assert served.ask(token, "POST", f"{C}/calendar").status_code == 403
    sam = test_schedule.token(served, "sam")
    for other in (sam, test_schedule.token(served, "sam", "lab"), token[:-1] + "x", "x", "cw_calendar"):
        assert served.ask("", "GET", f"/calendar/{other}.ics").status_code in (401, 403)
    listed = served.ask(sam, "GET", f"{C}/sign-ins").json()["sign_ins"]
    (mine,) = [each for each in listed if each["kind"] == "calendar"]
    assert served.ask("", "GET", path).status_code == 200
    assert served.ask(sam, "DELETE", f"{C}/sign-ins/{mine['id']}").is_success
    assert served.ask("", "GET", path).status_code == 401


def test_who_left_the_course_has_no_calendar_of_it(served: inside.Inside) -> None:
    path, person = address(served), served.world.sam.person
    with served.world.database.write() as connection:
        connection.execute(sa.text("delete from membership where person_id = :p"), {"p": person.id})
    assert served.ask("", "GET", path).status_code == 404


def test_the_page_shows_the_address_once(served: inside.Inside) -> None:
    sam = test_schedule.token(served, "sam")
    assert "/calendar/cw_calendar_" not in served.ask(sam, "GET", "/courses/c/dates").text
    made = served.ask(sam, "POST", "/courses/c/dates/calendar", {})
    assert made.status_code == 200
    shown = made.text.partition("/calendar/")[2].partition("<")[0]
    assert events(served, f"/calendar/{shown}")
    assert "/calendar/cw_calendar_" not in served.ask(sam, "GET", "/courses/c/dates").text
    assert "Calendar" in served.ask(sam, "GET", "/courses/c/sign-ins").text


def test_the_address_is_in_no_log(served: inside.Inside, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="courseware.service")
    path, until = address(served), time.monotonic() + 20
    # A line is written after its answer was sent.
    while "/calendar/…" not in caplog.text:
        assert time.monotonic() < until
        events(served, path)
    assert "cw_calendar" not in caplog.text


@pytest.mark.parametrize(
    "title", ["A\r\nATTENDEE:mailto:x@example.org", "\x00\x1b\u2028B", "; , \\ : ü 💡", ""]
)
def test_a_hostile_title_is_one_line_of_text(title: str) -> None:
    due = calendar.Due(uid="u", title=title, due=NOW, revision=3, url="https://h/x?a=1;b,2")
    data = calendar.calendar(title, [due], now=NOW)
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert "attendee" not in event
    assert str(event["summary"]) == "".join(c for c in " ".join(title.split()) if c.isprintable())
    assert event.decoded("dtstart") == NOW
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
