"""What the Hub vouches for becomes a credential of the course's own, for as long as the Hub goes on vouching.

In: a token of the Hub, from its OAuth or from somebody's Jupyter server. Out: a credential: of the pages for
a browser, of the Lab for a server, never more. A scope of the Hub is a ceiling, the course's role the rest:
without `teach` a browser does what a student does, without `draft` a server too, and no server teaches
whatever its token says. The Hub is asked again when a credential is used and the last answer is five minutes
old; the token stays in memory, so after a restart a credential works for what is left of its quarter of an
hour. Who is in which group is also read for everybody every few minutes.
"""

import contextlib
import dataclasses
import datetime
import hmac
import logging
import threading
import urllib.parse
from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from courseware import errors, settings, wiring
from courseware.course import courses, credentials, given_roles, model, people, sign_in
from courseware.service import hub, identity
from courseware.store import database

log = logging.getLogger("courseware.hub")
FRESH = datetime.timedelta(minutes=5)
LASTS = datetime.timedelta(minutes=15)
GROUPS_SECONDS = 300.0
SHARED = (
    "On the Hub's own host name the course's pages are for what students do. To teach, the service needs a"
    " host name where no Jupyter server answers: set [service] public."
)
_STRANGER = (
    "You are in no course here yet. Ask the people who run the course to put you, {name}, into its group on"
    " the Hub or onto its roster."
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Let:
    """A credential that was made because the Hub vouched for somebody; it can do what the role `at_most` can
    and works `until` then, unless the Hub goes on.
    """

    person: model.Person
    token: str = dataclasses.field(repr=False)
    at_most: model.Role | None
    until: datetime.datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Vouched:
    """What a credential rests on: a token of the Hub, what was last told of its groups, and when."""

    credential: str = dataclasses.field(repr=False)
    token: str = dataclasses.field(repr=False)
    ceiling: model.Ceiling
    groups: frozenset[str] | None
    asked: datetime.datetime


class Vouching:
    """One Hub and the people it has let in; `shared` where the pages have the Hub's own host name."""

    def __init__(
        self,
        door: hub.Hub,
        told: settings.Hub,
        kept: database.Database,
        clock: wiring.Clock,
        *,
        shared: bool = False,
    ) -> None:
        self.door, self.shared = door, shared
        self._told, self._database, self._clock = told, kept, clock
        self._vouched: dict[str, _Vouched] = {}

    def in_browser(self, token: str) -> Let:
        """A session of the pages for somebody who came by way of the Hub.

        Raises:
            UserError: the Hub does not know them, or they are in no course here.
            Temporary: it is away.
        """
        return self._let(token, "pages", "a browser, by the Hub")

    def on_server(self, token: str) -> Let:
        """A credential for somebody's Jupyter server; raises as `in_browser`."""
        return self._let(token, "lab", "JupyterLab, by the Hub")

    def _let(self, token: str, ceiling: model.Ceiling, label: str) -> Let:
        known = self.door.who(token)
        terms = self._terms(known, ceiling)
        if known is None or terms is None:
            raise errors.UserError("The Hub does not let you into this service.", code="unauthenticated")
        now = self._clock()
        with self._database.write() as connection:
            person = self._placed(connection, known, now)
            made = credentials.issue(
                connection,
                person,
                course=None,
                ceiling=ceiling,
                label=label,
                now=now,
                expires=now + LASTS,
                terms=terms,
            )
        self._keep(_Vouched(credential=made, token=token, ceiling=ceiling, groups=known.groups, asked=now))
        return Let(person=person, token=made, at_most=terms.at_most, until=now + LASTS)

    def _keep(self, fresh: _Vouched) -> None:
        """Remember what a credential rests on; what nobody used while a session lasts is forgotten."""
        old = [key for key, held in self._vouched.items() if held.asked + sign_in.BROWSER_FOR < fresh.asked]
        for key in old:
            del self._vouched[key]
        self._vouched[credentials.public_of(fresh.credential)] = fresh

    def _held(self, token: str) -> _Vouched | None:
        """What this very credential rests on: who knows its public id alone moves nothing here."""
        held = self._vouched.get(credentials.public_of(token))
        same = held is not None and hmac.compare_digest(held.credential.encode(), token.encode())
        return held if same else None

    def stale(self, token: str) -> bool:
        """Whether the Hub has to be asked again before this credential is believed."""
        held = self._held(token)
        return held is not None and held.asked + FRESH <= self._clock()

    def ask_again(self, token: str) -> None:
        """Ask the Hub about a stale credential: it goes on for another quarter of an hour, or ends. While the
        Hub is away it goes on for what is left.
        """
        public, now = credentials.public_of(token), self._clock()
        held = self._held(token)
        if held is None or held.asked + FRESH > now:
            return
        self._vouched[public] = dataclasses.replace(held, asked=now)  # of many requests, one asks
        try:
            known = self.door.who(held.token)
        except errors.Temporary:
            return
        terms = self._terms(known, held.ceiling)
        with self._database.write() as connection:
            if known is None or terms is None:
                credentials.revoke(connection, public, now=now)
                self.forget(public)
                return
            if known.groups != held.groups:
                with contextlib.suppress(errors.UserError):  # in no course any more: each address says so
                    self._placed(connection, known, now)
                self._keep(dataclasses.replace(held, groups=known.groups, asked=now))
            credentials.extend(connection, public, until=now + LASTS, at_most=terms.at_most)

    def forget(self, public: str) -> None:
        """Whoever signs out of a credential is not vouched for any more."""
        self._vouched.pop(public, None)

    def _terms(self, known: hub.Known | None, ceiling: model.Ceiling) -> credentials.Terms | None:
        """What else holds for a credential by the scopes of its token; None if they let nobody in."""
        if known is None or hub.LEARN not in known.scopes:
            return None
        more = hub.TEACH if ceiling == "pages" else hub.DRAFT
        whole = more in known.scopes and not (self.shared and ceiling == "pages")
        return credentials.Terms(at_most=None if whole else "student")

    def _placed(self, connection: sa.Connection, known: hub.Known, now: datetime.datetime) -> model.Person:
        """The person that somebody is here, with the roles that their groups give them now.

        Raises:
            UserError: they are in no course.
        """
        if self._told.roles != "roster" and known.groups is not None:
            for course in courses.everything(connection):
                given = given_roles.by_groups(self._told.groups, course, known.groups)
                self._give(connection, course, known.username, given, now)
        person = people.known(connection, known.username)
        if person is None or not people.courses_of(connection, person):
            raise errors.UserError(_STRANGER.format(name=known.username[:80]), code="forbidden")
        return person

    def _give(
        self,
        connection: sa.Connection,
        course: model.Course,
        username: str,
        given: model.Role | None,
        now: datetime.datetime,
    ) -> None:
        roster = self._told.roles == "both"
        given_roles.put(connection, course, username, given, roster=roster, now=now)

    def read_groups(self) -> None:
        """Bring all courses up to the Hub's groups.

        Raises:
            Temporary: the Hub is away.
        """
        groups, now = self.door.groups(), self._clock()
        with self._database.read() as connection:
            here = courses.everything(connection)
        roster = self._told.roles == "both"
        for course in here:
            given = _given(self._told.groups, course, groups)
            with self._database.read() as connection:
                changing = given_roles.changing(connection, course, given, roster=roster, now=now)
            for username in changing:
                # One at a time: nobody who hands in waits for a whole class; a name may be none here.
                with contextlib.suppress(errors.UserError), self._database.write() as connection:
                    self._give(connection, course, username, given.get(username), now)


def _given(pattern: str, course: model.Course, groups: Mapping[str, frozenset[str]]) -> dict[str, model.Role]:
    """Who has which role in a course by the groups of a Hub."""
    found: dict[str, model.Role] = {}
    for role in given_roles.ROLES:
        found |= dict.fromkeys(groups.get(given_roles.group(pattern, course, role), ()), role)
    return found


@contextlib.contextmanager
def running(service: wiring.Service, told: settings.Hub, hosts: identity.Hosts) -> Iterator[Vouching | None]:
    """The Hub's people coming in until the block ends; None where no Hub is set.

    Raises:
        UserError: a Hub without the token that it knows this service by.
    """
    if not told.public:
        yield None
        return
    door = hub.Hub(told, hosts.origin)
    shared = urllib.parse.urlsplit(hosts.origin).hostname == urllib.parse.urlsplit(told.public).hostname
    vouching = Vouching(door, told, service.database, service.clock, shared=shared)
    stop = threading.Event()
    thread = threading.Thread(target=_read_again, args=(vouching, stop), daemon=True)
    if told.roles != "roster":
        thread.start()
    try:
        yield vouching
    finally:
        stop.set()
        if thread.is_alive():
            thread.join(20)
        door.close()


def _read_again(vouching: Vouching, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            vouching.read_groups()
        except errors.CoursewareError as error:
            log.warning("groups wait: %s", error.message)
        except Exception:
            log.exception("the Hub's groups could not be read")
        stop.wait(GROUPS_SECONDS)
