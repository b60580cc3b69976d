"""What discussions cost in JupyterLab: a lesson of 200 cells and a thread of 500 posts, in a real browser.

In: a scratch folder. Out: how many requests the extension makes when a lesson is opened, how long its script
runs meanwhile, how long one round over all badges takes, and how long until a long thread shows its first
post; and the same with 100,000 posts more in the database.
"""

import dataclasses
import statistics
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Browser, CDPSession, Page

from courseware.store import database
from tests.benchmarks import discussion
from tests.journeys import chromium, talk
from tests.journeys import test_lab_student as lab
from tests.notebook import build

TIMES = 3
LONG = "The long one"
_SYNCS = "() => performance.getEntriesByName('courseware-badges').map(each => each.duration)"
_BADGES = "n => document.querySelectorAll('.cw-Badge').length === n"
_OPENED = """title => new Promise(done => {
  const row = [...document.querySelectorAll('.cw-Row button')].find(each => each.textContent.includes(title));
  const start = performance.now();
  const look = () => document.querySelector('.cw-Post .cw-Body')?.textContent.trim()
    ? done(performance.now() - start) : requestAnimationFrame(look);
  row.click();
  look();
})"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cost:
    """Requests of the extension, and the files of it that JupyterLab loads; milliseconds, medians."""

    requests: int
    files: int
    script: float
    sync: float
    first_post: float


def measure(folder: Path, *, more: int = discussion.MORE) -> tuple[Cost, Cost]:
    """The cost before and after the database is filled."""
    cells = [build.cell(f"x = {n}", "code", id=f"cell{n}") for n in range(discussion.CELLS)]
    world = talk.Talk(folder, dict(build.book(*cells)))
    try:
        world.person("kim", given="Kim Roe")
        [file] = (folder / "state").rglob("courseware.db")
        kept = database.open_at(f"sqlite:///{file}")
        with kept.write() as connection:
            lesson, talkers = _place(connection)
            for number in range(0, discussion.CELLS, 2):
                discussion.insert(connection, talkers, lesson, f"cell{number}", threads=1, posts=2)
            discussion.insert(connection, talkers, lesson, None, threads=1, posts=discussion.LONG)
            first = sa.text("update thread set title = :t, pinned = true where anchor is null")
            connection.execute(first, {"t": LONG})
        with chromium.browser() as browser:
            before = _cost(world, browser)
            with kept.write() as connection:
                discussion.fill(connection, talkers, None, more=more)
            return before, _cost(world, browser)
    finally:
        world.end()


def _place(connection: sa.Connection) -> tuple[int, discussion.Talkers]:
    """The lesson, and two people who are not the student."""
    lesson, course = connection.execute(sa.text("select id, course_id from lesson")).one()
    others = sa.text("select id from person where username <> 'sam' order by id")
    first, second = connection.execute(others).scalars().all()[:2]
    return int(lesson), discussion.Talkers(course=int(course), people=(int(first), int(second)))


def _cost(world: talk.Talk, browser: Browser) -> Cost:
    """Medians of some openings; the first one fills the browser's and the server's caches."""
    found = [_once(world, browser) for _ in range(TIMES + 1)][1:]
    return Cost(
        requests=max(each.requests for each in found),
        files=max(each.files for each in found),
        script=round(statistics.median(each.script for each in found), 1),
        sync=round(statistics.median(each.sync for each in found), 2),
        first_post=round(statistics.median(each.first_post for each in found), 1),
    )


def _once(world: talk.Talk, browser: Browser) -> Cost:
    lab.wait_for(world.lab_port)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    try:
        # Within one site the page stays in one process, whose profile goes on.
        page.goto(f"http://127.0.0.1:{world.lab_port}/api")
        profiler = page.context.new_cdp_session(page)
        for method, given in (
            ("Profiler.enable", {}),
            ("Profiler.setSamplingInterval", {"interval": 500}),
            ("Profiler.start", {}),
        ):
            profiler.send(method, given)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"http://127.0.0.1:{world.lab_port}/lab/tree/tiny/one/one.ipynb?token=t&reset")
        page.wait_for_function(_BADGES, arg=discussion.CELLS, timeout=120_000)
        page.evaluate(talk.SETTLED)
        page.wait_for_timeout(1000)
        own = [url for url in asked if "/courseware/" in url]
        files = [url for url in asked if "/extensions/courseware-lab/" in url]
        script, syncs = _own_script(profiler), page.evaluate(_SYNCS)
        return Cost(
            requests=len(own), files=len(files), script=script, sync=max(syncs), first_post=_first_post(page)
        )
    finally:
        page.close()


def _own_script(profiler: CDPSession) -> float:
    """Milliseconds in which a function of the extension ran, or something that it called."""
    profile: dict[str, Any] = profiler.send("Profiler.stop")["profile"]
    nodes = {node["id"]: node for node in profile["nodes"]}
    parents = {child: node["id"] for node in profile["nodes"] for child in node.get("children", ())}
    mine: dict[int, bool] = {}

    def own(key: int) -> bool:
        if key not in mine:
            above = parents.get(key)
            here = "/extensions/courseware-lab/" in nodes[key]["callFrame"]["url"]
            mine[key] = here or (above is not None and own(above))
        return mine[key]

    pairs = zip(profile["samples"], profile["timeDeltas"], strict=True)
    return float(sum(delta for key, delta in pairs if own(key))) / 1000


def _first_post(page: Page) -> float:
    """Milliseconds from the click on the thread to its first post."""
    talk.run(page, "courseware:discussion")
    page.locator(".cw-Row button", has_text=LONG).first.wait_for(timeout=30_000)
    return float(page.evaluate(_OPENED, LONG))
