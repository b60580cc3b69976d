"""Search on both databases: what is found, by whom, and that no query can break or widen it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware.course import model
from courseware.discussion import fold, look, moderation, posts, search, write
from courseware.discussion import model as talk
from courseware.store import archive
from tests import builders
from tests.builders import NOW
from tests.discussion import test_threads as said


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(database_url, tmp_path)
    yield made
    made.close()


def found(world: builders.World, query: str, who: model.Viewer | None = None) -> list[str]:
    """The titles of what somebody finds, oldest first."""
    place = talk.Place(course=world.course)
    with world.database.read() as connection:
        told = look.listed(connection, who or world.kim, place, query=query, now=NOW + said.LATER)
    return sorted(each.title for each in told.threads)


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ("The Loop never ends", "LOOP ends"),
        ("naïve Bäume", "naive baum"),
        ("call `np.mean(my_var)` first", "np.mean my_var"),
        ("循环永远不会结束", "不会"),
        ("循环永远不会结束", "束"),
        ("ループが終わらない", "終わら"),
        ("हिन्दी में पूछें", "हिन्दी"),
        ("วนซ้ำไม่จบ", "ไม่จบ"),
        ("full width", "full width"),
        ("x" * 100, "x" * 100),
        ("Straße", "STRASSE"),
        ("it's 2**3", "it's 2**3"),
    ],
)
def test_words_are_found_in_any_script(world: builders.World, body: str, query: str) -> None:
    said.ask(world, world.sam, body, title="this")
    said.ask(world, world.sam, "something else", title="other")
    assert found(world, query) == ["this"]


def test_every_word_must_be_there_in_title_or_posts(world: builders.World) -> None:
    thread = said.ask(world, world.sam, "about loops", title="Recursion")
    said.reply(world, world.kim, thread.id, "use memoisation")
    for query in ("recursion", "loop memo", "recursion memoisation"):
        assert found(world, query) == ["Recursion"]
    for query in ("recursion banana", "ecursion", "?!", "' OR 1=1", "*", '"'):
        assert found(world, query) == []
    assert found(world, "  ") == ["Recursion"]


HOSTILE = [
    '"loop" OR "secret"',
    "loop* NEAR(secret)",
    "words:secret",
    "post_words : secret",
    "loop' & !'x",
    "'secret':* | loop",
    "{words}: loop",
    "^loop + -secret",
    "loop\x00secret",
    "%",
    "_",
    "\\",
    "NOT",
    "AND OR NOT NEAR",
    "(((((",
    "\ud800",
    "\u202eloop",
    "a" * 5000,
    "a " * 5000,
    "\U0001f600",
    "''''",
    '""""',
    ":*",
    "<->",
    "--",
]


@pytest.mark.parametrize("query", HOSTILE, ids=[ascii(each)[:24] for each in HOSTILE])
def test_a_query_is_words_and_nothing_else(world: builders.World, query: str) -> None:
    said.ask(world, world.sam, "my secret", kind="private", title="secret")
    assert found(world, query) == found(world, query, world.teacher) == []


def test_what_is_deleted_hidden_or_edited_is_found_no_more(world: builders.World) -> None:
    thread = said.ask(world, world.sam, "first", title="T")
    post = said.reply(world, world.kim, thread.id, "before")
    with world.database.write() as connection:
        write.edit(connection, world.kim, post.id, "after", now=NOW)
    assert (found(world, "before"), found(world, "after")) == ([], ["T"])
    for who, state in ((world.kim, "deleted"), (world.teacher, "hidden")):
        for turn, expected in ((state, []), ("shown", ["T"])):
            with world.database.write() as connection:
                change = moderation.PostChange(state=turn)  # type: ignore[arg-type]  # one of the states
                moderation.change_post(connection, who, post.id, change, now=NOW)
            assert found(world, "after") == found(world, "after", world.teacher) == expected


def test_nobody_finds_what_they_may_not_see(world: builders.World) -> None:
    said.ask(world, world.sam, "needle", kind="private", title="private")
    hidden = said.ask(world, world.sam, "needle", title="hidden")
    with world.database.write() as connection:
        change = moderation.ThreadChange(hidden=True)
        moderation.change_thread(connection, world.teacher, hidden.id, change, now=NOW)
    assert found(world, "needle") == []
    assert found(world, "needle", world.teacher) == found(world, "needle", world.sam) == ["hidden", "private"]


def test_a_transaction_that_fails_leaves_no_words(world: builders.World) -> None:
    place = talk.Place(course=world.course)
    wish = talk.Beginning(words=said.words("ghost"), title="ghost")

    def fail() -> None:
        with world.database.write() as connection:
            write.begin(connection, world.sam, place, wish, now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert found(world, "ghost") == []


def test_a_restored_database_finds_the_same(world: builders.World, tmp_path: Path) -> None:
    said.ask(world, world.sam, "needle", title="here")
    archive.backup(world.database, world.blobs, tmp_path / "keys", tmp_path / "all.zip")
    fresh = builders.migrated(f"sqlite:///{tmp_path / 'fresh.db'}")
    archive.restore(fresh, world.blobs, tmp_path / "keys2", tmp_path / "all.zip")
    with fresh.read() as connection:
        place = talk.Place(course=world.course)
        assert len(look.listed(connection, world.kim, place, query="needle", now=NOW).threads) == 1
    fresh.close()


def test_postgresql_looks_into_its_index(postgres_url: str, tmp_path: Path) -> None:
    world = builders.world(postgres_url, tmp_path)
    said.ask(world, world.sam, "needle", title="here")
    with world.database.write() as connection:
        connection.execute(sa.text("set local enable_seqscan = off"))
        query = sa.select(posts.P.c.id).where(search._postgresql("needle"))
        made = query.compile(connection)
        plan = "\n".join(connection.exec_driver_sql(f"explain {made}", made.params).scalars())
    assert "ix_post_words" in plan
    world.close()


def test_folding_keeps_each_word_once_and_short() -> None:
    assert fold.words("To be or not to BE, que será") == ["to", "be", "or", "not", "que", "sera"]
    assert fold.words("循环x") == ["循环", "环", "x"]
    assert fold.wanted("循环x") == ["循环", "x"]
    assert max(map(len, fold.words("y" * 1000))) == fold.LONGEST
