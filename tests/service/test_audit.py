"""Who used a right over others, and who was refused, is written down, once and truly."""

import csv
import datetime
import hashlib
import html
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from courseware import errors
from courseware.course import access_records, courses, manifest, people, recorder
from courseware.course.permissions import Action
from courseware.desk import audit
from courseware.exchange import submit
from courseware.grading import gradings, marks, pipeline, scores
from courseware.notices import model as notices_model
from courseware.notices import preferences
from courseware.store import schema_audit
from tests import builders
from tests.builders import NOW
from tests.service import inside, test_queries

C = "/api/v1/courses/c"
_T = schema_audit.access_record
PAGE = "/courses/c/audit"
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[inside.Inside]:
    world = builders.world(database_url, tmp_path)
    with inside.serving(world, tmp_path, now=NOW, queue=builders.idle_queue()) as made:
        yield made
    world.close()


def rows(served: inside.Inside) -> list[Any]:
    """All that is written down, oldest first."""
    served.recording.write()
    with served.world.database.read() as connection:
        return list(connection.execute(sa.select(_T).order_by(_T.c.at, _T.c.id)))


def told(row: Any) -> tuple[Any, ...]:
    return (row.action, row.method, row.route, row.place, row.allowed, row.status)


def handed_in(served: inside.Inside) -> str:
    """A marked hand-in of sam's."""
    world = served.world
    upload = builders.upload("work", release=1)
    got = submit.receive_upload(world.desk, world.sam, "one", upload, now=NOW).submission
    with world.database.write() as connection:
        grading = gradings.current(connection, got.id)
        assert grading is not None
        tested = marks.Mark(score=2, points=4, auto_score=2, needs_person=False, verdict="partial")
        result = pipeline.Result(
            notebook="n", marks={"t": tested}, executed=None, runs={}, notes=(), seconds=0
        )
        scores.save(connection, grading, scores.rows([result], {}), now=NOW)
        taken = gradings.claim(connection, grading.id, now=NOW)
        assert taken
        assert gradings.finish(connection, taken, state="marked", now=NOW)
    return got.public


def stranger(served: inside.Inside) -> str:
    """A credential of the owner of another course."""
    text = '[course]\nid = "other"\ntitle = "Another course"\n'
    with served.world.database.write() as connection:
        course = courses.put(connection, manifest.parse(text), text, now=NOW)
        eve = people.add(connection, course, username="eve", name="Eve", email=None, role="owner", now=NOW)
    return served.token(eve, "cli", course)


def test_a_teacher_who_reads_a_hand_in_is_written_down_and_its_author_is_not(served: inside.Inside) -> None:
    work = handed_in(served)
    sam, tess = (served.token(each.person, "cli") for each in (served.world.sam, served.world.teacher))
    assert served.ask(sam, "GET", f"/api/v1/submissions/{work}").status_code == 200
    assert served.ask(sam, "GET", f"{C}/lessons").status_code == 200
    assert served.ask(sam, "GET", "/api/v1/pulse?course=c").status_code == 200
    assert rows(served) == []
    answer = served.ask(tess, "GET", f"/api/v1/submissions/{work}?course=c")
    [row] = rows(served)
    route = "/api/v1/submissions/{s}"
    assert told(row) == ("READ_ALL_WORK", "GET", route, f"s={work}", True, 200)
    assert (row.person_id, row.role, row.at_most) == (served.world.teacher.person.id, "owner", None)
    assert (row.ceiling, row.credential, row.request) == (
        "cli",
        tess.split("_")[2],
        answer.headers["X-Request-ID"],
    )
    assert (row.course_id, row.at, row.times) == (served.world.course.id, served.now, 1)


