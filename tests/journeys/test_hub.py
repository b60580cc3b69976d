"""A department: a real JupyterHub with its proxy, PostgreSQL, the service and two workers, real browsers.

A lesson goes from the instructor's Jupyter server to the class, a student works on it in theirs, hands in,
asks, is marked by the machine and by a person, and answered. The student is in another course as well, and
goes from one to the other in JupyterLab. Neither server can teach; other courses' staff and a student's own
pages get nowhere.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests import commands, forked, hubs
from tests.journeys import chromium
from tests.journeys import test_lab_student as lab

pytestmark = pytest.mark.slow
COURSE, LESSON = "data-in-python", "pictures-and-words"
TITLE, OTHER = "Data in Python: first steps", "مقدمة في الإحصاء"
C, L = f"/courses/{COURSE}", f"/courses/{COURSE}/lessons/{LESSON}"


class Department:
    """All of it, until `end`."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, port = folder, lab.free_port()
        self.origin = f"http://courseware.localhost:{port}"
        local = f"http://127.0.0.1:{port}"
        groups = {
            f"course-{COURSE}-instructors": ["ines"],
            f"course-{COURSE}-students": ["sam", "mo"],
            "course-other-instructors": ["oleg"],
            "course-other-students": ["sam"],
        }
        self.hub = hubs.Hub(folder / "hub", public=self.origin, service=local, groups=groups)
        (folder / "courseware.toml").write_text(
            f"""
[service]
port = {port}
public = "{self.origin}"
[store]
database = "{database}"
state = "{folder / "state"}"
[grading]
runner = "workers"
slots = 1
[hub]
public = "{self.hub.public}"
api = "{self.hub.api}"
"""
        )
        self.environment = {
            **os.environ,
            "COURSEWARE_CONFIG": str(folder / "courseware.toml"),
            "COURSEWARE_HUB_TOKEN": self.hub.token,
        }
        self.run("migrate")
        self.course = folder / "course"
        shutil.copytree(lab.COURSE, self.course)
        other = folder / "other"
        shutil.copytree(lab.COURSE, other)
        text = (other / "course.toml").read_text().replace(f'id = "{COURSE}"', 'id = "other"')
        (other / "course.toml").write_text(text.replace(TITLE, OTHER))
        self.run("courses", "add", str(self.course), "--owner", "olga")
        self.run("courses", "add", str(other), "--owner", "olga")
        self._processes = [self._start("serve"), self._start("worker"), self._start("worker")]
        lab.wait_for(port)

    def run(self, *words: str) -> str:
        """A command of whoever runs the service."""
        done = commands.run(*words, cwd=self.folder, environment=self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _start(self, *words: str) -> forked.Process:
        log = self.folder / f"{words[0]}.log"
        return forked.start(forked.COURSEWARE, *words, cwd=self.folder, environment=self.environment, out=log)

    def home(self, username: str) -> Path:
        """Where somebody's Jupyter server lives."""
        return self.folder / "hub" / "homes" / username

    def terminal(self, username: str, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """A command in a terminal of somebody's running server: with its very environment."""
        return commands.run(*words, cwd=cwd, environment=_environment_of(username))

    def end(self) -> None:
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(60) for process in self._processes]
        self.hub.end()
        assert codes == [0, 0, 0]


def _environment_of(username: str) -> dict[str, str]:
    """What the Hub has given to somebody's server, as the system tells it of the running process."""
    for each in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            lines = each.read_bytes().decode(errors="replace").split("\0")
            told = dict(line.partition("=")[::2] for line in lines if line)
            if told.get("JUPYTERHUB_USER") == username:
                return told
    raise AssertionError(f"no server of {username} runs")


@pytest.fixture
def department(tmp_path: Path, postgres_url: str) -> Iterator[Department]:
    made = Department(tmp_path, postgres_url)
    yield made
    made.end()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


def at_hub(department: Department, browser: Browser, username: str) -> BrowserContext:
    """Somebody's browser, signed in at the Hub."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{department.hub.public}/hub/login")
    page.get_by_label("Username:").fill(username)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/hub/**")
    page.close()
    return context


def in_lab(department: Department, context: BrowserContext) -> Page:
    """Somebody's JupyterLab, started by the Hub."""
    page = context.new_page()
    page.goto(f"{department.hub.public}/hub/spawn", timeout=120_000)
    page.wait_for_url("**/lab**", timeout=120_000)
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=120_000)
    return page


