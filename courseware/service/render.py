"""Pages from templates, and the words for times and numbers on them.

In: a `call.Page`. Out: HTML. Everything in a template is escaped; what is HTML already comes from
`notebook.html`, which sanitises. Texts of the interface go through `_()`; people's texts are marked
`dir="auto"` in the templates.
"""

import base64
import datetime
import functools
import hashlib
import re
import secrets
import urllib.parse
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any

import jinja2
import markupsafe

from courseware import errors, language
from courseware.course import manifest
from courseware.desk import audit, second_look
from courseware.notebook import html, offline
from courseware.notices import items, preferences
from courseware.service import call, identity, seen, typed, types

_SOON = 7
_PSEUDONYM = re.compile(r"(?:^|(?<=\())Anonymous (\d+)(?=$|\)$)")
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
COUNTED = ("comment", "test", "sign-in", "person", "exercise", "answer", "attempt", "byte", "mark")
"""What templates count."""


class Renderer:
    """The templates with their filters, once for each of the `languages`, which are all that there are unless
    somebody names their own.
    """

    def __init__(self, languages: Mapping[str, language.Words] | None = None) -> None:
        known = languages or {name: language.pages(name) for name in language.NAMES}
        self._environments = {name: environment(told) for name, told in known.items()}

    def page(self, page: call.Page) -> str:
        """A page for the person it is for, in the language that stands in its values."""
        made = self._in(page.values.get("language")).get_template(page.template).render(**page.values)
        return typed.fill(made, page.sent) if page.sent else made

    def problem(self, problem: types.Problem, hosts: identity.Hosts, *, draft: str, told: str = "en") -> str:
        """An error as a page that says what to do, with the text that somebody was about to send."""
        values: dict[str, Any] = {
            "problem": problem,
            "me": None,
            "course": None,
            "xsrf": "",
            "base": hosts.origin,
        }
        values |= {"draft": draft, "language": told, "refusal": ()}
        return self._in(told).get_template("problem.html").render(**values)

    def _in(self, name: Any) -> jinja2.Environment:
        return self._environments.get(name) or self._environments["en"]


def environment(told: language.Words) -> jinja2.Environment:
    """The templates in one language."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("courseware.service", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.globals.update(_=told, direction=told.direction, token=_token)
    made.filters.update(clock=clock, iso=iso, points=points)
    for worded in _WORDED:
        made.filters[worded.__name__] = functools.partial(worded, told=told)
    return made


def iso(moment: datetime.datetime) -> str:
    """A time for machines."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def when(
    moment: datetime.datetime | None,
    zone: str,
    now: datetime.datetime,
    told: language.Words = language.ENGLISH,
) -> str:
    """A time as people say it, with its zone: `Fri 27 Nov 2026, 23:59 CET (in 3 days)`."""
    if moment is None:
        return ""
    said = language.moment(moment, zoneinfo.ZoneInfo(zone), told)
    away = (moment - now).total_seconds()
    if abs(away) > _SOON * 86400:
        return said
    return f"{said} ({_spell(away, 'in', told) if away > 0 else _spell(-away, 'ago', told)})"


def ago(
    moment: datetime.datetime, zone: str, now: datetime.datetime, told: language.Words = language.ENGLISH
) -> str:
    """A past time in a list: `3 hours ago`, after a week the date."""
    away = (now - moment).total_seconds()
    if away < 60:
        return told("just now")
    if away <= _SOON * 86400:
        return _spell(away, "ago", told)
    return _day(moment.astimezone(zoneinfo.ZoneInfo(zone)).date(), told)


def span(seconds: float, told: language.Words = language.ENGLISH) -> str:
    """A stretch of time in its largest fitting unit: `2 hours`."""
    return _spell(seconds, "", told)


def late(seconds: int, told: language.Words = language.ENGLISH) -> str:
    """`late by 2 hours`, or nothing for work on time."""
    return told("late by {span}").format(span=span(seconds, told)) if seconds > 0 else ""


def work(minutes: int, told: language.Words = language.ENGLISH) -> str:
    """About how long something takes, no finer than anybody can know: `2 h 30 min`, `45 min`."""
    step = 5 if minutes < 60 else 15 if minutes < 240 else 30
    hours, rest = divmod(max(step, round(minutes / step) * step), 60)
    if not hours:
        return told("{minutes} min").format(minutes=rest)
    return told("{hours} h {minutes} min" if rest else "{hours} h").format(hours=hours, minutes=rest)


