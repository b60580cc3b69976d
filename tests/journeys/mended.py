"""A lesson of the demonstration course in which a test is mended, and students whose answers it is about.

In: a served course. Out: hand-ins with an answer of their own, the lesson with another test, the marks.
"""

import datetime
import json
import shutil
import time
from pathlib import Path

from playwright.sync_api import Browser, Page

from courseware.lab import client, work
from tests.journeys import test_class_of_five as five

LESSON = "numbers-and-lists"
RIGHT = "return celsius * 9 / 5 + 32"
ROUNDS = "return round(celsius * 9 / 5 + 32)"
STOPS = "return celsius * 9 / 5 + 32 if celsius < 1000 else 0"
STRICT = "assert abs(to_fahrenheit(36.6) - 97.88) < 0.001"
OTHER = "assert abs(to_fahrenheit(5500) - 9932) < 1"


def study(world: five.Class, name: str, answer: str) -> None:
    """Hand in the key with this answer in it."""
    connection = work.join(world.command("people", "link", name).strip(), world.folder / f"{name}.json")
    service = client.for_connection(connection)
    copy = work.get(service, connection, world.folder / name, LESSON).copy
    for path in copy.folder.glob("*.ipynb"):
        shutil.copy(world.course / "lessons" / LESSON / path.name, path)
        replaced(path, RIGHT, answer)
    handed = work.submit(service, copy, now=datetime.datetime.now(datetime.UTC))
    assert handed.answer is not None
    until = time.monotonic() + 60
    while service.submission(handed.answer["submission"]["id"])["state"] in ("waiting", "running"):
        assert time.monotonic() < until
        time.sleep(0.2)
    service.close()


def replaced(path: Path, old: str, new: str) -> None:
    """One text of a notebook in place of another."""
    book = json.loads(path.read_text())
    for cell in book["cells"]:
        cell["source"] = "".join(cell["source"]).replace(old, new)
    path.write_text(json.dumps(book))


def mend(world: five.Class) -> None:
    """The test asks for something else."""
    for path in (world.course / "lessons" / LESSON).glob("*.ipynb"):
        replaced(path, STRICT, OTHER)


def signed_in(world: five.Class, browser: Browser, scheme: str = "light", width: int = 1280) -> Page:
    size = {"width": width, "height": 844}
    opened = browser.new_context(color_scheme=scheme, viewport=size, bypass_csp=True)  # type: ignore[arg-type]
    page = opened.new_page()
    page.goto(world.command("people", "link", five.owner(world)).strip())
    page.get_by_role("button", name="Continue as").click()
    page.wait_for_url("**/courses/*")
    return page


def points(world: five.Class) -> dict[str, str]:
    """By student, from the table of the class."""
    lines = [line.split(",") for line in world.command("grades").splitlines()]
    column = lines[0].index(LESSON)
    return {line[lines[0].index("username")]: line[column] for line in lines[1:]}