def test_a_mark_by_hand_and_its_record_are_one_and_a_repeat_says_so(served: inside.Inside) -> None:
    work, tess = handed_in(served), served.token(served.world.teacher.person, "cli")
    path, key = f"/api/v1/submissions/{work}/marks/n/t", {"Idempotency-Key": "once"}
    for _ in range(2):
        body = {"score": 3, "comment": "zqsecret"}
        assert served.ask(tess, "PUT", path, body, headers=key).status_code == 200
    first, again = rows(served)
    wanted = ("MARK", "PUT", "/api/v1/submissions/{s}/marks/{notebook}/{key}", f"s={work} key=t", True, 200)
    assert told(first) == told(again) == wanted
    assert (first.repeated, again.repeated) == (False, True)
    assert "zqsecret" not in str(rows(served))
    with served.world.database.read() as connection:
        page = audit.page(connection, audit.Wanted(course=served.world.course), now=served.now, limit=10)
        marked = audit.Wanted(course=served.world.course, marks=True, person=served.world.teacher.person)
        [given] = audit.page(connection, marked, now=served.now, limit=10).lines
    assert (given.action, given.who, given.course) == ("mark.given", "tess", "c")
    assert given.where == f"{work} notebook=n exercise=t score=3.0"
    assert [(e.action, e.outcome) for e in page.lines][:2] == [("MARK", "repeated"), ("MARK", "allowed")]
    assert given in page.lines


def test_what_is_not_done_leaves_no_word_that_it_was(served: inside.Inside) -> None:
    work, tess = handed_in(served), served.token(served.world.teacher.person, "cli")
    mark = f"/api/v1/submissions/{work}/marks/n/t"
    assert served.ask(tess, "PUT", mark, {"score": 99, "comment": ""}).status_code == 422
    retried = served.ask(tess, "POST", f"{C}/queue/retry", {"submission": "sub_none"})
    assert retried.status_code == 404, retried.text
    assert rows(served) == []


def test_what_has_transactions_of_its_own_stands_there_from_its_beginning(served: inside.Inside) -> None:
    tess = served.token(served.world.teacher.person, "cli")
    for _ in range(2):
        answer = served.ask(
            tess, "POST", f"{C}/queue/retry", {"submission": None}, headers={"Idempotency-Key": "r"}
        )
        assert answer.status_code == 200
    assert [(each.action, each.status, each.repeated) for each in rows(served)] == [
        ("RUN_QUEUE", 200, False),
        ("RUN_QUEUE", 200, True),
    ]


def test_who_is_refused_is_written_down_and_the_same_again_is_counted(served: inside.Inside) -> None:
    work = handed_in(served)
    kim = served.token(served.world.kim.person, "cli")
    for _ in range(3):
        assert served.ask(kim, "GET", f"{C}/grades").status_code == 403
        assert served.ask(kim, "GET", f"/api/v1/submissions/{work}").status_code == 404
    grades, others = rows(served)
    assert told(grades) == (
        "READ_GRADES",
        "GET",
        "/api/v1/courses/{c}/grades",
        "c=c",
        False,
        403,
    )
    assert told(others) == ("READ_ALL_WORK", "GET", "/api/v1/submissions/{s}", f"s={work}", False, 404)
    assert (grades.times, others.times, grades.role) == (3, 3, "student")
    assert others.last == served.now
    served.now += 2 * access_records.AGAIN
    assert served.ask(kim, "GET", f"{C}/grades").status_code == 403
    assert [each.times for each in rows(served)] == [3, 3, 1]
    assert served.ask("", "GET", f"{C}/grades").status_code == 401
    assert served.ask(kim, "GET", f"{C}/lessons/none").status_code == 404  # is not there, for nobody
    assert len(rows(served)) == 3


def test_an_upload_and_a_mark_that_are_refused_are_written_down(served: inside.Inside) -> None:
    work, kim = handed_in(served), served.token(served.world.kim.person, "cli")
    files = {"file": ("n.ipynb", builders.NOTEBOOK)}
    head = {"Authorization": f"Bearer {kim}", "Idempotency-Key": "u"}
    answer = served.client.post(f"{C}/lessons/one/releases", headers=head, files=files)
    assert answer.status_code == 403
    body = {"score": 4, "comment": ""}
    assert served.ask(kim, "PUT", f"/api/v1/submissions/{work}/marks/n/t", body).status_code == 403
    assert [(each.action, each.status, each.allowed, each.times) for each in rows(served)] == [
        ("PUBLISH", 403, False, 1),
        ("MARK", 403, False, 1),
    ]


