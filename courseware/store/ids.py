"""Public ids: 128 random bits in base32 with a prefix that says what they name."""

import base64
import secrets


def new(prefix: str) -> str:
    """A fresh id such as `sub_` and 26 lower-case letters and digits."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(16)).decode().rstrip('=').lower()}"
