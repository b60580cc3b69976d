"""Everybody, under every ceiling, at every address of discussions, with a thread in every state.

Who gets what is compared with `said`, where it is written down by hand; the addresses come from the tables.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from courseware.course import model
from courseware.course.permissions import Action
from courseware.notices import arrivals
from courseware.progress import visits
from courseware.service import identity
from courseware.service.api import routes as api
from courseware.service.api import routes_discussions as api_routes
from courseware.service.call import Route
from courseware.service.pages import routes as page_routes
from courseware.service.pages import routes_discussions as pages_routes
from courseware.store import ids, schema_notices
from tests.service import acts, inside, said

pytestmark = pytest.mark.slow
LESSON_PAGE = next(route for route in page_routes.PAGES if route.path == "/courses/{c}/lessons/{l}")
COURSE_PAGE = next(route for route in page_routes.PAGES if route.path == "/courses/{c}")
SINCE = next(route for route in api.API if route.path == "/api/v1/courses/{c}/since")
ROUTES = (*api_routes.ROUTES, *pages_routes.ROUTES, LESSON_PAGE, COURSE_PAGE, SINCE)
READS = [route for route in ROUTES if route.method == "GET"]
WRITES = [route for route in ROUTES if route.method != "GET"]
CALLERS = [(who, ceiling) for who in (*said.ROLES, *said.OUTSIDE) for ceiling in said.CEILINGS]


def called(route: Route) -> str:
    return f"{route.method} {route.path}"


NAMES = {"c": "c", "l": "one", "reply": "rep_none", "mail": "rcv_none"}


class Matrix(said.World):
    """The world, served."""

    served: inside.Inside
    tokens: dict[tuple[str, str], str]
    absent: dict[tuple[str, str, str], httpx.Response]

    def get(self, who: str, ceiling: str, path: str, **names: str) -> httpx.Response:
        """One request for an address of the tables."""
        return self.send(who, ceiling, "GET", path, None, **names)

    def send(self, who: str, ceiling: str, method: str, path: str, body: Any, **names: str) -> httpx.Response:
        """One request to an address of the tables."""
        course = "other" if names.pop("course", "") else "c"
        filled = path.format(**{**NAMES, "c": course, **names})
        return self.served.ask(self.tokens[who, ceiling], method, filled, body)

    def file_mail(self) -> str:
        """A mail of sam's that waits for staff."""
        with self.kept.database.write() as connection:
            return arrivals.insert(
                connection,
                ids.new("fpr"),
                {
                    "state": "filed",
                    "person_id": self.people["sam"].id,
                    "course_id": self.kept.course.id,
                },
                kept=arrivals.Kept(sender="sam@uni.example", subject="s", text="zqmailbody"),
                now=said.NOW,
            )

    def mails(self) -> list[Any]:
        """What is decided about mail so far."""
        with self.kept.database.read() as connection:
            table = schema_notices.received_mail
            return list(connection.execute(sa.select(table.c.public, table.c.state).order_by(table.c.id)))


@pytest.fixture
def matrix(database_url: str, tmp_path: Any) -> Iterator[Matrix]:
    made = Matrix(database_url, tmp_path)
    with inside.serving(made.kept, tmp_path, now=said.NOW) as served:
        made.served, made.absent = served, {}
        made.tokens = {
            (who, ceiling): served.token(made.people[who], ceiling, made.other if who == "eve" else None)
            for who, ceiling in CALLERS
        }
        yield made
    made.close()


OWN = ("date", "content-length", "x-request-id")
"""Headers that each answer has of its own."""


def told(answer: httpx.Response) -> str:
    """All that came over: the body, and headers apart from the time."""
    kept = {name: value for name, value in answer.headers.items() if name not in OWN}
    return f"{answer.status_code}\n{kept}\n{answer.text}"


def without_own(text: str, *names: str) -> str:
    """An answer without the ids that were asked for, which an address may repeat."""
    for name in names:
        text = text.replace(name, "…")
    return text


