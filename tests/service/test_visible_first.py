"""Before the due date nothing that a student can ask for tells how hidden tests went; after it all does.

Every route, command and letter is asked by two whose work differs in hidden tests alone, and the answers are
compared.
"""

import difflib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from courseware.course import courses, lessons, manifest, permissions
from courseware.exchange import submissions
from courseware.grading import holds, scores
from courseware.lab import client, connections
from courseware.sandbox import port
from courseware.service import routes
from courseware.store import schema
from tests import builders
from tests.builders import HOUR, NOW
from tests.notices import told
from tests.sandbox import isolated
from tests.service import inside
from tests.service.hidden import DAY, DUE, F_TEST, G_TEST, Course, source


@pytest.fixture
def course(database_url: str, tmp_path: Path) -> Iterator[Course]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW - 3 * DAY) as site:
        made = Course(site, tmp_path)
        for name in made.viewers:
            assert made.get(name, "/courses/c").status_code == 200  # a visit, so that news has a beginning
        site.now = NOW
        yield made
    world.close()


MASKED = (
    (r'name="once" value="[^"]*"', "ONCE"),
    (r"(sub|thr|pst|ntc|let|rel|grd|per|les|key)_[a-z0-9]+", "ID"),
    (r'"id":"[a-z0-9]{26}"', "SIGN-IN"),
    (r"\b(sam|kim)\b", "NAME"),
    (r"qqyes|qqnot", "MODE"),
    (r"[0-9a-f]{16,64}", "HASH"),
    (r"[A-Za-z0-9+/_-]{32,}={0,2}", "TOKEN"),
    (r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|\+00:00)", "TIME"),
    (r"\d\d:\d\d(:\d\d)?", "TIME"),
    (r'"sequence":\s*\d+', "SEQUENCE"),
    (r'"public": "[a-z2-7]{26}"', "CREDENTIAL"),
)


def masked(text: str) -> str:
    """A text without names, ids, hashes and times, and without the one word in which the work differs."""
    for pattern, word in MASKED:
        text = re.sub(pattern, word, text)
    return text


def addresses(course: Course, name: str, thread: str, post: str) -> dict[str, str]:
    """Every address that a student can ask for something of their own, by its pattern."""
    named = {
        "c": "c",
        "l": "one",
        "s": course.ids[name],
        "n": "2",
        "k": "chk_none",
        "path*": "n.ipynb",
        "notebook*": "n",
    }
    named |= {"t": thread, "post": post}
    found = {}
    for route in (*routes.API, *routes.PAGES):
        own = route.action is None or permissions.allowed(course.viewers[name], route.action)
        if route.method == "GET" and own and not route.public:
            path = re.sub(r"\{([^}]+)\}", lambda match: named[match.group(1)], route.path)
            found[route.path] = f"{path}?course=c" if path.endswith("/pulse") else path
    return found


def everything(course: Course, name: str, thread: str, post: str) -> dict[str, str]:
    """All that one of the two can find out, by where."""
    told = {}
    for pattern, path in addresses(course, name, thread, post).items():
        answer = course.get(name, path)
        packed = answer.headers.get("Content-Type") == "application/zip"  # its length is that of random ids
        length = None if packed else answer.headers.get("Content-Length")
        text = masked(inside.unpacked(answer))
        if pattern.endswith("/notices"):  # what came at the same time is in order of ids
            text = "\n".join(sorted(re.findall(r"\{[^{}]*\}", text)))
        told[f"GET {pattern}"] = f"{answer.status_code} {length} {text}"
    told["the hand-in again"] = masked(json.dumps(course.work(name)))
    for words in (("status",), ("status", "--json"), ("feedback", "one"), ("feedback", "one", "--json")):
        told[" ".join(words)] = masked(course.command(name, *words))
    told["mail"] = masked("\n".join(course.mail(name)))
    told["panel"] = masked(json.dumps(panel(course, name)))
    return told


def panel(course: Course, name: str) -> list[Any]:
    """What the panel in JupyterLab is told."""
    where = connections.file_of({"XDG_CONFIG_HOME": str(course.folder / name)})
    service = client.for_connection(connections.read(where)[0])
    try:
        return [service.way(), service.submission(course.ids[name]), service.feedback(course.ids[name])]
    finally:
        service.close()


RULED = builders.MANIFEST.replace(
    "[[lessons]]", '[policies]\nattempts = { counts = "best" }\n\n[[lessons]]', 1
).replace("opens = 2027-01-01T08:00:00", 'requires = [{ lesson = "one", percent = 75 }]')
RULED = RULED.replace('title = "One"', 'title = "One"\ncomplete = { percent = 75 }')


