"""Pages from templates, and the words for times and numbers on them.

In: a `call.Page`. Out: HTML. Everything in a template is escaped; what is HTML already comes from
`notebook.html`, which sanitises. Texts of the interface go through `_()`; people's texts are marked
`dir="auto"` in the templates.
"""

import base64
import datetime
import hashlib
import re
import urllib.parse
import zoneinfo
from typing import Any

import jinja2

from courseware import errors, language
from courseware.notices import items
from courseware.service import call, identity, types

_SOON = 7


class Renderer:
    """The templates with their filters; made once."""

    def __init__(self) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("courseware.service", "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._environment.globals["_"] = lambda text: text
        self._environment.filters.update(
            when=when, iso=iso, late=late, span=span, points=points, size=size, counted=counted, ago=ago
        )

    def page(self, page: call.Page) -> str:
        """A page for the person it is for."""
        return self._environment.get_template(page.template).render(**page.values)

    def problem(self, problem: types.Problem, hosts: identity.Hosts, *, draft: str) -> str:
        """An error as a page that says what to do, with the text that somebody was about to send."""
        values = {"problem": problem, "me": None, "course": None, "xsrf": "", "base": hosts.origin}
        values["draft"] = draft
        return self._environment.get_template("problem.html").render(**values)


def iso(moment: datetime.datetime) -> str:
    """A time for machines."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def when(moment: datetime.datetime | None, zone: str, now: datetime.datetime) -> str:
    """A time as people say it, with its zone: `Fri 27 Nov 2026, 23:59 CET (in 3 days)`."""
    if moment is None:
        return ""
    said = language.moment(moment, zoneinfo.ZoneInfo(zone))
    away = (moment - now).total_seconds()
    if abs(away) > _SOON * 86400:
        return said
    return f"{said} (in {span(away)})" if away > 0 else f"{said} ({span(-away)} ago)"


def ago(moment: datetime.datetime, zone: str, now: datetime.datetime) -> str:
    """A past time in a list: `3 hours ago`, after a week the date."""
    away = (now - moment).total_seconds()
    if away < 60:
        return "just now"
    local = moment.astimezone(zoneinfo.ZoneInfo(zone))
    return f"{span(away)} ago" if away <= _SOON * 86400 else f"{local.day} {local:%b} {local:%Y}"


def span(seconds: float) -> str:
    """A stretch of time in its largest fitting unit: `2 hours`."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return counted(int(seconds // length), unit)
    return counted(int(seconds), "second")


def late(seconds: int) -> str:
    """`late by 2 hours`, or nothing for work on time."""
    return f"late by {span(seconds)}" if seconds > 0 else ""


def counted(number: int, word: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def points(value: float | None) -> str:
    """Points without needless zeros; a dash where there are none."""
    return "–" if value is None else f"{round(value, 2):g}"


def size(number: int) -> str:
    """A number of bytes for people."""
    if number < 1000:
        return f"{number} bytes"
    return f"{number / 1000:.0f} kB" if number < 1_000_000 else f"{number / 1e6:.1f} MB"


def attachment(name: str) -> str:
    """A Content-Disposition that keeps any file name without letting it break the header."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name.rsplit("/", 1)[-1]) or "file"
    exact = urllib.parse.quote(name.rsplit("/", 1)[-1], safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"


def frame_policy(html: str) -> str:
    """What a framed document may do: nothing but its own first style sheet and pictures it carries itself."""
    style = re.search(r"<style>(.*?)</style>", html, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode() if style else ""
    styles = f"'sha256-{digest}'" if style else "'none'"
    loads = f"default-src 'none'; img-src data:; style-src {styles}"
    return f"sandbox; {loads}; frame-ancestors 'self'; form-action 'none'"


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


def base_values(request: call.Call, **more: Any) -> dict[str, Any]:
    """What every page shows: who, where, when."""
    viewer = request.known_viewer
    return {
        "me": request.holder.person if request.holder else None,
        "course": viewer.course if viewer else None,
        "staff": viewer is not None and viewer.role != "student",
        "zone": viewer.course.time_zone if viewer else "UTC",
        "xsrf": request.xsrf,
        "base": request.base,
        "now": request.now,
        "unread": unread(request),
        **more,
    }


def unread(request: call.Call) -> int:
    """How much news of the course the person has not seen."""
    if request.known_viewer is None or request.open_connection is None:
        return 0
    return len(items.unread(request.connection, request.known_viewer, now=request.now))
