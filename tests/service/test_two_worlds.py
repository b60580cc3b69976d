"""Two worlds that differ only in who hid their name: peers cannot tell them apart by anything they may ask.

In both worlds the same things happen in the same order at the same times; in one of them `ann` is behind the
pseudonym and `bob` beside it, in the other it is the other way round. Ids are random and times are those of
one clock, so ids are told by their order of appearance before the answers are compared.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from courseware.course import people
from courseware.discussion import look
from courseware.discussion import model as talk
from courseware.mail import folder
from courseware.notices import outbox, preferences
from courseware.service.api import routes as api_routes
from courseware.service.pages import routes as page_routes
from courseware.store import schema
from tests import builders
from tests.builders import NOW
from tests.mail import postbox
from tests.notices import told
from tests.service import inside

pytestmark = pytest.mark.slow
NAMES = {"ann": "Quillerby", "bob": "Zwettler"}
_ID = re.compile(r"\b(?:(?:thr|pst|per|ntc|let|les|rel|rep|crs|cou)_)?[a-z2-7]{26}\b")
_WORDS = re.compile(
    r'name="(?:_xsrf|once|key)" value="[^"]*"|nonce-[\w+/=-]+|"etag": "[^"]*"|"public_key":"[^"]*"|key_\w+'
)
LEFT_OUT = {"date", "etag", "content-security-policy", "set-cookie", "content-length", "x-request-id"}
"""What is random, or the length of something packed that has random ids."""
MAKES_OTHER_ANSWERS = {"/api/v1/me", "/api/v1/openapi.json", "/health"}


def act(served: inside.Inside, who: str, method: str, path: str, body: Any = None) -> Any:
    """Something that somebody does."""
    token = served.token(person(served, who), "pages")
    answer = served.ask(token, method, f"/api/v1{path}", body)
    assert answer.is_success, answer.text
    return answer.json()


def person(served: inside.Inside, who: str) -> Any:
    with served.world.database.read() as connection:
        return people.by_username(connection, who)


def live(served: inside.Inside, shy: str) -> dict[str, str]:
    """What happens: `shy` hides their name in all of it, and all that is open is the same in both worlds."""
    lesson = "/courses/c/lessons/one/threads"
    asked = act(
        served, shy, "POST", lesson, {"body": "zqshy why?", "title": "Shy", "key": "a", "anonymous": True}
    )
    thread = asked["id"]
    reply = act(served, "sam", "POST", f"/threads/{thread}/posts", {"body": "So. @[Kim]"})
    mine = act(
        served, shy, "POST", f"/threads/{thread}/posts", {"body": "zqshy thanks @[Kim]", "anonymous": True}
    )
    act(served, shy, "PATCH", f"/posts/{mine['id']}", {"body": "zqshy thanks a lot @[Kim]"})
    act(served, shy, "PUT", f"/posts/{reply['id']}/reactions", {"kind": "thanks", "on": True})
    act(served, shy, "PUT", f"/threads/{thread}/follow", {"following": False})
    act(served, shy, "PUT", f"/threads/{thread}/follow", {"following": True})
    act(served, shy, "PUT", f"/threads/{thread}/read", {"number": 3})
    act(served, shy, "PATCH", f"/posts/{reply['id']}", {"answer": True})
    act(served, "kim", "PUT", f"/posts/{mine['id']}/reactions", {"kind": "insight", "on": True})
    act(served, shy, "POST", f"/posts/{reply['id']}/reports", {"reason": "hm"})
    gone = act(served, shy, "POST", f"/threads/{thread}/posts", {"body": "zqgone", "anonymous": True})
    act(served, shy, "PATCH", f"/posts/{gone['id']}", {"state": "deleted"})
    board = act(served, shy, "POST", "/courses/c/threads", {"body": "zqshy board", "anonymous": True})
    # What both do openly, in one order: the worlds must not differ by it.
    for who in ("ann", "bob"):
        act(served, who, "POST", "/courses/c/threads", {"body": f"zqopen {who}", "title": f"Hello {who}"})
    return {"thread": thread, "post": mine["id"], "reply": reply["id"], "board": board["id"]}


def asked_of(served: inside.Inside, made: dict[str, str], who: str, ceiling: Any) -> dict[str, str]:
    """All that a peer may ask for by GET, with searches, filters and what an ETag tells."""
    token = served.token(person(served, who), ceiling)
    names = {"c": "c", "l": "one", "t": made["thread"], "post": made["post"]}
    searches = ["", *(f"?q={word}" for word in (*NAMES.values(), "zqshy", "zqgone", *NAMES))]
    searches += [f"?filter={name}" for name in ("unread", "unanswered", "mine", "endorsed")]
    found = {}
    for route in (*api_routes.API, *page_routes.PAGES):
        parts = set(re.findall(r"{(\w+)\*?}", route.path))
        if route.method != "GET" or parts - names.keys() or route.path in MAKES_OTHER_ANSWERS:
            continue
        for query in searches if route.path.endswith("/threads") else [""]:
            answer = served.ask(token, "GET", route.path.format(**names) + query)
            kept = {name: value for name, value in answer.headers.items() if name not in LEFT_OUT}
            kept["etag"] = str("etag" in answer.headers)
            found[f"{route.path}{query}"] = f"{answer.status_code} {kept}\n{inside.unpacked(answer)}"
    return found


def letters_of(world: builders.World, place: Path) -> list[str]:
    """The letters that peers get, as they are handed over."""
    told.read(world, now=NOW + 10 * builders.HOUR)
    sending = told.outgoing(world, folder.Folder(path=place), lambda: NOW + 45 * builders.HOUR)
    outbox.run(sending)
    found = []
    for path in sorted(place.glob("*.eml")):
        letter = postbox.read(path.read_bytes())
        kept = [f"{name}: {letter[name]}" for name in ("From", "To", "Subject", "List-Id", "Auto-Submitted")]
        if str(letter["To"]).startswith(("Sam ", "Kim ")):
            found.append("\n".join([*kept, postbox.text(letter), postbox.text(letter, "html")]))
    return sorted(re.sub(r"[a-z2-7]{24,}", "…", each) for each in found)


def plain(text: str) -> str:
    """An answer with ids told by their order, and without words that are fresh in every answer."""
    seen: dict[str, str] = {}
    bare = _WORDS.sub("…", text)
    return _ID.sub(lambda found: seen.setdefault(found[0], f"id{len(seen)}"), bare)


def world_with(url: str, folder_: Path, shy: str) -> tuple[dict[str, dict[str, str]], list[str], str]:
    """One world's answers to each peer, letters, and what staff see."""
    folder_.mkdir()
    kept = builders.world(url, folder_)
    with kept.database.write() as connection:
        for name, shown in (*NAMES.items(), ("sam", "Sam"), ("kim", "Kim")):
            builders.person(connection, kept.course, name, name=shown, email=f"{name}@school.example")
        for key in connection.execute(sa.select(schema.person.c.id)).scalars().all():
            preferences.choose(
                connection, key, {"reply": "at-once", "answer": "at-once", "mention": "at-once"}
            )
    with inside.serving(kept, folder_, now=NOW) as served:
        made = live(served, shy)
        mail = letters_of(kept, folder_ / "mail")  # before anybody has read it on the pages
        answers = {
            f"{who} {ceiling}": asked_of(served, made, who, ceiling)
            for who in ("sam", "kim")
            for ceiling in ("lab", "pages", "cli")
        }
        place = talk.Place(course=kept.course)
        with kept.database.read() as connection:
            staff = str(look.listed(connection, kept.teacher, place, now=NOW + builders.HOUR))
    kept.close()
    return answers, mail, staff


def test_peers_cannot_tell_who_it_was(tmp_path: Path) -> None:
    one = world_with(f"sqlite:///{tmp_path / 'one.db'}", tmp_path / "one", "ann")
    two = world_with(f"sqlite:///{tmp_path / 'two.db'}", tmp_path / "two", "bob")
    assert f"{NAMES['ann']} (Anonymous 1)" in one[2]
    assert f"{NAMES['bob']} (Anonymous 1)" in two[2]
    compared = 0
    for who, answers in one[0].items():
        assert answers.keys() == two[0][who].keys()
        for path, answer in answers.items():
            assert plain(answer) == plain(two[0][who][path]), (who, path)
            compared += "Anonymous 1" in answer
    assert compared > 30
    assert len(one[1]) >= 3
    assert any("Anonymous 1" in letter for letter in one[1])
    assert [plain(each) for each in one[1]] == [plain(each) for each in two[1]]
