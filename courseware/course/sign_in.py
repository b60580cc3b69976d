"""How people get in: join links, sign-in links for a browser, links for one machine; and what each becomes.

In: who a link is for, or the token of one. Out: a link, or a working credential. A join link lets a student's
machines and browsers in for 30 days; of staff it ends with the first browser that it signs in. A sign-in
link signs in one browser, within 15 minutes; a link for one machine gives a credential there once, of the
ceiling that was chosen when the link was made. Whether somebody may make a link is `permissions.check_gives`.
"""

import base64
import dataclasses
import datetime
import hashlib
import hmac

import sqlalchemy as sa

from courseware import errors
from courseware.course import courses, credentials, model, people
from courseware.store import ids

JOIN_FOR = datetime.timedelta(days=30)
LINK_FOR = datetime.timedelta(minutes=15)
BROWSER_FOR = datetime.timedelta(days=14)
DAYS: dict[model.Ceiling, int] = {"lab": 400, "cli": 180}
"""How long a machine stays in, unless its link says less."""
MOST_DAYS = 400


@dataclasses.dataclass(frozen=True, kw_only=True)
class Entry:
    """What a link or a fresh credential is: whose, where, until when. `public` names a link that was looked
    at, `token` what was made.
    """

    person: model.Person
    course: model.Course
    ceiling: model.Ceiling
    expires: datetime.datetime
    terms: credentials.Terms
    public: str = ""
    token: str = dataclasses.field(default="", repr=False)


def join_link(
    connection: sa.Connection,
    person: model.Person,
    course: model.Course,
    *,
    now: datetime.datetime,
    terms: credentials.Terms = credentials.NO_TERMS,
) -> Entry:
    """A join link; earlier ones end."""
    credentials.revoke_links(connection, person, course, now=now)
    link = Entry(
        person=person,
        course=course,
        ceiling="join",
        expires=now + JOIN_FOR,
        terms=terms,
    )
    return _issued(connection, link, "join link", now=now)


def browser_link(
    connection: sa.Connection,
    person: model.Person,
    course: model.Course,
    terms: credentials.Terms,
    *,
    now: datetime.datetime,
) -> Entry:
    """A link that signs one browser in."""
    link = Entry(person=person, course=course, ceiling="signin", expires=now + LINK_FOR, terms=terms)
    return _issued(connection, link, "sign-in link", now=now)


def machine_link(
    connection: sa.Connection,
    person: model.Person,
    course: model.Course,
    terms: credentials.Terms,
    *,
    now: datetime.datetime,
) -> Entry:
    """A link that one machine joins with.

    Raises:
        UserError: a ceiling that no machine has, or days that cannot be.
    """
    if terms.gives not in DAYS:
        raise errors.UserError("A machine gets a credential for `lab` or for `cli`.")
    if terms.days is not None and not 1 <= terms.days <= MOST_DAYS:
        raise errors.UserError(f"A credential holds from 1 to {MOST_DAYS} days, not {terms.days}.")
    link = Entry(person=person, course=course, ceiling="join", expires=now + LINK_FOR, terms=terms)
    return _issued(connection, link, "link for one machine", now=now)


def mailed_link(
    connection: sa.Connection,
    person: model.Person,
    course: model.Course,
    secret: bytes,
    *,
    made_by: str | None,
    now: datetime.datetime,
) -> str:
    """A browser link whose token is written when the letter is; its public id, from which `mailed_token`
    makes it.
    """
    public = ids.new("crd").removeprefix("crd_")
    credentials.put(
        connection,
        person,
        (public, _mailed(secret, public)),
        course=course,
        ceiling="signin",
        label="sign-in link by mail",
        now=now,
        expires=now + LINK_FOR,
        terms=credentials.Terms(made_by=made_by),
    )
    return public


def mailed_token(secret: bytes, public: str) -> str:
    """The token of a link that goes out by mail: nothing that lets anybody in lies in the database."""
    return credentials.token("signin", public, _mailed(secret, public))


def _mailed(secret: bytes, public: str) -> str:
    digest = hmac.new(secret, b"courseware sign-in 1 " + public.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def look(connection: sa.Connection, token: str, *, now: datetime.datetime) -> Entry:
    """What a link is, without using it.

    Raises:
        UserError: no link, not valid any more, or its person is not in the course now.
    """
    holder = credentials.verify(connection, token, now=now)
    if holder.ceiling not in ("join", "signin") or holder.course_id is None:
        raise errors.UserError("This is no link to sign in with.", code="unauthenticated")
    course = courses.by_id(connection, holder.course_id)
    if people.role(connection, course, holder.person, now=now) is None:
        raise errors.UserError("You are not in this course any more.", code="unauthenticated")
    return Entry(
        person=holder.person,
        course=course,
        ceiling=holder.ceiling,
        expires=holder.expires or now,
        terms=holder.terms,
        public=holder.public,
    )


def in_browser(connection: sa.Connection, token: str, *, now: datetime.datetime) -> Entry:
    """A session of the pages for a link.

    Raises:
        UserError: as `look`; it is for a machine; or it was used this moment.
    """
    link = look(connection, token, now=now)
    if link.terms.gives is not None:
        message = "This link is for one machine: courseware join LINK. In a browser it does nothing."
        raise errors.UserError(message, code="unauthenticated")
    role = people.role(connection, link.course, link.person, now=now)
    _use(connection, link, once=link.ceiling == "signin" or role in model.STAFF, now=now)
    return _issued(connection, _becoming(link, "pages", now + BROWSER_FOR), "a browser", now=now)


def on_machine(
    connection: sa.Connection, token: str, label: str, *, only: str = "", now: datetime.datetime
) -> Entry:
    """A credential for a machine for a link; with `only`, of that ceiling or none.

    Raises:
        UserError: as `look`; it is for a browser, or gives another ceiling; or it was used this moment.
    """
    link = look(connection, token, now=now)
    if link.ceiling == "signin":
        raise errors.UserError("This link is for a browser. Open it there.", code="unauthenticated")
    ceiling = link.terms.gives or "lab"
    if only not in ("", ceiling):
        place = "the command line: courseware join LINK" if ceiling == "cli" else "JupyterLab"
        raise errors.UserError(f"This link is for {place}. It was not used.", code="conflict")
    _use(connection, link, once=link.terms.gives is not None, now=now)
    until = now + datetime.timedelta(days=link.terms.days or DAYS[ceiling])
    return _issued(connection, _becoming(link, ceiling, until), label or "a machine", now=now)


def _use(connection: sa.Connection, link: Entry, *, once: bool, now: datetime.datetime) -> None:
    """Use a link; of two who use one that works once at the same moment, one is refused."""
    if not once:
        credentials.note_used(connection, link.public, now=now)
    elif not credentials.spend(connection, link.public, now=now):
        raise errors.UserError("This link has been used. Ask for a new one.", code="unauthenticated")


def _becoming(link: Entry, ceiling: model.Ceiling, until: datetime.datetime) -> Entry:
    """What a link becomes: limited as the link is, and known to be made by the same person with the same."""
    terms = dataclasses.replace(link.terms, gives=None, days=None)
    return dataclasses.replace(link, ceiling=ceiling, expires=until, terms=terms)


def _issued(connection: sa.Connection, entry: Entry, label: str, *, now: datetime.datetime) -> Entry:
    token = credentials.issue(
        connection,
        entry.person,
        course=entry.course,
        ceiling=entry.ceiling,
        label=label,
        now=now,
        expires=entry.expires,
        terms=entry.terms,
    )
    return dataclasses.replace(entry, token=token)
