"""From the click on "Hand in" to the mark on the screen, in JupyterLab in a real browser.

In: a scratch folder. Out: seconds, one for each time that the lesson was handed in. The clock is the page's
own: it starts with the click and ends when the panel's text shows the marks.
"""

import json
import statistics
import time
from pathlib import Path

from tests.benchmarks import rows
from tests.journeys import chromium
from tests.journeys import test_lab_student as lab

TIMES = 20
LESSON = lab.LESSON
# The state must first leave what it was: "Marked" of the hand-in before, then be there anew.
_CLOCK = """() => new Promise((resolve, reject) => {
  const button = [...document.querySelectorAll('.jp-Dialog button')]
    .find(each => each.textContent.includes('Hand in'));
  const panel = document.querySelector('.cw-Panel');
  const marked = () => panel.querySelector('.cw-Score')?.textContent.startsWith('Marked');
  let left = !marked();
  const began = performance.now();
  const watch = new MutationObserver(() => {
    left = left || !marked();
    if (left && marked()) {
      watch.disconnect();
      requestAnimationFrame(() => resolve((performance.now() - began) / 1000));
    }
  });
  watch.observe(panel, { subtree: true, childList: true, characterData: true });
  setTimeout(() => reject(new Error('no mark within a minute')), 60000);
  button.click();
})"""


def measure(scratch: Path, times: int = TIMES) -> list[float]:
    """The seconds of so many hand-ins, each with something changed, so that all of it is marked anew."""
    world = lab.World(scratch)
    try:
        world.command("release", LESSON)
        link = world.command("people", "add", "sam").strip()
        lab.wait_for(world.lab_port)
        with chromium.browser() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"http://127.0.0.1:{world.lab_port}/lab?token=t&reset")
            page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)
            page.get_by_role("tab", name="Course", exact=True).click()
            page.get_by_label("Paste the join link").fill(link)
            page.get_by_role("button", name="Join").click()
            page.get_by_role("button", name="Get: Numbers").click()
            page.get_by_role("button", name="Submit: Numbers").wait_for()
            lab.solve(world)
            found = []
            for number in range(times + 1):
                _change(world, number)
                page.get_by_role("button", name="Submit: Numbers").click()
                page.get_by_role("dialog").get_by_role("button", name="Hand in").wait_for()
                found.append(float(page.evaluate(_CLOCK)))
                time.sleep(0.5)
            page.close()
    finally:
        world.end()
    return found[1:]  # the first one has to start what is kept afterwards


def _change(world: lab.World, number: int) -> None:
    """Another line in each answer."""
    path = world.root / "data-in-python" / LESSON / f"{LESSON}.ipynb"
    book = json.loads(path.read_text())
    for cell in book["cells"]:
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("solution"):
            kept = [line for line in "".join(cell["source"]).splitlines() if not line.startswith("# turn ")]
            cell["source"] = "\n".join([*kept, f"# turn {number}"])
    path.write_text(json.dumps(book))


def all_rows(scratch: Path) -> list[rows.Row]:
    """The row that binds, and the slowest."""
    scratch.mkdir()
    found = measure(scratch)
    name = "JupyterLab: click to visible mark"
    return [
        rows.Row(name=f"{name}, p50", value=round(statistics.median(found), 3), unit="s", budget=0.5),
        rows.Row(name=f"{name}, slowest of {len(found)}", value=round(max(found), 3), unit="s"),
    ]
