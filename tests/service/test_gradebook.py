"""The gradebook and why each mark is so, on both databases: what is found, in which order, by whom; what a
change by hand leaves behind; and that hidden names are in no page of the desk.
"""

import csv
import html
import io
import re
from typing import Any

import httpx
import sqlalchemy as sa

from courseware.course import duties, groups, people
from courseware.store import schema
from tests import words
from tests.builders import NOW
from tests.service import inside, test_audit

CLASS = "/courses/c/class"
_ROW = re.compile(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', re.DOTALL)
_WHY = re.compile(r'href="(lessons/(l\d\d)/marks/(per_\w+))"')
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def text(found: str) -> str:
    """What stands there, without the markup."""
    return html.unescape(re.sub(r"<[^>]+>", "", found)).strip()


def rows(answer: httpx.Response) -> dict[str, list[str]]:
    """The cells by what people are called, in their order."""
    answer.raise_for_status()
    return {
        text(name): [text(each) for each in cells.split("</td>")[:-1]]
        for name, cells in _ROW.findall(answer.text)
    }


def named(served: inside.Inside, username: str, name: str) -> None:
    with served.world.database.write() as connection:
        mine = schema.person.c.username == username
        connection.execute(schema.person.update().where(mine).values(name=name))


def test_it_is_paged_searched_and_ordered(served: inside.Inside, tess: str) -> None:
    first = served.ask(tess, "GET", CLASS)
    assert len(rows(first)) == 50
    assert list(rows(first)) == sorted(rows(first), key=str.casefold)
    assert 'rel="next" href="?page=2"' in first.text
    assert "Page 1 of 2" in first.text
    seen = [name for page in (1, 2) for name in rows(served.ask(tess, "GET", f"{CLASS}?page={page}"))]
    assert len(set(seen)) == len(seen) == 62
    assert list(rows(served.ask(tess, "GET", f"{CLASS}?q=brandt")))
    assert all("Brandt" in name for name in rows(served.ask(tess, "GET", f"{CLASS}?q=brandt")))
    assert list(rows(served.ask(tess, "GET", f"{CLASS}?q=s0007"))) == ["Hana Huang 7"]
    down = served.ask(tess, "GET", f"{CLASS}?sort=-Total")
    totals = [float(cells[0]) for cells in rows(down).values()]
    assert totals == sorted(totals, reverse=True)
    assert down.text.count('aria-sort="descending"') == 1
    assert 'href="?sort=Total"' in down.text
    up = served.ask(tess, "GET", f"{CLASS}?sort=l01&lesson=l01")
    points = [float(re.sub("late|to mark", "", cells[0])) for cells in rows(up).values()]
    assert points == sorted(points)
    assert up.text.count('aria-sort="ascending"') == 1
    assert "Total" not in up.text.split("<thead>")[1].split("</thead>")[0]
    assert not rows(served.ask(tess, "GET", f"{CLASS}?q=nobody-at-all"))


def test_it_is_narrowed_to_what_is_so(served: inside.Inside, tess: str) -> None:
    for show, word in (("missing", "missing"), ("late", "late")):
        found = rows(served.ask(tess, "GET", f"{CLASS}?show={show}"))
        assert found
        assert all(word in " ".join(cells) for cells in found.values())
    look = rows(served.ask(tess, "GET", f"{CLASS}?show=look&lesson=l00"))
    assert look
    assert all("to mark" in cells[0] or "failed" in cells[0] for cells in look.values())
    group = rows(served.ask(tess, "GET", f"{CLASS}?group=g1"))
    assert len(group) == 10
    odd = served.ask(tess, "GET", f"{CLASS}?group=none&show=x&lesson=y&sort=z&page=-1&sort=<b>")
    assert len(rows(odd)) == 50
    assert "<b>&" not in odd.text
    far = served.ask(tess, "GET", f"{CLASS}?page=999999999999")
    assert "Page 2 of 2" in far.text


def test_names_are_only_text(served: inside.Inside, tess: str) -> None:
    named(served, "s0000", "<script>alert(1)</script>")
    named(served, "s0001", '" onmouseover="alert(1)')
    found = served.ask(tess, "GET", f"{CLASS}?q=alert")
    assert set(rows(found)) == {"<script>alert(1)</script>", '" onmouseover="alert(1)'}
    assert "<script>alert" not in found.text
    assert 'value="alert"' in found.text
    for path, *_ in _WHY.findall(found.text):
        assert "<script>alert" not in served.ask(tess, "GET", f"/courses/c/{path}").raise_for_status().text


def why(served: inside.Inside, token: str, path: str) -> tuple[httpx.Response, list[dict[str, str]]]:
    """The page, and what the form of each exercise would send."""
    answer = served.ask(token, "GET", path).raise_for_status()
    return answer, forms_of(answer)


def forms_of(answer: httpx.Response) -> list[dict[str, str]]:
    """What the form of each exercise would send."""
    forms = [dict(_HIDDEN.findall(form)) for form in answer.text.split("<details")[1:]]
    return [each for each in forms if "key" in each]


def a_mark(served: inside.Inside, tess: str, *, lesson: str = "l00") -> str:
    """The address of why somebody's mark is so."""
    found = served.ask(tess, "GET", f"{CLASS}?lesson={lesson}&sort={lesson}")
    return f"/courses/c/{_WHY.findall(found.text)[0][0]}"


def test_a_mark_says_why_it_is_so(served: inside.Inside, tess: str) -> None:
    late = served.ask(tess, "GET", f"{CLASS}?show=late&lesson=l00").text
    path = f"/courses/c/{_WHY.findall(late)[0][0]}"
    said = text(why(served, tess, path)[0].text)
    for part in (
        "It came 20 hours late; 1 late day of 3 left cover 1 day.",
        "The latest hand-in that came in time counts; where none did, the latest.",
        "of release 1",
        "The dates of the lesson, the same for everybody.",
        "Marked by the machine: Some points.",
        "Hand-in 1 came.",
        "was graded by the tests of release 1.",
    ):
        assert part in said, part
    missing = served.ask(tess, "GET", f"{CLASS}?show=missing&lesson=l00").text
    said = text(why(served, tess, f"/courses/c/{_WHY.findall(missing)[0][0]}")[0].text)
    assert "Nothing is handed in. Due" in said


def test_a_change_by_hand_is_reasoned_kept_and_taken_back(served: inside.Inside, tess: str) -> None:
    path = a_mark(served, tess)
    first = why(served, tess, path)[1][0]
    given = {**first, "act": "give", "score": "3.25", "comment": "Well *done*.", "reason": "<b>As good</b>"}
    refused = served.ask(tess, "POST", path, {**given, "reason": "  "})
    assert refused.status_code == 422
    assert "Say why you change the mark" in refused.text
    assert "Well *done*." in refused.text
    high = served.ask(tess, "POST", path, {**given, "score": "99"})
    assert (high.status_code, "must be from 0 to 4" in high.text) == (422, True)
    assert served.ask(tess, "POST", path, {**given, "score": "nan"}).status_code == 422
    assert served.ask(tess, "POST", path, {**given, "score": "much"}).status_code == 422
    assert served.ask(tess, "POST", path, {**given, "key": "none"}).status_code == 404
    assert served.ask(tess, "POST", path, {"act": "give"}).status_code == 404
    saved = served.ask(tess, "POST", path, given)
    assert saved.status_code == 303
    page, forms = why(served, tess, saved.headers["Location"])
    said = text(page.text)
    assert "Saved." in said
    assert re.search(r"tess, First: \d+ → 3.25<b>As good</b>", said)
    assert "<b>As good" not in page.text
    assert forms[0]["version"] == "1"
    # Somebody else, who had the page open before.
    other = served.ask(tess, "POST", path, {**given, "score": "1", "comment": "Mine", "reason": "Other"})
    assert other.status_code == 412
    for kept in ("Mine", "Other", "Somebody else has marked this meanwhile"):
        assert kept in other.text
    assert "3.25" in text(other.text)
    assert forms_of(other)[0]["version"] == "1"  # what they gave is before one's eyes
    # Nor does a form that came back for another reason take what it has not shown.
    for wrong in ({"score": "99"}, {"score": "3.333"}, {"reason": " "}, {"reason": "", "version": ""}):
        refused = served.ask(tess, "POST", path, {**given, **wrong})
        anew = {**given, "version": forms_of(refused)[0]["version"], "score": "2"}
        assert served.ask(tess, "POST", path, anew).status_code == 412
    back = served.ask(tess, "POST", path, {**forms[0], "act": "take-back", "comment": ""})
    assert back.status_code == 303
    page, forms = why(served, tess, path)
    assert re.search(r"First: 3.25 → \d+", text(page.text))
    assert "Marked by the machine" in text(page.text.split("Exercises</h2>")[1].split("<details")[0])


def test_only_who_may_sees_and_changes(served: inside.Inside, tess: str) -> None:
    path = a_mark(served, tess)
    form = why(served, tess, path)[1][0]
    change = {**form, "act": "give", "score": "1", "comment": "", "reason": "r"}
    sam = served.token(served.world.sam.person, "pages")
    eve = test_audit.stranger(served)
    for token, status in ((sam, 403), (eve, 404), ("", 401)):
        for address in (CLASS, path):
            assert served.ask(token, "GET", address).status_code == status
    for token, status in ((sam, 403), (eve, 404)):
        assert served.ask(token, "POST", path, change).status_code == status
        assert served.ask(token, "POST", f"{CLASS}/names", {"hidden": "yes"}).status_code == status
    lab = served.token(served.world.teacher.person, "lab")
    assert served.ask(lab, "GET", CLASS).status_code == 403
    # A hand-in of somebody else, under this person's address.
    another = why(served, tess, a_mark(served, tess, lesson="l01"))[1][0]
    wrong = {**change, "submission": another["submission"]}
    assert served.ask(tess, "POST", path, wrong).status_code == 404
    assert served.ask(tess, "GET", f"/courses/c/lessons/l00/marks/{'per_' + 'a' * 26}").status_code == 404
    staff = f"/courses/c/lessons/l00/marks/{served.world.teacher.person.public}"
    assert served.ask(tess, "GET", staff).status_code == 404


def test_a_limited_grader_finds_those_they_look_after(served: inside.Inside, tess: str) -> None:
    world = served.world
    with world.database.write() as connection:
        gus = people.add(
            connection, world.course, username="gus", name="Gus", email=None, role="grader", now=NOW
        )
    token = served.token(gus, "pages")
    assert len(rows(served.ask(token, "GET", CLASS))) == 50
    with world.database.write() as connection:
        member = people.find(connection, world.course, "gus")
        duties.put(connection, world.course, member, of_lessons=["l01"], of_groups=["g1"], now=NOW)
        inside_, outside = (
            next(iter(groups.of_course(connection, world.course)[name])) for name in ("g1", "g0")
        )
    found = served.ask(token, "GET", CLASS)
    assert len(rows(found)) == 10
    assert "lessons/l01" in found.text
    assert "lessons/l00" not in found.text
    assert not words.has(found.text, "g0")
    assert len(rows(served.ask(token, "GET", f"{CLASS}?group=g0&lesson=l00"))) == 10
    for lesson, person, status in (("l01", inside_, 200), ("l00", inside_, 404), ("l01", outside, 404)):
        path = f"/courses/c/lessons/{lesson}/marks/{person.public}"
        assert served.ask(token, "GET", path).status_code == status
        if status == 404:
            assert served.ask(token, "POST", path, {"act": "give", "reason": "r"}).status_code == 404


def test_hidden_names_are_in_no_page_of_the_desk(served: inside.Inside, tess: str) -> None:
    with served.world.database.read() as connection:
        known = connection.execute(sa.select(schema.person.c.name, schema.person.c.username)).all()
    students = [each for each in known if re.fullmatch(r"s\d{4}|sam|kim", each.username)]
    parts = {part for name, user in students for part in (name, user) if len(part) > 3}
    path = a_mark(served, tess)
    served.ask(tess, "POST", f"{CLASS}/names", {"hidden": "yes", "back": "sort=-Total&q=Ada"})
    shown = [served.ask(tess, "GET", f"{CLASS}{query}") for query in ("", "?page=2", "?sort=l00")]
    shown += [served.ask(tess, "GET", path), served.ask(tess, "GET", "/courses/c/marking")]
    shown.append(served.ask(tess, "GET", "/courses/c/lessons/l00/marking/essay"))
    for place in ("marking/essay/alike", "marking/essay?show=all", "regrade/late?late=none"):
        shown.append(served.ask(tess, "GET", f"/courses/c/lessons/l00/{place}"))
    work = re.findall(r'href="(/submissions/sub_\w+)"', shown[3].text)[0]
    shown.append(served.ask(tess, "GET", work))
    for answer in shown:
        answer.raise_for_status()
        assert not [part for part in parts if part in answer.text], answer.url
    assert all(re.fullmatch(r"Student [A-Z2-7]{6}", name) for name in rows(shown[0]))
    assert list(rows(shown[0])) == sorted(rows(shown[0]))
    one = re.findall(r"Student [A-Z2-7]{6}", shown[3].text)[0]
    assert one in shown[-1].text  # the same on the hand-in as on why its mark is so
    code = one.removeprefix("Student ")
    assert list(rows(served.ask(tess, "GET", f"{CLASS}?q={code.lower()}"))) == [one]
    assert not rows(served.ask(tess, "GET", f"{CLASS}?q=Ada"))  # a name cannot be asked for
    table = list(csv.reader(io.StringIO(served.ask(tess, "GET", "/courses/c/grades.csv").text)))
    assert {line[1] for line in table[1:]} == {name for name, _ in students}
    again = served.ask(tess, "POST", f"{CLASS}/names", {"hidden": "", "back": "sort=-Total&page=2"})
    assert again.headers["Location"] == f"{CLASS}?sort=-Total&page=2"
    assert not any(name.startswith("Student ") for name in rows(served.ask(tess, "GET", CLASS)))


def test_hiding_names_is_ones_own_and_leads_nowhere_else(served: inside.Inside, tess: str) -> None:
    with served.world.database.write() as connection:
        ina = people.add(
            connection, served.world.course, username="ina", name="I", email=None, role="instructor", now=NOW
        )
    other = served.token(ina, "pages")
    for back in ("//evil.example/?a=b", "https://evil.example", "\r\nLocation: x=1", "q=1"):
        moved: Any = served.ask(tess, "POST", f"{CLASS}/names", {"hidden": "yes", "back": back})
        assert moved.status_code == 303
        assert moved.headers["Location"].startswith(CLASS)
    assert not any(name.startswith("Student ") for name in rows(served.ask(other, "GET", CLASS)))
    assert all(name.startswith("Student ") for name in rows(served.ask(tess, "GET", CLASS)))
