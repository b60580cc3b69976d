"""What the report of a failed journey has of its pages."""

from tests.journeys import chromium


def test_what_pages_show_is_told_while_they_are_open() -> None:
    with chromium.browser() as browser:
        first, second = browser.new_page(), browser.new_page()
        first.goto("data:text/html,<h1>Marks</h1><button>Hand in</button><p hidden>never")
        second.goto("data:text/html,<h2>Threads</h2>")
        told = dict(chromium.shown())
    assert told[first.url].splitlines() == ['- heading "Marks" [level=1]', '- button "Hand in"']
    assert told[second.url] == '- heading "Threads" [level=2]'
    assert list(chromium.shown()) == []
