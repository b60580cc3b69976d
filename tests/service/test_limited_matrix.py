"""Every address of staff under a grader who is limited: nothing of anybody outside is read or changed.

The addresses come from the tables: each that a grader may use, and each that names somebody's work, has its
answer written down here, so a new one without an answer fails.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from courseware.course import duties, groups, model, people, permissions
from courseware.grading import notes, rubrics
from courseware.notices import arrivals
from courseware.service import routes
from courseware.service.call import Route
from courseware.store import ids, tables
from tests import builders
from tests.builders import NOW
from tests.service import inside, marked

pytestmark = pytest.mark.slow
NONE, GONE, NAMES, DRAFTS, OWN, NO = "none of it", "not found", "names", "drafts", "own", "refused"
"""What is answered: a page without a word of it, not found, the class list without their work, what an author
wrote, what the grader keeps for themselves, a refusal in words."""
ANSWERS = {
    "GET /api/v1/courses/{c}/people": NAMES,
    "GET /api/v1/courses/{c}/groups": NAMES,
    "GET /api/v1/courses/{c}/people/{p}/duty": OWN,
    "GET /courses/{c}/people": NAMES,
    "GET /api/v1/courses/{c}/grades": NONE,
    "GET /api/v1/courses/{c}/grades.csv": NONE,
    "GET /api/v1/courses/{c}/grades/moodle.csv": NONE,
    "POST /api/v1/courses/{c}/grades/canvas": NONE,
    "GET /courses/{c}/grades.csv": NONE,
    "GET /courses/{c}/exports": NONE,
    "GET /courses/{c}/exports/moodle.csv": NONE,
    "POST /courses/{c}/exports/canvas": NONE,
    "GET /api/v1/courses/{c}/lessons/{l}/draft-release": DRAFTS,
    "GET /api/v1/courses/{c}/lessons/{l}/draft-release/files/{path*}": DRAFTS,
    "GET /courses/{c}/lessons/{l}/draft-release": DRAFTS,
    "GET /courses/{c}/lessons/{l}/draft-release/files/{path*}": DRAFTS,
    "GET /courses/{c}/lessons/{l}/draft-release/wrong-answers": DRAFTS,
    "GET /courses/{c}/lessons/{l}/releases": DRAFTS,
    "GET /api/v1/courses/{c}/reports": NONE,
    "GET /api/v1/courses/{c}/lessons/{l}/threads/export": NONE,
    "GET /api/v1/courses/{c}/replies": OWN,
    "POST /api/v1/courses/{c}/replies": OWN,
    "DELETE /api/v1/courses/{c}/replies/{reply}": OWN,
    "GET /courses/{c}/replies": OWN,
    "POST /courses/{c}/replies": OWN,
    "POST /courses/{c}/replies/{reply}/remove": OWN,
    "POST /courses/{c}/class/names": OWN,
    "GET /courses/{c}/inbox": NONE,
    "GET /courses/{c}/moderation": NONE,
    "GET /courses/{c}/mail": NONE,
    "POST /courses/{c}/mail/{mail}": GONE,
    "GET /courses/{c}/lessons/{l}/threads.md": NONE,
    "GET /courses/{c}/lessons/{l}/threads.json": NONE,
    "GET /courses/{c}/class": NONE,
    "GET /courses/{c}/glance": NONE,
    "GET /courses/{c}/attention": NONE,
    "GET /courses/{c}/marking": NONE,
    "GET /courses/{c}/lessons/{l}/glance": NONE,
    "GET /api/v1/courses/{c}/requests": NONE,
    "PUT /api/v1/threads/{t}/decision": GONE,
    "POST /threads/{t}/decision": GONE,
    "GET /api/v1/courses/{c}/lessons/{l}/marks/{p}": GONE,
    "PUT /api/v1/courses/{c}/lessons/{l}/marks/{p}": GONE,
    "GET /courses/{c}/lessons/{l}/marks/{p}": GONE,
    "POST /courses/{c}/lessons/{l}/marks/{p}": GONE,
    "POST /courses/{c}/lessons/{l}/marks/{p}/whole": GONE,
    "PUT /api/v1/submissions/{s}/marks/{notebook}/{key}": GONE,
    "GET /submissions/{s}/notebooks/{notebook*}": GONE,
    "GET /courses/{c}/lessons/{l}/marking/{key}": NONE,
    "POST /courses/{c}/lessons/{l}/marking/{key}": GONE,
    "GET /courses/{c}/lessons/{l}/marking/{key}/alike": NONE,
    "POST /courses/{c}/lessons/{l}/marking/{key}/alike": NO,
    "GET /courses/{c}/lessons/{l}/marking/{key}/rubric": NONE,
    "POST /courses/{c}/lessons/{l}/marking/{key}/rubric": NO,
    "GET /courses/{c}/people/{p}/message": GONE,
    "POST /courses/{c}/people/{p}/message": GONE,
}
"""Of each address that a grader has a right to; of those that name work or a discussion it is `GONE`."""
OF_A_LESSON = {"GET /courses/{c}/lessons/{l}/glance"} | {
    each for each in ANSWERS if "/lessons/{l}/marking/{key}" in each
}
"""They are not found by who looks after another lesson."""
TO_EVERYBODY = {f"{method} /courses/{{c}}/people/{{p}}/message" for method in ("GET", "POST")}
"""Who is limited to a lesson alone writes to everybody in private, about the course."""
CHANGED_BY_LOOKING = {"access_record", "review_claim", "visit", "idempotency", "credential", "saved_reply"}
CHANGED_BY_LOOKING |= {"hidden_names", "journal_cursor"}


def called(route: Route) -> str:
    return f"{route.method} {route.path}"


def answers_of(route: Route) -> str | None:
    """What an address is to answer; None where it is no matter of theirs."""
    if route.action in permissions.BY_ROLE["grader"] and permissions.over_others(route.action):
        return ANSWERS[called(route)]
    if "{s}" in route.path or "{t}" in route.path or "{post}" in route.path:
        return GONE if route.action in permissions.BY_ROLE["grader"] else None
    return None


ROUTES = [each for each in (*routes.API, *routes.PAGES) if not each.public and answers_of(each)]


class World(marked.Marking):
    """Ann is outside in all that she did; what is hers has `zq` in it."""

    def fill(self) -> None:
        ann, cem = self.student("Zqann"), self.student("Cem")
        self.hers = self.hand_in(ann, marked.text("Answer"))
        self.hand_in(cem, marked.text("Answer"))
        world, tess = self.world, self.people["tess"]
        site, mine = self.site, self.site.token(ann.person, "pages")
        lesson = "/api/v1/courses/c/lessons/one"
        begun = {"kind": "private", "title": "zqtitle", "body": "zqprivate"}
        thread = site.ask(mine, "POST", f"{lesson}/threads", begun).json()["id"]
        post = site.ask(mine, "GET", f"/api/v1/threads/{thread}").json()["posts"][0]["id"]
        self.given(tess)
        with world.database.write() as connection:
            notes.put(connection, self.hers, marked.PLACE, line=1, lines=1, body="zqnote", by=tess, now=NOW)
            mail = arrivals.insert(
                connection,
                ids.new("fpr"),
                {"state": "filed", "person_id": ann.person.id, "course_id": world.course.id},
                kept=arrivals.Kept(sender="zq@uni.example", subject="zqsubject", text="zqmail"),
                now=NOW,
            )
        asked = {"notebook": "n", "exercise": "why", "reason": "zqreason"}
        site.now = NOW + 2 * builders.HOUR  # marks show after the due date
        looks = site.ask(mine, "POST", f"/api/v1/submissions/{self.hers.public}/requests", asked)
        assert looks.status_code == 201, looks.text
        self.names = {
            "c": "c",
            "l": "one",
            "p": ann.person.public,
            "s": self.hers.public,
            "t": looks.json()["thread"],
            "post": post,
            "key": "why",
            "notebook": "n",
            "path": "n.ipynb",
            "mail": mail,
            "reply": "rep_none",
        }
        self.message = f"/courses/c/people/{ann.person.public}/message"
        self.marks = f"/courses/c/lessons/one/marks/{ann.person.public}"
        self.who = ("Zqann", ann.person.public)
        words = ("zqtitle", "zqprivate", "zqnote", "zqsubject", "zqmail", "zqreason")
        self.content = (*words, self.hers.public, thread, self.names["t"])

    def given(self, tess: model.Person) -> None:
        """A group, a rubric, and marks that were given with it to both at once."""
        world = self.world
        with world.database.write() as connection:
            groups.put(connection, world.course, "Tuesday", ["cem"], now=NOW)
            right = [rubrics.Item(id="", text="Right", points=3)]
            rubrics.change(
                connection, world.one, marked.PLACE, right, version=0, by=tess, reach=duties.Reach(), now=NOW
            )
            self.items = rubrics.current(connection, world.one, marked.PLACE).items
        ticked = {f"item_{self.items[0].id}": "yes"}
        given = self.send(
            self.look(at=f"{marked.HERE}/alike"), at=f"{marked.HERE}/alike", act="give", **ticked
        )
        assert given.headers["Location"].endswith("marked=2&out=0"), given.text
        page = self.look(at=f"{marked.HERE}/alike")
        (self.batch,) = re.findall(r'value="undo:([^"]+)"', page)

    def finds(self, who: str, path: str) -> bool:
        """Whether ann is on a page."""
        answer = self.site.ask(self.tokens[who], "GET", path)
        return answer.status_code == 200 and "zqann" in answer.text.casefold()

    def limit(self, *, lessons: tuple[str, ...], of: tuple[str, ...]) -> None:
        with self.world.database.write() as connection:
            member = people.find(connection, self.world.course, "gina")
            duties.put(connection, self.world.course, member, of_lessons=lessons, of_groups=of, now=NOW)

    def at(self, route: Route) -> httpx.Response:
        """A request of the limited grader about ann, as one would send it who wants it done."""
        path = re.sub(r"{(\w+)\*?}", lambda each: self.names[each[1]], route.path)
        more = {"files": {"file": ("list.csv", _CANVAS)}} if route.upload else {}
        return self.site.ask(self.tokens["gina"], route.method, path, self.body(route), **more)

    def body(self, route: Route) -> Any:
        kind = route.request.__name__ if route.request else ""
        if route.path.startswith("/api/"):
            return {
                "MarkRequest": {"score": 0, "comment": "mine"},
                "LessonMarkRequest": {"points": 0, "comment": "", "reason": "mine", "version": 0},
                "CanvasRequest": {"csv": _CANVAS},
                "NewReply": {"title": "a", "body": "b"},
                "DecisionRequest": {"decision": "stays", "reason": "mine"},
                "Words": {"body": "mine"},
                "PostChange": {"body": "mine"},
                "ThreadChange": {"state": "resolved"},
                "Seen": {"number": 1},
                "Following": {"following": True},
                "Reacting": {"kind": "thanks", "on": True},
                "Reporting": {"reason": "mine"},
                "AskRequest": {"notebook": "n", "exercise": "why", "reason": "mine"},
            }.get(kind, {"decision": "stays", "reason": "mine"})
        form = {"submission": self.hers.public, "notebook": "n", "version": "1", "score": "0"}
        form |= {"reason": "mine", "decision": "stays", "title": "mine", "body": "mine", "once": "x"}
        form |= {"points": "0", "csv": _CANVAS, "act": "drop"}
        if route.path.endswith("/alike"):
            form["act"] = f"undo:{self.batch}"
        if route.path in ("/threads/{t}", "/posts/{post}"):
            form["act"] = "hide"
        if route.path.endswith("/rubric"):
            item = self.items[0]
            form |= {"version": "1", "id-0": item.id, "text-0": "Right", "points-0": "1", "seen": "2"}
        return form

    def standing(self) -> dict[str, list[Any]]:
        """All that there is, but for what looking writes."""
        with self.world.database.read() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(sa.select(table))]
                for table in tables.metadata.sorted_tables
                if table.name not in CHANGED_BY_LOOKING
            }


_CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,One (1)\n    Points Possible,,,,,4\nAnn,1,,zqann,A,\n"


@pytest.fixture
def made(database_url: str, tmp_path: Path) -> Iterator[World]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW) as site:
        filled = World(site)
        filled.fill()
        yield filled
    world.close()


def wrong(made: World, route: Route, expected: str, secret: tuple[str, ...]) -> list[Any]:
    """Ask, and say what is not as it is to be."""
    answer = made.at(route)
    known = {GONE: {404}, NO: {403}, DRAFTS: {200, 404}}.get(expected, {200, 201, 303})
    lists = route.path.endswith("/canvas")  # repeats the list that was sent
    named = expected == NAMES or lists
    found = [each for each in secret if each in answer.text and not (named and each in made.who)]
    right = answer.status_code in known or (lists and answer.status_code == 422)
    return [] if right and not found else [called(route), expected, answer.status_code, *found]


def test_limited_to_a_group(made: World) -> None:
    made.limit(lessons=(), of=("Tuesday",))
    before = made.standing()
    secret = (*made.content, *made.who)
    told = [each for route in ROUTES if (each := wrong(made, route, answers_of(route) or "", secret))]
    assert told == [], "\n".join(map(str, told))
    assert made.standing() == before


def test_limited_to_another_lesson(made: World) -> None:
    """There they look after everybody, so they may know who is in the class."""
    made.limit(lessons=("two",), of=())
    before = made.standing()
    told = []
    for route in ROUTES:
        if called(route) not in TO_EVERYBODY:
            expected = GONE if called(route) in OF_A_LESSON else answers_of(route) or ""
            told.append(wrong(made, route, expected, made.content))
    told = [each for each in told if each]
    assert told == [], "\n".join(map(str, told))
    assert made.standing() == before


def test_without_limits_all_of_it_is_there(made: World) -> None:
    """Else the words that are looked for above prove nothing."""
    everything = "".join(made.at(route).text for route in ROUTES if route.method == "GET")
    assert [each for each in (*made.content, *made.who) if each not in everything] == []


def test_who_is_promoted_is_not_limited_and_is_again_as_a_grader(made: World) -> None:
    made.limit(lessons=("two",), of=("Tuesday",))
    pages = (
        "/courses/c/class",
        made.marks,
        made.message,
        "/api/v1/courses/c/grades.csv",
    )
    assert not any(made.finds("gina", page) for page in pages)
    where = f"/courses/c/people/{made.people['gina'].public}"
    for role, limited in (("instructor", False), ("grader", True), ("owner", False)):
        with made.world.database.write() as connection:
            people.enrol(connection, made.world.course, made.people["gina"], role, now=NOW)
        assert [made.finds("gina", page) for page in pages] == [not limited] * len(pages), role
        told = made.site.ask(made.tokens["tess"], "GET", f"/api/v1{where}/duty").json()
        assert told == (
            {"lessons": ["two"], "groups": ["Tuesday"]} if limited else {"lessons": [], "groups": []}
        )
        page = made.look(at=where)
        assert ("It does not hold in the role" in page) is not limited
    assert made.site.ask(made.tokens["tess"], "POST", f"{where}/duty", {}).status_code == 303
    assert "It does not hold in the role" not in made.look(at=where)
    gone = made.site.ask(made.tokens["tess"], "POST", "/courses/c/groups", {"name": "Tuesday", "people": ""})
    assert gone.status_code == 303