def test_staff_of_another_course_are_refused_in_the_course_that_they_asked_for(served: inside.Inside) -> None:
    work, eve = handed_in(served), stranger(served)
    for path in (f"{C}/grades", f"/api/v1/submissions/{work}", f"{C}/lessons", "/api/v1/courses/none/grades"):
        assert served.ask(eve, "GET", path).status_code == 404
    found = rows(served)
    assert [(each.action, each.allowed, each.status, each.role) for each in found] == [
        ("READ_GRADES", False, 404, None),
        ("READ_OWN_WORK", False, 404, None),
        ("FETCH", False, 404, None),
    ]
    assert {each.course_id for each in found} == {served.world.course.id}


def test_a_person_in_an_address_is_an_id_and_other_words_are_left_out(served: inside.Inside) -> None:
    tess = served.token(served.world.teacher.person, "cli")
    assert served.ask(tess, "GET", f"{C}/people/sam/sign-ins").status_code == 200
    assert served.ask(tess, "PUT", f"{C}/groups/a%20word%20of%20mine", {"people": ["sam"]}).status_code == 200
    first, second = rows(served)
    assert first.place == f"c=c p={served.world.sam.person.public}"
    assert second.place == "c=c g=…"


def test_in_discussions_it_is_what_students_cannot_do(served: inside.Inside) -> None:
    tess, sam = (served.token(e.person, "pages") for e in (served.world.teacher, served.world.sam))
    wish = {"kind": "private", "title": "t", "body": "b"}
    private = served.ask(sam, "POST", f"{C}/threads", wish).json()["id"]
    shy = served.ask(sam, "POST", f"{C}/threads", {"body": "b", "anonymous": True}).json()["id"]
    post = served.ask(sam, "GET", f"/api/v1/threads/{shy}").json()["posts"][0]["id"]
    assert served.ask(sam, "GET", f"/api/v1/threads/{private}").status_code == 200
    assert rows(served) == []
    for path in (f"/api/v1/threads/{private}", f"/threads/{shy}"):
        assert served.ask(tess, "GET", path).status_code == 200
    for path, body in ((f"threads/{shy}", {"locked": True}), (f"posts/{post}", {"endorsed": True})):
        assert served.ask(tess, "PATCH", f"/api/v1/{path}", body).status_code == 200
    assert served.ask(tess, "POST", f"/threads/{shy}", {"act": "unlock"}).status_code in (303, 403)
    named = [each.action for each in rows(served) if each.allowed]
    assert named[:4] == ["READ_PRIVATE", "SEE_NAMES", "MODERATE", "ENDORSE"]


def test_a_hand_in_and_a_pulse_ask_the_database_for_nothing_more(served: inside.Inside) -> None:
    """No statement of theirs touches the table, before or after the answer."""
    sam, world = served.token(served.world.sam.person, "lab"), served.world
    served.ask(sam, "GET", "/api/v1/pulse?course=c")
    with test_queries.counted(world) as said:
        assert served.ask(sam, "GET", "/api/v1/pulse?course=c").status_code == 200
        head = {"Authorization": f"Bearer {sam}", "Idempotency-Key": "h"}
        sent: dict[str, Any] = {"data": {"manifest": _manifest()}}
        sent["files"] = {"file": ("n.ipynb", builders.NOTEBOOK)}
        answer = served.client.post(f"{C}/lessons/one/submissions", headers=head, **sent)
        assert answer.status_code == 201, answer.text
        served.recording.write()
    assert [each for each in said if "access_record" in each] == []
    assert len(said) <= 29, "\n".join(said)


