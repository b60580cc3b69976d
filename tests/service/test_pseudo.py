"""No text of a page goes past the catalogues: every page that links lead to, empty and full."""

import contextlib
import datetime
import json
import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from courseware.course import people
from courseware.mail import received
from courseware.notices import confirm
from courseware.service import render
from tests import builders, pseudo
from tests.builders import NOW
from tests.notices import test_inbound as mailed
from tests.service import inside, test_queries
from tests.service import said as talking

C, P = "/courses/c", "/courses/c/people"
SECRET = b"s" * 32
DATA = (
    *("A course", "One", "Two", "L0", "Essay", "essay", "English", "Quillerby", "n.ipynb"),
    *(name for who in talking.ROLES for name in (who, who.title())),
    *(
        "P0",
        "P1",
        "p0",
        "p1",
        "fin",
        "Fin",
        "eve",
        "sam@uni.example",
        "Sam@uni.example",
        "Planted",
        "planted",
        "sams",  # a group
    ),
)
ZQ = re.compile(r"zq\w*( two)?")


class Site:
    """A served world whose English is the language that nobody speaks."""

    def __init__(self, served: inside.Inside, data: tuple[str, ...]) -> None:
        self.served, self.data = served, data
        self.past: dict[str, list[str]] = {}
        self.pages: set[str] = set()

    def token(self, name: str) -> str:
        with self.served.world.database.read() as connection:
            return self.served.token(people.by_username(connection, name), "pages")

    def see(self, token: str, method: str, path: str, body: Any = None) -> list[str]:
        """Look at a page; the addresses that it leads to."""
        answer = self.served.ask(token, method, path, body)
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            return []
        text = ZQ.sub("", answer.text)
        if "⟦" not in text:  # a framed document, which is what a student's work made
            return []
        heard = pseudo.Heard(self.data)
        heard.feed(text)
        plain = re.sub(r"[a-z]+_[a-z2-7]{20,}", "…", path.partition("?")[0])
        self.pages.add(f"{method} {plain}")
        if found := sorted(set(heard.past())):
            self.past[f"{method} {plain}"] = found
        absolute = (urllib.parse.urljoin(path, link).partition("#")[0] for link in heard.links)
        return [link for link in absolute if link.startswith("/")]

    def walk(self, who: str, *starts: str) -> None:
        """All pages that links lead to, from these."""
        token = self.token(who) if who else ""
        seen, ahead = set(starts), list(starts)
        while ahead:
            for link in self.see(token, "GET", ahead.pop()):
                if link not in seen and len(seen) < 400:
                    seen.add(link)
                    ahead.append(link)


@contextlib.contextmanager
def site(
    world: builders.World, folder: Path, *, now: datetime.datetime = NOW, data: tuple[str, ...] = ()
) -> Iterator[Site]:
    """A site of this world, with what its author says as `data`."""
    told = pseudo.words()
    with inside.serving(world, folder, now=now, renderer=render.Renderer({"en": told})) as served:
        yield Site(served, (*DATA, *data))


def filled(made: Site) -> None:
    """What people do: hand-ins, marks, comments, reports, what is granted, mail that waits."""
    world = made.served.world
    test_queries.grown(world, persons=2, places=1)
    tess, sam = made.token("tess"), made.token("sam")
    ask = made.served.ask
    for body in ({"kind": "extension", "days": "2"}, {"kind": "extra-time", "factor": "1.5"}):
        person = world.sam.person.public
        ask(tess, "POST", f"{P}/{person}/allowances", {"lesson": "", "reason": "zqill", **body})
    ask(tess, "POST", f"{C}/replies", {"title": "zqkept", "body": "zqbody", "once": "r1"})
    ask(tess, "POST", f"{C}/lessons/one/holds/t", {"held": "yes"})
    ask(sam, "GET", C)


def test_a_full_course(tmp_path: Path) -> None:
    world = talking.World(f"sqlite:///{tmp_path / 'db'}", tmp_path)
    with site(world.kept, tmp_path) as made:
        filled(made)
        kim = made.token("kim")
        for state in ("question", "resolved", "talked"):
            for post in (world.said[state].first, world.said[state].second):
                made.served.ask(kim, "POST", f"/posts/{post}/reports", {"reason": "zqrude"})
        for who in ("tess", "gus", "sam", "p0", "kim"):
            made.walk(who, "/", f"{C}/seen", f"{C}/preferences", f"{C}/notices", f"{C}/dates")
        acts(made, world)
    world.close()
    assert made.past == {}, json.dumps(made.past, indent=1)
    assert len(made.pages) > 35


