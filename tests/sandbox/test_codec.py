"""The codec: what it carries comes out as it went in, and what it never wrote is refused."""

import collections
import datetime
import decimal
import fractions
import json
import math
import pathlib
import random
import uuid
import zoneinfo
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courseware.sandbox import codec, codec_plain


def sent(value: Any) -> Any:
    """What arrives, after the tree went through JSON."""
    encoder = codec.encoder()
    tree = json.loads(json.dumps(encoder.tree(value), allow_nan=False))
    return codec.decoder(encoder.buffers).value(tree)


def same(left: Any, right: Any) -> bool:
    """Equal in type and in value, through containers; nan is nan, and the sign of zero counts."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return bool(left.hex() == right.hex())
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    if isinstance(left, dict):
        parts = zip(left.items(), right.items(), strict=True)
        return len(left) == len(right) and all(same(a, b) for a, b in parts)
    if isinstance(left, list | tuple | collections.deque):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    return bool(left == right)


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.integers(min_value=-(10**400), max_value=10**400)
    | st.floats() | st.complex_numbers() | st.binary(max_size=2000)
    | st.text(st.characters(exclude_categories=()), max_size=30)
    | st.decimals().filter(lambda d: not d.is_nan()) | st.fractions()
    | st.dates() | st.timedeltas() | st.uuids()
    | st.datetimes(timezones=st.none() | st.just(datetime.UTC) | st.just(zoneinfo.ZoneInfo("Europe/Berlin")))
    | st.times() | st.just(...) | st.builds(range, st.integers(), st.integers(), st.integers(min_value=1))
)  # fmt: skip
KEYS = st.text(max_size=5) | st.integers() | st.booleans() | st.tuples(st.integers(), st.text(max_size=3))
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.tuples(inner, inner)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.lists(inner, max_size=4).map(collections.deque)
        | st.dictionaries(KEYS, inner, max_size=3).map(collections.OrderedDict)
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES)
def test_plain_values_arrive_as_they_were(value: Any) -> None:
    assert same(sent(value), value)


@settings(max_examples=100, deadline=None)
@given(st.sets(st.integers() | st.text(max_size=4)), st.dictionaries(st.text(max_size=3), st.integers()))
def test_sets_and_counters_arrive_as_they_were(members: set[Any], counts: dict[str, int]) -> None:
    assert same(sent(members), members)
    assert same(sent(frozenset(members)), frozenset(members))
    counter = collections.Counter(counts)
    assert type(sent(counter)) is collections.Counter
    assert dict(sent(counter)) == dict(counter)
    groups = collections.defaultdict(list, {"a": [1]})
    assert same(sent(groups), groups)
    assert sent(groups)["new"] == []


def test_odd_ones_arrive_as_they_were() -> None:
    for value in (
        b"", bytearray(b"x" * 5000), "\ud800", slice(1, None, 2), -0.0, 10**5000, NotImplemented,
        datetime.datetime(2026, 10, 25, 2, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"), fold=1),
        datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=-3, minutes=-30))),
        decimal.Decimal("1E+30"), fractions.Fraction(-1, 3), pathlib.Path("a/b"), uuid.UUID(int=5),
        collections.deque([1, 2], 7),
    ):  # fmt: skip
        assert same(sent(value), value), value
    assert sent(decimal.Decimal("NaN")).is_nan()
    assert sent(collections.deque([1], 7)).maxlen == 7


ARRAYS = [
    np.arange(12).reshape(3, 4),
    np.arange(12.0)[::2],
    np.array(3),
    np.zeros((0, 3)),
    np.array([True, False]),
    np.array(["a", "bcd", "ü"]),
    np.array([b"x", b"yz"]),
    np.array([""]),
    np.array([1 + 2j]),
    np.array([1.5], np.float16),
    np.array(["2026-01-01", "NaT"], "M8[D]"),
    np.array([1, 2], "m8[ms]"),
    np.arange(4, dtype=">i2"),
    np.array([1, "a", None, [2]], dtype=object),
    np.asfortranarray(np.eye(3)),
    np.array([[1, None]], object),
    np.array([1, 3], np.longdouble) / 3,
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype}{a.shape}")
def test_arrays_arrive_as_they_were(array: Any) -> None:
    arrived = sent(array)
    assert (arrived.dtype, arrived.shape) == (array.dtype, array.shape)
    assert arrived.flags.writeable
    np.testing.assert_array_equal(arrived, array)


def test_large_arrays_travel_as_bytes() -> None:
    array = np.random.default_rng(0).normal(size=1_000_000)
    encoder = codec.encoder()
    tree = encoder.tree(array)
    assert len(json.dumps(tree)) < 100
    assert [len(buffer) for buffer in encoder.buffers] == [8_000_000]
    np.testing.assert_array_equal(codec.decoder(encoder.buffers).value(tree), array)


def test_numpy_scalars_keep_their_type() -> None:
    for value in (
        np.float64(1.5), np.int8(-3), np.bool_(True), np.str_("ü"), np.str_(""), np.bytes_(b"a"),
        np.datetime64("2026-01-01"), np.timedelta64(3, "h"), np.complex64(1j), np.uint64(2**64 - 1),
    ):  # fmt: skip
        assert type(sent(value)) is type(value)
        assert sent(value) == value
        assert sent(value).dtype == value.dtype


FRAMES = [
    pd.DataFrame({"a": [1, 2], "b": [1.5, None], "c": ["x", None]}),
    pd.DataFrame(
        {"a": pd.Categorical(["u", "v", "u"], ordered=True), "t": pd.date_range("2026-01-01", periods=3)}
    ),
    pd.DataFrame({"n": pd.array([1, None], dtype="Int64"), "b": pd.array([True, None], dtype="boolean")}),
    pd.DataFrame([[1, 2], [3, 4]], columns=["same", "same"], index=pd.Index(["p", "q"], name="who")),
    pd.DataFrame({"g": [1, 1, 2], "v": [1, 2, 3]}).groupby("g").agg(["mean", "max"]),
    pd.DataFrame({"z": pd.date_range("2026-03-28", periods=4, tz="Europe/Berlin")}),
    pd.DataFrame({"o": [[1], {"a": 2}]}),
    pd.DataFrame(),
    pd.DataFrame(index=[1, 2]),
    pd.DataFrame({"d": pd.to_timedelta([1, 2], unit="s"), "s": pd.Series(["a", "b"], dtype="string")}),
]


@pytest.mark.parametrize("frame", FRAMES, ids=range(len(FRAMES)))
def test_frames_arrive_as_they_were(frame: Any) -> None:
    pd.testing.assert_frame_equal(sent(frame), frame, check_freq=False)


def test_series_and_indexes_arrive_as_they_were() -> None:
    for index in (
        pd.RangeIndex(2, 9, 3, name="r"), pd.Index([1.5, 2]), pd.Index(["a", None], name="n"),
        pd.date_range("2026-01-01", periods=3, freq="D"), pd.CategoricalIndex(["a", "b"]),
        pd.date_range("2026-01-01", periods=3, tz="Asia/Tokyo"), pd.to_timedelta([1, 2], unit="D"),
        pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["x", None]), pd.Index([], dtype=object),
    ):  # fmt: skip
        pd.testing.assert_index_equal(sent(index), index, exact=True)
        series = pd.Series(range(len(index)), index=index, name="s")
        pd.testing.assert_series_equal(sent(series), series)
    counted = pd.Series(["a", "b", "a"]).value_counts()
    pd.testing.assert_series_equal(sent(counted), counted)


def test_pandas_scalars_arrive_as_they_were() -> None:
    for value in (
        pd.Timestamp("2026-01-01 12:00:00.123456789"), pd.Timestamp("2026-07-01", tz="Europe/Paris"),
        pd.Timedelta("3 days 2 ns"), pd.Categorical(["a", "b", "a"]),
    ):  # fmt: skip
        arrived = sent(value)
        assert type(arrived) is type(value)
        assert np.all(arrived == value)
    assert sent(pd.NaT) is pd.NaT
    assert sent(pd.NA) is pd.NA


def test_what_is_no_data_is_not_sent() -> None:
    class Number(int):
        pass

    for value in (Number(1), len, object(), [lambda: 1], pytest, ValueError(), iter([])):
        with pytest.raises(codec_plain.TooMuch):
            sent(value)
    knot: list[Any] = []
    knot.append(knot)
    with pytest.raises(codec_plain.TooMuch):
        sent(knot)
    fan: list[Any] = [1]
    for _ in range(40):
        fan = [fan, fan]
    with pytest.raises(codec_plain.TooMuch):
        sent(fan)
    with pytest.raises(codec_plain.TooMuch):
        sent([b"x" * (40 << 20), b"x" * (40 << 20)])


BOMBS: list[Any] = [
    ["n", "<f8", [10**9], ""], ["n", "<U999999", [10**9, 0], "x"], ["n", "O", [1], "x" * 8],
    ["n", "V8", [1], "x" * 8], ["n", "<f8", [-1], "x" * 8], ["n", "<f8", [1] * 40, "x" * 8],
    ["n", "<U1", [1], "\xff\xff\xff\xff"], ["no", [10**9], []], ["no", [2], [1]], ["i", "9" * 10],
    ["i", "0x" + "_" * 4], ["f", "x"], ["c", 1, 1, 1, []], ["l", 5], ["d", [[1]]], ["d", [[["l", []], 1]]],
    ["s", [["l", []]]], ["nothing"], [], [[]], {}, {"ref": 1}, ["ref", {}], ["b", 7], ["b", -1],
    ["b", "€"], ["fraction", 1, 0], ["decimal", "1" * 200_000], ["date", 1, 1, 99],
    ["datetime", "2026-01-01", "../../etc/passwd", 0], ["datetime", "2026-01-01", "/etc/passwd", 0],
    ["defaultdict", "eval", []], ["uuid", "zz"], ["pext", "category", []], ["pext", "Int64", ["a"]],
    ["ps", ["n", "<f8", [1], "x" * 8], ["pir", 0, 9, 1, None], None],
    ["pd", [5], ["pir", 0, 1, 1, None], ["pir", 0, 1, 1, None]],
    ["pcat", ["pir", 0, 2, 1, None], ["n", "|i1", [1], "\x09"], False], ["pir", 0, 1, 0, None],
    ["pt", 1, "Y", None], ["pim", [], []], ["pzone", 5, "UTC", "ns"], ["range", 1, 2, 0],
    ["deque", -1, ["l", []]], ["ns", "<f8", ""],
]  # fmt: skip


@pytest.mark.parametrize("tree", BOMBS, ids=range(len(BOMBS)))
def test_what_no_encoder_writes_is_refused(tree: Any) -> None:
    with pytest.raises(codec_plain.BadFrame):
        codec.decoder([]).value(tree)


def test_depth_and_numbers_of_parts_are_bounded() -> None:
    deep: Any = 1
    for _ in range(1000):
        deep = ["l", [deep]]
    with pytest.raises(codec_plain.BadFrame):
        codec.decoder([]).value(deep)
    with pytest.raises(codec_plain.BadFrame):
        codec.decoder([]).value(["l", [0] * (codec_plain.MAX_NODES + 1)])


def test_a_truth_value_of_an_array_is_true_or_false() -> None:
    arrived = codec.decoder([]).value(["n", "|b1", [2], "\x02\x00"])
    assert arrived.view(np.uint8).tolist() == [1, 0]


PLAIN = {
    type(None),
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    bytearray,
    list,
    tuple,
    set,
    frozenset,
    dict,
    range,
    slice,
    type(...),
    type(NotImplemented),
    collections.OrderedDict,
    collections.Counter,
    collections.defaultdict,
    collections.deque,
    decimal.Decimal,
    fractions.Fraction,
    datetime.date,
    datetime.datetime,
    datetime.time,
    datetime.timedelta,
    uuid.UUID,
    pathlib.PosixPath,
}


def mutated(tree: Any, dice: random.Random) -> Any:
    """The tree with something in it that its writer did not put there."""
    if isinstance(tree, list) and tree and dice.random() < 0.8:
        place = dice.randrange(len(tree))
        return [*tree[:place], mutated(tree[place], dice), *tree[place + 1 :]]
    tags = ["l", "d", "n", "no", "ns", "ps", "pd", "pi", "pim", "pcat", "pext", "i", "f", "datetime", "range"]
    odd: list[Any] = [
        None,
        -1,
        0,
        2**70,
        math.inf,
        "",
        "x",
        "<f8",
        "|O",
        [],
        {},
        [[]],
        [dice.choice(tags), tree],
        dice.choice(tags),
    ]
    return dice.choice(odd)


def test_mutated_frames_give_plain_data_or_are_refused() -> None:
    dice = random.Random(20261123)
    seeds: list[Any] = [
        *ARRAYS,
        *FRAMES,
        {"a": [1, (2.5, "x")], "b": {1, 2}},
        datetime.datetime(2026, 1, 1),
        10**40,
    ]
    written = []
    for value in seeds:
        encoder = codec.encoder()
        written.append((encoder.tree(value), encoder.buffers))
    refused = 0
    for _ in range(6000):
        tree, buffers = dice.choice(written)
        for _ in range(dice.randint(1, 3)):
            tree = mutated(tree, dice)
        cut = [
            buffer[: dice.randint(0, len(buffer))] if dice.random() < 0.2 else buffer for buffer in buffers
        ]
        try:
            value = codec.decoder(cut).value(tree)
        except codec_plain.BadFrame:
            refused += 1
            continue
        assert type(value) in PLAIN or type(value).__module__.split(".")[0] in {"numpy", "pandas"}, type(
            value
        )
    assert 1000 < refused < 6000
