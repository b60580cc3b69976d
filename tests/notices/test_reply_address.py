"""The signed address that a letter is answered at."""

import pytest
from hypothesis import given, strategies

from courseware import errors
from courseware.notices import reply_address
from courseware.store import ids

SECRET = b"s" * 32


def test_a_token_names_its_letter_and_fits_into_an_address() -> None:
    public = ids.new("let")
    token = reply_address.token(SECRET, public)
    assert reply_address.letter(SECRET, token) == public
    assert reply_address.letter(SECRET, token.upper()) == public
    assert token == token.lower()
    address = reply_address.address(f"{'r' * 21}@mail.example", token)
    assert len(address.split("@")[0]) <= reply_address.LONGEST
    assert reply_address.found_in(f"In-Reply-To: <{token}@mail.example> <other@x>") == (token,)
    assert reply_address.found_in(address) == (token,)


@given(strategies.text())
def test_nothing_else_is_a_token(text: str) -> None:
    assert reply_address.letter(SECRET, text) is None


def test_a_token_of_another_secret_or_with_one_letter_changed_gives_nothing() -> None:
    token = reply_address.token(SECRET, ids.new("let"))
    assert reply_address.letter(b"t" * 32, token) is None
    for place in range(len(token)):
        changed = token[:place] + ("a" if token[place] != "a" else "b") + token[place + 1 :]
        assert reply_address.letter(SECRET, changed) is None


@pytest.mark.parametrize(
    "wrong", ["", "reply", "@host", "r" * 22 + "@host", "a b@host", "a@ho\nst", "a+b@host"]
)
def test_an_address_that_cannot_take_a_token_is_refused(wrong: str) -> None:
    with pytest.raises(errors.UserError, match="cannot take replies"):
        reply_address.address(wrong, "x" * 42)