def clock(seconds: float) -> str:
    """Seconds of a video as players show them: `4:05`, `1:00:09`."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def day(text: str, told: language.Words = language.ENGLISH) -> str:
    """A date in a list: `6 Dec 2026`."""
    return _day(datetime.date.fromisoformat(text), told)


def _day(day: datetime.date, told: language.Words) -> str:
    """A date in words."""
    text = told("{number} {month} {year}")
    return text.format(number=day.day, month=told(f"{day:%b}"), year=day.year)


def counted(number: int, word: str, told: language.Words = language.ENGLISH) -> str:
    """`1 file`, `2 files`: a number of one of the `COUNTED`."""
    return told.many(f"{{number}} {word}", f"{{number}} {word}s", number)


def _spell(seconds: float, how: str, told: language.Words) -> str:
    """A stretch of time, or a time that is so far ahead or behind: there languages bend their words."""
    unit, length = next((each for each in _UNITS if seconds >= each[1]), _UNITS[-1])
    one, several = _bent(unit, how)
    return told.many(one, several, int(seconds // length))


def _bent(unit: str, how: str) -> tuple[str, str]:
    """The English words for one and for several."""
    form = {"": "{{number}} {0}", "in": "in {{number}} {0}", "ago": "{{number}} {0} ago"}[how]
    return form.format(unit), form.format(f"{unit}s")


def texts() -> list[tuple[str, str]]:
    """What is translated and stands in no template: each for one and, where it is counted, for several."""
    plain = ["just now", "{number} {month} {year}", "late by {span}", "owner", *offline.TEXTS, *html.TEXTS]
    plain += [
        "{number} kB",
        "{number} MB",
        "{minutes} min",
        "{hours} h {minutes} min",
        "{hours} h",
        *seen.texts(),
        *audit.texts(),
        *second_look.TEXTS,
    ]
    spans = [_bent(unit, how) for how in ("", "in", "ago") for unit, _ in _UNITS]
    return [(text, "") for text in plain] + spans + [_bent(word, "") for word in COUNTED]


def said(text: str, told: language.Words = language.ENGLISH) -> str:
    """A sentence of the rooms; one that the language does not have says that it is English."""
    found = language.said(text, told)
    return markupsafe.Markup('<span lang="en" dir="ltr">{}</span>').format(text) if found is None else found


def named(name: str, told: language.Words = language.ENGLISH) -> str:
    """What an author is called; `Anonymous 2`, also as `Ann (Anonymous 2)`, is a word of the language."""
    number = told("Anonymous {number}")
    return _PSEUDONYM.sub(lambda found: number.format(number=found[1]), name)


def points(value: float | None) -> str:
    """Points without needless zeros; a dash where there are none."""
    return "–" if value is None else f"{round(value, 2):g}"


def size(number: int, told: language.Words = language.ENGLISH) -> str:
    """A number of bytes for people."""
    if number < 1000:
        return counted(number, "byte", told)
    if number < 1_000_000:
        return told("{number} kB").format(number=f"{number / 1000:.0f}")
    return told("{number} MB").format(number=f"{number / 1e6:.1f}")


_WORDED: tuple[Callable[..., str], ...] = (when, ago, span, late, counted, work, day, said, named, size)


def attachment(name: str) -> str:
    """A Content-Disposition that keeps any file name without letting it break the header."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name.rsplit("/", 1)[-1]) or "file"
    exact = urllib.parse.quote(name.rsplit("/", 1)[-1], safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"


def frame_policy(html: str) -> str:
    """What a framed document may do: nothing but its own first style sheet and pictures it carries itself."""
    style = re.search(r"<style>(.*?)</style>", html, flags=re.DOTALL)
    styles = style_source(style.group(1)) if style else "'none'"
    loads = f"default-src 'none'; img-src data:; style-src {styles}"
    return f"sandbox; {loads}; frame-ancestors 'self'; form-action 'none'"


def style_source(sheet: str) -> str:
    """How a policy names the one style sheet that stands in a document."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()}'"


def form_fields(body: bytes) -> dict[str, str]:
    """The fields of a urlencoded form; of a repeated one the last.

    Raises:
        UserError: not a form.
    """
    try:
        text = body.decode("ascii")
        return dict(urllib.parse.parse_qsl(text, keep_blank_values=True, max_num_fields=500, errors="strict"))
    except ValueError:
        raise errors.UserError(
            "This form could not be read. Load the page again.", code="bad-request"
        ) from None


def _token() -> str:
    """What makes sending a form twice one doing of it."""
    return secrets.token_urlsafe(18)


def base_values(request: call.Call, **more: Any) -> dict[str, Any]:
    """What every page shows: who, where, when."""
    viewer = request.known_viewer
    return {
        "me": request.holder.person if request.holder else None,
        "course": viewer.course if viewer else None,
        "staff": viewer is not None and viewer.role != "student",
        "lowered": request.use.lowered,
        "zone": viewer.course.time_zone if viewer else "UTC",
        "xsrf": request.xsrf,
        "base": request.base,
        "now": request.now,
        "unread": unread(request),
        "language": tongue(request),
        "spoken": spoken(request),
        "refusal": request.refusal,
        **more,
    }


def unread(request: call.Call) -> int:
    """How much news of the course the person has not seen."""
    if request.known_viewer is None or request.open_connection is None:
        return 0
    return len(items.unread(request.connection, request.known_viewer, now=request.now))


def tongue(request: call.Call) -> str:
    """The language of a page: the one that the person chose, as for letters, before that the course's; for
    somebody who is not signed in, what the browser asks for.
    """
    if request.holder is None or request.open_connection is None:
        return request.language
    chosen = preferences.language_of(request.connection, request.holder.person.id)
    return chosen or language.words(spoken(request)).name


def spoken(request: call.Call) -> str:
    """The language that the course is written in."""
    return manifest.of(request.known_viewer.course).language if request.known_viewer else "en"
