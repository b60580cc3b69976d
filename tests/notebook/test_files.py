"""Bytes that claim to be a notebook."""

import codecs
import contextlib
import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseware import errors
from courseware.notebook import files
from tests.notebook import build

_PLAIN = files.write(build.book(build.cell('x = "{[\\""'), build.cell("# A", "markdown")))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n",
        b"\xff\xfe{}",
        b"[]",
        b"null",
        b"{}",
        b'{"nbformat": 5, "cells": []}',
        b'{"nbformat": 4}',
        b'{"nbformat": 4, "cells": [1]}',
        b'{"nbformat": 4, "cells": [], "cells": []}',
        b'{"nbformat": 4, "cells": [{"cell_type": "sql"}]}',
        b'{"nbformat": 3, "worksheets": 7}',
        b'{"nbformat": true}',
        b'{"a": ' + b"[" * 101 + b"]" * 101 + b"}",
        b'{"a": "' + b" " * files.MAX_BYTES + b'"}',
    ],
)
def test_what_is_no_notebook_gets_one_sentence(data: bytes) -> None:
    with pytest.raises(errors.UserError) as refused:
        files.read(data, name="a.ipynb")
    assert "\n" not in refused.value.message
    assert re.search(r"\. (Hand in|Save|Clear) [^.]+\.$", refused.value.message), "it says what to do"


def test_a_mark_before_the_text_is_passed_over() -> None:
    assert files.read(codecs.BOM_UTF8 + _PLAIN, name="a.ipynb") == files.read(_PLAIN, name="a.ipynb")


@pytest.mark.parametrize("end", range(1, len(_PLAIN) - 2, 7))
def test_a_cut_off_notebook_is_refused(end: int) -> None:
    with pytest.raises(errors.UserError):
        files.read(_PLAIN[:end], name="a.ipynb")


@given(st.binary(max_size=200) | st.text(alphabet='{}[]"\\:,a1', max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(errors.UserError):
        files.read(data, name="a.ipynb")


_NESTED = st.recursive(st.text() | st.none(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=9)


@given(_NESTED)
def test_the_scanner_lets_every_object_pass(value: object) -> None:
    files.scan(json.dumps({"a": value}).encode(), name="a")


_ESCAPES = b'{"' + b'\\"' * 2_000_000


@pytest.mark.parametrize(
    "data", [_ESCAPES, _ESCAPES + b"}", b"{" + b"[]" * 1_000_000], ids=["open", "brace", "lists"]
)
def test_scanning_is_linear(data: bytes) -> None:
    begun = time.process_time()
    with pytest.raises(errors.UserError):
        files.scan(data, name="a")
    assert time.process_time() - begun < 10


def test_cells_without_ids_get_the_same_ones_each_time() -> None:
    cell: dict[str, object] = {
        "cell_type": "code",
        "metadata": {},
        "source": ["a\n", "b"],
        "outputs": [],
        "execution_count": None,
    }
    old = json.dumps({"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": [cell, cell]}).encode()
    first, second = files.read(old, name="a"), files.read(old, name="a")
    assert first == second
    assert build.sources(first) == ["a\nb", "a\nb"]
    assert len({cell["id"] for cell in first["cells"]}) == 2


def test_writing_gives_the_same_bytes() -> None:
    assert files.write(files.read(_PLAIN, name="a")) == _PLAIN


def test_a_lone_surrogate_harms_nobody() -> None:
    odd = b'{"nbformat": 4, "cells": [{"cell_type": "raw", "source": "\\ud800"}]}'
    assert files.write(files.read(odd, name="a"))


def _seconds(count: int) -> float:
    """How long it takes to refuse an object of so many keys, the last of which comes twice: the least of a
    few times, by the clock of this thread, as others of the process may work too.
    """
    return min(_once(count) for _ in range(5 if count < 100_000 else 2))


def _once(count: int) -> float:
    keys = ",".join(f'"k{number}":1' for number in range(count))
    plain = '{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":{' + keys + ',"z":1,"z":2}}'
    data = plain.encode()
    began = time.thread_time()
    with pytest.raises(errors.UserError, match="'z' twice"):
        files.read(data, name="a.ipynb")
    return time.thread_time() - began


def test_an_object_of_many_keys_is_judged_in_one_pass() -> None:
    # One pass takes 10 and 200 times as long; counting each key would take 100 and 40 000 times as long. The
    # smaller ratio comes first, so that a failure does not take minutes.
    few = max(_seconds(1_000), 0.0005)
    assert _seconds(10_000) < 50 * few
    assert _seconds(200_000) < 2_000 * few
