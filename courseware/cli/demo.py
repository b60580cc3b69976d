"""`courseware demo`: the whole story on this machine, with a real service, and then JupyterLab to try it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from courseware import errors
from courseware.cli import screen
from courseware.lab import client, connections, copies, work

START_SECONDS = 60.0
MARK_SECONDS = 120.0
_STUDENTS = (("sam", "Sam Doe", True), ("kim", "Kim Lee", False))


@dataclasses.dataclass
class Story:
    """What has happened so far."""

    folder: Path
    quiet: bool
    steps: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    marks: dict[str, dict[str, list[float]]] = dataclasses.field(default_factory=dict)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step with its time."""
        began = time.monotonic()
        ok = False
        try:
            yield
            ok = True
        finally:
            seconds = round(time.monotonic() - began, 3)
            self.steps.append({"name": name, "seconds": seconds, "ok": ok})
            if not self.quiet:
                screen.result(f"  {'✓' if ok else '✗'} {name}  ({seconds:.2f} s)")


def demo(
    once: Annotated[bool, typer.Option(help="Stop after the story.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object; with --once.")] = False,
    unsafe_no_sandbox: Annotated[bool, typer.Option(help="Mark without a sandbox.")] = False,
) -> None:
    """Play the whole story in a scratch folder, then serve JupyterLab and the pages to try it.

    Example: courseware demo --once
    """
    for number in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, number):  # a closed terminal and a stop from outside end it as Ctrl-C does
            signal.signal(getattr(signal, number), signal.default_int_handler)
    scratch = Path(tempfile.mkdtemp(prefix="courseware-demo-"))
    story = Story(folder=scratch, quiet=as_json)
    try:
        with _service(scratch, unsafe=unsafe_no_sandbox) as owner:
            links = _play(story, owner)
            if as_json:
                screen.as_json({"steps": story.steps, "marks": story.marks})
            if not once:
                _stay(story, owner, links)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextlib.contextmanager
def _service(scratch: Path, *, unsafe: bool) -> Iterator[client.Client]:
    """A real service process for a copy of the demonstration course, and the owner's client.

    Raises:
        Permanent: it does not start; carries its own last line.
    """
    course = scratch / "course"
    shutil.copytree(source(), course)
    state = scratch / "state"
    environment = {**os.environ, "COURSEWARE_STORE_STATE": str(state)}
    flags = ["--unsafe-no-sandbox"] if unsafe else []
    log = scratch / "service.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "courseware.cli.main", "serve", str(course), "--port", "0", *flags],
            stdout=out,
            stderr=out,
            env=environment,
        )
    try:
        url = _address(process, state, log)
        service = client.Client(url, (state / "owner.token").read_text().strip(), "data-in-python")
        try:
            yield service
        finally:
            service.close()
    finally:
        _end(process)


def source() -> Path:
    """The demonstration course: in the package where it is installed, beside it in a checkout.

    Raises:
        Permanent: this installation has none.
    """
    package = Path(__file__).resolve().parent.parent
    for found in (package / "demo_course", package.parent / "notebooks" / "demo_course"):
        if (found / "course.toml").is_file():
            return found
    raise errors.Permanent("This installation has no demonstration course. Install courseware again.")


def _address(process: subprocess.Popen[bytes], state: Path, log: Path) -> str:
    """The service's address, once it answers."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            said = log.read_text(errors="replace").strip().splitlines() or ["no word"]
            raise errors.Permanent(f"{said[-1].removeprefix('courseware: ')} Or: make demo SANDBOX=none")
        with contextlib.suppress(OSError, ValueError, KeyError):
            return str(json.loads((state / "service.json").read_text())["url"])
        time.sleep(0.05)
    raise errors.Permanent("The service did not start within a minute.")


def _play(story: Story, owner: client.Client) -> dict[str, str]:
    """Author, students, marks, feedback; the students' join links."""
    from courseware.desk import folder as desk_folder

    course = story.folder / "course"
    parsed, _ = desk_folder.course(course)
    if not story.quiet:
        screen.result(f"{parsed.title}: a course, two students, nobody online together.")
    with story.step("the author has the lessons looked over"):
        _lint(course)
    for entry in parsed.lessons:
        with story.step(f"the author releases {entry.title!r}: key and blank are run in the sandbox"):
            owner.publish(entry.slug, desk_folder.lesson(course, entry), accept=[], notes="")
    links = {}
    for username, name, _ in _STUDENTS:
        owner.add_person({"username": username, "name": name, "email": None, "role": "student"})
        links[username] = str(owner.join_link(username)["url"])
    lessons = [entry.slug for entry in parsed.lessons if list((course / entry.source).glob("*.ipynb"))]
    for username, _, well in _STUDENTS:
        _study(story, username, links[username], lessons, well=well)
    for username, _, _ in _STUDENTS:
        links[username] = str(owner.join_link(username)["url"])
    return links


