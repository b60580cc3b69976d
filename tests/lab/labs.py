"""Somebody's JupyterLab, joined to a course that is served inside of the test."""

import os
from pathlib import Path

import pytest

from courseware.course import model
from courseware.lab import connections, course
from tests.service import inside


def of(
    served: inside.Inside, viewer: model.Viewer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> course.Course:
    """Theirs, with a folder of their name as root. The last who is asked for is who has joined here."""
    name = viewer.person.username
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / f"{name}-config"))
    connection = connections.Connection(
        url=f"http://127.0.0.1:{served.port}/",
        course="c",
        title="C",
        credential=served.token(viewer.person, "lab"),
        person=viewer.person.public,
        public_key="k",
    )
    connections.add(connections.file_of(os.environ), connection)
    root = folder / name
    root.mkdir(exist_ok=True)
    return course.Course(root=root)
