"""Who somebody is: credentials `cw_<ceiling>_<id>_<secret>`, of which only a hash is kept.

In: a token. Out: its holder, or a refusal that says whether it is wrong, expired, used or revoked. `lab`,
`pages`, `cli` and `calendar` are used again and again; `join` and `signin` are links (see `sign_in`). A
credential may be limited to what a lesser role can do. When one was last used is known to the hour.
"""

import dataclasses
import datetime
import hashlib
import hmac
import re
import secrets
from typing import Any, cast

import sqlalchemy as sa

from courseware import errors
from courseware.course import model
from courseware.store import ids, journal, schema

_T, _P = schema.credential, schema.person
# Built once: this statement stands at the head of every request.
_HELD = (
    sa.select(
        _T,
        _P.c.public.label("person_public"),
        _P.c.username,
        _P.c.name,
        _P.c.email,
    )
    .join(_P, _P.c.id == _T.c.person_id)
    .where(_T.c.public == sa.bindparam("wanted"))
)
_FORM = re.compile(r"^cw_(lab|pages|cli|join|signin|calendar)_([a-z2-7]{26})_([A-Za-z0-9_-]{43})$")
USED_TO_THE = datetime.timedelta(hours=1)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Terms:
    """What else holds for a credential: the role whose rights it ends at, the ceiling and days that a link
    for one machine gives there, who made it, if that was somebody else, and which credential of the same
    person it was made with.
    """

    at_most: model.Role | None = None
    gives: model.Ceiling | None = None
    days: int | None = None
    made_by: str | None = None
    made_from: str | None = None


NO_TERMS = Terms()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Holder:
    """Whose credential it is, for which course (None: all of theirs) and for what at most."""

    person: model.Person
    course_id: int | None
    ceiling: model.Ceiling
    public: str
    terms: Terms = NO_TERMS
    used: datetime.datetime | None = None
    expires: datetime.datetime | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Kept:
    """A credential as its owner and staff see it listed."""

    public: str
    ceiling: model.Ceiling
    label: str
    created: datetime.datetime
    used: datetime.datetime | None
    expires: datetime.datetime | None
    terms: Terms


def issue(
    connection: sa.Connection,
    person: model.Person,
    *,
    course: model.Course | None,
    ceiling: model.Ceiling,
    label: str,
    now: datetime.datetime,
    expires: datetime.datetime | None,
    terms: Terms = NO_TERMS,
) -> str:
    """A fresh credential; the token is shown here and never again."""
    public = ids.new("crd").removeprefix("crd_")
    secret = secrets.token_urlsafe(32)
    put(
        connection,
        person,
        (public, secret),
        course=course,
        ceiling=ceiling,
        label=label,
        now=now,
        expires=expires,
        terms=terms,
    )
    return token(ceiling, public, secret)


def token(ceiling: model.Ceiling, public: str, secret: str) -> str:
    """How a credential is written."""
    return f"cw_{ceiling}_{public}_{secret}"


def put(
    connection: sa.Connection,
    person: model.Person,
    named: tuple[str, str],
    *,
    course: model.Course | None,
    ceiling: model.Ceiling,
    label: str,
    now: datetime.datetime,
    expires: datetime.datetime | None,
    terms: Terms,
) -> None:
    """Keep a credential of this public id and secret; of the secret only the hash."""
    public, secret = named
    connection.execute(
        _T.insert().values(
            public=public,
            person_id=person.id,
            course_id=course.id if course else None,
            ceiling=ceiling,
            secret_hash=_hash(secret),
            label=label[:200],
            created=now,
            expires=expires,
            at_most=terms.at_most,
            gives=terms.gives,
            gives_days=terms.days,
            made_by=terms.made_by,
            made_from=terms.made_from,
        )
    )
    data = {"ceiling": ceiling, "person": person.public, "by": terms.made_by or person.public}
    journal.append(
        connection, "credential.issued", public, now=now, course_id=course.id if course else None, data=data
    )


def verify(connection: sa.Connection, token: str, *, now: datetime.datetime) -> Holder:
    """The holder of a token.

    Raises:
        UserError: no such credential, or it has expired or been revoked.
    """
    form = _FORM.match(token)
    row = connection.execute(_HELD, {"wanted": form.group(2)}).one_or_none() if form else None
    if (
        form is None
        or row is None
        or row.ceiling != form.group(1)
        or not hmac.compare_digest(row.secret_hash, _hash(form.group(3)))
    ):
        link = form is not None and form.group(1) in ("join", "signin")
        message = (
            "This link is not known here. Copy the whole of it, or ask for a new one."
            if link
            else "This credential is not known here. Ask for a new join link."
        )
        raise errors.UserError(message, code="unauthenticated")
    if row.ceiling in ("join", "signin") and row.revoked is not None and row.revoked == row.used:
        raise errors.UserError("This link has been used. Ask for a new one.", code="unauthenticated")
    if row.revoked is not None:
        raise errors.UserError(
            "This credential has been revoked. Ask for a new join link.", code="unauthenticated"
        )
    if row.expires is not None and row.expires <= now:
        raise errors.UserError(
            "This credential has expired. Ask for a new join link.", code="unauthenticated"
        )
    person = model.Person(
        id=row.person_id, public=row.person_public, username=row.username, name=row.name, email=row.email
    )
    return Holder(
        person=person,
        course_id=row.course_id,
        ceiling=cast(model.Ceiling, row.ceiling),
        public=row.public,
        terms=_terms(row),
        used=row.used,
        expires=row.expires,
    )