def on_pages(department: Department, context: BrowserContext, path: str) -> Page:
    """A page of the course, by way of the Hub."""
    page = context.new_page()
    page.goto(department.origin + path)
    return page


def test_a_lesson_from_the_instructors_server_to_the_students_mark(
    department: Department, browser: Browser
) -> None:
    ines, sam = (at_hub(department, browser, name) for name in ("ines", "sam"))
    in_lab(department, ines).close()
    _drafted_and_never_published_from_a_server(department)
    page = on_pages(department, ines, f"{L}/draft-release")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 1").first).to_be_visible(timeout=60_000)
    page.close()

    work = in_lab(department, sam)
    work.get_by_role("tab", name="Course", exact=True).click()
    _to_the_other_course_and_back(work)
    work.get_by_role("button", name="Get: Pictures").click()
    expect(work.get_by_role("button", name="Open: Pictures")).to_be_visible()
    _solved(department)
    work.get_by_role("button", name="Submit: Pictures").click()
    work.get_by_role("dialog").get_by_role("button", name="Hand in").click()
    expect(work.get_by_text("Marked: 6 of 16 points").first).to_be_visible(timeout=60_000)
    _marked_by_hand(department, ines)
    _the_mark_is_read(work)
    _what_is_open_follows_the_choice(work)
    with work.context.expect_page() as other:
        work.get_by_role("button", name="Open the course's pages").click()
    asked = other.value
    expect(asked.get_by_role("heading", name="Lessons", exact=True)).to_be_visible()
    asked.goto(f"{department.origin}{L}?ask=#write")
    asked.get_by_role("textbox", name="Title").fill("Which year is drawn?")
    asked.get_by_role("textbox", name="Your text").fill("Is it `2025`?")
    asked.get_by_role("button", name="Post", exact=True).click()
    expect(asked.get_by_role("status")).to_have_text("Posted.")
    address = asked.url.split("?")[0]
    _a_students_server_cannot_teach(department)

    page = on_pages(department, ines, address.removeprefix(department.origin))
    page.get_by_role("textbox", name="Your reply").fill("Yes: the last is **2025**.")
    page.get_by_role("button", name="Reply").click()
    expect(page.get_by_role("article", name="Comment 2, ines")).to_be_visible()
    page.goto(f"{department.origin}{C}/class")
    expect(page.get_by_role("row").filter(has_text="sam")).to_contain_text("9.5")
    asked.reload()
    expect(asked.get_by_role("article", name="Comment 2, ines")).to_contain_text("the last is 2025")
    _others_get_nowhere(department, browser, address.removeprefix(department.origin))
    _a_students_page_gets_nothing_of_the_instructors(department, page)


def _drafted_and_never_published_from_a_server(department: Department) -> None:
    """The instructor's server checks the Hub, uploads a draft, and may not publish it."""
    checked = department.terminal("ines", "doctor", "--hub", "--json", cwd=department.folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    drafted = department.terminal("ines", "release", LESSON, "--draft", cwd=department.course)
    assert drafted.returncode == 0, drafted.stderr
    assert "draft uploaded" in drafted.stdout
    for words in (["release", LESSON], ["release", LESSON, "--publish"], ["grades"]):
        refused = department.terminal("ines", *words, cwd=department.course)
        assert refused.returncode == 2, words
        assert "From here you cannot" in refused.stderr


def _solved(department: Department) -> None:
    """What the student types, put into the file."""
    copy = department.home("sam") / COURSE / LESSON / f"{LESSON}.ipynb"
    copy.write_text(json.dumps(lab.answered(copy.read_bytes(), LESSON)))


def _to_the_other_course_and_back(work: Page) -> None:
    """The student is in two courses: what they choose by keyboard is shown, also after loading anew."""
    choice = work.get_by_role("combobox", name="Course")
    expect(choice.get_by_role("option")).to_have_text([TITLE, OTHER])
    for title, key in ((TITLE, "Home"), (OTHER, "End"), (TITLE, "Home")):
        work.wait_for_selector(".jp-Launcher", timeout=60_000)  # Lab has put the focus where it wants it
        choice.focus()
        work.keyboard.press(key)
        expect(work.get_by_role("heading", level=2, name=title)).to_be_visible()
        expect(choice).to_be_focused()
        work.reload()
        lab.course(work)
        expect(work.get_by_role("heading", level=2, name=title)).to_be_visible(timeout=60_000)
    expect(work.get_by_role("button", name="Get: Pictures")).to_be_visible()


def _marked_by_hand(department: Department, ines: BrowserContext) -> None:
    """The instructor, whom the Hub has signed in, marks an answer on the pages."""
    page = on_pages(department, ines, f"{C}/marking")
    page.get_by_role("link", name="describe your chart").click()
    page.get_by_label("Points, 0 to 4").fill("3.5")
    page.get_by_label("Comment for the student").fill("Clear; say which month is the wettest.")
    page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_text("Saved:")).to_be_visible()
    page.close()


