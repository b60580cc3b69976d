"""What comes out wrong most often, of work graded for real: the words of the test, and for how many."""

from pathlib import Path

from courseware import wiring
from courseware.course import model, people
from courseware.desk import release
from courseware.exchange import model as exchange_model
from courseware.exchange import submit
from courseware.grading import gradebook, run, turns
from courseware.insight import heat, items, wrong
from courseware.sandbox import port, pythons
from tests import builders
from tests.builders import NOW
from tests.grading.test_lacking import handed, source


def _member(world: builders.World, username: str) -> model.Viewer:
    with world.database.write() as connection:
        person = people.add(
            connection, world.course, username=username, name="", email=None, role="student", now=NOW
        )
    return model.Viewer(person=person, course=world.course, role="student", ceiling="lab")


def test_the_tests_own_words_and_how_many_they_concern(database_url: str, tmp_path: Path) -> None:
    world = builders.world(database_url, tmp_path)
    sandbox = wiring.sandbox(unsafe=False)
    tools = release.Tools(database=world.database, blobs=world.blobs, sandbox=sandbox, limits=port.Limits())
    test = "assert x != 2, f'two, at {object()}'\nassert x in (0, 1), 'the sum is wrong'"
    test += "\nif x == 0: print('Not right yet: none')\n1 if x == 0 else 2"
    made = release.release(
        tools, world.teacher, world.one, release.Wish(files=source("x = 1", test)), now=NOW
    )
    answers = ("x = 2", "x = 2", "x = 3", "x = 1", "x = 1 / 0", "x = 0")
    for number, answer in enumerate(answers):
        upload = exchange_model.Upload(release=made.number, files=handed(answer), client_key=f"k{number}")
        submit.receive_upload(world.desk, _member(world, f"p{number}"), "one", upload, now=NOW)
    worker = run.Worker(
        database=world.database,
        blobs=world.blobs,
        sandbox=sandbox,
        limits=port.Limits(),
        clock=lambda: NOW,
        python=lambda environment: pythons.current(),
    )
    with world.database.read() as connection:
        waiting = turns.order(connection)
    for key in waiting:
        run.run(worker, key)
    with world.database.read() as connection:
        columns = gradebook.columns(connection, world.course)
        members = gradebook.students(connection, world.course, columns)
        rows = gradebook.everybody(connection, world.course, columns, members, now=NOW)
        found = items.read(connection, world.one, rows)
        (item,) = items.of_release(found, made)
        (told,) = wrong.of_release(connection, world.blobs, found, made).values()
        cells = heat.of_cells(connection, world.teacher, world.one, made, found, now=NOW)
    world.close()
    assert (item.marked, item.full, item.never) == (6, 1, 5)
    verdicts = [(each.people, each.verdict) for each in told]
    assert verdicts == [(2, "fail"), (1, "error"), (1, "fail"), (1, "partial")]
    said = [each.said for each in told]
    assert said[0].startswith("AssertionError: two, at <object object at 0x…>")
    assert "name 'x' is not defined" in said[1]
    assert said[2].startswith("AssertionError: the sum is wrong")
    assert said[3] == "Not right yet: none"
    assert [(each.below, each.marked) for each in cells if each.busy] == [(5, 6)]
