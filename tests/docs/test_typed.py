"""What the pages tell people to type is typed, line by line, and works.

The lines are those that stand indented by four blanks. `serve` goes on in the background, as in a terminal of
its own; `LINK` is the join link that was printed last, `sub_...` the hand-in of the student before. A line
that installs the package is looked up instead: this very test runs what it would install.
"""

import datetime
import json
import os
import re
import shlex
import shutil
import signal
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from courseware.service import hub_snippet
from tests import commands, forked, hubs
from tests.journeys import test_lab_student as lab

DOCS = lab.ROOT / "docs"


class Terminal:
    """A person with a home, a folder and services in the background."""

    def __init__(self, home: Path) -> None:
        self.home, self.folder, self.link, self.submission = home, home, "", ""
        self.given: dict[str, str] = {}
        self.services: list[forked.Process] = []

    @property
    def environment(self) -> dict[str, str]:
        """A home of its own."""
        own = {"HOME": str(self.home), "COURSEWARE_SERVICE_PORT": "0"}
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("XDG", "COURSEWARE"))
        }
        return {**kept, **own, **self.given}

    def type(self, line: str) -> str:
        """Type a line; what it printed."""
        words = shlex.split(
            line.replace("LINK", self.link).replace("sub_...", self.submission), comments=True
        )
        if words[0] == "pip":
            _known_extras(line)
            return ""
        if words[0] == "cd":
            self.folder = self.folder / words[1]
            return ""
        if words[0] == "jupyter":
            assert shutil.which("jupyter-lab", path=str(Path(sys.executable).parent))
            return ""
        assert words[0] == "courseware", line
        if words[1] == "serve":
            self._serve(words[1:])
            return ""
        if words[1] == "worker":
            self._work(words[1:])
            return ""
        done = commands.run(*words[1:], cwd=self.folder, environment=self.environment)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        found = re.findall(r"http\S+/join/\S+", done.stdout)
        self.link = found[-1] if found else self.link
        return done.stdout

    def _serve(self, words: list[str]) -> None:
        """Serve until the page is through; a second `serve` takes the first one's place."""
        self.stop()
        process = self._begin(words)
        until = time.monotonic() + 60
        while not list((self.home / ".local" / "state" / "courseware").glob("*/service.json")):
            assert process.poll() is None, "the service ended"
            assert time.monotonic() < until
            time.sleep(0.1)

    def _work(self, words: list[str]) -> None:
        """Let a worker work until the page is through."""
        process, until = self._begin(words), time.monotonic() + 60
        while "at a time" not in self._log(words).read_text():
            assert process.poll() is None, "the worker ended"
            assert time.monotonic() < until
            time.sleep(0.1)

    def _begin(self, words: list[str]) -> forked.Process:
        """Begin what goes on in the background."""
        process = forked.start(
            forked.COURSEWARE, *words, cwd=self.folder, environment=self.environment, out=self._log(words)
        )
        self.services.append(process)
        return process

    def _log(self, words: list[str]) -> Path:
        """What a command in the background has printed."""
        return self.home / f"{words[0]}.log"

    def stop(self) -> None:
        """End what runs in the background."""
        for process in self.services:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        self.services.clear()


def _known_extras(line: str) -> None:
    """The extras that a line would install exist."""
    told = tomllib.loads((lab.ROOT / "pyproject.toml").read_text())["project"]
    for extra in re.findall(r"courseware\[(\w+)\]", line):
        assert extra in told["optional-dependencies"]


def lines(page: str) -> list[str]:
    """What a page tells people to type."""
    text = (DOCS / page).read_text(encoding="utf-8")
    plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [line.strip() for line in plain.splitlines() if re.match(r"    \S", line)]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    yield made
    made.stop()


