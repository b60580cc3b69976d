"""A lesson that was taken along, opened in a browser from the disk: it is read with no network, and a hostile
one neither runs nor fetches anything. Work done in it is handed in later, once, with both times.
"""

import base64
import contextlib
import dataclasses
import datetime
import io
import json
import os
import shutil
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from courseware.lab import client, connections, work
from tests import builders
from tests.journeys import chromium, test_accessible
from tests.journeys import test_class_of_five as five
from tests.notebook import build
from tests.service import inside
from tests.service import test_pack as packs

pytestmark = pytest.mark.slow
VTT = b"WEBVTT\n\n00:00:00.000 --> 00:01:00.000\nWelcome to the lecture.\n"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
LESSON = """# Lists

The mean is $\\bar{x} = \\frac{1}{n}\\sum x_i$, and

$$\\int_0^1 x^2\\,dx = \\frac{1}{3}$$

| name | value |
|:--|--:|
| one | 1 |

![A grey dot](media/dot.png) The data are in [the table of values](data/x.csv).

<video src="media/film.webm" controls title="Lists in a minute" data-no-descriptions="All is said."></video>
"""
FILM = """async () => {
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 64;
  const pen = canvas.getContext('2d'), kept = [];
  const made = new MediaRecorder(canvas.captureStream(20), {mimeType: 'video/webm'});
  made.ondataavailable = event => kept.push(event.data);
  made.start();
  for (let i = 0; i < 30; i++) {
    pen.fillStyle = `rgb(${i * 8}, 0, 0)`; pen.fillRect(0, 0, 64, 64);
    await new Promise(done => setTimeout(done, 50));
  }
  await new Promise(done => { made.onstop = done; made.stop(); });
  const bytes = new Uint8Array(await new Blob(kept).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}"""
