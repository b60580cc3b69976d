"""Everybody, under every ceiling, at every address of notices and letters, with news in every state.

Each person has a notice of each thread, as if they had been told of it once; what they may know of it now is
compared with `said`, where it is written down by hand.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from courseware.notices import confirm, letters, model, notices, unsubscribe
from courseware.service.api import routes as api_routes
from courseware.service.pages import routes as page_routes
from courseware.store import schema_notices
from tests.service import inside, said

pytestmark = pytest.mark.slow
CALLERS = [(who, ceiling) for who in (*said.ROLES, *said.OUTSIDE) for ceiling in said.CEILINGS]
_ABOUT = ("notices", "preferences", "unsubscribe", "mail")
ROUTES = {
    (route.method, route.path)
    for route in (*api_routes.API, *page_routes.PAGES)
    if set(_ABOUT) & set(route.path.split("/"))
}
ELSEWHERE = {("GET", "/courses/{c}/mail"), ("POST", "/courses/{c}/mail/{mail}")}
"""In the matrix of discussions."""
LISTS = ("/api/v1/courses/{c}/notices", "/courses/{c}/notices")
GO, SEEN, SAW = "/courses/{c}/notices/{n}", "/api/v1/courses/{c}/notices/seen", "/courses/{c}/notices"
MINE, PAGE = "/api/v1/me/preferences", "/courses/{c}/preferences"
TRY, END, CONFIRM = "/api/v1/courses/{c}/mail/test", "/unsubscribe/{token}", "/mail/{mail}/{mark}"
HABIT = {"zone": "", "hour": "7", "weekday": "0", "quiet": "yes", "from": "21", "until": "6"}


class Matrix(said.World):
    """The world with a notice for everybody of every thread, served; `told` are ids by person and state."""

    served: inside.Inside
    tokens: dict[tuple[str, str], str]
    told: dict[tuple[str, str], str]

    def tell(self) -> None:
        """Forget all notices, and tell everybody of everything again."""
        fresh = {
            (who, state): model.Fresh(
                event=f"said {each.second}",
                kind="reply",
                person_id=self.people[who].id,
                course_id=self.other.id if who == "eve" else self.kept.course.id,
                subject=each.thread,
                post=each.second,
            )
            for who in (*said.ROLES, *said.OUTSIDE)
            for state, each in self.said.items()
        }
        self.told = {key: notices.fresh_id() for key in fresh}
        with self.kept.database.write() as connection:
            connection.execute(schema_notices.notice.delete())
            given = list(fresh.values())
            notices.insert(connection, given, list(self.told.values()), {}, now=said.BEFORE)

    def ask(
        self, who: str, ceiling: str, method: str, path: str, body: Any = None, **names: str
    ) -> httpx.Response:
        """One request."""
        return self.served.ask(self.tokens[who, ceiling], method, path.format(**{"c": "c", **names}), body)

    def state(self) -> list[Any]:
        """All that the addresses here can change."""
        tables = (schema_notices.notice, schema_notices.mail_choice, schema_notices.mail_habit)
        with self.kept.database.read() as connection:
            return [
                tuple(row) for table in tables for row in connection.execute(sa.select(table).order_by("id"))
            ]


@pytest.fixture
def matrix(database_url: str, tmp_path: Path) -> Iterator[Matrix]:
    made = Matrix(database_url, tmp_path)
    made.tell()
    with inside.serving(made.kept, tmp_path, now=said.NOW) as served:
        made.served = served
        made.tokens = {
            (who, ceiling): served.token(made.people[who], ceiling, made.other if who == "eve" else None)
            for who, ceiling in CALLERS
        }
        yield made
    made.close()


def seen_here(who: str, ceiling: str) -> list[str]:
    return [state for state in said.STATES if said.sees(who, ceiling, state)]


def test_lists_and_their_numbers_have_what_one_may_know_now(matrix: Matrix) -> None:
    for who, ceiling in CALLERS:
        for path in LISTS:
            answer = matrix.ask(who, ceiling, "GET", path)
            if who not in said.ROLES:
                assert answer.status_code == 404, (who, ceiling, path)
                continue
            mine = seen_here(who, ceiling)
            assert answer.status_code == 200, (who, ceiling, path, answer.text[-300:])
            secret = [each for state, each in matrix.said.items() if state not in mine]
            leaks = [trace for each in secret for trace in each.traces if trace in answer.text]
            assert leaks == [], (who, ceiling, path)
            if path == LISTS[0]:
                found = answer.json()
                assert {n["id"] for n in found["notices"]} == {matrix.told[who, s] for s in mine}, (
                    who,
                    ceiling,
                )
                assert found["unseen"] == sum(not n["seen"] for n in found["notices"])


def test_a_link_leads_to_ones_own_news_alone(matrix: Matrix) -> None:
    for who, ceiling in CALLERS:
        absent = matrix.ask(who, ceiling, "GET", GO, n="ntc_none")
        assert absent.status_code == 404
        for (owner, state), public in matrix.told.items():
            if owner not in (who, "sam"):
                continue
            before = matrix.state()
            answer = matrix.ask(who, ceiling, "GET", GO, n=public)
            if who in said.ROLES and owner == who and state in seen_here(who, ceiling):
                assert answer.status_code == 303, (who, ceiling, state)
                assert matrix.said[state].thread in answer.headers["location"]
            else:
                assert (answer.status_code, answer.text) == (404, absent.text), (who, ceiling, owner, state)
                assert matrix.state() == before


def test_only_ones_own_news_can_be_seen_by_one(matrix: Matrix) -> None:
    sams = [public for (owner, _), public in matrix.told.items() if owner == "sam"]
    for who, ceiling in CALLERS:
        for method, path, body in (
            ("POST", SEEN, {"notices": sams}),
            ("POST", SAW, {"notices": " ".join(sams)}),
            ("POST", SEEN, {"notices": None}),
        ):
            matrix.tell()
            sams = [public for (owner, _), public in matrix.told.items() if owner == "sam"]
            given = {**body, "notices": sams} if isinstance(body["notices"], list) else body
            answer = matrix.ask(who, ceiling, method, path, given)
            assert answer.status_code == (404 if who not in said.ROLES else 200 if "/api/" in path else 303)
            with matrix.kept.database.read() as connection:
                seen = sa.select(schema_notices.notice.c.person_id).where(
                    schema_notices.notice.c.seen.is_not(None)
                )
                changed = set(connection.execute(seen).scalars())
            assert changed <= {matrix.people[who].id}, (who, ceiling, path)


def test_choices_are_ones_own_and_not_a_jupyter_servers_to_change(matrix: Matrix) -> None:
    for who, ceiling in CALLERS:
        assert matrix.ask(who, ceiling, "GET", MINE).status_code == 200
        page = matrix.ask(who, ceiling, "GET", PAGE)
        assert page.status_code == (200 if who in said.ROLES else 404), (who, ceiling)
        before = matrix.state()
        put = matrix.ask(who, ceiling, "PUT", MINE, {"choices": {"reply": "never"}})
        post = matrix.ask(who, ceiling, "POST", PAGE, HABIT)
        assert put.status_code == (403 if ceiling == "lab" else 200), (who, ceiling)
        expected = 404 if who not in said.ROLES else 403 if ceiling == "lab" else 303
        assert post.status_code == expected, (who, ceiling, post.text[-200:])
        if ceiling == "lab":
            assert matrix.state() == before
        with matrix.kept.database.read() as connection:
            whose = set(connection.execute(sa.select(schema_notices.mail_choice.c.person_id)).scalars())
        done = {matrix.people[n].id for n, _ in CALLERS[: CALLERS.index((who, ceiling)) + 1]}
        assert whose <= done


def test_the_mail_server_is_tried_and_the_course_is_told_by_those_who_teach(matrix: Matrix) -> None:
    for who, ceiling in CALLERS:
        teaches = said.ROLES.get(who) in ("instructor", "owner") and ceiling != "lab"
        outside = who not in said.ROLES
        tried = matrix.ask(who, ceiling, "POST", TRY, {"address": "a@b.example"})
        # No mail is set up here, which those are told who may ask.
        assert tried.status_code == (404 if outside else 409 if teaches else 403), (who, ceiling)
        for place in ("/api/v1/courses/{c}/threads", "/api/v1/courses/{c}/lessons/one/threads"):
            before = matrix.facts()
            wish = {"body": "all hear", "kind": "announcement"}
            made = matrix.ask(who, ceiling, "POST", place, wish)
            assert made.status_code == (404 if outside else 201 if teaches else 403), (who, ceiling)
            assert teaches or matrix.facts() == before


def test_a_link_of_a_letter_works_for_its_letter_alone(matrix: Matrix) -> None:
    secret, course = b"s" * 32, matrix.kept.course
    with matrix.kept.database.write() as connection:
        wish = letters.Wish(
            person_id=matrix.people["sam"].id,
            course_id=course.id,
            kind="digest",
            thread=None,
            slot="x",
            due=said.NOW,
        )
        [key] = letters.insert(connection, [wish], now=said.NOW).values()
        table = schema_notices.letter
        public = connection.execute(sa.select(table.c.public).where(table.c.id == key)).scalar_one()
    token = unsubscribe.token(secret, public)
    mark = confirm.path(secret, "rcv_none").rpartition("/")[2]
    wrong = [END.format(token=each) for each in (token[::-1], token[:-1], "a" * 52)]
    wrong += [CONFIRM.format(mail="rcv_none", mark=each) for each in (mark, "a" * 24)]
    before = matrix.state()
    for path in wrong:
        for method in ("GET", "POST"):
            for credential in ("", matrix.tokens["tess", "pages"], matrix.tokens["sam", "lab"]):
                answer = matrix.served.ask(credential, method, path, {} if method == "POST" else None)
                assert answer.status_code in (404, 403), (method, path)
    assert matrix.served.ask("", "GET", END.format(token=token)).status_code == 200
    assert matrix.state() == before
    assert matrix.served.ask("", "POST", END.format(token=token), {}).status_code == 200
    with matrix.kept.database.read() as connection:
        whose = set(connection.execute(sa.select(schema_notices.mail_choice.c.person_id)).scalars())
    assert whose == {matrix.people["sam"].id}


def test_every_address_of_notices_is_in_this_matrix() -> None:
    here = {("GET", path) for path in (*LISTS, GO, MINE, PAGE, END, CONFIRM)}
    here |= {("POST", path) for path in (SEEN, SAW, PAGE, TRY, END, CONFIRM)} | {("PUT", MINE)}
    assert here | ELSEWHERE == ROUTES


def test_without_a_credential_they_are_closed(matrix: Matrix) -> None:
    before = matrix.state()
    for method, path in ROUTES - {(m, p) for m, p in ROUTES if p in (END, CONFIRM)}:
        filled = path.format(c="c", n=matrix.told["sam", "question"], mail="rcv_none")
        assert matrix.served.ask("", method, filled, {} if method != "GET" else None).status_code == 401
    assert matrix.state() == before