def hand_in(terminal: Terminal, link: str, lesson: str, course: str) -> None:
    """A student of the course hands the lesson in, with words of their own."""
    student = Terminal(terminal.home / "student")
    student.home.mkdir()
    for line in (f"courseware join {link}", f"courseware fetch {lesson}"):
        student.type(line)
    for path in (student.folder / course / lesson).glob("*.ipynb"):
        book = json.loads(path.read_text())
        for cell in book["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "reflection":
                cell["source"] = "It puts the text twice, since * repeats."
        path.write_text(json.dumps(book))
    told = student.type(f"courseware submit {lesson}")
    terminal.submission = re.findall(r"sub_\w+", told)[0]
    student.folder = student.home
    _marked(student)


def test_your_first_course(terminal: Terminal) -> None:
    course = terminal.home / "my-course"
    for line in lines("tutorial/your-first-course.md"):
        if "class.csv" in line:
            (course / "class.csv").write_text("username,name,email,role\ngrace,Grace Hopper,,student\n")
        if line.startswith("courseware people add me"):
            hand_in(terminal, terminal.link, "first-steps", "my-course")
        terminal.type(line)
    assert "grace" in (course / "grades.csv").read_text()


def test_run_for_a_class(terminal: Terminal) -> None:
    terminal.type("courseware new my-course")
    (terminal.home / "courseware.toml").write_text("[service]\nhost = '127.0.0.1'\n")
    (terminal.home / "my-course" / "roster.csv").write_text("username,name\nkim,Kim Roe\n")
    student = Terminal(terminal.home / "student")
    student.home.mkdir()
    for line in lines("how-to/run-for-a-class.md"):
        if line.startswith("courseware people"):
            terminal.folder = terminal.home / "my-course"
        if line.startswith("courseware join"):
            student.link = terminal.link
            student.type(line)
        else:
            terminal.type(line)
    assert (terminal.folder / "course.zip").exists()


def test_your_first_lesson_as_a_student(terminal: Terminal) -> None:
    teacher = Terminal(terminal.home / "teacher")
    teacher.home.mkdir()
    shutil.copytree(lab.COURSE, teacher.home / "course")
    teacher.folder = teacher.home / "course"
    try:
        teacher.type("courseware serve .")
        teacher.type("courseware release numbers-and-lists")
        teacher.type("courseware people add sam")
        terminal.link = teacher.link
        for line in lines("tutorial/your-first-lesson-as-a-student.md"):
            if line.startswith("courseware feedback"):
                _marked(terminal)
            if line.endswith("--look"):
                teacher.type("courseware release numbers-and-lists")
            terminal.type(line)
        told = json.loads(terminal.type("courseware status --json"))["lessons"]
        assert "marked" in [each["submission"]["state"] for each in told if each["submission"]]
    finally:
        teacher.stop()


def _work_on(notebook: Path, moment: datetime.datetime) -> None:
    """Write something into a notebook at this moment."""
    book = json.loads(notebook.read_text())
    book["cells"].append({"cell_type": "markdown", "id": "mine", "metadata": {}, "source": "On the train."})
    notebook.write_text(json.dumps(book))
    os.utime(notebook, (moment.timestamp(), moment.timestamp()))


def test_take_a_lesson_along(terminal: Terminal) -> None:
    monday = datetime.datetime.now(datetime.UTC).replace(microsecond=0) - datetime.timedelta(days=6)
    teacher = Terminal(terminal.home / "teacher")
    teacher.home.mkdir()
    shutil.copytree(lab.COURSE, teacher.home / "course")
    teacher.folder = teacher.home / "course"
    try:
        teacher.type("courseware serve .")
        teacher.type("courseware release numbers-and-lists")
        teacher.type("courseware people add sam")
        terminal.link = teacher.link
        terminal.type("courseware join LINK")
        for line in lines("how-to/take-a-lesson-along.md"):
            if line.startswith("cp -p "):
                _, _, source, target = line.split()
                _work_on(terminal.folder / source, monday)
                shutil.copy2(terminal.folder / source, terminal.folder / target)
            else:
                terminal.type(line)
        (copy,) = terminal.folder.glob("data-in-python/*/.courseware/copy.json")
        (receipt,) = json.loads(copy.read_text())["receipts"]
        assert receipt["worked"] == f"{monday:%Y-%m-%dT%H:%M:%SZ}" < receipt["received"]
        assert "Open index.html" in teacher.type("courseware pack numbers-and-lists")
    finally:
        teacher.stop()


def test_sign_in(terminal: Terminal) -> None:
    """Every line of the page, those in its lists too, by the owner: in the folder, and as from elsewhere."""
    page = "how-to/sign-in.md"
    terminal.type("courseware new stats")
    course = terminal.home / "stats"
    (terminal.home / "courseware.toml").write_text(f"[mail]\nfolder = '{terminal.home / 'mail'}'\n")
    toml = (course / "course.toml").read_text()
    (course / "course.toml").write_text(toml.replace("first-steps", "regression"))
    (course / "lessons" / "first-steps").rename(course / "lessons" / "regression")
    terminal.type("courseware serve stats --config courseware.toml")
    terminal.folder = course
    terminal.type("courseware sign-ins machine --as instructor")
    terminal.type("courseware join LINK")
    terminal.type("courseware sign-ins link")
    typed = re.findall(r"^ {4,}(courseware .+)$", (DOCS / page).read_text(), flags=re.MULTILINE)
    assert set(lines(page)) <= set(typed)
    for line in typed:
        own = json.loads(terminal.type("courseware sign-ins list --json"))["sign_ins"]
        (link,) = [each["id"] for each in own if each["kind"] == "signin"][:1] or [""]
        terminal.type(line.replace("end ID", f"end {link}"))
    assert "Uploaded" not in terminal.type("courseware release regression --publish")


def test_dates(terminal: Terminal) -> None:
    """What staff grant, and what a student plans with it."""
    terminal.type("courseware new stats")
    terminal.folder = course = terminal.home / "stats"
    with (course / "course.toml").open("a") as manifest:
        manifest.write('\n[[lessons]]\nslug = "part-two"\nrequires = ["first-steps"]\npacing = "paced"\n')
    terminal.type("courseware serve .")
    terminal.type("courseware people add sam")
    for line in lines("how-to/give-an-extension.md"):
        terminal.type(line)
    held = json.loads(terminal.type("courseware people granted sam --json"))["allowances"]
    kinds = ["format", "no-penalty", "waiver", "extra-attempts", "extra-time", "extension", "extension"]
    assert [each["kind"] for each in held] == kinds
    terminal.type(f"courseware people take-back sam {held[0]['id']}")
    terminal.type("courseware people link sam")
    terminal.type("courseware join LINK")
    soon = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=2)
    answers = [
        # The page's days are ahead of its writer, not of everybody who runs this.
        terminal.type(re.sub(r"--pause \S+ \S+", f"--pause {soon} {soon}", line))
        for line in lines("how-to/plan-your-dates.md")
    ]
    assert "(America/New_York): your own pace" in answers[-2]
    assert "/calendar/cw_calendar_" in answers[-1]


