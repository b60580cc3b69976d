"""What the report of a failed journey has of its pages."""

from typing import Literal

import pytest

from tests.journeys import chromium, conftest


def sections(outcome: Literal["passed", "failed"]) -> list[tuple[str, str]]:
    """What the report of a test that ended so has beside its own."""
    made = pytest.TestReport("t", ("t", 0, "t"), {}, outcome, None, "call")
    hook = conftest.pytest_runtest_makereport()
    next(hook)
    with pytest.raises(StopIteration) as ended:
        hook.send(made)
    assert ended.value.value is made
    kept: list[tuple[str, str]] = made.sections
    return kept


def test_what_pages_show_is_told_while_they_are_open() -> None:
    with chromium.browser() as browser:
        first, second = browser.new_page(), browser.new_page()
        first.goto("data:text/html,<h1>Marks</h1><button>Hand in</button><p hidden>never")
        second.goto("data:text/html,<h2>Threads</h2>")
        told = dict(chromium.shown())
        failed, passed = sections("failed"), sections("passed")
    assert told[first.url].splitlines() == ['- heading "Marks" [level=1]', '- button "Hand in"']
    assert told[second.url] == '- heading "Threads" [level=2]'
    assert failed == [(f"shown at {url}", text) for url, text in told.items()]
    assert passed == []
    assert list(chromium.shown()) == []