def test_nothing_that_somebody_may_not_see_is_in_any_answer(matrix: Matrix) -> None:
    lists = [route for route in READS if not {"{t}", "{post}"} & set(route.path.split("/"))]
    assert len(lists) > 12
    for who, ceiling in CALLERS:
        secret = [each for state, each in matrix.said.items() if not said.sees(who, ceiling, state)]
        seen = [each for state, each in matrix.said.items() if said.sees(who, ceiling, state)]
        for route in lists:
            paths = [route.path]
            if route.path.endswith("/threads"):
                # What is seen is searched for once: only what is not seen can leak by being found.
                searches = [f"?q=zq{each.state}" for each in (*secret, *seen[:1])]
                filters = [
                    f"?filter={name}" for name in ("unread", "unanswered", "mine", "endorsed", "inbox")
                ]
                paths += [route.path + each for each in (*searches, *filters, "?key=a", "?key=")]
            for path in paths:
                answer = matrix.get(who, ceiling, path)
                assert answer.status_code == allowed(route, who, ceiling, path), (
                    who,
                    ceiling,
                    path,
                    answer.text,
                )
                # A page repeats what one searched for.
                text = without_own(told(answer), *(f"zq{each.state}" for each in secret if "?q=zq" in path))
                leaks = [trace for each in secret for trace in each.traces if trace in text]
                assert leaks == [], (who, ceiling, path)
            if route.path == "/api/v1/courses/{c}/threads" and seen:
                listed = {each["id"] for each in matrix.get(who, ceiling, route.path).json()["threads"]}
                assert listed == {each.thread for each in seen}, (who, ceiling)


def test_who_comes_back_is_told_of_what_they_may_see(matrix: Matrix) -> None:
    """Everybody was last there before anything was said, and the instructor has replied to all of it."""
    for who, ceiling in CALLERS:
        if who not in said.ROLES:
            continue
        viewer = model.Viewer(
            person=matrix.people[who], course=matrix.kept.course, role=said.ROLES[who], ceiling="pages"
        )
        with matrix.kept.database.write() as connection:
            connection.execute(sa.text("delete from visit where person_id = :p"), {"p": viewer.person.id})
            visits.note(connection, viewer, now=said.BEFORE - inside.TICK)
        answers = [matrix.get(who, ceiling, route.path) for route in (SINCE, COURSE_PAGE)]
        theirs = {
            each.thread
            for state, each in matrix.said.items()
            if said.sees(who, ceiling, state)
            and (said.author(state) == who or (state == "news" and who != "tess"))
        }
        found = answers[0].json()["talk"]
        assert {each["thread"]["id"] for each in found["said"]} == theirs, (who, ceiling)
        assert (found["number"], found["waiting"]) == (len(theirs), []), (who, ceiling)
        assert all(thread in answers[1].text for thread in theirs), (who, ceiling)
        hidden = [each for state, each in matrix.said.items() if not said.sees(who, ceiling, state)]
        for answer in answers:
            assert [trace for each in hidden for trace in each.traces if trace in told(answer)] == []


def allowed(route: Route, who: str, ceiling: str, path: str) -> int:
    """What an address without a thread answers."""
    if who not in said.ROLES:
        return 404
    if route.action is Action.MODERATE and not said.as_staff(who, ceiling):
        return 403
    if "filter=inbox" in path:
        of_lesson = "{l}" in path
        return 400 if of_lesson else 200 if said.as_staff(who, ceiling) else 403
    return 200


def test_counts_are_those_of_what_is_seen(matrix: Matrix) -> None:
    for who, ceiling in CALLERS:
        if who not in said.ROLES:
            continue
        answer = matrix.get(who, ceiling, "/api/v1/courses/{c}/lessons/{l}/discussion").json()
        here = [
            s
            for s in said.STATES
            if s not in ("board", "unreleased", "elsewhere") and said.sees(who, ceiling, s)
        ]
        counted = answer["cells"]["a"]
        posts = 2 * len(here) - ("deleted" in here)
        assert (counted["threads"], counted["posts"]) == (len(here), posts), (who, ceiling)