def _marked(terminal: Terminal) -> None:
    """Wait until the hand-in is marked."""
    until = time.monotonic() + 60
    while any(
        each["submission"] and each["submission"]["state"] in ("waiting", "running")
        for each in json.loads(terminal.type("courseware status --json"))["lessons"]
    ):
        assert time.monotonic() < until
        time.sleep(0.3)


def test_grade_with_workers(postgres_url: str, terminal: Terminal) -> None:
    terminal.type("courseware new my-course")
    told = f'[store]\ndatabase = "{postgres_url}"\nblobs = "{terminal.home}/files"\n'
    told += '[grading]\nrunner = "workers"\n'
    (terminal.home / "courseware.toml").write_text(told)
    for line in lines("how-to/grade-with-workers.md"):
        if line.startswith("courseware queue show"):
            terminal.folder = terminal.home / "my-course"
            terminal.type("courseware release")
            terminal.type("courseware people add sam")
            hand_in(terminal, terminal.link, "first-steps", "my-course")
            assert "1 marked in the last hour" in terminal.type(line)
        else:
            terminal.type(line)


def test_update_the_service(postgres_url: str, terminal: Terminal) -> None:
    (terminal.home / "courseware.toml").write_text(f'[store]\ndatabase = "{postgres_url}"\n')
    [migrate] = lines("how-to/update-the-service.md")
    assert "was brought up to date" in terminal.type(migrate)
    assert "is up to date" in terminal.type(migrate)


