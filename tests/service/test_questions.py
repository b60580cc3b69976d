"""Questions of lessons over HTTP and on the pages, on both databases: what is told to whom and when, how
attempts are counted, that no answer key leaves the service, and what comes back for review.
"""

import concurrent.futures
import datetime
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from courseware.course import courses, manifest, model
from courseware.desk import release
from courseware.exchange import releases
from courseware.notebook import files
from courseware.sandbox import port
from courseware.store import schema_checks
from tests import builders
from tests.builders import NOW
from tests.notebook import build
from tests.sandbox import isolated
from tests.service import inside

L = "/api/v1/courses/c/lessons/one"
Q = f"{L}/questions"
PAGE = "/courses/c/lessons/one"
REVIEW = "/api/v1/courses/c/review"
DAY = datetime.timedelta(days=1)
ONE = """How many?

- `two`
- <b>three</b>
- $x^2$

### BEGIN QUIZ KEY
right = 2
attempts = 2
explanation = "qq-because <script>alert(1)</script>"
hints = ["qq-hint-one", "qq-hint-two"]
### END QUIZ KEY
"""
NUMBER = "What is 1 / 4?\n\n### BEGIN QUIZ KEY\nnumber = 0.25\ntolerance = 0.01\n### END QUIZ KEY"
TEXT = 'Which word?\n\n### BEGIN QUIZ KEY\naccepted = ["qq-return"]\n### END QUIZ KEY'
SEVERAL = "Which?\n\n- a\n- b\n- c\n\n### BEGIN QUIZ KEY\nright = [1, 3]\n### END QUIZ KEY"


def cell(name: str, text: str) -> files.Cell:
    return build.cell(text, "markdown", id=name)


SOURCES = {"one": ONE, "number": NUMBER, "text": TEXT, "several": SEVERAL}


def released(world: builders.World, sources: dict[str, str], now: datetime.datetime = NOW) -> None:
    """Release lesson one with these cells, as a teacher does."""
    book = build.book(cell("title", "# Title"), *(cell(name, text) for name, text in sources.items()))
    tools = release.Tools(
        database=world.database, blobs=world.blobs, sandbox=isolated.Plain(), limits=port.Limits()
    )
    wish = release.Wish(files={"n.ipynb": files.write(book)})
    release.release(tools, world.teacher, world.one, wish, now=now)


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    released(world, SOURCES)
    with inside.serving(world, tmp_path, now=NOW) as made:
        yield made
    world.close()


def answered(site: inside.Inside, token: str, key: str, **given: Any) -> Any:
    """Answer and give the question as it is then."""
    told = site.ask(token, "POST", f"{Q}/{key}/answers", given)
    assert told.status_code == 200, told.text
    return told.json()


def asked(site: inside.Inside, token: str, key: str) -> Any:
    return next(each for each in site.ask(token, "GET", Q).json()["questions"] if each["key"] == key)


def test_the_list_of_lessons_tells_how_many_questions_each_asks(served: inside.Inside) -> None:
    site = served
    sam = site.token(site.world.sam.person, "pages")
    told = site.ask(sam, "GET", "/api/v1/courses/c/lessons").json()["lessons"]
    assert {each["slug"]: each["questions"] for each in told} == {"one": 4, "two": 0}


def rows(site: inside.Inside) -> int:
    with site.world.database.read() as connection:
        return int(
            connection.execute(sa.select(sa.func.count()).select_from(schema_checks.answer)).scalar_one()
        )


def test_a_choice_from_the_first_look_to_the_last_attempt(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "lab")
    first = asked(served, sam, "one")
    assert first["kind"] == "one"
    assert first["options"] == ["`two`", "<b>three</b>", "$x^2$"]
    assert (first["state"], first["attempts_left"], first["answer"]) == ("open", 2, None)
    assert "qq-" not in json.dumps(first)
    wrong = answered(served, sam, "one", chosen=[1])
    assert (wrong["answer"]["right"], wrong["attempts_left"], wrong["hints"]) == (False, 1, ["qq-hint-one"])
    assert (wrong["explanation"], wrong["right"], wrong["solution"]) == ("", [], "")
    over = answered(served, sam, "one", chosen=[3])
    assert (over["state"], over["attempts_left"], over["right"]) == ("over", 0, [2])
    assert "qq-because" in over["explanation"]
    refused = served.ask(sam, "POST", f"{Q}/one/answers", {"chosen": [2]})
    assert refused.status_code == 409
    assert "asked again" in refused.json()["detail"]
    kim = served.token(served.world.kim.person, "pages")
    assert asked(served, kim, "one") == first


