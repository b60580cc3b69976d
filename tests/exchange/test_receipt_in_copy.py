"""A receipt is found in the file that a working copy keeps its receipts in."""

import json

import pytest

from courseware import errors
from courseware.exchange import receipt


def told(sequence: int) -> dict[str, object]:
    """Something with all fields of a receipt."""
    return {**dict.fromkeys(receipt._FIELDS, ""), "format": receipt.FORMAT, "sequence": sequence}


def test_newest_receipt_of_a_copy_is_read() -> None:
    text = json.dumps({"format": 1, "lesson": "one", "receipts": [told(1), told(2)]})

    assert receipt.read(text)["sequence"] == 2


def test_copy_that_was_not_handed_in_says_so() -> None:
    with pytest.raises(errors.UserError, match="was not handed in"):
        receipt.read(json.dumps({"format": 1, "receipts": []}))


def test_what_is_no_receipt_is_refused() -> None:
    for text in ("[]", '{"receipts": [1]}', '{"receipts": 3}', "{"):
        with pytest.raises(errors.UserError, match="no receipt"):
            receipt.read(text)
