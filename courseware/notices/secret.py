"""The secret that signs addresses in letters: made once, in a file that only the service can read.

In: the folder of keys. Out: 32 bytes. The file lies beside the signing keys, so that a backup has it and
links in letters go on working after a restore.
"""

import os
import secrets
from pathlib import Path

NAME = "mail.secret"
LENGTH = 32


def ensure(folder: Path) -> bytes:
    """The secret; made if there is none. It appears whole or not at all, and of two that are made at once one
    stays.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / NAME
    if not path.exists():
        fresh = folder / f".{NAME}.{secrets.token_hex(4)}"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_bytes(LENGTH))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()