def test_each_kind_is_judged(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    assert answered(served, sam, "number", text="0,26")["answer"] == {
        "said": "0.26",
        "right": True,
        "at": served.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    assert answered(served, sam, "text", text=" QQ-Return. ")["state"] == "right"
    assert answered(served, sam, "several", chosen=[1])["attempts_left"] == 2
    done = answered(served, sam, "several", chosen=[3, 1])
    assert (done["state"], done["right"]) == ("right", [1, 3])


@pytest.mark.parametrize(
    ("key", "body", "status"),
    [
        ("number", {"text": "a quarter"}, 422),
        ("number", {}, 422),
        ("one", {"chosen": [9]}, 422),
        ("one", {"chosen": [1, 2]}, 422),
        ("one", {"chosen": ["1"]}, 400),
        ("one", {"chosen": [10**40]}, 422),
        ("text", {"text": "\u0000"}, 422),
        ("text", {"text": "x" * 1000}, 422),
        ("title", {"text": "x"}, 404),
        ("nothing", {"text": "x"}, 404),
        ("one", [], 400),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_answer_is_refused_in_words_and_costs_nothing(
    served: inside.Inside, key: str, body: Any, status: int
) -> None:
    sam = served.token(served.world.sam.person, "pages")
    told = served.ask(sam, "POST", f"{Q}/{key}/answers", body)
    assert told.status_code == status, told.text
    assert told.json()["detail"]
    assert rows(served) == 0


def test_the_same_answer_twice_is_one(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    for _ in range(3):
        assert answered(served, sam, "one", chosen=[1])["attempts_left"] == 1
    assert rows(served) == 1
    for _ in range(2):
        assert answered(served, sam, "one", chosen=[2])["state"] == "right"
    assert rows(served) == 2


def test_attempts_at_the_same_time_are_counted(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")

    def send(number: int) -> int:
        head = {"Authorization": f"Bearer {sam}", "Idempotency-Key": f"k{number}"}
        body = {"text": f"guess {number}"}
        return served.client.post(f"{Q}/text/answers", json=body, headers=head).status_code

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = sorted(pool.map(send, range(8)))
    assert found == [200] * 3 + [409] * 5
    assert rows(served) == 3


def policy(site: inside.Inside, said: str) -> None:
    """What the course says of questions."""
    text = builders.MANIFEST + f"\n[policies]\nquiz = {said}\n"
    with site.world.database.write() as connection:
        courses.put(connection, manifest.parse(text), text, now=site.now)


def test_the_course_says_how_often_and_when_it_is_explained(served: inside.Inside) -> None:
    policy(served, '{ attempts = 1, explains = "after-answer" }')
    sam = served.token(served.world.sam.person, "pages")
    assert asked(served, sam, "text")["attempts_left"] == 1
    assert "qq-because" in answered(served, sam, "one", chosen=[1])["explanation"]
    over = answered(served, sam, "text", text="no")
    assert (over["state"], over["solution"]) == ("over", "qq-return")


def test_no_key_leaves_the_service(served: inside.Inside) -> None:
    """Everything that a student can get of the lesson, and all that the disk keeps of it for them."""
    sam = served.token(served.world.sam.person, "pages")
    lab = served.token(served.world.sam.person, "lab")
    seen = [
        served.ask(lab, "GET", path).text
        for path in (Q, L, f"{L}/releases/2", f"{L}/releases", f"{L}/releases/2/files/n.ipynb", REVIEW)
    ]
    seen += [
        served.ask(sam, "GET", path).text for path in (PAGE, f"{PAGE}/files/n.ipynb", "/courses/c/review")
    ]
    pack = served.ask(sam, "GET", f"{PAGE}/pack")
    with zipfile.ZipFile(io.BytesIO(pack.content)) as taken:
        seen += [
            taken.read(name).decode(errors="replace")
            for name in taken.namelist()
            if name.endswith((".ipynb", ".html"))
        ]
    assert sum("How many?" in text for text in seen) >= 5
    for text in seen:
        assert not re.search(r"qq-|QUIZ KEY|right = |0\.25|\"version\"", text), text[:2000]
    for blob in (served.world.blobs.get(entry) for entry in _kept(served)):
        assert b"qq-" not in blob
        assert b"QUIZ KEY" not in blob


def _kept(site: inside.Inside) -> set[str]:
    """The bytes that the release names, in both versions."""
    with site.world.database.read() as connection:
        newest = releases.newest(connection, site.world.one.id)
    assert newest is not None
    return {entry.sha256 for entry in (*newest.student, *newest.instructor)}


def test_who_may_answer(served: inside.Inside) -> None:
    ceilings: tuple[model.Ceiling, ...] = ("lab", "pages", "cli", "join", "calendar")
    for ceiling in ceilings:
        status = 200 if ceiling in ("lab", "pages", "cli") else 403
        token = served.token(served.world.sam.person, ceiling)
        assert served.ask(token, "GET", Q).status_code == status, ceiling
    assert served.ask("", "GET", Q).status_code == 401


def test_a_lesson_that_is_not_open_asks_nothing(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    answered(served, sam, "text", text="qq-return")
    served.now = NOW - 60 * DAY
    assert served.ask(sam, "GET", Q).status_code == 404
    assert served.ask(sam, "POST", f"{Q}/one/answers", {"chosen": [2]}).status_code == 404
    assert served.ask(sam, "GET", REVIEW).json()["questions"] == []


def test_on_the_page_without_scripts(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    page = served.ask(sam, "GET", PAGE).text
    assert page.count("<fieldset") == 2
    assert "<script>alert" not in page
    assert re.search(r'<span dir="auto"><code>two</code></span>', page)
    there = f"{PAGE}/questions/one"
    xsrf = re.search(r'name="_xsrf" value="([^"]*)"', page)
    form = {"_xsrf": xsrf[1] if xsrf else "", "back": ""}
    empty = served.ask(sam, "POST", there, form)
    assert empty.status_code == 422
    assert 'role="alert"' in empty.text
    assert "Choose one answer." in empty.text
    wrong = served.ask(sam, "POST", there, {**form, "pick": "1"})
    assert wrong.status_code == 303
    assert re.search(r"/lessons/one#result-[0-9a-f]{12}$", wrong.headers["Location"])
    page = served.ask(sam, "GET", PAGE).text
    assert wrong.headers["Location"].partition("#")[2] in page
    assert "Not right yet." in page
    assert "qq-hint-one" in page
    assert "qq-because" not in page
    kept = served.ask(sam, "POST", f"{PAGE}/questions/number", {**form, "text": "<b>many</b>"})
    assert kept.status_code == 422
    assert 'value="&lt;b&gt;many&lt;/b&gt;"' in kept.text
    served.ask(sam, "POST", f"{PAGE}/questions/several", {**form, "pick-1": "yes", "pick-3": "yes"})
    served.ask(sam, "POST", there, {**form, "pick": "3"})
    page = served.ask(sam, "GET", PAGE).text
    assert "qq-because" in page
    assert "<script>alert" not in page
    assert page.count("Right.") == 1


def due(site: inside.Inside, token: str) -> list[str]:
    return [each["key"] for each in site.ask(token, "GET", REVIEW).json()["questions"]]


def test_what_was_answered_comes_back(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    answered(served, sam, "text", text="qq-return")
    answered(served, sam, "number", text="7")
    told = served.ask(sam, "GET", REVIEW).json()
    assert (told["questions"], told["waiting"]) == ([], 0)
    assert told["next"].startswith("2026-11-24")
    served.now = NOW + DAY + datetime.timedelta(hours=1)
    [again] = served.ask(sam, "GET", REVIEW).json()["questions"]
    assert (again["key"], again["again"], again["answer"], again["solution"]) == ("text", True, None, "")
    assert "Questions to answer again" in served.ask(sam, "GET", "/courses/c").text
    known = answered(served, sam, "text", text="qq-return")
    assert (known["takes"], known["due"][:10]) == (False, "2026-11-27")
    assert due(served, sam) == []
    served.now = NOW + 5 * DAY
    unknown = answered(served, sam, "text", text="forgot")
    assert (unknown["answer"]["right"], unknown["solution"], unknown["due"][:10]) == (
        False,
        "qq-return",
        "2026-11-29",
    )


def test_a_withdrawn_question_is_asked_no_more(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    for key, text in (("text", "qq-return"), ("number", "0.25")):
        answered(served, sam, key, text=text)
    released(served.world, {name: text for name, text in SOURCES.items() if name != "text"}, served.now)
    served.now = NOW + 2 * DAY
    assert due(served, sam) == ["number"]
    page = served.ask(sam, "GET", "/courses/c/review")
    assert page.status_code == 200
    assert "What is 1 / 4?" in page.text
    assert "Which word?" not in page.text
    gone = served.ask(sam, "POST", f"{Q}/text/answers", {"text": "x"})
    assert gone.status_code == 404
    assert "not in the lesson any more" in gone.json()["detail"]
    assert served.ask(sam, "GET", "/courses/c/review?lesson=one&just=text").status_code == 200
    released(served.world, {}, served.now)
    assert due(served, sam) == []
    assert served.ask(sam, "GET", PAGE).status_code == 200


def test_a_changed_key_is_a_new_question(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    for guess in ("a", "b", "c"):
        answered(served, sam, "text", text=guess)
    changed = {**SOURCES, "text": TEXT.replace("qq-return", "qq-yield")}
    released(served.world, changed, served.now)
    fresh = asked(served, sam, "text")
    assert (fresh["state"], fresh["attempts_left"], fresh["answer"]) == ("open", 3, None)
    served.now = NOW + 2 * DAY
    assert due(served, sam) == []
    assert answered(served, sam, "text", text="qq-yield")["state"] == "right"


def test_the_review_page_takes_answers_and_tells_the_verdict(served: inside.Inside) -> None:
    sam = served.token(served.world.sam.person, "pages")
    answered(served, sam, "text", text="qq-return")
    served.now = NOW + 2 * DAY
    page = served.ask(sam, "GET", "/courses/c/review").text
    xsrf = re.search(r'name="_xsrf" value="([^"]*)"', page)
    form = {"_xsrf": xsrf[1] if xsrf else "", "back": "review"}
    refused = served.ask(sam, "POST", f"{PAGE}/questions/text", {**form, "text": " "})
    assert refused.status_code == 422
    assert "Write an answer first." in refused.text
    sent = served.ask(sam, "POST", f"{PAGE}/questions/text", {**form, "text": "oh"})
    assert sent.status_code == 303
    told = served.ask(sam, "GET", sent.headers["Location"].partition("#")[0]).text
    assert "Not right." in told
    assert "qq-return" in told
