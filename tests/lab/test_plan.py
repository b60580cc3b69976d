"""Own hours, pause and zone from JupyterLab: through its server, one's own alone, refused in words."""

import json
import os
from pathlib import Path

import pytest

from courseware import errors
from courseware.course import courses, lessons, manifest
from courseware.lab import course, proxy
from tests import builders
from tests.course.test_adjust import PACED
from tests.lab import labs
from tests.service import inside


def asked(known: course.Course, method: str, body: object = None) -> tuple[int, dict[str, object]]:
    """What the panel asks for, and what it gets."""
    told = known.ask(
        proxy.Asked(
            method=method,
            route="courses/c/plan",
            query={},
            headers={"Idempotency-Key": os.urandom(8).hex()},
            body=b"" if body is None else json.dumps(body).encode(),
        )
    )
    known.passing.close()
    return told.status, json.loads(told.body)


def test_hours_pause_and_zone_are_seen_and_changed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = builders.world(database_url, tmp_path)
    with world.database.write() as connection:
        made = courses.put(connection, manifest.parse(PACED), PACED, now=builders.NOW)
        lessons.sync(connection, made, manifest.parse(PACED), now=builders.NOW)
    with inside.serving(world, tmp_path, now=builders.NOW) as served:
        sam = labs.of(served, world.sam, tmp_path, monkeypatch)
        status, before = asked(sam, "GET")
        shown = ("zone", "hours", "least_hours", "most_hours", "own_zone")
        assert (status, [before[name] for name in shown]) == (200, ["Europe/Berlin", 7, 3.5, 14, True])
        _, chosen = asked(sam, "POST", {"act": "hours", "hours": 14})
        assert (chosen["hours"], chosen["dates"] != before["dates"]) == (14, True)
        pause = {"act": "pause", "first": "2026-11-25", "last": "2026-11-29"}
        _, paused = asked(sam, "POST", pause)
        assert paused["dates"] != chosen["dates"]
        _, moved = asked(sam, "POST", {"act": "zone", "zone": "Pacific/Apia"})
        assert moved["zone"] == "Pacific/Apia"
        for wish, sentence in (
            ({"act": "hours", "hours": 0}, "Choose from 3.5 to 14 hours a week."),
            ({"act": "pause", "first": "", "last": ""}, "'' is no day; write one as 2026-12-24."),
            (
                pause | {"first": "2026-01-01"},
                "A pause begins today or later. What was missed can be shifted.",
            ),
            (
                {"act": "zone", "zone": "Mars/Base"},
                "There is no time zone 'Mars/Base'; write one as Europe/Berlin.",
            ),
        ):
            status, refused = asked(sam, "POST", wish)
            assert (status, refused["detail"]) == (422, sentence)
        assert asked(sam, "GET")[1] == moved
        assert asked(labs.of(served, world.kim, tmp_path, monkeypatch), "GET")[1]["hours"] == 7
        with pytest.raises(errors.UserError, match="cannot ask"):
            asked(sam, "DELETE")
    world.close()
