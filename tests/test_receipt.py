"""A receipt is found in the file that a working copy keeps its receipts in."""

import json

import pytest

from courseware import errors, receipt


def told(sequence: int) -> dict[str, object]:
    """Something with all fields of a receipt."""
    files = [{"path": "a.ipynb", "sha256": "0" * 64}]
    facts = {**dict.fromkeys(receipt.FIELDS, "x"), "files": files, "release": 1}
    return {**facts, "format": receipt.FORMAT, "sequence": sequence}


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


@pytest.mark.parametrize(
    "files", [["x"], 7, [], None, {}, [{"path": "a"}], [{"path": 1, "sha256": "0" * 64}], [[]]], ids=repr
)
def test_a_receipt_of_another_shape_is_refused_in_one_sentence(files: object) -> None:
    with pytest.raises(errors.UserError, match="no receipt of format 1"):
        receipt.read(json.dumps({**told(1), "files": files}))


def test_a_receipt_whose_facts_are_no_text_is_refused() -> None:
    for name in ("lesson", "course", "received", "public_key", "submission"):
        with pytest.raises(errors.UserError, match="no receipt of format 1"):
            receipt.read(json.dumps({**told(1), name: ["x"]}))