@pytest.mark.parametrize("route", [r for r in READS if "{t}" in r.path or "{post}" in r.path], ids=called)
def test_a_thread_is_read_by_whom_it_is_for_and_is_nothing_to_others(matrix: Matrix, route: Route) -> None:
    edits = "{post}" in route.path
    for who, ceiling in CALLERS:
        absent = matrix.get(who, ceiling, route.path, t="thr_none", post="pst_none")
        assert absent.status_code == 404
        for state, each in matrix.said.items():
            answer = matrix.get(who, ceiling, route.path, t=each.thread, post=each.first)
            case = (who, ceiling, state, answer.text[-300:])
            outsider = who == "eve" and state == "elsewhere"
            if outsider:
                assert answer.status_code == 200, case
            elif not said.sees(who, ceiling, state):
                assert same(answer, absent), case
            elif edits and not said.may("edits", who, ceiling, state):
                assert answer.status_code == 403, case
            else:
                assert answer.status_code == 200, case
                assert (f"zq{state}body" in answer.text) or edits, case


def same(answer: httpx.Response, absent: httpx.Response) -> bool:
    """Whether an answer tells no more than that there is nothing."""
    return answer.status_code == 404 and told(answer) == told(absent)


@pytest.mark.parametrize(
    "act", acts.ACTS, ids=lambda act: f"{act.method} {act.path} {act.name} {act.body}"[:90]
)
@pytest.mark.parametrize("state", said.STATES)
def test_who_may_do_what(matrix_of_acts: Matrix, act: acts.Act, state: str) -> None:
    matrix = matrix_of_acts
    each = matrix.say(state)
    can = []
    before = matrix.facts()
    for who, ceiling in CALLERS:
        if who == "eve" and state == "elsewhere":
            continue
        if said.sees(who, ceiling, state) and said.may(act.name, who, ceiling, state):
            can.append((who, ceiling))
            continue
        answer = do(matrix, who, ceiling, act, each)
        if not said.sees(who, ceiling, state):
            assert same(answer, of_nothing(matrix, who, ceiling, act)), (who, ceiling, answer.text[-400:])
            continue
        # What is deleted already can be deleted by anybody: nothing happens.
        expected = {200, 303} if (act.name, state) == ("delete", "deleted") else {403, 409, 422}
        assert answer.status_code in expected, (who, ceiling, answer.status_code, answer.text[-400:])
    assert matrix.facts() == before
    for who, ceiling in can:
        each = matrix.say(state) if act.name not in ("read", "follow", "report", "react") else each
        answer = do(matrix, who, ceiling, act, each)
        assert answer.status_code in {200, 201, 303}, (who, ceiling, answer.status_code, answer.text[-400:])


def do(matrix: Matrix, who: str, ceiling: str, act: acts.Act, each: said.Said) -> httpx.Response:
    post = each.second if act.second else each.first
    return matrix.send(who, ceiling, act.method, act.path, act.body, t=each.thread, post=post)


def of_nothing(matrix: Matrix, who: str, ceiling: str, act: acts.Act) -> httpx.Response:
    """The answer about a thread that there is not, which is asked for once."""
    asked = (who, ceiling, repr(act))
    if asked not in matrix.absent:
        nothing = said.Said(state="", thread="thr_none", first="pst_none", second="pst_none")
        matrix.absent[asked] = do(matrix, who, ceiling, act, nothing)
    return matrix.absent[asked]


@pytest.fixture(scope="module")
def matrix_of_acts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """One world for all acts: each makes the threads that it needs."""
    folder = tmp_path_factory.mktemp("acts")
    made = Matrix(f"sqlite:///{folder / 'courseware.sqlite'}", folder)
    with inside.serving(made.kept, folder, now=said.NOW) as served:
        made.served, made.absent = served, {}
        made.tokens = {
            (who, ceiling): served.token(made.people[who], ceiling, made.other if who == "eve" else None)
            for who, ceiling in CALLERS
        }
        yield made
    made.close()


@pytest.mark.parametrize("route", [r for r in WRITES if r.path in acts.PLACES], ids=called)
def test_who_may_begin_and_keep(matrix: Matrix, route: Route) -> None:
    for who, ceiling in CALLERS:
        mail = matrix.file_mail() if "{mail}" in route.path else "rcv_none"
        before = (matrix.facts(), matrix.mails())
        answer = matrix.send(who, ceiling, route.method, route.path, acts.PLACES[route.path], mail=mail)
        case = (who, ceiling, answer.text[-300:])
        if who not in said.ROLES:
            assert answer.status_code == 404, case
        elif route.action is Action.MODERATE and not said.as_staff(who, ceiling):
            assert answer.status_code == 403, case
        elif "{mail}" in route.path and who == "lea":
            assert answer.status_code == 404, case  # mail belongs to no lesson
        else:
            assert answer.status_code in {200, 201, 303}, case
            continue
        assert (matrix.facts(), matrix.mails()) == before