def _the_mark_is_read(work: Page) -> None:
    """The student comes back: what the person gave and wrote is in JupyterLab."""
    work.reload()
    lab.course(work)
    expect(work.get_by_text("Marked: 9.5 of 16 points").first).to_be_visible(timeout=60_000)
    work.get_by_text("Marks per exercise").click()
    row = work.get_by_role("row").filter(has_text="describe your chart")
    expect(row).to_contain_text("which month is the wettest")
    expect(row).to_contain_text("3.5 / 4")


def _what_is_open_follows_the_choice(work: Page) -> None:
    """A notebook of the course that is not shown has no badges, and cannot be handed in to the other one."""
    work.get_by_role("button", name="Open: Pictures").click()
    badge = work.locator(".jp-Cell .cw-Badge").first
    expect(badge).to_be_attached(timeout=60_000)
    choice = work.get_by_role("combobox", name="Course")
    choice.select_option(label=OTHER)
    expect(work.locator(".cw-Badge")).to_have_count(0)
    expect(work.get_by_role("button", name="Submit: Pictures")).to_have_count(0)
    choice.select_option(label=TITLE)
    expect(badge).to_be_attached()
    expect(work.get_by_role("button", name="Submit: Pictures")).to_be_enabled()


def _a_students_server_cannot_teach(department: Department) -> None:
    home = department.home("sam")
    assert "Pictures" in department.terminal("sam", "status", cwd=home).stdout
    for words in (["grades", "--course", COURSE], ["queue", "show", "--course", COURSE]):
        refused = department.terminal("sam", *words, cwd=home)
        assert refused.returncode == 2, refused.stdout
        assert "you cannot" in refused.stderr


def _others_get_nowhere(department: Department, browser: Browser, thread: str) -> None:
    """Staff of another course see nothing of this one; they do see their own."""
    oleg = at_hub(department, browser, "oleg")
    page = oleg.new_page()
    seen = page.goto(f"{department.origin}/courses/other/class")
    assert seen is not None
    assert seen.status == 200
    for path in (
        C,
        f"{C}/class",
        f"{C}/people",
        f"{C}/inbox",
        L,
        f"{C}/marking",
        f"{L}/draft-release",
        thread,
    ):
        answer = page.goto(department.origin + path)
        assert answer is not None
        assert answer.status == 404, path
    oleg.close()


def _a_students_page_gets_nothing_of_the_instructors(department: Department, page: Page) -> None:
    """What a page on a student's own origin tries with the session of a visiting instructor."""
    evil = page.context.new_page()
    evil.goto(f"{department.hub.public.replace('//hub.', '//mo.hub.')}/user/mo/api")
    target = f"{department.origin}{C}/class"
    with pytest.raises(Error, match="Failed to fetch"):
        evil.evaluate("url => fetch(url, {credentials: 'include'}).then(r => r.text())", target)
    opened = evil.evaluate(
        """async url => {
            const other = window.open(url);
            await new Promise(done => setTimeout(done, 3000));
            try { return other.document.body.innerHTML; } catch (error) { return error.name; }
        }""",
        target,
    )
    assert opened in ("SecurityError", "TypeError", "")
    evil.evaluate(
        """url => {
            const form = document.createElement('form');
            form.method = 'POST'; form.action = url;
            (document.body || document.documentElement).append(form);
            form.submit();
        }""",
        f"{department.origin}{L}/release-marks",
    )
    expect(evil.get_by_text("came from another site")).to_be_visible()
    framed = page.context.new_page()
    framed.goto(f"{department.hub.public.replace('//hub.', '//mo.hub.')}/user/mo/api")
    framed.evaluate(
        """url => {
            const frame = document.createElement('iframe');
            frame.src = url;
            (document.body || document.documentElement).append(frame);
        }""",
        target,
    )
    framed.wait_for_timeout(2000)
    assert [frame.url for frame in framed.frames[1:]] == ["chrome-error://chromewebdata/"]