def _lint(course: Path) -> None:
    """Lint all lessons."""
    from courseware.desk import folder as desk_folder
    from courseware.desk import release as desk_release

    parsed, _ = desk_folder.course(course)
    for entry in parsed.lessons:
        found = [f for f in desk_release.look_over(desk_folder.lesson(course, entry)) if f.level == "error"]
        if found:
            raise errors.Permanent(f"The demonstration course has a finding: {found[0].message}")


def _study(story: Story, username: str, link: str, lessons: list[str], *, well: bool) -> None:
    """One student joins, gets the lessons, solves them, hands in and reads the feedback."""
    root = story.folder / username
    root.mkdir()
    with story.step(f"{username} joins by link"):
        connection = work.join(link, story.folder / f"{username}.json")
    service = client.for_connection(connection)
    try:
        handed: dict[str, str] = {}
        for lesson in lessons:
            with story.step(f"{username} gets {lesson}, works alone and hands in"):
                copy = work.get(service, connection, root, lesson).copy
                _solve(story.folder / "course" / "lessons" / lesson, copy.folder, well=well)
                answer = _hand_in(service, copy)
                handed[lesson] = answer["submission"]["id"]
        for lesson, public in handed.items():
            with story.step(f"{username} sees marks and reads the feedback on {lesson}"):
                done = _marked(service, public)
                service.feedback(public)
                story.marks.setdefault(username, {})[lesson] = [done["score"] or 0.0, done["max_score"]]
                if not story.quiet:
                    screen.result(f"      {_told(done)}")
    finally:
        service.close()


def _told(done: dict[str, Any]) -> str:
    """The marks in words; what waits for a person is said."""
    waits = sum(each["points"] for each in done["exercises"] if each["needs_person"])
    told = f"{done['score'] or 0:g} of {done['max_score']:g} points"
    return f"{told}; {waits:g} wait for a person to mark" if waits else told


def _hand_in(service: client.Client, copy: copies.Copy) -> dict[str, Any]:
    """Hand in; here the service is there."""
    import datetime

    handed = work.submit(service, copy, now=datetime.datetime.now(datetime.UTC))
    if handed.answer is None:
        raise errors.Temporary(handed.reason)
    return handed.answer


def _solve(key: Path, copy: Path, *, well: bool) -> None:
    """Put the key's answers into a copy: all of them, or for the other student only the first."""
    for path in sorted(copy.glob("*.ipynb")):
        solved = {c.get("id"): c for c in json.loads((key / path.name).read_text())["cells"]}
        book = json.loads(path.read_text())
        answers = [c for c in book["cells"] if c["metadata"].get("nbgrader", {}).get("solution")]
        for cell in answers if well else answers[:1]:
            cell["source"] = solved[cell["id"]]["source"]
        path.write_text(json.dumps(book, indent=1))


def _marked(service: client.Client, public: str) -> dict[str, Any]:
    """Wait until a hand-in is marked."""
    until = time.monotonic() + MARK_SECONDS
    pause = 0.05
    while time.monotonic() < until:
        told = service.submission(public)
        if told["state"] == "marked":
            return told
        if told["state"] not in ("waiting", "running"):
            raise errors.Permanent(f"A hand-in could not be marked: {told['reason']}")
        time.sleep(pause)
        pause = min(0.5, pause * 1.5)
    raise errors.Temporary("A hand-in was not marked within two minutes.")


def _stay(story: Story, owner: client.Client, links: dict[str, str]) -> None:
    """Serve JupyterLab as a third student would have it, until Ctrl-C."""
    link = links["sam"]
    root = story.folder / "sam"
    environment = {**os.environ, "XDG_CONFIG_HOME": str(story.folder / "config")}
    file = connections.file_of(environment)
    connections.add(file, connections.read(story.folder / "sam.json")[0])
    me = str(owner.me()["person"]["username"])
    screen.result("")
    screen.result(f"Staff pages:    {owner.join_link(me)['url']}")
    screen.result(f"Student pages:  {link}")
    screen.result("JupyterLab:     starting; its address follows. Ctrl-C stops everything.")
    flags = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    lab = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--port",
            "8889",
            f"--ServerApp.root_dir={root}",
            *flags,
        ],
        env=environment,
    )
    try:
        lab.wait()
    except KeyboardInterrupt:
        screen.result("Stopping.")
    finally:
        _end(lab)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process by its id; kill it if it does not go."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
