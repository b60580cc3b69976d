"""What a wheel carries beside the package: the built JupyterLab extension and the demonstration course.

Comes in: a checkout or an unpacked source archive. Goes out: two entries for the wheel builder. It builds
nothing, so that installing needs no Node, and refuses a wheel without the extension or its languages; an
editable install goes without, because the Makefile makes both in place.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = "extensions/courseware-lab/labextension"
WORDS = "courseware/lab/locale/de_DE/LC_MESSAGES/courseware.json"


class Extras(BuildHookInterface):  # type: ignore[type-arg]
    """Adds files that lie outside the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files, or say in one sentence which are missing."""
        if self.target_name != "wheel" or version == "editable":
            return
        if not (Path(self.root) / BUILT / "package.json").is_file():
            raise FileNotFoundError(
                f"The JupyterLab extension is not built: type `make extension` ({BUILT} is missing)."
            )
        if not (Path(self.root) / WORDS).is_file():
            raise FileNotFoundError(
                f"The extension's languages are not compiled: type `make extension` ({WORDS} is missing)."
            )
        build_data["shared_data"][BUILT] = "share/jupyter/labextensions/courseware-lab"
        build_data["force_include"]["notebooks/demo_course"] = "courseware/demo_course"
