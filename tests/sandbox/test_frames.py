"""Frames come out as they went in, in whatever pieces; what is no frame is refused, whatever it is."""

import struct
import tracemalloc
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from courseware.sandbox import frames

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
MESSAGES = st.dictionaries(st.text(), VALUES, max_size=5)
SENT = st.lists(st.tuples(MESSAGES, st.lists(st.binary(max_size=300), max_size=3)), max_size=4)


@hypothesis.given(SENT, st.integers(1, 500))
def test_what_goes_in_comes_out_whatever_the_pieces(
    sent: list[tuple[dict[str, Any], list[bytes]]], size: int
) -> None:
    stream = b"".join(frames.pack(message, buffers) for message, buffers in sent)
    reader = frames.Reader(1 << 20)
    found = []
    for at in range(0, len(stream), size):
        reader.feed(stream[at : at + size])
        while (frame := reader.next()) is not None:
            found.append(frame)
    assert found == sent


@hypothesis.given(st.binary(max_size=400))
def test_other_bytes_are_refused_or_waited_on(data: bytes) -> None:
    reader = frames.Reader(1 << 10)
    try:
        reader.feed(data)
        while (frame := reader.next()) is not None:
            assert type(frame[0]) is dict
    except (frames.BadFrame, frames.TooLarge):
        pass


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"[]",
        b"{}",
        b"[{}]",
        b"[[], []]",
        b"[{}, [1]]",
        b"[{}, [-1]]",
        b"[{}, [true]]",
        b'[{}, ["1"]]',
        b"[{}, [1e400]]",
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_head_that_is_no_message_is_refused(head: bytes) -> None:
    reader = frames.Reader(1 << 20)
    reader.feed(struct.pack("!II", len(head), 0) + head)
    with pytest.raises(frames.BadFrame):
        reader.next()


@pytest.mark.parametrize("part", [b"[],", b"{},", b'"ab",', b"[[[[]]]],"])
def test_a_head_of_too_many_parts_is_refused_before_it_is_read(part: bytes) -> None:
    """Each takes a few bytes here, and some sixty as an object: they would fill the service's memory."""
    head = b"[{'x':[" + part * frames.PARTS + b"0]},[]]"
    head = head.replace(b"'", b'"')
    assert len(head) < frames.HEAD
    reader = frames.Reader(1 << 30)
    reader.feed(struct.pack("!II", len(head), 0) + head)
    tracemalloc.start()
    try:
        with pytest.raises(frames.TooLarge):
            reader.next()
        assert tracemalloc.get_traced_memory()[1] < 3 * len(head)
    finally:
        tracemalloc.stop()


def test_a_frame_that_is_too_large_is_refused_before_it_came() -> None:
    reader = frames.Reader(100)
    with pytest.raises(frames.TooLarge):
        reader.feed(struct.pack("!II", 90, 11))
    after = frames.Reader(100)
    after.feed(frames.pack({}, []) + struct.pack("!II", 101, 0))
    with pytest.raises(frames.TooLarge):
        after.next()