HOSTILE = """# A title <img src=x onerror="document.title = 'ran'">

<script>document.title = 'ran'</script>
<svg onload="document.title = 'ran'"><script>document.title = 'ran'</script><image href="http://evil.example/s"/></svg>

![](http://evil.example/a.png) <img src="//evil.example/b.png" srcset="http://evil.example/c.png 2x">
![](https://evil.example/d.png) <video src="http://evil.example/v.webm" poster="http://evil.example/p.png"></video>
<video src="media/film.webm" title="x&quot; onloadstart=&quot;document.title='ran'"></video>

[One](javascript:document.title='ran') <a href="javascript:document.title='ran'">Two</a>
<a href=" java&#10;script:document.title='ran'">Three</a> [Four](media/evil.html) [Five](media/evil.svg)

<meta http-equiv="refresh" content="0;url=http://evil.example/m">
<base href="http://evil.example/"><link rel="stylesheet" href="http://evil.example/l.css">
<link rel="preconnect" href="http://evil.example/"><link rel="dns-prefetch" href="http://evil.example/">
<style>@import url(http://evil.example/i.css); body { background: url(http://evil.example/g.png) }</style>
<form action="http://evil.example/f">
<input name="q" autofocus onfocus="document.title='ran'"><button>Send</button></form>
<iframe src="http://evil.example/w"></iframe><object data="http://evil.example/o"></object>
<div style="background:url(http://evil.example/h.png)">x</div>
<details open ontoggle="document.title='ran'"><summary>x</summary>y</details>

$\\href{http://evil.example/}{x}$ $<img src=x onerror=alert(1)>$
"""
FRAMED = HOSTILE.replace("document.title = 'ran'", "top.document.title = 'ran'") + (
    "<a href='http://evil.example/click' target='_top' autofocus>x</a>"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>document.title="ran"</script></svg>'


class Listener:
    """Where every name of the hostile lesson leads to: remembers who called."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                called, _ = self.server.accept()
                called.settimeout(1)
                with called, contextlib.suppress(OSError):
                    self.calls.append(b"(connected)")
                    self.calls[-1] = called.recv(500) or b"(connected)"


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.close()


@pytest.fixture
def browser(listener: Listener) -> Iterator[Browser]:
    # The browser's own errands find nobody; they are not the page's.
    names = f"MAP *.example 127.0.0.1:{listener.port}, MAP * ~NOTFOUND"
    with chromium.browser(names) as opened:
        yield opened


@pytest.fixture
def served(tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(f"sqlite:///{tmp_path / 'x.db'}", tmp_path)
    with inside.serving(world, tmp_path, now=builders.NOW) as made:
        yield made
    world.close()


def film(browser: Browser) -> bytes:
    """A real second of video, made by the browser."""
    page = browser.new_page()
    made: str = page.evaluate(FILM)
    page.close()
    return base64.b64decode(made)


def taken(served: inside.Inside, files: dict[str, bytes], folder: Path) -> Path:
    """The page of a lesson of these files, unpacked."""
    packs.release(served, "one", files)
    answer = served.ask(served.token(served.world.sam.person, "pages"), "GET", packs.PAGE.format("one"))
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(folder)
    return folder / "one-offline" / "index.html"


def notebook(*cells: dict[str, Any]) -> bytes:
    return json.dumps(build.book(*cells)).encode()


@dataclasses.dataclass
class Watched:
    """A page, and what it asked for and complained of."""

    page: Page
    asked: list[str]
    said: list[str]
    failed: list[tuple[str, str]]

    def outside(self) -> list[str]:
        """What it asked for elsewhere, other than what a policy stopped before it left."""
        stopped = {url for url, why in self.failed if why == "csp"}
        return [u for u in self.asked if not u.startswith(("file:", "data:", "about:")) and u not in stopped]


def watch(browser: Browser, **more: Any) -> Watched:
    page = browser.new_context(**more).new_page()
    made = Watched(page=page, asked=[], said=[], failed=[])
    page.on("request", lambda request: made.asked.append(request.url))
    page.on("requestfailed", lambda request: made.failed.append((request.url, request.failure or "")))
    page.on("console", lambda message: made.said.append(message.text))
    page.on("dialog", lambda dialog: made.said.append(f"dialog {dialog.message}"))
    return made


def until(page: Page, holds: str) -> None:
    """Wait for it; the page's own policy lets nothing wait inside of it."""
    end = time.monotonic() + 20
    while not page.evaluate(holds):
        assert time.monotonic() < end, holds
        time.sleep(0.1)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_lesson_is_read_from_the_disk(
    served: inside.Inside, browser: Browser, listener: Listener, tmp_path: Path, scheme: Any, width: int
) -> None:
    files = {
        "n.ipynb": notebook(
            build.cell(LESSON, "markdown", id="a"), build.cell("def f(x):\n    return x  # so", id="b")
        ),
        "data/x.csv": b"name,value\none,1\n",
        "media/dot.png": PIXEL,
        "media/film.webm": film(browser),
        "media/film.en.vtt": VTT,
    }
    index = taken(served, files, tmp_path / "taken")
    size: Any = {"width": width, "height": 800}
    seen = watch(browser, viewport=size, color_scheme=scheme)
    page = seen.page
    page.goto(index.as_uri())
    expect(page.get_by_role("heading", name="Lists", exact=True)).to_be_visible()
    expect(page.locator("math").first).to_be_visible()
    assert page.locator("math").count() == 2
    assert page.evaluate("document.querySelector('img').naturalWidth") == 1
    assert page.locator("pre.code .k").first.evaluate("e => getComputedStyle(e).color") != page.locator(
        "pre.code"
    ).evaluate("e => getComputedStyle(e).color")
    assert page.locator("td").last.evaluate("e => getComputedStyle(e).textAlign") == "right"
    page.evaluate(
        "v = document.querySelector('video'), v.muted = true, v.textTracks[0].mode = 'hidden', v.play()"
    )
    until(page, "document.querySelector('video').currentTime > 0.2")
    cues = "Array.from(document.querySelector('video').textTracks[0].activeCues).map(c => c.text)"
    until(page, f"{cues}.join() === 'Welcome to the lecture.'")
    page.get_by_text("Transcript (English)").click()
    expect(page.locator("p.said")).to_have_text("Welcome to the lecture.")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="the table of values").click()
    assert page.url.endswith("/files/data/x.csv") or page.url == index.as_uri()
    assert seen.outside() == []
    assert listener.calls == []
    checked = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True).new_page()
    checked.goto(index.as_uri())
    assert test_accessible.findings(checked) == []
    passes = checked.evaluate("axe.run(document, {runOnly: ['video-caption']}).then(r => r.passes.length)")
    assert passes == 1