def test_every_write_is_in_this_matrix() -> None:
    known = {(act.method, act.path) for act in acts.ACTS} | {
        (r.method, r.path) for r in WRITES if r.path in acts.PLACES
    }
    assert {(route.method, route.path) for route in WRITES} == known


def test_without_a_credential_every_address_is_closed(matrix: Matrix) -> None:
    each = matrix.said["question"]
    names = {**NAMES, "t": each.thread, "post": each.first}
    before = matrix.facts()
    for route in ROUTES:
        for token in ("", "nonsense"):
            body: dict[str, str] | None = {} if route.method != "GET" else None
            answer = matrix.served.ask(token, route.method, route.path.format(**names), body)
            assert answer.status_code == 401, called(route)
            assert not any(trace in answer.text for trace in each.traces[3:])
    assert matrix.facts() == before


def test_a_form_without_the_sessions_word_is_refused_everywhere(matrix: Matrix) -> None:
    each = matrix.said["question"]
    names = {**NAMES, "t": each.thread, "post": each.first}
    cookie = {"Cookie": f"{identity.COOKIE}={matrix.tokens['tess', 'pages']}"}
    before = matrix.facts()
    for route in WRITES:
        path = route.path.format(**names)
        if not path.startswith("/api/"):
            answer = matrix.served.ask("", "POST", path, {"act": "lock", "body": "kept text"}, headers=cookie)
            assert answer.status_code == 403, called(route)
            assert "kept text" in answer.text
    assert matrix.facts() == before


def test_a_pseudonym_leaks_nowhere(matrix: Matrix) -> None:
    sam: model.Ceiling = "pages"
    each = matrix.said["anonymous"]
    ann = matrix.people["ann"]
    acts: tuple[tuple[str, str, dict[str, Any]], ...] = (
        (f"/api/v1/posts/{each.first}", "PATCH", {"body": "zqanonymousbody changed"}),
        (f"/api/v1/posts/{each.second}/reactions", "PUT", {"kind": "thanks", "on": True}),
        (f"/api/v1/posts/{each.second}/reports", "POST", {"reason": "hm"}),
        (f"/api/v1/threads/{each.thread}/posts", "POST", {"body": "I too", "anonymous": True}),
        (f"/api/v1/threads/{each.thread}", "PATCH", {"state": "resolved"}),
        (f"/api/v1/threads/{each.thread}/follow", "PUT", {"following": True}),
    )
    for path, method, body in acts:
        assert matrix.served.ask(matrix.tokens["ann", sam], method, path, body).is_success, path
    names = {"c": "c", "l": "one", "t": each.thread, "post": each.first}
    for who, ceiling in (
        *((w, c) for w in ("sam", "kim") for c in said.CEILINGS),
        ("tess", "lab"),
        ("gus", "lab"),
    ):
        for route in READS:
            if route.path.endswith("/people/names"):
                continue  # who is in the course is no secret of a thread
            for query in ("", f"?q={said.ANN}", "?q=zqanonymous"):
                answer = matrix.get(who, ceiling, route.path + query, **names)
                text = without_own(answer.text, said.ANN) if query.endswith(said.ANN) else told(answer)
                for trace in (said.ANN, ann.public, "“ann”", '"ann"'):
                    assert trace not in text, (who, ceiling, route.path)
                if query.endswith(said.ANN) and "threads" in route.path and answer.status_code == 200:
                    assert each.thread not in answer.text or "{t}" in route.path, (who, route.path)
    staff = matrix.get("tess", "pages", "/api/v1/threads/{t}", t=each.thread).text
    assert f"{said.ANN} (Anonymous 1)" in staff


def test_whose_name_is_hidden_in_a_thread_is_not_asked_to_hide_it_again(matrix: Matrix) -> None:
    each = matrix.said["anonymous"]
    for who, ticked in (("ann", True), ("kim", False)):
        page = matrix.get(who, "pages", "/threads/{t}", t=each.thread).text
        assert ('name="anonymous" value="yes" checked' in page, 'name="anonymous"' in page) == (ticked, True)
