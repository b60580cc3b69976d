"""A receipt: what was handed in, when, signed by the course; pure, checked without any service.

In: the facts. Out: JSON with an Ed25519 signature over its canonical form (keys sorted, no blanks, UTF-8).
A receipt names its sequence number and the hash of the one before, so that the course's log of them cannot
be rewritten unseen.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519

from courseware import errors

FORMAT = 1
FIRST = "0" * 64
"""What stands as the hash of the receipt before the first."""

_TEXTS = ("course", "lesson", "person", "submission", "received", "key", "public_key")
FIELDS = {
    "format",
    "course",
    "lesson",
    "release",
    "person",
    "submission",
    "files",
    "received",
    "key",
    "public_key",
}


def canonical(body: Mapping[str, Any]) -> bytes:
    """The bytes that are signed: everything but the signature."""
    plain = {name: value for name, value in body.items() if name != "signature"}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(body: Mapping[str, Any]) -> str:
    """The hash of a signed receipt, as the next one names it."""
    text = json.dumps(dict(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sign(body: Mapping[str, Any], private: ed25519.Ed25519PrivateKey) -> dict[str, Any]:
    """The receipt with its signature."""
    return {**body, "signature": base64.b64encode(private.sign(canonical(body))).decode()}


def read(text: str) -> dict[str, Any]:
    """The receipt in a file; of a copy.json, which keeps all of a working copy's, the newest.

    Raises:
        UserError: it is no receipt of this kind.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise errors.UserError("This file is no receipt (not JSON).") from None
    if isinstance(body, dict) and isinstance(body.get("receipt"), dict):
        body = body["receipt"]
    elif isinstance(body, dict) and isinstance(body.get("receipts"), list):
        if not body["receipts"]:
            raise errors.UserError("This copy has no receipt: it was not handed in.")
        body = body["receipts"][-1]
    if not _is_one(body):
        raise errors.UserError("This file is no receipt of format 1.")
    found: dict[str, Any] = body
    return found


def _is_one(body: Any) -> bool:
    """Whether it has the shape of a receipt."""
    if not isinstance(body, dict) or not body.keys() >= FIELDS or body["format"] != FORMAT:
        return False
    files = body["files"]
    if not isinstance(files, list) or not files:
        return False
    named = all(
        isinstance(entry, dict)
        and isinstance(entry.get("path"), str)
        and isinstance(entry.get("sha256"), str)
        for entry in files
    )
    return named and all(isinstance(body[name], str) for name in _TEXTS)


def problems(
    body: Any,
    files: Mapping[str, bytes],
    *,
    pinned: Collection[str] = (),
    only: Collection[str] | None = None,
) -> list[str]:
    """What is wrong with a receipt for these files; nothing if it holds.

    `pinned` are the course's public keys (base64) from a source that one trusts; without them only the
    receipt's own key is used. `only` names the files that are looked at, if not all.
    """
    if not _is_one(body):
        return ["This is no receipt of format 1."]
    found = []
    if pinned and body["public_key"] not in pinned:
        found.append("The receipt was signed with another key than the course's.")
    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(body["public_key"], validate=True))
        key.verify(base64.b64decode(str(body.get("signature", "")), validate=True), canonical(body))
    except (InvalidSignature, ValueError, binascii.Error):
        found.append("The signature does not fit: the receipt was changed or is not the course's.")
    for entry in body["files"]:
        path = entry["path"]
        data = files.get(path)
        if only is not None and path not in only:
            continue
        if data is None:
            found.append(f"{path} is not there.")
        elif hashlib.sha256(data).hexdigest() != entry["sha256"]:
            found.append(f"{path} is not what was handed in.")
    return found