def test_which_hand_in_is_best_and_what_opens_by_it_is_not_told_before_the_due_date(course: Course) -> None:
    with course.world.database.write() as connection:
        parsed = manifest.parse(RULED)
        lessons.sync(connection, courses.put(connection, parsed, RULED, now=NOW), parsed, now=NOW)
    number = course.release(source())
    for key, mode in (("a", "qqyes"), ("b", "qqnot")):
        course.hand_in("sam", number, mode, key=key)
        course.hand_in("kim", number, "qqnot", key=key)
    course.grade()
    course.judge(1)
    api = "/api/v1/courses/c"
    places = ["/courses/c", "/courses/c/dates", "/courses/c/lessons/one"]
    places += [f"{api}/lessons", f"{api}/plan", f"{api}/lessons/one/submissions"]
    asked = []
    for name in ("sam", "kim"):
        course.site.now = NOW + 5 * inside.TICK  # both ask at the same times
        asked.append("\n".join(masked(course.get(name, place).text) for place in places))
    sam, kim = (each.splitlines() for each in asked)
    differs = list(difflib.unified_diff(sam, kim, n=0, lineterm=""))
    assert not differs, "\n".join(differs)
    assert '"state":"not-open"' in asked[0]
    assert "Handed in, marks to come" in asked[0]

    course.site.now = DUE + 10 * inside.TICK
    found = {}
    for name in ("sam", "kim"):
        handed_in = course.get(name, f"{api}/lessons/one/submissions").json()["submissions"]
        two = course.get(name, f"{api}/lessons/two").json()
        found[name] = ([each["counts"] for each in handed_in], two["state"])
    assert found == {"sam": ([False, True], "open"), "kim": ([True, False], "not-open")}


def test_before_the_due_date_two_who_differ_in_hidden_tests_alone_are_told_the_same(course: Course) -> None:
    course.join()
    number = course.release(source())
    thread = told.ask(course.world, course.world.teacher)
    course.both(number)
    course.tell()
    course.judge(1)
    course.tell()
    token = course.site.token(course.world.teacher.person, "pages")
    post = course.site.ask(token, "GET", f"/api/v1/threads/{thread}").json()["posts"][0]["id"]
    asked = []
    for name in ("sam", "kim"):
        course.site.now = NOW + 5 * inside.TICK  # both ask at the same times
        asked.append(everything(course, name, thread, post))
    sam, kim = asked
    assert sam.keys() == kim.keys()
    differs = [
        line
        for where in sam
        for line in difflib.unified_diff(
            sam[where].splitlines(), kim[where].splitlines(), f"{where} Sam", f"{where} Kim", n=0, lineterm=""
        )
    ]
    assert not differs, "\n".join(differs)
    for where, said in sam.items():
        assert not re.search(r"sevens|\(7, 14\)|f\([79]\)", said), (
            where
        )  # nor anything of the tests themselves
    assert "A part of your work was marked" in sam["mail"]
    assert "3 of 3 points so far, 7 more points are shown after the due date" in sam["status"]
    assert "visible part: pass" in sam["feedback one"]
    assert sum(answer.startswith("200") for answer in sam.values()) > 20

    # The staff's own table knows better at any time.
    table = {row["person"]["username"]: row["cells"]["one"]["score"] for row in grades(course)}
    assert table == {"sam": 10, "kim": 1}

    course.site.now = DUE + 10 * inside.TICK
    course.tell()
    course.tell()
    assert [course.work(name)["score"] for name in ("sam", "kim")] == [10, 1]
    for name in ("sam", "kim"):
        letters = course.mail(name)
        assert [letter.partition("\n")[0] for letter in letters] == [
            "[A course] A part of your work was marked: One",
            "[A course] Your work was marked: One",
        ]
    assert "1 of 10 points" in course.mail("kim")[1]


def grades(course: Course) -> list[dict[str, Any]]:
    token = course.site.token(course.world.teacher.person, "pages")
    rows: list[dict[str, Any]] = course.site.ask(token, "GET", "/api/v1/courses/c/grades").json()["people"]
    return rows