def _manifest() -> str:
    data = builders.NOTEBOOK
    entry = {"path": "n.ipynb", "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    return json.dumps({"release": 1, "files": [entry]})


def record(world: builders.World, at: datetime.datetime, **more: Any) -> access_records.Record:
    known = {"action": Action.READ_GRADES, "method": "GET", "route": "/x", "allowed": True, "status": 200}
    return access_records.Record(at=at, **{**known, "person_id": world.sam.person.id, **more})


def test_what_is_old_is_taken_away_by_the_one_that_tidies(database_url: str, tmp_path: Path) -> None:
    world, day = builders.world(database_url, tmp_path), datetime.timedelta(days=1)
    with world.database.write() as connection:
        for days in (9, 10, 11):
            access_records.insert(connection, record(world, NOW - days * day))
    for keep, ours, left in ((0, True, 3), (10, False, 3), (10, True, 2)):
        recorder.Recorder(world.database, lambda: NOW, keep_days=keep, tidies=lambda ours=ours: ours).once()  # type: ignore[misc]
        with world.database.read() as connection:
            assert len(connection.execute(sa.select(_T.c.id)).all()) == left
    world.close()


def test_what_cannot_be_written_now_is_written_later_or_stands_in_the_log(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = builders.world(database_url, tmp_path)
    made = recorder.Recorder(world.database, lambda: NOW, keep_days=0, tidies=lambda: True)
    made.note(record(world, NOW, person_id=10**9))  # nobody: the database refuses the row
    made.note(record(world, NOW))
    made.write()
    assert "a use of a right is not in the audit: {'person': 1000000000" in caplog.text
    with world.database.read() as connection:
        assert len(connection.execute(sa.select(_T.c.id)).all()) == 1
    made.note(record(world, NOW, route="/later"))
    world.database.refuse("away")
    with pytest.raises(errors.Temporary):
        made.write()
    world.database.refuse("")
    made.stop(1)
    with world.database.read() as connection:
        assert connection.execute(sa.select(_T.c.route).order_by(_T.c.id)).scalars().all() == ["/x", "/later"]
    made.note(record(world, NOW, route="/lost"))
    world.database.refuse("away")
    made.stop(1)
    assert "'route': '/lost'" in caplog.text
    world.database.refuse("")
    world.close()


def test_pages_follow_one_another_without_loss_and_filters_filter(database_url: str, tmp_path: Path) -> None:
    world = builders.world(database_url, tmp_path)
    with world.database.write() as connection:
        for number in range(7):
            at = NOW + datetime.timedelta(minutes=number // 3)
            wish = record(world, at, course_id=world.course.id, allowed=number != 4, route=f"/{number}")
            access_records.insert(connection, wish)
    with world.database.read() as connection:
        now, found, cursor = NOW + builders.HOUR, [], ""
        while True:
            page = audit.page(connection, audit.Wanted(), now=now, limit=2, cursor=cursor)
            found += [line.how for line in page.lines]
            cursor = page.next or ""
            if not cursor:
                break
        assert found == [f"GET /{number}" for number in (6, 5, 4, 3, 2, 1, 0)]

        def some(**wanted: Any) -> list[str]:
            lines = audit.page(connection, audit.Wanted(**wanted), now=now, limit=99).lines
            return [line.how for line in lines]

        assert some(refused=True) == ["GET /4"]
        assert some(person=world.kim.person) == []
        assert some(action=audit.known("read-grades"), since=NOW + 2 * MINUTE) == ["GET /6"]
        assert some(marks=True) == []
        with pytest.raises(errors.UserError, match="Did you mean READ_GRADES"):
            audit.known("read_grade")
        with pytest.raises(errors.UserError, match="cannot be continued"):
            audit.page(connection, audit.Wanted(), now=now, limit=2, cursor="x")
    world.close()


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+x", "-x"])
def test_no_name_is_a_formula_in_the_csv(database_url: str, tmp_path: Path, name: str) -> None:
    world = builders.world(database_url, tmp_path)
    with world.database.write() as connection:
        odd = people.add(
            connection, world.course, username=name, name=name, email=None, role="grader", now=NOW
        )
        access_records.insert(connection, record(world, NOW, person_id=odd.id))
        lines = audit.page(connection, audit.Wanted(), now=NOW, limit=9).lines
    [line] = csv.DictReader(io.StringIO(audit.to_csv(lines)))
    assert (line["who"], line["at"], line["status"]) == (f"'{name}", "2026-11-23T12:00:00.000000Z", "200")
    world.close()


def test_owners_read_the_list_of_their_course_and_nobody_else(served: inside.Inside) -> None:
    work, eve, world = handed_in(served), stranger(served), served.world
    with world.database.write() as connection:
        for name, role in (("ina", "instructor"), ("gus", "grader")):
            people.add(connection, world.course, username=name, name=name, email=None, role=role, now=NOW)
        staff = [people.by_username(connection, name) for name in ("ina", "gus")]
    for person in (*staff, world.sam.person):
        for ceiling in ("pages", "cli", "lab"):
            assert served.ask(served.token(person, ceiling), "GET", PAGE).status_code == 403
    assert served.ask(served.token(world.teacher.person, "lab"), "GET", PAGE).status_code == 403
    assert served.ask(eve, "GET", PAGE).status_code == 404
    assert served.ask("", "GET", PAGE).status_code == 401
    ina = served.token(staff[0], "pages")
    assert served.ask(ina, "GET", f"/submissions/{work}").status_code == 200
    served.recording.write()
    tess = served.token(world.teacher.person, "pages")
    page = served.ask(tess, "GET", PAGE).text
    for text in ("read everybody&#39;s work", f"s={work}", "see who did what", "refused", "ina", "eve"):
        assert text in page, text
    assert f'href="{PAGE}"' in served.ask(tess, "GET", "/courses/c/people").text
    assert PAGE not in served.ask(ina, "GET", "/courses/c/people").text


def test_the_list_is_filtered_and_paged(served: inside.Inside) -> None:
    world, tess = served.world, served.token(served.world.teacher.person, "pages")
    with world.database.write() as connection:
        for number in range(101):
            at = NOW - datetime.timedelta(minutes=number)
            wish = record(world, at, course_id=world.course.id, place={"n": f"{number}"})
            access_records.insert(connection, wish)
        other = world.kim.person.id
        refused = record(world, NOW, course_id=world.course.id, person_id=other, allowed=False, status=403)
        access_records.insert(connection, refused)
    first = served.ask(tess, "GET", PAGE).text
    assert ("n=98<" in first, "n=100<" in first) == (True, False)
    following = html.unescape(first.partition('rel="next" href="')[2].partition('"')[0])
    second = served.ask(tess, "GET", following).text
    assert ("n=98<" in second, "n=100<" in second, 'rel="next"' in second) == (False, True, False)
    assert served.ask(tess, "GET", f"{PAGE}?kind=refused").text.count('<th scope="row">') == 1
    assert served.ask(tess, "GET", f"{PAGE}?person=kim").text.count('<th scope="row">') == 1
    assert "Nobody of this user name" in served.ask(tess, "GET", f"{PAGE}?person=nobody").text
    assert "Nothing of this kind" in served.ask(tess, "GET", f"{PAGE}?kind=marks").text
    for nowhere in ("x", f"{10**17}-1", "-1-1", "1-" + "9" * 9):
        assert served.ask(tess, "GET", f"{PAGE}?cursor={nowhere}").status_code == 400
    with world.database.write() as connection:
        preferences.keep_habit(connection, world.teacher.person.id, notices_model.Habit(language="ar"))
    arabic = served.ask(tess, "GET", PAGE).text
    assert "من فعل ماذا" in arabic
    assert "see everybody&#39;s marks" not in arabic
