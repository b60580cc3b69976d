"""Writes the generated pages of docs/reference: `python -m tests.docs.reference`.

In: the schema's tags, the settings, the API's description. Out: one text per page; a test compares.
"""

import dataclasses
import typing
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from courseware import settings
from courseware.notebook import lint, readable
from courseware.service import openapi
from courseware.service.api import operations, routes
from courseware.store import tables

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


def personal_data() -> str:
    """Which columns hold something of a person, what for, and how long."""
    lines = [
        "# Personal data",
        "",
        "Every column that says something about a person, what it is kept for, and until when. The page",
        "is made from the tags in the schema. Public ids, keys between tables and times that only order",
        "rows are not listed.",
        "",
        "| table | column | kept in order | until |",
        "|---|---|---|---|",
    ]
    for table in sorted(tables.metadata.tables.values(), key=lambda each: each.name):
        for column in table.c:
            if "purpose" in column.info:
                until = column.info["retention"].removeprefix("until ")
                lines.append(f"| `{table.name}` | `{column.name}` | {column.info['purpose']} | {until} |")
    return "\n".join(lines) + "\n"


def deployment() -> str:
    """The settings of courseware.toml with their defaults."""
    lines = [
        "# courseware.toml",
        "",
        "How a service is run: where it listens, where it keeps things, how it grades. The file is named",
        "with `--config`; it is never read from a course folder. Each value can come from the environment",
        "instead, as `COURSEWARE_<SECTION>_<NAME>`, which wins. An unknown name is refused with its line.",
        "",
    ]
    for section in dataclasses.fields(settings.Settings):
        kind: Any = section.type
        lines += [f"## [{section.name}]", "", " ".join((kind.__doc__ or "").split()), ""]
        lines += ["| name | type | default | environment |", "|---|---|---|---|"]
        for field in dataclasses.fields(kind):
            choices = typing.get_args(field.type)
            told = " or ".join(f"`{each}`" for each in choices) or type(field.default).__name__
            if field.name in settings.BOUNDS:
                told += " from {} to {}".format(*settings.BOUNDS[field.name])
            shown = f"`{field.default}`" if field.default != "" else "empty"
            variable = f"`COURSEWARE_{section.name.upper()}_{field.name.upper()}`"
            lines.append(f"| `{field.name}` | {told} | {shown} | {variable} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def http_api() -> str:
    """The routes of the API, by address."""
    told = openapi.describe(routes.API, version=operations.VERSION)
    lines = [
        "# HTTP API",
        "",
        "JSON under `/api/v1`. The whole description, with every field, is at `/api/v1/openapi.json` of a",
        "running service (OpenAPI 3.1). Send a credential as `Authorization: Bearer cw_…`; writes take an",
        "`Idempotency-Key`, reads give an `ETag`. Errors are `application/problem+json` with a stable",
        "`code` and one sentence in `detail`. Fields are only ever added; ignore unknown ones.",
        "Our own clients send `Courseware-Client: VERSION`; one older than the minor version before the",
        "service's is refused with 400 and told to update. Other programs need not send it.",
        "",
        "*Counts as* says which number of `[limits]` in [courseware.toml](courseware-toml.md#limits) holds",
        "for an address, *body* how many bytes it takes. Who asks more in a minute is answered 429, with the",
        "seconds to wait in `Retry-After`.",
        "",
        "| method | address | what it does | right | counts as | body |",
        "|---|---|---|---|---|---|",
    ]
    known = {(route.method, route.path.replace("{path*}", "{path}")): route for route in routes.API}
    for path, methods in sorted(told["paths"].items()):
        for method, each in methods.items():
            route = known[method.upper(), path]
            right = "anybody" if route.public else route.action.value if route.action else "signed in"
            size = route.most_bytes
            most = f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size // 1_000} kB"
            cells = (method.upper(), f"`{path}`", each["summary"], right, route.counts_as, most)
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def findings() -> str:
    """What lint and the release find, by code."""
    lines = [
        "# What lint finds",
        "",
        "`courseware lint` and each release look over a lesson. A finding says where it is and what to do.",
        "An `error` makes marks wrong or gives a solution away, and stops the release unless its code is",
        "accepted (`courseware release --accept CODE`), which is recorded. A `warning` stops nothing. What",
        "is `repaired` was mended in the release. Warnings in every course are: "
        + _codes(readable.CODES)
        + ".",
        "",
        "| code | what it finds |",
        "|---|---|",
    ]
    lines += [f"| `{code}` | {told} |" for code, told in lint.CODES.items()]
    lines += [
        "",
        "A picture that code draws has its text alternative where nbconvert looks for it too: as `alt` in",
        "the metadata of the cell, which JupyterLab's *Property Inspector* edits, for example",
        '`{"alt": "A line that rises"}`; or of one picture among several by',
        '`IPython.display.Image(…, alt="…")`. Feedback and the page for marking tell it. Releases hold no',
        "outputs, so lint looks at those that the source stores, in cells that students do not answer.",
    ]
    return "\n".join(lines) + "\n"


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


PAGES: dict[str, Callable[[], str]] = {
    "personal-data.md": personal_data,
    "courseware-toml.md": deployment,
    "http-api.md": http_api,
    "lint.md": findings,
}

if __name__ == "__main__":
    for name, made in PAGES.items():
        (FOLDER / name).write_text(made(), encoding="utf-8")
