"""Sign-in links by mail: one answer for everybody, few letters, and only where staff gave the address."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from courseware.course import courses, manifest, people
from courseware.mail import folder
from courseware.notices import model, outbox, preferences, signing_in
from courseware.store import schema_notices
from tests import builders
from tests.builders import NOW
from tests.mail import postbox
from tests.service import inside
from tests.service import test_sign_in as entry

C, MINUTE = entry.C, entry.MINUTE
world, site = entry.world, entry.site


def mailed(site: inside.Inside, tmp_path: Path) -> folder.Folder:
    """Have letters written to a folder."""
    assert site.telling is not None
    site.telling.sender = folder.Folder(path=tmp_path / "mail")
    base = f"http://c.courseware.localhost:{site.port}"
    site.telling.office = dataclasses.replace(site.telling.office, base=base)
    return site.telling.sender


def letters(tmp_path: Path) -> list[Any]:
    return [postbox.read(path.read_bytes()) for path in sorted((tmp_path / "mail").glob("*.eml"))]


def text(letter: Any) -> str:
    """What a letter says, as plain text."""
    return str(letter.get_body(("plain",)).get_content())


def asked(site: inside.Inside, address: str) -> httpx.Response:
    answer = site.ask("", "POST", "/sign-in", {"email": address})
    assert site.telling is not None
    site.telling.once()
    return answer


def test_a_link_comes_by_mail_and_the_answer_is_the_same_for_everybody(
    world: builders.World, site: inside.Inside, tmp_path: Path
) -> None:
    assert 'type="email"' not in site.ask("", "GET", "/sign-in").text
    mailed(site, tmp_path)
    assert 'type="email"' in site.ask("", "GET", "/sign-in").text
    addresses = (
        "sam@school.example",
        "nobody@school.example",
        "no address",
        "",
        "x" * 4000,
        "a@b\r\nBcc: c@d",
    )
    answers = [site.ask("", "POST", "/sign-in", {"email": each}) for each in addresses]
    told_ = {
        (
            each.status_code,
            each.text,
            *(v for k, v in each.headers.items() if k not in ("date", "x-request-id")),
        )
        for each in answers
    }
    assert len(told_) == 1
    assert site.telling is not None
    site.telling.once()
    [letter] = letters(tmp_path)
    assert letter["To"] == "sam <sam@school.example>"
    body = text(letter)
    found = re.search(r"http://c\.courseware\.localhost:\d+(/sign-in/cw_signin_\S+)", body)
    assert found
    assert "works once, for 15 minutes" in body
    assert site.ask("", "GET", found.group(1)).status_code == 200
    session = entry.cookie(site.ask("", "POST", found.group(1), {}))
    assert site.ask("", "GET", "/courses/c", headers=session).status_code == 200


def test_the_letter_is_in_the_language_that_its_reader_chose(
    world: builders.World, site: inside.Inside, tmp_path: Path
) -> None:
    with world.database.write() as connection:
        preferences.keep_habit(connection, world.sam.person.id, model.Habit(language="de"))
    mailed(site, tmp_path)
    asked(site, "sam@school.example")
    [letter] = letters(tmp_path)
    assert letter["Subject"] == "[A course] Dein Anmeldelink"
    assert "gilt einmal, 15 Minuten lang" in text(letter)
    assert 'lang="de"' in letter.get_body(("html",)).get_content()
    assert not [line for line in signing_in._SAID if line in text(letter)]


def test_asking_for_a_link_reads_and_writes_nothing_before_the_answer(
    world: builders.World, site: inside.Inside, tmp_path: Path
) -> None:
    """So that the time of the answer cannot tell whether an address is known."""
    mailed(site, tmp_path)
    statements: list[str] = []

    def noticed(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    engine = world.database._engine  # the statements of every connection
    sa.event.listen(engine, "before_cursor_execute", noticed)
    try:
        for address in ("sam@school.example", "nobody@school.example"):
            assert site.ask("", "POST", "/sign-in", {"email": address}).status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", noticed)
    assert [each for each in statements if not each.startswith(("BEGIN", "PRAGMA", "SET", "SHOW"))] == []


def test_a_person_gets_few_letters_whoever_asks(
    world: builders.World, site: inside.Inside, tmp_path: Path
) -> None:
    mailed(site, tmp_path)
    for _ in range(5):
        asked(site, "SAM@school.example")
    assert len(letters(tmp_path)) == 1
    for _ in range(10):
        site.now += signing_in.PAUSE
        asked(site, "sam@school.example")
    assert len(letters(tmp_path)) == signing_in.MOST
    asked(site, "kim@school.example")
    assert len(letters(tmp_path)) == signing_in.MOST + 1
    site.now += signing_in.DAY
    asked(site, "sam@school.example")
    assert len(letters(tmp_path)) == signing_in.MOST + 2


def test_who_asks_in_masses_is_not_heard(site: inside.Inside, tmp_path: Path) -> None:
    mailed(site, tmp_path)
    assert site.telling is not None
    for number in range(1000):
        site.telling.ask_link(f"n{number}@school.example")
    site.telling.ask_link("sam@school.example")
    site.telling.once()
    assert letters(tmp_path) == []
    asked(site, "sam@school.example")
    assert len(letters(tmp_path)) == 1


def test_a_letter_that_comes_too_late_is_not_sent(
    world: builders.World, site: inside.Inside, tmp_path: Path
) -> None:
    sender = mailed(site, tmp_path)
    assert site.telling is not None
    with world.database.write() as connection:
        signing_in.asked(connection, "sam@school.example", b"s" * 32, now=site.now)
        signing_in.asked(connection, "kim@school.example", b"s" * 32, now=site.now)
        people.end(connection, world.course, world.kim.person, now=site.now)
    site.now += 15 * MINUTE
    box = outbox.Outbox(database=world.database, sender=sender, office=site.telling.office, clock=site.clock)
    assert outbox.run(box) == 0
    with world.database.read() as connection:
        states = list(connection.execute(sa.select(schema_notices.letter.c.state)).scalars())
    assert states == ["empty", "empty"]


def test_an_address_lets_in_only_where_staff_gave_it(
    world: builders.World, site: inside.Inside, tmp_path: Path
) -> None:
    """Who has a course of their own cannot give somebody an address and be let in where they are later."""
    mailed(site, tmp_path)
    toml = builders.MANIFEST.replace('id = "c"', 'id = "other"')
    with world.database.write() as connection:
        other = courses.put(connection, manifest.parse(toml), toml, now=NOW)
        for course, address in ((other, "eve@evil.example"), (world.course, "bob@school.example")):
            bob = people.add(
                connection, course, username="bob", name="Bob", email=address, role="instructor", now=NOW
            )
    asked(site, "eve@evil.example")
    [letter] = letters(tmp_path)
    token = re.search(r"/sign-in/(cw_signin_\S+)", text(letter))
    assert token
    session = entry.cookie(site.ask("", "POST", f"/sign-in/{token.group(1)}", {}))
    assert site.ask("", "GET", "/courses/c", headers=session).status_code == 404
    assert site.ask("", "GET", "/courses/other", headers=session).status_code == 200
    assert asked(site, "bob@school.example").status_code == 200
    assert (len(letters(tmp_path)), bob.email) == (1, "eve@evil.example")


def test_staff_send_a_link(world: builders.World, site: inside.Inside, tmp_path: Path) -> None:
    staff = site.token(world.teacher.person, "cli")
    path = f"{C}/people/sam/sign-in-link"
    refused = site.ask(staff, "POST", path, {"send": True})
    assert (refused.status_code, "No mail" in refused.json()["detail"]) == (409, True)
    mailed(site, tmp_path)
    sent = site.ask(staff, "POST", path, {"send": True}).json()
    assert (sent["url"], sent["sent_to"]) == ("", "sam@school.example")
    assert site.telling is not None
    site.telling.once()
    [letter] = letters(tmp_path)
    assert "tess sends you this link" in text(letter)
    again = site.ask(staff, "POST", path, {"send": True})
    assert (again.status_code, "just now" in again.json()["detail"]) == (409, True)
    page = site.ask(
        site.token(world.teacher.person, "pages"), "POST", "/courses/c/people/kim", {"act": "send"}
    )
    assert "on its way to <bdi>kim@school.example</bdi>" in page.text