def public_of(token: str) -> str:
    """The public id that a token carries; empty where it is none."""
    form = _FORM.match(token)
    return form.group(2) if form else ""


def extend(
    connection: sa.Connection, public: str, *, until: datetime.datetime, at_most: model.Role | None
) -> None:
    """Have a credential go on until then, able to do what a role can at most."""
    mine = (_T.c.public == public) & _T.c.revoked.is_(None)
    connection.execute(_T.update().where(mine).values(expires=until, at_most=at_most))


def spend(connection: sa.Connection, public: str, *, now: datetime.datetime) -> bool:
    """Use a link for the last time; False if somebody else did, or it was revoked."""
    mine = (_T.c.public == public) & _T.c.revoked.is_(None)
    return connection.execute(_T.update().where(mine).values(used=now, revoked=now)).rowcount == 1


def is_news(holder: Holder, now: datetime.datetime) -> bool:
    """Whether it has to be written that a credential is used."""
    return holder.used is None or holder.used + USED_TO_THE <= now


def note_used(connection: sa.Connection, public: str, *, now: datetime.datetime) -> None:
    """Write that a credential is used now."""
    mine = (_T.c.public == public) & _T.c.revoked.is_(None)
    connection.execute(_T.update().where(mine).values(used=now))


def of_person(
    connection: sa.Connection, person: model.Person, course: model.Course, *, now: datetime.datetime
) -> list[Kept]:
    """What still lets somebody into a course, newest first."""
    rows = connection.execute(
        sa.select(_T).where(_of(person, course) & _working(now)).order_by(_T.c.created.desc(), _T.c.id.desc())
    )
    return [
        Kept(
            public=row.public,
            ceiling=cast(model.Ceiling, row.ceiling),
            label=row.label,
            created=row.created,
            used=row.used,
            expires=row.expires,
            terms=_terms(row),
        )
        for row in rows
    ]


def join_links(
    connection: sa.Connection, course: model.Course, *, now: datetime.datetime
) -> dict[int, datetime.datetime]:
    """Until when people's join links work, by person."""
    here = (_T.c.course_id == course.id) & (_T.c.ceiling == "join") & _T.c.gives.is_(None) & _working(now)
    rows = connection.execute(sa.select(_T.c.person_id, _T.c.expires).where(here & _T.c.expires.is_not(None)))
    return {row.person_id: row.expires for row in rows}


def _of(person: model.Person, course: model.Course) -> sa.ColumnElement[bool]:
    here = _T.c.course_id.is_(None) | (_T.c.course_id == course.id)
    return (_T.c.person_id == person.id) & here


def _working(now: datetime.datetime) -> sa.ColumnElement[bool]:
    return _T.c.revoked.is_(None) & (_T.c.expires.is_(None) | (_T.c.expires > now))


def _terms(row: sa.Row[Any]) -> Terms:
    return Terms(
        at_most=cast(model.Role | None, row.at_most),
        gives=cast(model.Ceiling | None, row.gives),
        days=row.gives_days,
        made_by=row.made_by,
        made_from=row.made_from,
    )


def revoke(
    connection: sa.Connection, public: str, *, now: datetime.datetime, actor_id: int | None = None
) -> None:
    """End a credential."""
    connection.execute(
        _T.update().where((_T.c.public == public) & _T.c.revoked.is_(None)).values(revoked=now)
    )
    journal.append(connection, "credential.revoked", public, now=now, actor_id=actor_id)


def revoke_of(
    connection: sa.Connection,
    person: model.Person,
    course: model.Course,
    public: str,
    *,
    by: model.Person,
    now: datetime.datetime,
) -> int:
    """End one of somebody's credentials for a course, theirs that were made with it, and with those again;
    how many that were. What staff made for others with it belongs to these others, and stays.

    Raises:
        UserError: they have no such credential that works.
    """
    working = {each.public for each in of_person(connection, person, course, now=now)}
    if public not in working:
        raise errors.UserError("There is no such sign-in.", code="not-found")
    ending = [public, *sorted(_made_with(connection, public) & working)]
    for each in ending:
        revoke(connection, each, now=now, actor_id=by.id)
    return len(ending)


def _made_with(connection: sa.Connection, public: str) -> set[str]:
    """All that was made with a credential, also by way of some that have ended meanwhile."""
    made = sa.select(_T.c.public).where(_T.c.made_from == public).cte("made", recursive=True)
    made = made.union(sa.select(_T.c.public).where(_T.c.made_from == made.c.public))
    return set(connection.execute(sa.select(made.c.public)).scalars()) - {public}


def revoke_others(
    connection: sa.Connection,
    person: model.Person,
    course: model.Course,
    *,
    keep: str,
    by: model.Person,
    now: datetime.datetime,
) -> int:
    """End all of somebody's credentials for a course but one; how many that were."""
    ending = [each.public for each in of_person(connection, person, course, now=now) if each.public != keep]
    for public in ending:
        revoke(connection, public, now=now, actor_id=by.id)
    return len(ending)


def revoke_links(
    connection: sa.Connection, person: model.Person, course: model.Course, *, now: datetime.datetime
) -> None:
    """End all join links of a person, before a new one is made."""
    mine = (
        (_T.c.person_id == person.id)
        & (_T.c.course_id == course.id)
        & (_T.c.ceiling == "join")
        & _T.c.gives.is_(None)
        & _T.c.revoked.is_(None)
    )
    connection.execute(_T.update().where(mine).values(revoked=now))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
