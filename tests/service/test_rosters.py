"""A class list that drops somebody: it is told first, who has work is named, and the work stays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courseware.course import people
from tests import builders
from tests.builders import NOW
from tests.interchange import test_lms
from tests.service import inside

C = "/api/v1/courses/c"
LIST = "username,name\nkim,Kim\nlou,Lou\n"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    test_lms.table(world, sam=3.5)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def taken(served: inside.Inside, **wish: Any) -> Any:
    token = served.token(served.world.teacher.person, "cli")
    answer = served.ask(token, "POST", f"{C}/people/import", {"csv": LIST, **wish})
    assert answer.status_code == 200, answer.text
    return answer.json()


def here(served: inside.Inside) -> set[str]:
    with served.world.database.read() as connection:
        members = people.members(connection, served.world.course)
    return {each.person.username for each in members if each.ended is None}


def test_looking_changes_nothing(served: inside.Inside) -> None:
    told = taken(served, look=True, end_missing=True)
    assert (told["added"], told["missing"], told["with_work"]) == (["lou"], ["sam"], ["sam"])
    assert here(served) == {"tess", "sam", "kim"}


def test_who_is_missing_stays_unless_it_is_said(served: inside.Inside) -> None:
    assert taken(served)["ended"] == []
    assert here(served) == {"tess", "sam", "kim", "lou"}


def test_who_is_dropped_keeps_their_work_and_may_come_again(served: inside.Inside) -> None:
    assert taken(served, end_missing=True)["ended"] == ["sam"]
    assert here(served) == {"tess", "kim", "lou"}
    token = served.token(served.world.teacher.person, "pages")
    (row,) = [
        each
        for each in served.ask(token, "GET", f"{C}/grades").json()["people"]
        if each["person"]["username"] == "sam"
    ]
    assert row["cells"]["one"]["score"] == 3.5
    with served.world.database.write() as connection:
        people.enrol(connection, served.world.course, served.world.sam.person, "student", now=NOW)
    assert "sam" in here(served)


def test_on_the_page_who_is_missing_is_ticked_unless_they_have_work(served: inside.Inside) -> None:
    token = served.token(served.world.teacher.person, "pages")
    path = "/courses/c/people/import"
    files = [("list", ("list.csv", b"username;name\nlou;Lou\n"))]
    shown = served.ask(token, "POST", path, files=files).text
    assert 'name="end:sam" value="yes"> ' in shown
    assert 'name="end:kim" value="yes" checked> ' in shown
    assert here(served) == {"tess", "sam", "kim", "lou"}
    done = served.ask(token, "POST", "/courses/c/people/end", {"end:kim": "yes"})
    assert (done.status_code, here(served)) == (303, {"tess", "sam", "lou"})
    gone = served.ask(token, "POST", "/courses/c/people/end", {"end:tess": "yes"})
    assert (gone.status_code, "owner cannot be removed" in gone.text) == (409, True)
