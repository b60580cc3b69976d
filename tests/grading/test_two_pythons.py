"""Two courses whose Pythons have incompatible pandas, graded by one worker of one service."""

import dataclasses
from pathlib import Path

import pytest

from courseware import wiring
from courseware.course import courses, lessons, manifest, model, people
from courseware.desk import release
from courseware.exchange import model as exchange_model
from courseware.exchange import submit
from courseware.grading import gradings, run, scores, turns
from courseware.notebook import files
from courseware.sandbox import port
from tests import builders
from tests.notebook import build

pytestmark = pytest.mark.slow

OLD = Path(__file__).parents[2] / ".venv" / "pandas" / "bin" / "python"
"""Made by `make .stamps/pandas`: in pandas 2 texts in a table are objects; pandas 3 has a type for them."""

ANSWER = "words = pd.Series(['a', 'b'])\nkind = str(words.dtype)"


def lesson(kind: str, major: str) -> dict[str, bytes]:
    test = (
        f"assert kind == {kind!r} and pd.__version__.startswith({major!r})\n"
        f"assert str(words.dtype) == {kind!r} and words.tolist() == ['a', 'b']"
    )
    book = build.book(
        build.cell("import pandas as pd"),
        build.answer(f"### BEGIN SOLUTION\n{ANSWER}\n### END SOLUTION"),
        build.machine(test),
    )
    return {"n.ipynb": files.write(book)}


ROLES: tuple[tuple[str, model.Role], ...] = (("tess", "owner"), ("sam", "student"))
HANDED_IN = files.write(build.book(build.cell("import pandas as pd"), build.answer(ANSWER)))


def other_course(world: builders.World) -> builders.World:
    """A second course on the same service whose Python is the older one."""
    told = builders.MANIFEST.replace('id = "c"', 'id = "d"')
    text = f'{told}\n[environment]\npython = "{OLD}"\n'
    parsed = manifest.parse(text)
    with world.database.write() as connection:
        course = courses.put(connection, parsed, text, now=builders.NOW)
        lessons.sync(connection, course, parsed, now=builders.NOW)
        world.keys.ensure(connection, course, now=builders.NOW)
        viewers = [
            model.Viewer(
                person=people.add(
                    connection, course, username=name, name=name, email=None, role=role, now=builders.NOW
                ),
                course=course,
                role=role,
                ceiling="cli",
            )
            for name, role in ROLES
        ]
        one = lessons.find(connection, course, "one")
    return dataclasses.replace(world, course=course, teacher=viewers[0], sam=viewers[1], one=one)


def handed_in(world: builders.World, tools: release.Tools, source: dict[str, bytes]) -> int:
    """Release, hand in; the number of the submission."""
    made = release.release(
        tools, world.teacher, world.one, release.Wish(files=source, accept=frozenset()), now=builders.NOW
    )
    assert made.report["exercises"][0]["test_mode"] == "isolated"
    upload = exchange_model.Upload(
        release=made.number, files={"n.ipynb": HANDED_IN}, client_key=world.course.public
    )
    return submit.receive_upload(world.desk, world.sam, "one", upload, now=builders.NOW).submission.id


def test_each_course_is_graded_with_its_own_pandas(tmp_path: Path) -> None:
    new = builders.world(f"sqlite:///{tmp_path / 'two.sqlite'}", tmp_path)
    try:
        sandbox = wiring.sandbox(unsafe=False)
        tools = release.Tools(database=new.database, blobs=new.blobs, sandbox=sandbox, limits=port.Limits())
        old = other_course(new)
        work = [handed_in(new, tools, lesson("str", "3.")), handed_in(old, tools, lesson("object", "2."))]
        worker = run.Worker(
            database=new.database,
            blobs=new.blobs,
            sandbox=sandbox,
            limits=port.Limits(),
            clock=lambda: builders.NOW,
            python=wiring.python_of,
        )
        with new.database.read() as connection:
            waiting = turns.order(connection)
        for key in waiting:
            run.run(worker, key)
        with new.database.read() as connection:
            given = [scores.of_submission(connection, each) for each in work]
            pythons = {gradings.by_id(connection, key).result["python"] for key in waiting}
        assert [found["n", "t"].score for found in given] == [2, 2]
        assert len(pythons) == 2
    finally:
        new.close()
