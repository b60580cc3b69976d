"""News, letters and mail on the pages: axe-core, a phone's width, and a way through them without scripts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import board, chromium, test_accessible, test_mail_in
from tests.mail import postbox

pytestmark = pytest.mark.slow
C = board.C
AMY = "amy@uni.example"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[test_mail_in.World]:
    """Amy is told several things, by letter too; a mail of hers and one of a stranger wait."""
    made = test_mail_in.World(tmp_path_factory.mktemp("news"))
    lived_in(made)
    yield made
    made.end()


def lived_in(world: test_mail_in.World) -> None:
    """What happened."""
    world.command("people", "add", "tess", "--name", "Tess Tutor", "--role", "owner")
    world.command("people", "add", "amy", "--name", "Amy Adams", "--email", AMY)
    world.command("people", "add", "ben", "--name", "Ben Bell")
    asked = world.begin("amy", "`week[5]` gives me an error.", title="Which index is Friday?", lesson=True)
    world.reply(
        "ben", asked["id"], "The first is **0**, @[Amy Adams], so Friday is `week[4]`.", anonymous=True
    )
    world.begin("ben", "@[Amy Adams], do you join us?", title="W" * 120, kind="discussion")
    hidden = world.begin("amy", "My marks look wrong.", title="My marks", kind="private")
    world.study("amy", board.LESSON, solved=True)
    test_mail_in.until(lambda: len(told(world)) == 3)
    world.reply("ben", asked["id"], "And that is the last.")
    test_mail_in.until(lambda: len(told(world)) == 4)
    assert hidden["kind"] == "private"
    at = "course@here.example"
    world.deliver("1.x", f"From: Amy <{AMY}>\nTo: {at}\nMessage-ID: <1@x>\nSubject: Help\n\nI am stuck.\n")
    world.deliver(
        "2.x", f"From: Eve <eve@x.example>\nTo: {at}\nMessage-ID: <2@x>\nSubject: Hi\n\nWho reads this?\n"
    )
    test_mail_in.until(lambda: len(list((world.maildir / "cur").iterdir())) == 2)
    test_mail_in.until(lambda: len(links(world, "mail")) == 1)


def told(world: test_mail_in.World) -> list[Any]:
    return list(world.ask("amy", "GET", f"{C}/notices")["notices"])


def links(world: test_mail_in.World, name: str) -> list[str]:
    """Addresses of one kind in letters to Amy."""
    texts = [postbox.text(postbox.read(each.read_bytes())) for each in world.letters.glob("*.eml")]
    return sorted({path for text in texts for path in re.findall(rf"(/{name}/\S+)", text)})


def places(world: test_mail_in.World) -> dict[str, list[str]]:
    """The pages of news and mail, by whose they are."""
    return {
        "amy": [
            C,
            f"{C}/notices",
            f"{C}/preferences",
            *links(world, "mail"),
            *links(world, "unsubscribe")[:1],
        ],
        "tess": [f"{C}/notices", f"{C}/preferences", f"{C}/mail", f"{C}/inbox"],
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [board.PHONE, board.DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    world: test_mail_in.World, browser: Browser, scheme: Any, size: Any
) -> None:
    found = {}
    for name, paths in places(world).items():
        page = world.visit(browser, world.person(name), viewport=size, color_scheme=scheme, bypass_csp=True)
        for path in paths:
            page.goto(world.origin + path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            found[name, path] = test_accessible.findings(page)
            if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                found[name, path].append("too wide")
        page.context.close()
    assert {place: each for place, each in found.items() if each} == {}


def test_amy_reads_her_news_and_chooses_her_letters(world: test_mail_in.World, browser: Browser) -> None:
    page = world.visit(browser, world.person("amy"), viewport=board.PHONE, java_script_enabled=False)
    expect(tab(page)).to_have_text(re.compile(r"News\s+4\s+not read"))
    tab(page).click()
    fresh = page.get_by_role("region", name="Not read yet")
    row = fresh.get_by_role("listitem").filter(has_text="The first is 0")
    expect(row).to_contain_text("Answer to your question")
    expect(row).to_contain_text("The first is 0, @Amy Adams, so Friday is week[4].")
    expect(row).to_contain_text("Anonymous 1")
    row.get_by_role("link", name="Which index is Friday?").click()
    expect(page.get_by_role("article", name="Comment 2, Anonymous 1")).to_be_in_viewport()
    tab(page).click()
    page.get_by_role("button", name="Mark all as read").click()
    assert page.get_by_role("region", name="Not read yet").count() == 0
    expect(tab(page)).to_have_text("News")
    page.get_by_role("link", name="Choose your letters").click()
    page.get_by_label("replies in discussions that you follow").select_option("weekly")
    page.get_by_label("Weekly letters come on").select_option("0")
    page.get_by_label("Time zone").select_option("Pacific/Apia")
    page.get_by_label("Language of letters and pages").select_option("de")
    page.get_by_role("button", name="Save").click()
    now = page.get_by_role("region", name="So ist es jetzt")
    said = r"Einmal in der Woche\s*Antworten in Diskussionen, denen du folgst.+Mo .+18:00 Uhr"
    weekly = re.compile(said, re.DOTALL)
    expect(now).to_contain_text(weekly)
    expect(now).to_contain_text("Pacific/Apia")
    page.context.close()


def tab(page: Page) -> Any:
    """News in the navigation."""
    return page.get_by_role("navigation", name="Course").get_by_role("link", name="News")
