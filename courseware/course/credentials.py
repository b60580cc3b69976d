"""Who somebody is: credentials `cw_<ceiling>_<id>_<secret>`, of which only a hash is kept.

In: a token. Out: its holder, or a refusal that says whether it is wrong, expired or revoked. `lab`,
`pages` and `cli` are used again and again; `join` links bring a person's machines in until they expire;
`signin` links work once, for 15 minutes.
"""

import dataclasses
import datetime
import hashlib
import hmac
import re
import secrets
from typing import cast

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
_FORM = re.compile(r"^cw_(lab|pages|cli|join|signin)_([a-z2-7]{26})_([A-Za-z0-9_-]{43})$")
JOIN_FOR = datetime.timedelta(days=30)
SIGNIN_FOR = datetime.timedelta(minutes=15)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Holder:
    """Whose credential it is, for which course (None: all of theirs) and for what at most."""

    person: model.Person
    course_id: int | None
    ceiling: model.Ceiling
    public: str


def issue(
    connection: sa.Connection,
    person: model.Person,
    *,
    course: model.Course | None,
    ceiling: model.Ceiling,
    label: str,
    now: datetime.datetime,
    expires: datetime.datetime | None,
) -> str:
    """A fresh credential; the token is shown here and never again."""
    public, secret = ids.new("crd").removeprefix("crd_"), secrets.token_urlsafe(32)
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
        )
    )
    data = {"ceiling": ceiling, "person": person.public}
    journal.append(
        connection, "credential.issued", public, now=now, course_id=course.id if course else None, data=data
    )
    return f"cw_{ceiling}_{public}_{secret}"


def join_token(
    connection: sa.Connection, person: model.Person, course: model.Course, *, now: datetime.datetime
) -> str:
    """A token for a join link."""
    return issue(
        connection, person, course=course, ceiling="join", label="join link", now=now, expires=now + JOIN_FOR
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
        raise errors.UserError(
            "This credential is not known here. Ask for a new join link.", code="unauthenticated"
        )
    if row.revoked is not None:
        raise errors.UserError(
            "This credential has been revoked. Ask for a new join link.", code="unauthenticated"
        )
    if row.expires is not None and row.expires <= now:
        raise errors.UserError(
            "This credential has expired. Ask for a new join link.", code="unauthenticated"
        )
    if row.ceiling == "signin" and row.used is not None:
        raise errors.UserError("This sign-in link has been used. Ask for a new one.", code="unauthenticated")
    return Holder(
        person=model.Person(
            id=row.person_id, public=row.person_public, username=row.username, name=row.name, email=row.email
        ),
        course_id=row.course_id,
        ceiling=cast(model.Ceiling, row.ceiling),
        public=row.public,
    )


def redeem(
    connection: sa.Connection,
    token: str,
    *,
    ceiling: model.Ceiling,
    label: str,
    now: datetime.datetime,
    expires: datetime.datetime | None,
) -> tuple[Holder, str]:
    """A working credential for a join or sign-in token.

    Raises:
        UserError: as `verify`, or the token is no link's.
    """
    holder = verify(connection, token, now=now)
    if holder.ceiling not in ("join", "signin") or holder.course_id is None:
        raise errors.UserError("This is no join link.", code="unauthenticated")
    connection.execute(_T.update().where(_T.c.public == holder.public).values(used=now))
    course = schema.course
    row = connection.execute(sa.select(course).where(course.c.id == holder.course_id)).one()
    place = model.Course(
        id=row.id,
        public=row.public,
        slug=row.slug,
        title=row.title,
        time_zone=row.time_zone,
        manifest=row.manifest,
    )
    fresh = issue(
        connection, holder.person, course=place, ceiling=ceiling, label=label, now=now, expires=expires
    )
    return holder, fresh


def revoke(connection: sa.Connection, public: str, *, now: datetime.datetime) -> None:
    """End a credential."""
    connection.execute(
        _T.update().where((_T.c.public == public) & _T.c.revoked.is_(None)).values(revoked=now)
    )
    journal.append(connection, "credential.revoked", public, now=now)


def revoke_links(
    connection: sa.Connection, person: model.Person, course: model.Course, *, now: datetime.datetime
) -> None:
    """End all join links of a person, before a new one is made."""
    mine = (
        (_T.c.person_id == person.id)
        & (_T.c.course_id == course.id)
        & (_T.c.ceiling == "join")
        & _T.c.revoked.is_(None)
    )
    connection.execute(_T.update().where(mine).values(revoked=now))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