def test_a_hostile_lesson_runs_and_fetches_nothing(
    served: inside.Inside, browser: Browser, listener: Listener, tmp_path: Path
) -> None:
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/html": FRAMED}},
        {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": SVG}},
        {"output_type": "display_data", "metadata": {}, "data": {"text/markdown": HOSTILE}},
        {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": "alert(1)"}},
        {
            "output_type": "stream",
            "name": "stdout",
            "text": "<img src=http://evil.example/t onerror=alert(1)>",
        },
    ]
    code = {**build.cell("</code><script>alert(1)</script>", id="b"), "outputs": outputs}
    files = {
        "n.ipynb": notebook(build.cell(HOSTILE, "markdown", id="a"), code),
        "read.md": HOSTILE.encode(),
        "media/evil.html": b"<script>document.title='ran'</script>",
        "media/evil.svg": SVG.encode(),
        "media/film.webm": film(browser),
    }
    index = taken(served, files, tmp_path / "taken")
    seen = watch(browser)
    page = seen.page
    page.goto(index.as_uri())
    page.wait_for_timeout(1500)
    assert page.get_by_role("link", name="Four").count() == 0
    for name in ("One", "Two", "Three", "Four", "Five"):
        for link in page.get_by_text(name, exact=True).all():
            link.click()
    page.wait_for_timeout(500)
    assert page.url == index.as_uri()
    assert page.title() == "One · A course"
    assert [text for text in seen.said if text.startswith("dialog")] == []
    assert seen.outside() == []
    assert listener.calls == []
    tags = "[...new Set([...document.querySelectorAll('*')].map(e => e.localName))]"
    assert not set(page.evaluate(tags)) & {
        "script",
        "form",
        "input",
        "object",
        "embed",
        "base",
        "link",
        "svg",
    }


def wrong_in_plain_jupyter(notebook: Path) -> list[str]:
    """Run a notebook where it lies, with a kernel and nothing of the course; the ids of cells that fail."""
    book = nbformat.read(notebook, as_version=4)
    resources = {"metadata": {"path": str(notebook.parent)}}
    nbclient.NotebookClient(book, kernel_name="python3", allow_errors=True, resources=resources).execute()
    ran = [cell for cell in book.cells if cell.cell_type == "code"]
    assert "image/png" in ran[1].outputs[-1]["data"]
    failed = [cell for cell in ran if any(each.output_type == "error" for each in cell.outputs)]
    return [cell.metadata.nbgrader.grade_id for cell in failed]


def test_work_of_a_pack_is_handed_in_later_once_with_both_times(tmp_path: Path) -> None:
    world = five.Class(tmp_path)
    try:
        world.command("release", five.LESSON)
        link = world.command("people", "add", "amy").strip()
        kept = connections.file_of(world.environment)
        connection = work.join(link, kept)
        told = json.loads(
            world.command("pack", five.LESSON, "--course", "data-in-python", "--out", str(tmp_path), "--json")
        )
        assert told == {"path": str(tmp_path / f"{five.LESSON}-offline"), "release": 1}
        mine = Path(told["path"]) / "files" / f"{five.LESSON}.ipynb"
        # Only what nobody has answered yet fails, and its tests: data and figures are all there.
        assert wrong_in_plain_jupyter(mine) == ["rain-chart", "test-rain-bars", "test-rain-words"]
        book = json.loads(mine.read_text())
        book["cells"][-1]["source"] = "Worked on the train."
        mine.write_text(json.dumps(book))
        worked = datetime.datetime.now(datetime.UTC).replace(microsecond=0) - datetime.timedelta(days=1)
        os.utime(mine, (worked.timestamp(), worked.timestamp()))
        service = client.for_connection(connection)
        copy = work.get(service, connection, tmp_path / "amy", five.LESSON).copy
        shutil.copy2(mine, copy.folder / mine.name)
        away = client.Client("http://127.0.0.1:9", connection.credential, connection.course)
        assert work.submit(away, copy, now=datetime.datetime.now(datetime.UTC)).answer is None
        assert work.flush(service, copy) == 1
        assert work.flush(service, copy) == 0
        (handed,) = service.submissions(five.LESSON)
        assert datetime.datetime.fromisoformat(handed["worked"]) == worked
        late = datetime.datetime.fromisoformat(handed["received"]) - worked
        assert datetime.timedelta(days=1) <= late < datetime.timedelta(days=1, hours=1)
        assert handed["release"] == 1
        service.close()
        away.close()
    finally:
        world.end()
