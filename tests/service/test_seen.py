"""The page that says what staff can see: no tagged column without a sentence, and what it says is so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.course import permissions
from courseware.course.permissions import Action
from courseware.notices import model, preferences
from courseware.service import seen
from courseware.store import tables
from tests import builders, words
from tests.builders import NOW
from tests.service import inside

PAGE = "/courses/c/seen"


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def test_every_personal_column_has_exactly_one_sentence() -> None:
    tagged = sorted(
        f"{table.name}.{column.name}"
        for table in tables.metadata.tables.values()
        for column in table.c
        if "purpose" in column.info
    )
    spoken = sorted(column for topic in seen.TOPICS for column in topic.columns)
    assert spoken == tagged, "say in service/seen.py who sees it"


def test_who_sees_it_is_what_the_table_of_permissions_says() -> None:
    told = {topic.title: topic.who for topic in seen.TOPICS}
    assert told["Your marks"] == "Graders, instructors and owners see it; students do not."
    assert told["Your dates and what was granted to you"].startswith("Instructors and owners see it; graders")
    assert told["Your plan"] == "No page shows it to staff."
    opened = "Which lessons you opened"  # the list of who may need a word tells by name who opened none
    assert told[opened] == "Graders, instructors and owners see it; students do not."
    for topic in seen.TOPICS:
        if topic.action not in (None, Action.TALK):
            assert topic.action not in permissions.BY_ROLE["student"], topic.title


def test_every_right_of_staff_to_read_is_told() -> None:
    reads = {each for each in Action if each.name.startswith(("READ_", "SEE_"))}
    reads -= permissions.BY_ROLE["student"] | {Action.READ_DRAFTS}  # drafts of releases are staff's own
    assert reads <= {topic.action for topic in seen.TOPICS}


def test_everybody_reads_the_page_in_their_language(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    page = served.ask(sam, "GET", PAGE).text
    for topic in seen.TOPICS:
        assert topic.title in page
    assert f'href="{PAGE}"' in served.ask(sam, "GET", "/courses/c").text
    assert not words.has(page.partition("<main")[2], "sam")
    with served.world.database.write() as connection:
        preferences.keep_habit(connection, served.world.sam.person.id, model.Habit(language="de"))
    german = served.ask(sam, "GET", PAGE).text
    assert "Was die Kursleitung über mich sieht" in german
    assert not any(topic.sentence in german for topic in seen.TOPICS)
    assert served.ask("", "GET", PAGE).status_code == 401
