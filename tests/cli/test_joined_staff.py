"""Staff on another machine: the same words as in the course's folder, with a credential chosen for them."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from courseware.lab import connections
from courseware.lab import course as lab_course
from tests import commands, trust
from tests.journeys import test_class_of_five as five

LESSON, DRAFTED = "pictures-and-words", "numbers-and-lists"
C = "data-in-python"


class World(five.Class):
    """A service with a released lesson, an instructor, a grader and a student's hand-in."""

    def __init__(self, folder: Path, database: str) -> None:
        super().__init__(folder, database)
        self.command("release", LESSON)
        self.command("people", "add", "amy")
        self.study("amy", LESSON, solved=True)

    def page(self, method: str, path: str, **more: Any) -> httpx.Response:
        """A request under the pages' host name."""
        headers = {"Host": f"{C}.courseware.localhost:{self.port}", **more.pop("headers", {})}
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx.request(method, url, headers=headers, timeout=120, verify=trust.known(), **more)

    def signed_in(self, link: str) -> dict[str, str]:
        """The cookie of a browser that presses the button behind a link."""
        answer = self.page("POST", "/" + link.strip().split("/", 3)[3], data={})
        found = re.match(r"courseware=[^;]+", answer.headers.get("Set-Cookie", ""))
        assert found, answer.text
        return {"Cookie": found.group(0)}

    def form(self, session: dict[str, str], page: str, to: str, fields: dict[str, str]) -> httpx.Response:
        """Press a button of a page."""
        xsrf = re.search(r'name="_xsrf" value="(\w+)"', self.page("GET", page, headers=session).text)
        assert xsrf
        return self.page("POST", to, headers=session, data={"_xsrf": xsrf.group(1), **fields})

    def elsewhere(
        self, machine: str, *arguments: str, code: int = 0, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A command on another machine: no course folder, a configuration of its own."""
        home = self.folder / machine
        home.mkdir(exist_ok=True)
        own = {**os.environ, "XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
        done = commands.run(*arguments, cwd=cwd or home, environment=own)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, served_database: str) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("staff"), served_database)
    yield made
    made.end()


def let_in(world: World, name: str, role: str, fields: dict[str, str]) -> str:
    """Bring somebody in, have them open their link in a browser and make a link for a machine there."""
    session = world.signed_in(world.command("people", "add", name, "--role", role))
    here = f"/courses/{C}/sign-ins"
    page = world.form(session, here, here, fields)
    found = re.search(r"http://[^<]+/join/cw_join_[^<]+", page.text)
    assert found, page.text[-2000:]
    return found.group(0)


def test_an_instructor_on_another_machine(world: World) -> None:
    link = let_in(world, "ida", "instructor", {"act": "cli", "role": "instructor", "days": "30"})
    told = world.elsewhere("ida", "join", link).stdout
    assert re.search(r"what ida can as instructor, until 20\d\d-\d\d-\d\d", told)
    assert "has been used" in world.elsewhere("ida", "join", link, code=2).stderr
    here = ("--course", C)
    people = json.loads(world.elsewhere("ida", "people", "list", *here, "--json").stdout)["people"]
    assert {"amy", "ida"} <= {each["person"]["username"] for each in people}
    assert "/join/cw_join_" in world.elsewhere("ida", "people", "add", "ben", *here).stdout
    (world.folder / "ida" / "class.csv").write_text("username,name\ncem,Cem\n")
    assert "1 added" in world.elsewhere("ida", "people", "import", "class.csv", *here).stdout
    assert "/join/cw_join_" in world.elsewhere("ida", "people", "link", "cem", *here).stdout
    world.elsewhere("ida", "people", "remove", "cem", *here)
    grades = json.loads(world.elsewhere("ida", "grades", *here, "--json").stdout)
    [amy] = [row for row in grades["people"] if row["person"]["username"] == "amy"]
    submission = amy["cells"][LESSON]["submission"]
    args = (submission, LESSON, "description", "4", "--comment", "Clear.")
    assert "4 points" in world.elsewhere("ida", "mark", *args, *here).stdout
    again = ("mark", *args[:3], "3")
    unseen = world.elsewhere("ida", *again, *here, code=2).stderr
    assert "has 4 points, which a person gave. To change that, add --instead-of 4." in unseen
    assert (
        "by now, not 2. Nothing" in world.elsewhere("ida", *again, "--instead-of", "2", *here, code=2).stderr
    )
    lower = json.loads(world.elsewhere("ida", *again, "--instead-of", "4", "--json", *here).stdout)
    [told] = [each for each in lower["exercises"] if each["key"] == "description"]
    assert (told["score"], told["comment"]) == (3, "Clear.")
    unknown = world.elsewhere("ida", "mark", submission, LESSON, "none", "1", *here, code=2).stderr
    assert "no exercise 'none'" in unknown
    given = ("set-mark", LESSON, "amy")
    aloud = ("2", "--reason", "Said it aloud.", "--comment", "Well said.")
    assert "2 of 16 points, set by ida" in world.elsewhere("ida", *given, *aloud, *here).stdout
    world.elsewhere("ida", *given, "3", "--reason", "A slip.", *here)
    said = json.loads(world.elsewhere("ida", *given, "--json", *here).stdout)
    assert (said["points"], said["comment"], said["reason"]) == (3, "Well said.", "A slip.")
    lacking = world.elsewhere("ida", *given, "--comment", "More.", *here, code=2)
    assert "give the points too" in lacking.stderr
    back = world.elsewhere("ida", "set-mark", LESSON, "amy", "--take-back", *here).stdout
    assert "what was handed in says it" in back
    assert "wait" in world.elsewhere("ida", "hold", LESSON, "description", *here).stdout
    assert "show again" in world.elsewhere("ida", "hold", LESSON, "description", "--end", *here).stdout
    assert "1 hand-in graded again" in world.elsewhere("ida", "regrade", LESSON, *here).stdout
    assert "amy" in world.elsewhere("ida", "grades", *here).stdout
    released = world.elsewhere("ida", "release", LESSON, *here, cwd=world.course)
    assert "release 2," in released.stdout
    # What takes the owner is refused in words, and the owner's other things are not touched.
    refused = world.elsewhere("ida", "people", "add", "zoe", "--role", "owner", *here, code=2)
    assert "owns the course" in refused.stderr
    assert "For this you need" in world.elsewhere("ida", "people", "link", five.owner(world), code=2).stderr


def test_a_command_line_lists_makes_and_ends_sign_ins(world: World) -> None:
    link = let_in(world, "jon", "instructor", {"act": "cli", "role": "instructor", "days": "30"})
    world.elsewhere("jon", "join", link)
    listed = json.loads(world.elsewhere("jon", "sign-ins", "list", "--json").stdout)["sign_ins"]
    assert [each["kind"] for each in listed] == ["cli", "pages"]
    assert [each["current"] for each in listed] == [True, False]
    own = world.elsewhere("jon", "sign-ins", "link", "--page", f"/courses/{C}/class").stdout
    assert own.strip().endswith(f"?next=%2Fcourses%2F{C}%2Fclass")
    session = world.signed_in(own.partition("?")[0])
    assert world.page("GET", f"/courses/{C}/class", headers=session).status_code == 200
    world.elsewhere("jon", "sign-ins", "end", session["Cookie"].split("_")[2])
    assert world.page("GET", f"/courses/{C}/class", headers=session).status_code == 401
    amys = world.elsewhere("jon", "sign-ins", "link", "--person", "amy").stdout
    session = world.signed_in(amys)
    assert "amy" in world.page("GET", f"/courses/{C}", headers=session).text
    assert "browser (by jon)" in world.elsewhere("jon", "sign-ins", "list", "--person", "amy").stdout
    assert "No mail" in world.elsewhere("jon", "sign-ins", "link", "--person", "amy", "--send", code=2).stderr
    told = world.elsewhere("jon", "sign-ins", "end", "--all", "--person", "amy").stdout
    assert re.fullmatch(r"\d+ sign-ins ended\.\n", told)
    assert world.page("GET", f"/courses/{C}", headers=session).status_code == 401
    machine = world.elsewhere("jon", "sign-ins", "machine", "--as", "grader", "--days", "3").stdout.strip()
    assert "as grader" in world.elsewhere("spare", "join", machine).stdout
    world.elsewhere("spare", "grades", "--course", C)
    assert "As grader you cannot" in world.elsewhere("spare", "people", "add", "x", code=2).stderr
    assert "For this you need" in world.elsewhere("spare", "sign-ins", "list", code=2).stderr
    assert "1 sign-ins ended" not in world.elsewhere("jon", "sign-ins", "end", "--all").stdout
    assert "revoked" in world.elsewhere("spare", "grades", code=2).stderr
    for wrong in (("end",), ("end", "x", "--all"), ("link", "--send"), ("link", "--page", "//evil.example")):
        assert world.elsewhere("jon", "sign-ins", *wrong, code=2).stderr


def test_a_jupyter_server_of_staff_uploads_a_draft_and_no_more(world: World) -> None:
    world.command("release", DRAFTED)
    world.command("people", "add", "kai", "--role", "instructor")
    world.elsewhere("kai", "join", world.command("people", "link", "kai").strip())
    here = ("--course", C)
    notebook = world.course / "lessons" / DRAFTED / f"{DRAFTED}.ipynb"
    before = notebook.read_text()
    notebook.write_text(
        before.replace("# Numbers, lists and functions", "# Numbers, lists and more functions")
    )
    try:
        told = world.elsewhere("kai", "release", DRAFTED, "--draft", *here, cwd=world.course).stdout
        assert "draft uploaded" in told
        for refused in (("release", DRAFTED), ("release", DRAFTED, "--publish")):
            assert (
                "From here you cannot"
                in world.elsewhere("kai", *refused, *here, cwd=world.course, code=2).stderr
            )
    finally:
        notebook.write_text(before)
    session = world.signed_in(world.command("sign-ins", "link", "--person", "kai"))
    student = world.signed_in(world.command("sign-ins", "link", "--person", "amy"))
    page = f"/courses/{C}/lessons/{DRAFTED}/draft-release"
    shown = world.page("GET", page, headers=session).text
    assert "Numbers, lists and more functions" in shown
    assert "Uploaded by <bdi>kai</bdi>" in shown
    for path in (page, f"{page}/files/{DRAFTED}.ipynb", f"/api/v1{page}"):
        assert world.page("GET", path, headers=student).status_code == 403, path
    for path in (f"/courses/{C}", f"/courses/{C}/lessons/{DRAFTED}"):
        assert ("draft-release" in world.page("GET", path, headers=session).text) is True
        told_student = world.page("GET", path, headers=student).text
        assert "draft-release" not in told_student
        assert "more functions" not in told_student
    _what_was_seen_is_published(world, session, page, shown)


def _what_was_seen_is_published(world: World, session: dict[str, str], page: str, shown: str) -> None:
    """By the very draft that a page shows, and no other."""
    draft = re.search(r'name="id" value="(drl_\w+)"', shown)
    assert draft
    # Somebody uploads another one while this page is open: what was not seen is not published.
    world.command("release", DRAFTED, "--draft", "--notes", "Another")
    stale = world.form(session, page, f"{page}/publish", {"id": draft.group(1)})
    assert (stale.status_code, "another draft meanwhile" in stale.text) == (409, True)
    assert "release" in world.command("release", DRAFTED, "--publish")
    assert world.page("GET", page, headers=session).status_code == 404
    world.command("release", DRAFTED, "--draft")
    fresh = re.search(r'name="id" value="(drl_\w+)"', world.page("GET", page, headers=session).text)
    assert fresh
    done = world.form(session, page, f"{page}/publish", {"id": fresh.group(1)})
    assert (done.status_code, done.headers["Location"]) == (
        303,
        f"/courses/{C}/lessons/{DRAFTED}?published=3",
    )
    world.command("release", DRAFTED, "--draft")
    fresh = re.search(r'name="id" value="(drl_\w+)"', world.page("GET", page, headers=session).text)
    assert fresh
    assert world.form(session, page, f"{page}/drop", {"id": fresh.group(1)}).status_code == 303
    assert world.page("GET", page, headers=session).status_code == 404


def test_jupyterlab_never_takes_the_command_lines_credential(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = let_in(world, "lea", "instructor", {"act": "cli", "role": "instructor", "days": "30"})
    home = world.folder / "lea"
    home.mkdir()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    panel = lab_course.Course(root=home)
    with pytest.raises(Exception, match="for the command line"):
        panel.join(link)
    world.elsewhere("lea", "join", link)
    [kept] = connections.read(connections.file_of({"XDG_CONFIG_HOME": str(home)}))
    assert kept.ceiling == "cli"
    assert panel.status()["connected"] is False
    world.elsewhere("lea", "join", world.command("people", "link", "lea").strip())
    assert panel.status()["connected"] is True
    assert json.loads(world.elsewhere("lea", "people", "list", "--json").stdout)["people"]