def test_look_into_the_audit(terminal: Terminal) -> None:
    terminal.type("courseware new my-course")
    terminal.type("courseware serve my-course")
    terminal.folder = terminal.home / "my-course"
    for line in ("courseware release", "courseware people add sam"):
        terminal.type(line)
    answers = [terminal.type(line) for line in lines("how-to/look-into-the-audit.md")]
    assert "change who is in the course" in answers[0]
    assert answers[1] == answers[2] == "Nothing of this kind is recorded.\n"
    assert "Wrote " in answers[-1]
    assert "publish a release" in (terminal.folder / "audit.csv").read_text()


def test_restore_to_a_moment(terminal: Terminal) -> None:
    """What is typed after the restore; the restore itself is tried in `tests/faults`."""
    terminal.type("courseware new my-course")
    terminal.type("courseware serve my-course")
    terminal.folder = terminal.home / "my-course"
    check, backup = lines("how-to/restore-to-a-moment.md")
    assert "The log of receipts holds" in terminal.type(check)
    terminal.type(backup)
    assert (terminal.folder / "after-the-restore.zip").exists()


def test_jupyterhub(tmp_path: Path, terminal: Terminal) -> None:
    port = lab.free_port()
    public, local = f"http://courseware.localhost:{port}", f"http://127.0.0.1:{port}"
    terminal.type("courseware new py101")
    hub = hubs.Hub(tmp_path / "hub", public=public, service=local, groups={"course-py101-owners": ["ines"]})
    told = (
        f'[service]\nport = {port}\npublic = "{public}"\n[hub]\npublic = "{hub.public}"\napi = "{hub.api}"\n'
    )
    (terminal.home / "courseware.toml").write_text(told)
    terminal.given = {"COURSEWARE_HUB_TOKEN": hub.token, "COURSEWARE_SERVICE_PORT": str(port)}
    try:
        for line in lines("how-to/jupyterhub.md"):
            if line.startswith("courseware release"):
                terminal.given = {
                    "JUPYTERHUB_USER": "ines",
                    "JUPYTERHUB_API_URL": hub.api,
                    "JUPYTERHUB_API_TOKEN": hub.server_token("ines", *hub_snippet.SERVER_SCOPES),
                    "COURSEWARE_SERVICE_URL": local,
                }
                assert "NOT SO" not in terminal.type("courseware doctor --hub")
                terminal.folder = terminal.home / "py101"
                assert "draft uploaded" in terminal.type(line)
            elif line.startswith("courseware courses list"):
                assert "ines" in terminal.type(line)
            else:
                assert "NOT SO" not in terminal.type(line)
    finally:
        hub.end()


def test_run_in_a_container(terminal: Terminal) -> None:
    for line in lines("how-to/run-in-a-container.md"):
        assert "sandbox: " in terminal.type(line)


def test_every_page_with_commands_is_typed_here() -> None:
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md") if path.parent.name != "reference"}
    typed = {page for page in pages if any(line.startswith("courseware ") for line in lines(page))}
    places = (
        *Path(__file__).parent.glob("test_typed*.py"),
        Path(__file__).parents[1] / "cli" / "test_bring.py",
    )
    here = "".join(path.read_text(encoding="utf-8") for path in places)
    assert [page for page in sorted(typed) if f'"{page}"' not in here] == []
