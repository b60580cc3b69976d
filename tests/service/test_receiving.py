"""Mail is taken where a way in is set, at the one address that letters are answered at."""

from pathlib import Path
from typing import Any, cast

import pytest

from courseware import errors, settings, wiring
from courseware.service import receiving


@pytest.mark.parametrize("way", ["smtp", "lmtp", "maildir", "imap"])
@pytest.mark.parametrize("reply", ["", "no address", "a-very-long-local-part-indeed@here.example"])
def test_a_way_in_without_a_usable_address_is_refused_by_name(way: str, reply: str) -> None:
    told = settings.load("", {f"COURSEWARE_INBOUND_{way.upper()}": "x", "COURSEWARE_MAIL_REPLY": reply})
    nothing = cast(wiring.Service, None)
    said = "reply address" if reply else r"\[mail\] reply"
    with pytest.raises(errors.UserError, match=said), receiving.running(nothing, told):
        pass


def test_without_a_way_in_nothing_is_taken(tmp_path: Path) -> None:
    told = settings.load("", {"COURSEWARE_MAIL_REPLY": "course@here.example"})
    nothing: Any = None
    with receiving.running(nothing, told):
        pass
