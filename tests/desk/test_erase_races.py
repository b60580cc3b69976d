"""Whoever is erased while something is written for them keeps nothing of it."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.desk import erase
from courseware.exchange import drafts, submissions, submit
from courseware.exchange import model as exchange_model
from courseware.store import schema_discussion
from tests import builders, databases, racing
from tests.builders import NOW
from tests.service import inside


@pytest.fixture
def world(kept_postgres: databases.Kept, tmp_path: Path) -> Iterator[builders.World]:
    made = builders.world(kept_postgres.fresh(), tmp_path)
    yield made
    made.close()


def erasing(world: builders.World, folder: Path) -> racing.Other:
    """Somebody who erases Sam."""

    def act() -> None:
        with world.database.write() as connection:
            erase.person(connection, world.sam.person, state=folder, by=world.teacher.person, now=NOW)

    return racing.Other(act)


def kept(world: builders.World) -> list[exchange_model.Submission]:
    with world.database.read() as connection:
        return submissions.of_person(connection, world.sam.person.id, world.one.id)


def test_a_hand_in_that_is_open_goes_too(world: builders.World, tmp_path: Path) -> None:
    other, usual = erasing(world, tmp_path), world.desk

    def enqueue(connection: sa.Connection, *given: object) -> None:
        other.start(world.database)
        usual.enqueue(connection, *given)  # type: ignore[arg-type]  # the port's own arguments

    desk = dataclasses.replace(usual, enqueue=enqueue)
    made = submit.receive_upload(desk, world.sam, "one", builders.upload("k"), now=NOW)
    assert made.fresh
    other.end()
    assert other.error is None
    assert [each.files for each in kept(world)] == [()]  # the receipt's number stays, and nothing of the work


def test_what_is_written_after_the_erasing_began_is_refused(world: builders.World, tmp_path: Path) -> None:
    def hand_in() -> None:
        submit.receive_upload(world.desk, world.sam, "one", builders.upload("k"), now=NOW)

    def keep() -> None:
        drafts.keep(world.database, world.blobs, world.sam, world.one, builders.upload("k"), now=NOW)

    others = [racing.Other(hand_in), racing.Other(keep)]
    with world.database.write() as connection:
        erase.person(connection, world.sam.person, state=tmp_path, by=world.teacher.person, now=NOW)
        for each in others:
            each.start(world.database)
    for each in others:
        each.end()
        assert isinstance(each.error, errors.UserError)
        assert "was erased" in each.error.message
    assert kept(world) == []


def test_a_post_that_comes_while_its_author_is_erased_is_refused(
    world: builders.World, tmp_path: Path
) -> None:
    with inside.serving(world, tmp_path, now=NOW) as site:
        token, answers = site.token(world.sam.person, "pages"), list[int]()
        told = {"title": "Hello", "body": "Mine", "kind": "question"}

        def post() -> None:
            answers.append(site.ask(token, "POST", "/courses/c/threads", told).status_code)

        other = racing.Other(post)
        with world.database.write() as connection:
            erase.person(connection, world.sam.person, state=tmp_path, by=world.teacher.person, now=NOW)
            other.start(world.database)
        other.end()
        assert (other.error, answers) == (None, [401])
        with world.database.read() as connection:
            assert connection.execute(sa.select(schema_discussion.thread.c.id)).all() == []
