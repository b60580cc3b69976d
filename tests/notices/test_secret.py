"""The secret of letters, and the letters that it names."""

import concurrent.futures
import datetime
import stat
from pathlib import Path

from courseware.notices import letters, secret
from courseware.store import ids, schema_notices
from tests import builders


def test_it_is_made_once_for_this_user_alone(tmp_path: Path) -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: secret.ensure(tmp_path / "keys"), range(32)))
    assert len(made) == 1
    assert len(made.pop()) == secret.LENGTH
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [secret.NAME]
    assert stat.S_IMODE((tmp_path / "keys" / secret.NAME).stat().st_mode) == 0o600


def test_a_letter_is_found_by_its_public_id(database_url: str, tmp_path: Path) -> None:
    world = builders.world(database_url, tmp_path)
    public, due = ids.new("let"), builders.NOW + datetime.timedelta(hours=1)
    with world.database.write() as connection:
        assert letters.find(connection, public) is None
        values = {"public": public, "person_id": world.sam.person.id, "course_id": world.course.id}
        values |= {"kind": "notice", "slot": "s", "state": "waiting", "thread": "thr_x"}
        connection.execute(schema_notices.letter.insert().values(**values, created=builders.NOW, due=due))
        found = letters.find(connection, public)
    world.close()
    assert found is not None
    assert (found.person_id, found.course_id) == (world.sam.person.id, world.course.id)
    assert (found.thread, found.kind, found.state, found.created) == (
        "thr_x",
        "notice",
        "waiting",
        builders.NOW,
    )