def acts(made: Site, world: talking.World) -> None:
    """Pages that only a form leads to, and refusals."""
    sam, tess, public = made.token("sam"), made.token("tess"), made.served.world.sam.person.public
    question = world.said["question"].thread
    for path, body in (
        (f"{C}/threads", {"body": "", "kind": "question"}),
        (f"{C}/threads", {"body": "zqnew", "kind": "question", "preview": "yes"}),
        (f"{C}/lessons/one/threads", {"body": "", "kind": "question", "key": "a", "beside": "yes"}),
        (f"/threads/{question}/posts", {"body": "x" * 20001}),
        (f"/threads/{world.said['locked'].thread}/posts", {"body": "zqmore"}),
        (f"{C}/sign-ins", {"act": "browser"}),
        (f"{C}/sign-ins", {"act": "lab"}),
        (f"{C}/sign-ins", {"act": "end-others"}),
        (f"{C}/dates/calendar", {}),
        (f"{C}/dates", {"act": "shift"}),
        (f"{C}/dates", {"act": "zone", "zone": "Mars"}),
        (f"{C}/preferences", {"hour": "99", "weekday": "0", "zone": "", "language": "en"}),
        (f"{C}/notices", {"notices": "ntc_none"}),
    ):
        made.see(sam, "POST", path, body)
    for path, body in (
        (f"{C}/sign-ins", {"act": "cli", "role": "owner", "days": "9"}),
        (P, {"username": "planted", "name": "Planted", "email": "", "role": "student"}),
        (P, {"username": "a/b", "name": "Planted", "email": "", "role": "student"}),
        (f"{P}/{public}/join-link", {}),
        *((f"{P}/{public}", {"act": act}) for act in ("show", "join", "end-all")),
        (f"{C}/threads", {"body": "", "kind": "announcement"}),
        (f"{C}/replies", {"title": "", "body": ""}),
    ):
        made.see(tess, "POST", path, body)
    for path in ("/nothing", f"{C}/class", f"{C}/lessons/two", f"{C}/lessons/none", "/threads/thr_none"):
        made.see(sam, "GET", path)


def test_an_empty_course(tmp_path: Path) -> None:
    world = builders.world(f"sqlite:///{tmp_path / 'db'}", tmp_path)
    with site(world, tmp_path) as made:
        for who in ("tess", "sam"):
            made.walk(who, "/", f"{C}/seen", f"{C}/class", f"{C}/marking", f"{C}/inbox", f"{C}/mail")
        made.walk("", "/", "/sign-in", C, f"{C}/class", "/unsubscribe/none", "/join/none", "/calendar/none")
        made.see("", "POST", "/sign-in", {"email": "sam@uni.example"})
    world.close()
    assert made.past == {}, json.dumps(made.past, indent=1)
    assert len(made.pages) > 20


def test_mail_that_waits(tmp_path: Path) -> None:
    world = mailed.enrolled(f"sqlite:///{tmp_path / 'db'}", tmp_path)
    with site(world, tmp_path, now=mailed.NOW) as made:
        raw = mailed.mail("course@here.example", "zqhelp", "sam@uni.example")
        mailed.office(world).take(raw, received.Envelope())
        with world.database.read() as connection:
            path = confirm.path(SECRET, str(mailed.all_rows(connection)[-1]["public"]))
        made.see("", "GET", path)
        made.see("", "POST", path, {})
        made.see("", "GET", path)
        made.walk("tess", f"{C}/mail", f"{C}/inbox")
    world.close()
    assert made.past == {}, json.dumps(made.past, indent=1)


def test_what_is_not_in_a_catalogue_is_found() -> None:
    page = f'<p title="Bare">and {pseudo.marked("fine {x}")} <bdi>Sam</bdi><code>run</code></p>'
    assert pseudo.past(page, ()) == ["Bare", "and ⟦ƒíñé {x}⟧"]
    assert pseudo.past('<p dir="auto">Sam <img alt="One">and</p>', ("Sam", "One")) == ["and"]
    assert pseudo.words()("Save") == "⟦Šáṽé⟧"