class Watching(isolated.Plain):
    """A sandbox that asks the service what a student is told, each time before something is run."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.seen: list[tuple[str, float | None, int]] = []

    def open(self, workspace: port.Workspace) -> port.Session:
        work = self.course.work("sam")
        moving = self.course.get("sam", "/api/v1/pulse?course=c").json()["submissions"]
        self.seen.append((work["state"], work["score"], len(moving)))
        return super().open(workspace)


def test_while_hidden_tests_run_it_is_marked_and_how_long_they_take_is_not_to_be_seen(course: Course) -> None:
    number = course.release(source())
    course.hand_in("sam", number, "qqyes")
    watching = Watching(course)
    course.grade(watching)
    assert watching.seen == [("running", None, 1), ("marked", 2, 0)]
    first = course.get("sam", f"/submissions/{course.ids['sam']}")
    assert "The visible part passed. The points are shown after the due date." in first.text
    assert "Waits for a person" in first.text
    page = course.get("sam", f"/submissions/{course.ids['sam']}/feedback/n").text
    assert "The visible part passed. Points are shown after the due date" in page
    assert "saw [(1, 2)]" in page  # the cell after the tests has seen one call, not the hidden ones
    staff = course.site.token(course.world.teacher.person, "pages")
    whole = course.site.ask(staff, "GET", f"/submissions/{course.ids['sam']}").text
    assert "9 of 10 points" in whole
    assert "due date" not in whole.partition("<h2>What was received")[0].partition('id="announce"')[2]


def test_the_feedback_says_what_a_person_gave_and_said_since(course: Course) -> None:
    course.both(course.release(source()))
    waits = course.get("sam", f"/submissions/{course.ids['sam']}/feedback/n").text
    assert "Waits for a person" in waits
    course.judge(0.5)
    page = course.get("sam", f"/submissions/{course.ids['sam']}/feedback/n").text
    assert "Waits for a person" not in page
    assert re.search(r">0\.5 / 1</span>.{0,60}Marked by a person.{0,99}<blockquote.{0,20}>So it is\.<", page)


def kinds(course: Course, name: str) -> list[str]:
    found = course.get(name, "/api/v1/courses/c/notices").json()["notices"]
    return sorted(each["kind"] for each in found if each["kind"] != "release")


def test_graded_again_before_the_due_date_only_what_shows_is_news(course: Course) -> None:
    number = course.release(source())
    course.both(number)
    course.tell()
    course.judge(1)
    course.tell()
    assert kinds(course, "sam") == kinds(course, "kim") == ["marked"]
    stricter = F_TEST.replace("assert f(7) == 14", "assert f(7) == 15")
    course.release(source(f_test=stricter))
    course.regrade()
    course.tell()
    assert kinds(course, "sam") == ["marked"]
    course.release(source(g_test=G_TEST.replace("g(1) == 1", "g(1) == 2"), f_test=stricter))
    course.regrade()
    course.tell()
    assert kinds(course, "sam") == kinds(course, "kim") == ["changed", "marked"]
    assert course.work("sam")["score"] == 1

    # A person's mark on a withheld exercise, and its comment, wait as well.
    with course.world.database.write() as connection:
        work = submissions.find(connection, course.ids["sam"])
        given = {"score": 3.0, "comment": "seven", "by": course.world.teacher.person, "now": course.site.now}
        scores.put_by_person(connection, work, ("n", "f-test"), **given)  # type: ignore[arg-type]
    course.tell()
    assert kinds(course, "sam") == ["changed", "marked"]
    assert "seven" not in course.get("sam", f"/submissions/{course.ids['sam']}").text
    course.site.now = DUE + HOUR
    course.tell()
    assert "seven" in course.get("sam", f"/submissions/{course.ids['sam']}").text
    assert kinds(course, "sam") == ["changed", "marked"]  # one of the two that told of marks, not both


def test_extensions_late_work_holds_and_marks_that_are_released(course: Course) -> None:
    number = course.release(source())
    course.both(number)
    world, kim = course.world, course.world.kim.person.id
    with world.database.write() as connection:
        mine = schema.effective_dates.c.person_id == kim
        connection.execute(schema.effective_dates.update().where(mine).values(due=DUE + DAY))
        holds.put(connection, world.one, "g-test", "wrong", by=world.teacher.person, now=NOW)
    held = {each["key"]: each for each in course.work("sam")["exercises"]}
    assert (held["g-test"]["held"], held["g-test"]["score"], held["f-test"]["withheld"]) == (True, None, True)
    assert course.get("sam", f"/api/v1/submissions/{course.ids['sam']}/feedback").json()["notebooks"] == []

    course.site.now = DUE + HOUR
    shown = {name: [e["score"] for e in course.work(name)["exercises"]] for name in ("sam", "kim")}
    assert shown == {"sam": [3, None, 4, None], "kim": [None, None, None, None]}
    with world.database.write() as connection:
        holds.end(connection, world.one, "g-test", by=world.teacher.person, now=course.site.now)
    assert (course.work("sam")["score"], course.work("kim")["score"]) == (9, 2)
    course.hand_in("sam", number, "qqnot", key="late")
    course.grade()
    late = course.work("sam")
    assert (late["late_seconds"] > 0, late["score"], late["withheld"]) == (True, 0, 0)

    with world.database.write() as connection:
        lessons.release_marks(connection, world.one, by=world.teacher.person, now=course.site.now)
    assert (course.work("kim")["score"], course.work("kim")["withheld"]) == (0, 0)
    with world.database.write() as connection:
        waits = {"marks_policy": "when-released", "marks_released": None}
        connection.execute(schema.lesson.update().values(**waits))
    assert course.work("kim")["marks_visible"] is False


def test_a_release_that_does_not_say_what_is_hidden_withholds_all_tests(course: Course) -> None:
    number = course.release(source())
    with course.world.database.write() as connection:
        kept = connection.execute(sa.select(schema.release.c.id, schema.release.c.manifest)).all()
        for row in kept:
            manifest = json.loads(row.manifest)
            for each in manifest["exercises"]:
                each.pop("hidden", None)
            mine = schema.release.update().where(schema.release.c.id == row.id)
            connection.execute(mine.values(manifest=json.dumps(manifest)))
    course.both(number)
    for name in ("sam", "kim"):
        told_ = {each["key"]: (each["score"], each["withheld"]) for each in course.work(name)["exercises"]}
        assert told_ == {
            "f-test": (None, True),
            "g-test": (None, True),
            "h-test": (None, True),
            "why": (None, False),
        }
