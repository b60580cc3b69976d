"""The walk over a value for `codec`, and the types of the standard library.

In: a value. Out: a tree of JSON values and a list of binary buffers, and back. Only exact types are data;
whatever else is handed to `export`, which describes it as something that stays where it is. The decoder is
what faces a hostile sender: it builds plain data and nothing else, calls no name that it was sent, checks
every length before it reserves memory, and raises `BadFrame` for all that does not fit.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import math
import pathlib
import re
import uuid
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any

Tree = Any
Export = Callable[[Any], dict[str, Any]]
Import = Callable[[dict[str, Any]], Any]

MAX_DEPTH = 64
MAX_NODES = 1_000_000
MAX_BYTES = 64 << 20
MAX_BUFFERS = 4096
SHORT = 512
"""Bytes up to this many stand in the tree as text; longer ones travel as a buffer."""

MAX_PLAIN = 2**53
FACTORIES: dict[str, Any] = {kind.__name__: kind for kind in (int, float, str, list, tuple, dict, set, bool)}


class BadFrame(ValueError):
    """What arrived is no data that this codec writes; raised inside the jail, never let out of it."""


class TooMuch(ValueError):
    """A value is too large or too deep to travel."""


def refuse(value: Any) -> dict[str, Any]:
    """An `export` for where only data may pass."""
    raise TooMuch(f"A value of type {type(value).__name__!r} is no plain data.")


class Encoder:
    """Writes one message; `buffers` grows with what is too long for the tree."""

    def __init__(self, export: Export, more: Mapping[str, _Writer]) -> None:
        self.buffers: list[bytes] = []
        self._export = export
        self._more = more
        self._nodes = 0
        self._bytes = 0

    def tree(self, value: Any, depth: int = 0) -> Tree:
        """The tree of a value.

        Raises:
            TooMuch: it is too deep, too large, or refers to itself.
        """
        self._nodes += 1
        if depth > MAX_DEPTH:
            raise TooMuch(f"The value is nested more than {MAX_DEPTH} deep.")
        if self._nodes > MAX_NODES:
            raise TooMuch(f"The value has more than {MAX_NODES} parts.")
        kind = type(value)
        if value is None or kind is bool:
            return value
        write = _WRITERS.get(kind)
        if write is None:
            write = self._more.get(f"{kind.__module__}.{kind.__qualname__}")
        if write is not None:
            written = write(self, value, depth + 1)
            if written is not NotImplemented:
                return written
        return ["ref", self._export(value)]

    def each(self, values: Any, depth: int) -> list[Tree]:
        """The trees of several values."""
        return [self.tree(value, depth) for value in values]

    def blob(self, data: bytes) -> Tree:
        """Bytes as short text or as the number of a buffer."""
        self.count(len(data))
        if len(data) <= SHORT:
            return data.decode("latin-1")
        if len(self.buffers) >= MAX_BUFFERS:
            raise TooMuch(f"The value has more than {MAX_BUFFERS} long parts.")
        self.buffers.append(data)
        return len(self.buffers) - 1

    def count(self, size: int) -> None:
        """Add to what this message holds."""
        self._bytes += size
        if self._bytes > MAX_BYTES:
            raise TooMuch(f"The value is larger than {MAX_BYTES >> 20} MiB.")

    def text(self, value: str) -> Tree:
        """Text, also such as UTF-8 cannot hold."""
        self.count(len(value))
        try:
            value.encode()
        except UnicodeEncodeError:
            return ["u", self.blob(value.encode("utf-8", "surrogatepass"))]
        return value


class Decoder:
    """Reads one message. `bring` makes of a description what stands here for a thing that stayed there."""

    def __init__(self, buffers: list[bytes], bring: Import | None, more: Mapping[str, _Reader]) -> None:
        self._buffers = buffers
        self._bring = bring
        self._more = more
        self._nodes = 0

    def value(self, tree: Tree) -> Any:
        """The value of a tree.

        Raises:
            BadFrame: it is no tree that an encoder writes.
        """
        try:
            return self.read(tree, 0)
        except BadFrame:
            raise
        except Exception as error:
            # Builders of dates, arrays and tables refuse bad parts with many types; all mean the same here.
            raise BadFrame(f"The value cannot be read: {type(error).__name__}: {str(error)[:200]}") from None

    def read(self, tree: Tree, depth: int) -> Any:
        """One node of the tree; used by the readers of other types."""
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise BadFrame("The value is too deep or has too many parts.")
        if tree is None or type(tree) in (bool, int, str):
            return tree
        if type(tree) is float:
            return tree
        if type(tree) is not list or not tree or type(tree[0]) is not str:
            raise BadFrame("The value has a part of no known form.")
        if tree[0] == "ref":
            return self._reference(tree)
        reader = _READERS.get(tree[0]) or self._more.get(tree[0])
        if reader is None:
            raise BadFrame(f"The value has a part of the unknown kind {tree[0][:20]!r}.")
        return reader(self, tree, depth + 1)

    def _reference(self, tree: Tree) -> Any:
        if self._bring is None or len(tree) != 2 or type(tree[1]) is not dict:
            raise BadFrame("The value refers to a thing where only data may stand.")
        return self._bring(tree[1])

    def each(self, trees: Tree, depth: int) -> list[Any]:
        """The values of a list of trees."""
        if type(trees) is not list:
            raise BadFrame("A list was expected.")
        return [self.read(tree, depth) for tree in trees]

    def blob(self, told: Tree) -> bytes:
        """The bytes behind a short text or a number of a buffer."""
        if type(told) is str:
            return told.encode("latin-1")
        if type(told) is int and 0 <= told < len(self._buffers):
            return bytes(self._buffers[told])
        raise BadFrame("The value refers to a buffer that is not there.")


def text(told: Tree, *, most: int = 1 << 20) -> str:
    """A string out of a tree."""
    if type(told) is not str or len(told) > most:
        raise BadFrame("A text was expected.")
    return told


def whole(told: Tree) -> int:
    """A whole number out of a tree."""
    if type(told) is not int:
        raise BadFrame("A whole number was expected.")
    return told


def _write_int(encoder: Encoder, value: int, depth: int) -> Tree:
    if -MAX_PLAIN < value < MAX_PLAIN:
        return value
    encoder.count(value.bit_length() // 4)
    return ["i", hex(value)]


def _read_int(decoder: Decoder, tree: Tree, depth: int) -> int:
    told = text(tree[1], most=MAX_BYTES)
    if not re.fullmatch(r"-?0x[0-9a-f]+", told):
        raise BadFrame("A whole number was expected.")
    return int(told, 16)


def _write_float(encoder: Encoder, value: float, depth: int) -> Tree:
    return value if math.isfinite(value) else ["f", repr(value)]


def _read_float(decoder: Decoder, tree: Tree, depth: int) -> float:
    return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[text(tree[1])]


def _write_dict(encoder: Encoder, value: Any, depth: int) -> list[list[Tree]]:
    return [[encoder.tree(key, depth), encoder.tree(item, depth)] for key, item in value.items()]


def _read_pairs(decoder: Decoder, trees: Tree, depth: int) -> list[tuple[Any, Any]]:
    if type(trees) is not list or any(type(pair) is not list or len(pair) != 2 for pair in trees):
        raise BadFrame("Pairs were expected.")
    return [(decoder.read(key, depth), decoder.read(item, depth)) for key, item in trees]


def _write_default(encoder: Encoder, value: Any, depth: int) -> Tree:
    factory = value.default_factory
    if factory is not None and factory not in FACTORIES.values():
        return NotImplemented
    return ["defaultdict", factory and factory.__name__, _write_dict(encoder, value, depth)]


def _read_default(decoder: Decoder, tree: Tree, depth: int) -> Any:
    factory = None if tree[1] is None else FACTORIES[text(tree[1])]
    return collections.defaultdict(factory, _read_pairs(decoder, tree[2], depth))


def _write_zone(zone: Any) -> Tree:
    """A time zone by name or by offset; None where there is none."""
    if zone is None:
        return None
    if type(zone) is zoneinfo.ZoneInfo and zone.key:
        return zone.key
    if type(zone) is datetime.timezone:
        return zone.utcoffset(None) // datetime.timedelta(microseconds=1)
    raise TooMuch(f"A time zone of type {type(zone).__name__!r} is no plain data.")


def zone_of(told: Tree) -> datetime.tzinfo | None:
    """The time zone that was written by name or by offset."""
    if told is None:
        return None
    if type(told) is int:
        return datetime.timezone(datetime.timedelta(microseconds=told))
    if not re.fullmatch(r"[A-Za-z0-9+-]+(?:[/_][A-Za-z0-9+_-]+){0,3}", text(told, most=64)):
        raise BadFrame("A time zone was expected.")
    return zoneinfo.ZoneInfo(told)


def _write_datetime(encoder: Encoder, value: datetime.datetime, depth: int) -> Tree:
    naive = value.replace(tzinfo=None, fold=0).isoformat()
    return ["datetime", naive, _write_zone(value.tzinfo), value.fold]


def _read_datetime(decoder: Decoder, tree: Tree, depth: int) -> datetime.datetime:
    naive = datetime.datetime.fromisoformat(text(tree[1], most=40))
    return naive.replace(tzinfo=zone_of(tree[2]), fold=whole(tree[3]))


def _write_time(encoder: Encoder, value: datetime.time, depth: int) -> Tree:
    naive = value.replace(tzinfo=None, fold=0).isoformat()
    return ["time", naive, _write_zone(value.tzinfo), value.fold]


def _read_time(decoder: Decoder, tree: Tree, depth: int) -> datetime.time:
    naive = datetime.time.fromisoformat(text(tree[1], most=40))
    return naive.replace(tzinfo=zone_of(tree[2]), fold=whole(tree[3]))


def _plain(tag: str, write: Callable[[Any], Any], read: Callable[[Any], Any]) -> _Pair:
    """A type that is made of parts which are data themselves."""

    def writer(encoder: Encoder, value: Any, depth: int) -> Tree:
        return [tag, *encoder.each(write(value), depth)]

    def reader(decoder: Decoder, tree: Tree, depth: int) -> Any:
        return read(decoder.each(tree[1:], depth))

    return writer, reader


def _sequence(tag: str, read: Callable[[list[Any]], Any]) -> _Pair:
    """A type that is made of a row of values."""

    def writer(encoder: Encoder, value: Any, depth: int) -> Tree:
        return [tag, encoder.each(value, depth)]

    def reader(decoder: Decoder, tree: Tree, depth: int) -> Any:
        return read(decoder.each(tree[1], depth))

    return writer, reader


def _mapping(tag: str, read: Callable[[Any], Any]) -> _Pair:
    """A type that is made of pairs."""

    def writer(encoder: Encoder, value: Any, depth: int) -> Tree:
        return [tag, _write_dict(encoder, value, depth)]

    def reader(decoder: Decoder, tree: Tree, depth: int) -> Any:
        return read(_read_pairs(decoder, tree[1], depth))

    return writer, reader


def _bytes(tag: str, read: Callable[[bytes], Any]) -> _Pair:
    """A type that is made of bytes."""

    def writer(encoder: Encoder, value: Any, depth: int) -> Tree:
        return [tag, encoder.blob(bytes(value))]

    def reader(decoder: Decoder, tree: Tree, depth: int) -> Any:
        return read(decoder.blob(tree[1]))

    return writer, reader


def _counted(pairs: list[tuple[Any, Any]]) -> collections.Counter[Any]:
    """A counter with these counts; built without adding, which other types could answer."""
    return collections.Counter(dict(pairs))


def _decimal(parts: list[Any]) -> decimal.Decimal:
    return decimal.Decimal(text(parts[0], most=100_000))


def _seconds(parts: list[Any]) -> datetime.timedelta:
    return datetime.timedelta(days=whole(parts[0]), seconds=whole(parts[1]), microseconds=whole(parts[2]))


_Writer = Callable[[Encoder, Any, int], Tree]
_Reader = Callable[[Decoder, Tree, int], Any]
_Pair = tuple[_Writer, _Reader]

_PAIRS: dict[type, tuple[str, _Pair]] = {
    int: ("i", (_write_int, _read_int)),
    float: ("f", (_write_float, _read_float)),
    complex: ("c", _plain("c", lambda v: (v.real, v.imag), lambda p: complex(float(p[0]), float(p[1])))),
    bytes: ("b", _bytes("b", bytes)),
    bytearray: ("ba", _bytes("ba", bytearray)),
    list: ("l", _sequence("l", list)),
    tuple: ("t", _sequence("t", tuple)),
    set: ("s", _sequence("s", set)),
    frozenset: ("fs", _sequence("fs", frozenset)),
    dict: ("d", _mapping("d", dict)),
    collections.OrderedDict: ("od", _mapping("od", collections.OrderedDict)),
    collections.Counter: ("counter", _mapping("counter", _counted)),
    collections.defaultdict: ("defaultdict", (_write_default, _read_default)),
    collections.deque: (
        "deque",
        _plain("deque", lambda v: (v.maxlen, list(v)), lambda p: collections.deque(p[1], p[0])),
    ),
    range: ("range", _plain("range", lambda v: (v.start, v.stop, v.step), lambda p: range(*p))),
    slice: ("slice", _plain("slice", lambda v: (v.start, v.stop, v.step), lambda p: slice(*p))),
    type(...): ("...", _plain("...", lambda v: (), lambda p: ...)),
    type(NotImplemented): (
        "NotImplemented",
        _plain("NotImplemented", lambda v: (), lambda p: NotImplemented),
    ),
    decimal.Decimal: ("decimal", _plain("decimal", lambda v: (str(v),), _decimal)),
    fractions.Fraction: (
        "fraction",
        _plain(
            "fraction",
            lambda v: (v.numerator, v.denominator),
            lambda p: fractions.Fraction(whole(p[0]), whole(p[1])),
        ),
    ),
    datetime.date: (
        "date",
        _plain("date", lambda v: (v.year, v.month, v.day), lambda p: datetime.date(*p)),
    ),
    datetime.datetime: ("datetime", (_write_datetime, _read_datetime)),
    datetime.time: ("time", (_write_time, _read_time)),
    datetime.timedelta: (
        "timedelta",
        _plain("timedelta", lambda v: (v.days, v.seconds, v.microseconds), _seconds),
    ),
    uuid.UUID: ("uuid", _plain("uuid", lambda v: (v.hex,), lambda p: uuid.UUID(hex=text(p[0], most=32)))),
    pathlib.PosixPath: (
        "path",
        _plain("path", lambda v: (str(v),), lambda p: pathlib.PosixPath(text(p[0]))),
    ),
}

_WRITERS: dict[type, _Writer] = {kind: pair[0] for kind, (_, pair) in _PAIRS.items()}
_WRITERS[str] = lambda encoder, value, depth: encoder.text(value)
_READERS: dict[str, _Reader] = {tag: pair[1] for tag, pair in _PAIRS.values()}
_READERS["u"] = lambda decoder, tree, depth: decoder.blob(tree[1]).decode("utf-8", "surrogatepass")
