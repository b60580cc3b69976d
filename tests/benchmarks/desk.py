"""How fast the instructor's desk opens for a big class: the gradebook, by name, by total and narrowed,
and the class at a glance.

In: an empty database's address and a scratch folder. Out: median times in milliseconds of whole requests over
HTTP, and the bytes of the page.
"""

import statistics
import time
from pathlib import Path

from courseware.service import collecting
from tests import builders
from tests.benchmarks import big_class, rows
from tests.builders import NOW
from tests.service import inside

STUDENTS, PLACES, TIMES = 1000, 30, 5
_OPENED = {
    "by name": "",
    "page 20": "?page=20",
    "by total": "?sort=-Total",
    "by a lesson": "?sort=l07",
    "what needs a look": "?show=look",
    "what is missing": "?show=missing",
    "what came late": "?show=late",
    "one group": "?group=g3",
}
_BESIDE = {
    "the class at a glance": "glance",
    "a lesson at a glance": "lessons/l07/glance",
    "what another late rule changes": "lessons/l07/regrade/late?late=%22zero%22",
}
BUDGET_MS, BUDGET_KB = 1000, 200


def measure(name: str, address: str, scratch: Path) -> list[rows.Row]:
    """Fill a class and open its gradebook."""
    scratch.mkdir()
    world = builders.world(address, scratch)
    big_class.fill(world, students=STUDENTS, places=PLACES)
    found = []
    with inside.serving(world, scratch, now=NOW) as site:
        token = site.token(world.teacher.person, "pages")
        collecting.settle()  # as a service does that is a process of its own
        for label, query in _OPENED.items():
            took, size = _opened(site, token, f"/courses/c/class{query}")
            said = f"{name}: gradebook of {STUDENTS} x {PLACES}, {label}"
            found.append(rows.Row(name=said, value=took, unit="ms", budget=BUDGET_MS))
            if not query:
                found.append(rows.Row(name=f"{said}, size", value=size, unit="kB", budget=BUDGET_KB))
        for label, place in _BESIDE.items():
            took, size = _opened(site, token, f"/courses/c/{place}")
            said = f"{name}: {label} of {STUDENTS} x {PLACES}"
            found.append(rows.Row(name=said, value=took, unit="ms", budget=BUDGET_MS))
            found.append(rows.Row(name=f"{said}, size", value=size, unit="kB", budget=BUDGET_KB))
    world.close()
    return found


def _opened(site: inside.Inside, token: str, path: str) -> tuple[float, float]:
    """The median of some openings, and the size of the page as the browser reads it."""
    took, size = [], 0
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = site.ask(token, "GET", path).raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
        size = len(answer.content)
    return round(statistics.median(took), 1), round(size / 1000, 1)
