"""Pictures of numbers: Vega-Lite made into SVG on the server, without a script.

In: numbers and the words that stand beside them, which a template has translated. Out: an SVG that belongs in
a page: its colours are those of the page, so it follows dark and light and what somebody's eyes need. Each
stands beside a table of the same numbers and is one picture to a screen reader. What stands in it is text and
escaped; nothing is fetched. A picture of the same numbers is made once.
"""

import functools
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import markupsafe
import vl_convert

_WIDTH, _NARROW = 780, 300
"""Of the bars alone, and of the whole of a picture for phones."""
_PADDING = {"left": 24, "right": 12, "top": 5, "bottom": 5}
"""Fonts differ from machine to machine: a label that is longer than was thought has room."""
_ROLES = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_CONFIG: dict[str, Any] = {
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "titleFontWeight": "normal",
        "gridColor": "var(--line)",
        "domainColor": "var(--rule)",
        "tickColor": "var(--rule)",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelLimit": 160,
        "titlePadding": 8,
    },
    "rect": {"color": "var(--accent)"},
    "bar": {"color": "var(--accent)"},
    "rule": {"color": "currentColor"},
    "tick": {"color": "currentColor", "opacity": 1},
}


def people(rows: Iterable[tuple[str, int, int]], *, words: tuple[str, str], axis: str) -> markupsafe.Markup:
    """For each lesson how many of all people opened it and, darker, how many handed it in."""
    values = [
        {"lesson": name, "n": number, "what": what}
        for name, *numbers in _distinct(rows)
        for number, what in zip(numbers, words, strict=True)
    ]
    encoding = {
        "y": {"field": "lesson", "type": "nominal", "sort": None, "title": None},
        "x": _numbers("n", axis),
    }
    layers = [
        {
            "mark": {"type": "bar", "opacity": opacity, "height": {"band": band}},
            "transform": [{"filter": {"field": "what", "equal": what}}],
        }
        for what, opacity, band in zip(words, (0.35, 1), (0.8, 0.4), strict=True)
    ]
    return _svg({"height": {"step": 24}, "encoding": encoding, "layer": layers}, values)


def spreads(rows: Iterable[tuple[str, float, float, float, float, float]], *, axis: str) -> markupsafe.Markup:
    """For each lesson where marks lie: nine of ten people's from the line's beginning, half of them in the
    bar, the middle at the stroke; shares from 0 to 1.
    """
    names = ("lesson", "low", "quarter", "middle", "three", "high")
    values = [dict(zip(names, row, strict=True)) for row in _distinct(rows)]
    share: dict[str, Any] = {"type": "quantitative", "scale": {"domain": [0, 1]}, "title": axis}
    share["axis"] = {"format": "%", "tickCount": 5}
    layers = [
        {"mark": "rule", "encoding": {"x": {"field": "low", **share}, "x2": {"field": "high"}}},
        {
            "mark": {"type": "bar", "height": {"band": 0.6}},
            "encoding": {"x": {"field": "quarter", **share}, "x2": {"field": "three"}},
        },
        {
            "mark": {"type": "tick", "thickness": 3, "height": {"band": 0.9}},
            "encoding": {"x": {"field": "middle", **share}},
        },
    ]
    y = {"field": "lesson", "type": "nominal", "sort": None, "title": None}
    return _svg({"height": {"step": 24}, "encoding": {"y": y}, "layer": layers}, values)


def shares(rows: Iterable[tuple[str, float]], *, axis: str) -> markupsafe.Markup:
    """A share of each, from 0 to 1."""
    values = [{"name": name, "share": share} for name, share in _distinct(rows)]
    x: dict[str, Any] = {"field": "share", "type": "quantitative", "scale": {"domain": [0, 1]}, "title": axis}
    x["axis"] = {"format": "%", "tickCount": 5}
    y = {"field": "name", "type": "nominal", "sort": None, "title": None}
    mark = {"type": "bar", "height": {"band": 0.6}}
    return _svg({"height": {"step": 24}, "mark": mark, "encoding": {"x": x, "y": y}}, values)


def columns(names: Sequence[str], numbers: Sequence[int], *, axis: str, below: str) -> markupsafe.Markup:
    """How many there are of each, from left to right."""
    pairs = _distinct(zip(names, numbers, strict=True))
    x = {"field": "what", "type": "nominal", "sort": None, "title": below, "axis": {"labelAngle": 0}}
    spec = {"height": 160, "mark": "bar", "encoding": {"x": x, "y": _numbers("n", axis)}}
    return _svg(spec, [{"what": name, "n": number} for name, number in pairs])


def heat(
    lines: Sequence[tuple[str, Sequence[float]]], places: Sequence[str], *, below: str
) -> markupsafe.Markup:
    """What is hot in each line, at each of these places; each line has a measure of its own, the darkest is
    its most.
    """
    values = [
        {"line": line, "at": at, "heat": much / (max(row) or 1)}
        for line, row in lines
        for at, much in zip(places, row, strict=True)
    ]
    axis = {"labelAngle": 0, "labelOverlap": True}
    shade = {"type": "quantitative", "scale": {"domain": [0, 1], "range": [0.06, 1]}, "legend": None}
    encoding = {
        "x": {"field": "at", "type": "ordinal", "sort": None, "title": below, "axis": axis},
        "y": {"field": "line", "type": "nominal", "sort": None, "title": None},
        "opacity": {"field": "heat", **shade},
    }
    return _svg({"height": {"step": 34}, "mark": "rect", "encoding": encoding}, values)


def _numbers(field: str, title: str) -> dict[str, Any]:
    """An axis of whole numbers."""
    axis = {"tickMinStep": 1, "format": "d", "tickCount": 5}
    return {"field": field, "type": "quantitative", "title": title, "stack": None, "axis": axis}


def _distinct(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The same rows; a name that stands before gets a blank that nobody sees, or both would be one bar."""
    found: dict[str, tuple[Any, ...]] = {}
    for name, *rest in rows:
        while name in found:
            name += "\u200b"
        found[name] = (name, *rest)
    return list(found.values())


def _svg(spec: dict[str, Any], values: list[dict[str, Any]]) -> markupsafe.Markup:
    """The picture, and a narrow one: made smaller, the wide one could not be read. The style sheet shows one
    of them.
    """
    whole = {"background": None, **spec, "data": {"values": values}}
    wide = {"width": _WIDTH, "padding": _PADDING, "config": _CONFIG}
    axis = {**_CONFIG["axis"], "labelLimit": 104, "labelFontSize": 11, "titleFontSize": 11}
    narrow = {
        "width": _NARROW,
        "padding": 2,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": {**_CONFIG, "axis": axis},
    }
    both = (_drawn(json.dumps({**whole, **each})) for each in (wide, narrow))
    return markupsafe.Markup('<div class="wide">{}</div><div class="narrow">{}</div>').format(*both)


@functools.lru_cache(maxsize=256)
def _drawn(spec: str) -> markupsafe.Markup:
    """The same, made once. Vega escapes what is text; the first picture of a process takes seconds."""
    made = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return markupsafe.Markup(_ROLES.sub("", made))
