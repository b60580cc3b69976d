"""What holds before a Hub is asked, and of one that is silent."""

import datetime
import socket
import time

import pytest

from courseware import errors, settings
from courseware.service import hub as door
from courseware.service import hub_snippet, vouching

MINUTE = datetime.timedelta(minutes=1)


def test_a_hub_that_takes_a_question_and_says_nothing_counts_as_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told = settings.Hub(public=f"http://127.0.0.1:{silent.getsockname()[1]}", token="t", client="c")
        asked = door.Hub(told, "http://c.courseware.localhost:1", seconds=0.5)
        begun = time.monotonic()
        with pytest.raises(errors.Temporary, match="does not answer"):
            asked.who("somebody")
        with pytest.raises(errors.Temporary, match="did not complete"):
            asked.redeem("code", "")
        assert time.monotonic() - begun < 10
        asked.close()


@pytest.mark.parametrize(
    "address", ["course.example.org", "https://hub.example.org/services/c", 'https://a"b']
)
def test_an_address_that_cannot_be_is_refused(address: str) -> None:
    with pytest.raises(errors.UserError):
        hub_snippet.write(address, "https://c.example.org", version="1")


def test_how_long_an_answer_of_the_hub_holds_is_bounded() -> None:
    assert vouching.FRESH <= 5 * MINUTE
    assert vouching.LASTS <= 15 * MINUTE
