"""Arrays and tables for `codec`: numpy and pandas, where they are there.

In: arrays, series, frames, indexes, times. Out: their parts as data; numbers travel as bytes. Types are
known by their full name, so that nothing is imported to write, and on reading only what the sender's own
value needs. Refuses lengths, kinds and names that do not fit together.
"""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable
from typing import Any

from courseware.sandbox import codec_plain as plain

_DTYPE = re.compile(r"[<>|=]?[biufcSUmM]\d{1,6}(\[\d{0,6}(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?")
_EXTENSION = re.compile(r"(U?Int(8|16|32|64)|Float(32|64)|boolean|string|str|object)")
_UNITS = ("s", "ms", "us", "ns")


def _library(name: str) -> Any:
    """numpy or pandas; missing in the course's Python is told as what it is."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise plain.BadFrame(f"The value needs {name}, which is not installed.") from None


def _write_array(encoder: plain.Encoder, value: Any, depth: int) -> plain.Tree:
    shape = list(value.shape)
    if value.dtype.kind == "O":
        return ["no", shape, encoder.each(value.ravel().tolist(), depth)]
    if value.dtype.kind not in "biufcSUmM" or not _DTYPE.fullmatch(value.dtype.str):
        return NotImplemented
    return ["n", value.dtype.str, shape, encoder.blob(value.tobytes())]


def _shape(told: plain.Tree) -> tuple[int, ...]:
    if type(told) is not list or len(told) > 32 or any(type(n) is not int or n < 0 for n in told):
        raise plain.BadFrame("The shape of an array was expected.")
    return tuple(told)


def _filled(dtype: Any, shape: tuple[int, ...], data: bytes) -> Any:
    """An array with these bytes in it; only values that the type really has."""
    numpy = _library("numpy")
    cells = math.prod(shape)
    if cells * dtype.itemsize != len(data) or cells > plain.MAX_BYTES:
        raise plain.BadFrame("The array's size is not that of its data.")
    if dtype.kind == "b":
        return (numpy.frombuffer(data, numpy.uint8) != 0).reshape(shape)
    if not dtype.itemsize:
        return numpy.zeros(shape, dtype)
    if dtype.kind == "U":
        letters = numpy.frombuffer(data, numpy.dtype(numpy.uint32).newbyteorder(dtype.byteorder))
        if letters.size and letters.max() > 0x10FFFF:
            raise plain.BadFrame("The array holds signs that do not exist.")
    return numpy.frombuffer(data, dtype).reshape(shape).copy()


def _dtype(told: plain.Tree) -> Any:
    name = plain.text(told, most=40)
    if not _DTYPE.fullmatch(name):
        raise plain.BadFrame("The type of an array was expected.")
    return _library("numpy").dtype(name)


def _read_array(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    return _filled(_dtype(tree[1]), _shape(tree[2]), decoder.blob(tree[3]))


def _read_objects(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    shape, items = _shape(tree[1]), decoder.each(tree[2], depth)
    if math.prod(shape) != len(items):
        raise plain.BadFrame("The array's size is not that of its data.")
    flat = _library("numpy").empty(len(items), dtype=object)
    for place, item in enumerate(items):
        flat[place] = item
    return flat.reshape(shape)


def _write_scalar(encoder: plain.Encoder, value: Any, depth: int) -> plain.Tree:
    if value.dtype.kind not in "biufcSUmM" or not _DTYPE.fullmatch(value.dtype.str):
        return NotImplemented
    single = _library("numpy").asarray(value)
    return ["ns", single.dtype.str, encoder.blob(single.tobytes())]


def _read_scalar(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    return _filled(_dtype(tree[1]), (), decoder.blob(tree[2]))[()]


def _write_values(encoder: plain.Encoder, values: Any, depth: int) -> plain.Tree:
    """The values of a series or an index, by their kind."""
    kind = type(values.dtype).__name__
    if kind == "CategoricalDtype":
        values = getattr(values, "array", values)
        codes = encoder.tree(values.codes, depth)
        return ["pcat", encoder.tree(values.categories, depth), codes, bool(values.ordered)]
    if kind == "DatetimeTZDtype":
        naive = values.to_numpy(dtype=f"M8[{values.dtype.unit}]")
        return ["pzone", encoder.tree(naive, depth), str(values.dtype.tz), values.dtype.unit]
    if type(values.dtype).__module__.startswith("numpy"):
        return encoder.tree(values.to_numpy(), depth)
    name = str(values.dtype)
    if not _EXTENSION.fullmatch(name):
        raise plain.TooMuch(f"A table with values of type {name!r} is no plain data.")
    return ["pext", name, encoder.each(values.tolist(), depth)]


def _read_categories(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    pandas = _library("pandas")
    kinds, codes = decoder.read(tree[1], depth), decoder.read(tree[2], depth)
    return pandas.Categorical.from_codes(codes, categories=kinds, ordered=tree[3] is True)


def _read_zoned(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    pandas, naive = _library("pandas"), decoder.read(tree[1], depth)
    zone, unit = plain.text(tree[2], most=64), tree[3]
    if naive.dtype.kind != "M" or unit not in _UNITS or not re.fullmatch(r"[\w/:+-]+", zone):
        raise plain.BadFrame("Times with a zone were expected.")
    return pandas.DatetimeIndex(naive).tz_localize("UTC").tz_convert(zone).as_unit(unit)


def _read_extension(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    name = plain.text(tree[1], most=20)
    if not _EXTENSION.fullmatch(name):
        raise plain.BadFrame("The type of a column was expected.")
    return _library("pandas").array(decoder.each(tree[2], depth), dtype=name)


def _write_index(encoder: plain.Encoder, value: Any, depth: int) -> plain.Tree:
    return ["pi", _write_values(encoder, value, depth), encoder.tree(value.name, depth)]


def _read_index(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    pandas, values = _library("pandas"), decoder.read(tree[1], depth)
    kept = {"dtype": values.dtype} if hasattr(values, "dtype") else {}
    return pandas.Index(values, name=decoder.read(tree[2], depth), **kept)


def _write_times(encoder: plain.Encoder, value: Any, depth: int) -> plain.Tree:
    values = _write_values(encoder, value, depth)
    return ["pit", values, encoder.tree(value.name, depth), value.freqstr]


def _read_times(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    index = _read_index(decoder, tree, depth)
    if tree[3] is not None:
        if not re.fullmatch(r"[\w-]{1,16}", plain.text(tree[3])):
            raise plain.BadFrame("A frequency was expected.")
        index.freq = tree[3]
    return index


def _write_range(encoder: plain.Encoder, value: Any, depth: int) -> plain.Tree:
    return ["pir", value.start, value.stop, value.step, encoder.tree(value.name, depth)]


def _read_range(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    start, stop, step = (plain.whole(part) for part in tree[1:4])
    return _library("pandas").RangeIndex(start, stop, step, name=decoder.read(tree[4], depth))


def _write_levels(encoder: plain.Encoder, value: Any, depth: int) -> plain.Tree:
    levels = [encoder.tree(value.get_level_values(n), depth) for n in range(value.nlevels)]
    return ["pim", levels, encoder.each(value.names, depth)]


def _read_levels(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    levels, names = decoder.each(tree[1], depth), decoder.each(tree[2], depth)
    return _library("pandas").MultiIndex.from_arrays(levels, names=names)


def _write_series(encoder: plain.Encoder, value: Any, depth: int) -> plain.Tree:
    index, name = encoder.tree(value.index, depth), encoder.tree(value.name, depth)
    return ["ps", _write_values(encoder, value, depth), index, name]


def _column(decoder: plain.Decoder, tree: plain.Tree, depth: int, index: Any) -> Any:
    """One column; its values keep the type that they were sent with."""
    pandas, values = _library("pandas"), decoder.read(tree, depth)
    if not hasattr(values, "dtype") or len(values) != len(index):
        raise plain.BadFrame("A column has not the length of its index.")
    return pandas.Series(values, index=index, dtype=values.dtype)


def _read_series(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    series = _column(decoder, tree[1], depth, decoder.read(tree[2], depth))
    series.name = decoder.read(tree[3], depth)
    return series


def _write_frame(encoder: plain.Encoder, value: Any, depth: int) -> plain.Tree:
    places = range(value.shape[1])
    columns = [_write_values(encoder, value.iloc[:, place], depth) for place in places]
    return ["pd", columns, encoder.tree(value.columns, depth), encoder.tree(value.index, depth)]


def _read_frame(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    pandas = _library("pandas")
    columns, index = decoder.read(tree[2], depth), decoder.read(tree[3], depth)
    if type(tree[1]) is not list or len(tree[1]) != len(columns):
        raise plain.BadFrame("A table has not as many columns as names for them.")
    made = {place: _column(decoder, each, depth, index) for place, each in enumerate(tree[1])}
    frame = pandas.DataFrame(made, index=index)
    frame.columns = columns
    return frame


def _write_stamp(encoder: plain.Encoder, value: Any, depth: int) -> plain.Tree:
    zone = None if value.tz is None else str(value.tz)
    naive = value.tz_convert("UTC").tz_localize(None) if zone else value
    return ["pt", naive.asm8.view("i8").item(), value.unit, zone]


def _read_stamp(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    numpy, pandas = _library("numpy"), _library("pandas")
    if tree[2] not in _UNITS:
        raise plain.BadFrame("A unit of time was expected.")
    stamp = pandas.Timestamp(numpy.datetime64(plain.whole(tree[1]), tree[2]))
    if tree[3] is None:
        return stamp
    if not re.fullmatch(r"[\w/:+-]+", plain.text(tree[3], most=64)):
        raise plain.BadFrame("A time zone was expected.")
    return stamp.tz_localize("UTC").tz_convert(tree[3])


def _write_span(encoder: plain.Encoder, value: Any, depth: int) -> plain.Tree:
    return ["ptd", value.asm8.view("i8").item(), value.unit]


def _read_span(decoder: plain.Decoder, tree: plain.Tree, depth: int) -> Any:
    numpy, pandas = _library("numpy"), _library("pandas")
    if tree[2] not in _UNITS:
        raise plain.BadFrame("A unit of time was expected.")
    return pandas.Timedelta(numpy.timedelta64(plain.whole(tree[1]), tree[2]))


def _constant(tag: str, name: str) -> tuple[Callable[..., plain.Tree], Callable[..., Any]]:
    """One of the values of pandas of which there is only one."""
    return (lambda encoder, value, depth: [tag]), (
        lambda decoder, tree, depth: getattr(_library("pandas"), name)
    )


_SCALARS = (
    *(f"{sign}int{size}" for sign in ("", "u") for size in (8, 16, 32, 64)),
    *("float16", "float32", "float64", "longdouble", "complex64", "complex128", "clongdouble"),
    *("bool", "bool_", "str_", "bytes_", "datetime64", "timedelta64", "longlong", "ulonglong"),
)
_NA, _NAT = _constant("pNA", "NA"), _constant("pNaT", "NaT")

WRITERS: dict[str, Callable[..., plain.Tree]] = {
    "numpy.ndarray": _write_array,
    **{f"numpy.{name}": _write_scalar for name in _SCALARS},
}
for _place, _name, _write in (
    ("core.series", "Series", _write_series),
    ("core.frame", "DataFrame", _write_frame),
    ("core.indexes.base", "Index", _write_index),
    ("core.indexes.category", "CategoricalIndex", _write_index),
    ("core.indexes.datetimes", "DatetimeIndex", _write_times),
    ("core.indexes.timedeltas", "TimedeltaIndex", _write_times),
    ("core.indexes.range", "RangeIndex", _write_range),
    ("core.indexes.multi", "MultiIndex", _write_levels),
    ("core.arrays.categorical", "Categorical", _write_values),
    ("_libs.tslibs.timestamps", "Timestamp", _write_stamp),
    ("_libs.tslibs.timedeltas", "Timedelta", _write_span),
    ("_libs.tslibs.nattype", "NaTType", _NAT[0]),
    ("_libs.missing", "NAType", _NA[0]),
):
    # A public name was given as the module of these types in pandas 3.
    WRITERS[f"pandas.{_place}.{_name}"] = WRITERS[f"pandas.{_name}"] = _write
    WRITERS[f"pandas.api.typing.{_name}"] = _write

READERS: dict[str, Callable[..., Any]] = {
    "n": _read_array,
    "no": _read_objects,
    "ns": _read_scalar,
    "pcat": _read_categories,
    "pzone": _read_zoned,
    "pext": _read_extension,
    "pi": _read_index,
    "pit": _read_times,
    "pir": _read_range,
    "pim": _read_levels,
    "ps": _read_series,
    "pd": _read_frame,
    "pt": _read_stamp,
    "ptd": _read_span,
    "pNA": _NA[1],
    "pNaT": _NAT[1],
}
