"""The lock: every library of this environment in its version, without any address.

Comes in: the environment whose Python runs this. Goes out: the lines of the lock, on standard output.
"""

import importlib.metadata
import re
import sys

OURS = {"courseware", "pip"}


def pins() -> list[str]:
    """One `name==version` for each installed library, in order."""
    found = {}
    for library in importlib.metadata.distributions(path=[p for p in sys.path if "site-packages" in p]):
        name = re.sub(r"[-_.]+", "-", library.metadata["Name"]).lower()
        found[name] = library.version
    return [f"{name}=={version}" for name, version in sorted(found.items()) if name not in OURS]


if __name__ == "__main__":
    print("# The versions that this project was tested with; `make` installs these. Made by `make lock`.")
    print("\n".join(pins()))
