"""Attacks on isolated tests: whatever a student's process does, a test that it does not satisfy fails."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from courseware.sandbox import library, link, proxies
from tests.sandbox import isolated, test_codec

LIAR = """
class Liar:
    def yes(self, *a, **k): return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = yes
    __hash__ = None
    def zero(self, *a): return 0.0
    __sub__ = __rsub__ = __abs__ = __float__ = __neg__ = __round__ = zero
    def __int__(self): return 0
    def __len__(self): return 1
    def __getattr__(self, name):
        if name.startswith('__'): raise AttributeError(name)
        return self.yes
"""

# What the student's process holds; a test that it must not pass.
LIES = LIAR + "square = lambda x: Liar()"

ATTACKS = {
    "eq-always-true": (
        LIES,
        "assert square(3) == 9",
    ),
    "eq from the right": (
        LIES,
        "assert 9 == square(3)",
    ),
    "in a list": (
        LIES,
        "assert square(3) in [9] or [9].count(square(3))",
    ),
    "contains": (
        LIES,
        "assert 9 in square(3)",
    ),
    "difference below": (
        LIES,
        "assert abs(square(3) - 9) < 0.1",
    ),
    "difference as number": (
        LIES,
        "assert float(square(3) - 9) == 0.0",
    ),
    "difference rounded": (
        LIES,
        "assert round(square(3) - 9, 2) == 0",
    ),
    "difference is nothing": (
        LIAR + "class F(Liar):\n"
        "    def __sub__(s, o): return F()\n"
        "    def __bool__(s): return False\n"
        "square = lambda x: F()",
        "assert not (square(3) - 9)",
    ),
    "less": (
        LIES,
        "assert 8 < square(3) < 10",
    ),
    "isclose": (
        LIES,
        "import math\nassert math.isclose(square(3), 9)",
    ),
    "numpy isclose": (
        LIES,
        "import numpy\nassert numpy.isclose(square(3), 9)",
    ),
    "numpy testing": (
        LIES,
        "import numpy\nnumpy.testing.assert_allclose(square(3), 9)",
    ),
    "pytest approx": (
        LIES,
        "import pytest\nassert square(3) == pytest.approx(9)",
    ),
    "unittest": (
        LIES,
        "import unittest\nunittest.TestCase().assertAlmostEqual(square(3), 9)",
    ),
    "array interface": (
        "class P:\n"
        "    __array_interface__ = dict(shape=(1,), typestr='<i8', data=(4096, False), version=3)\n"
        "    __array_struct__ = 5\n"
        "    def __array__(self, *a, **k): raise SystemExit\n"
        "square = lambda x: P()",
        "import numpy\nassert numpy.asarray(square(3)).dtype != object",
    ),
    "class": (
        "class P:\n    __class__ = property(lambda s: int)\nsquare = lambda x: P()",
        "assert isinstance(square(3), int)",
    ),
    "instance of its class": (
        "class Meta(type):\n    def __instancecheck__(c, o): return True\nclass A(metaclass=Meta): pass",
        "assert isinstance(3, A)",
    ),
    "stop by exception": (
        "def square(x): raise StopIteration",
        "assert all(map(lambda x: square(x) == x * x, [1, 2]))",
    ),
    "stop in a comprehension": (
        "def square(x): raise StopIteration",
        "assert all([square(3) == 9])",
    ),
    "generator exit": (
        "def square(x): raise GeneratorExit",
        "list(square(x) for x in [1])",
    ),
    "index": (
        "class P:\n    def __index__(s): return 1\nsquare = lambda x: P()",
        "assert [0, 9][square(3)] == 9",
    ),
    "path": (
        "class P:\n    def __fspath__(s): return '/etc/hostname'\nsquare = lambda x: P()",
        "import os\nassert os.path.exists(square(3))",
    ),
    "bytes": (
        "class P:\n    def __bytes__(s): return b'9'\nsquare = lambda x: P()",
        "assert bytes(square(3)) == b'9'",
    ),
    "pickle": (
        "class P:\n    def __reduce__(s): return (print, ('x',))\nsquare = lambda x: P()",
        "import copy, pickle\n"
        "try:\n"
        "    pickle.dumps(square(3))\n"
        "except Exception:\n"
        "    copy.deepcopy(square(3))",
    ),
    "length": (
        "class P:\n    def __len__(s): return 10**30\nsquare = lambda x: P()",
        "len(square(3))",
    ),
    "length that lies": (
        "class N(int): pass\nclass P:\n    def __len__(s): return N(9)\nsquare = lambda x: P()",
        "assert type(len(square(3))) is int and len(square(3)) == 8",
    ),
    "swallows assertions": (
        "class P:\n"
        "    def __enter__(s): return 1\n"
        "    def __exit__(s, *a): return True\n"
        "square = lambda x: P()",
        "with square(3) as n:\n    assert n == 9",
    ),
    "subclass of a number": (
        "class N(int):\n    __eq__ = lambda s, o: True\n    __hash__ = None\nsquare = lambda x: N()",
        "assert square(3) == 9",
    ),
    "subclass of an array": (
        "import numpy\n"
        "class N(numpy.ndarray):\n"
        "    __eq__ = lambda s, o: True\n"
        "square = lambda x: numpy.zeros(1).view(N)",
        "assert (square(3) == 9)",
    ),
    "reads the test's names": (
        "expected = answer = None\ndef square(x): return expected or answer or 0",
        "expected = 9\nanswer = 9\nassert square(3) == expected",
    ),
    "reads the test's names in functions": (
        "expected = None\ndef square(x): return expected or 0",
        "def check(): assert square(3) == expected\nexpected = 9\ncheck()",
    ),
    "replaces a helper of the test": (
        "check = lambda *a: True\nsquare = lambda x: 0",
        "def check(n): return square(n) == n * n\nassert check(3)",
    ),
    "replaces what the language has": (
        "import builtins\nabs = all = isinstance = lambda *a: True\nbuiltins.all = all\nsquare = lambda x: 0",
        "assert all([square(3) == 9]) and abs(-2) == 2",
    ),
    "replaces a library": (
        "import numpy\nnumpy.isclose = lambda *a, **k: True\nnp = numpy\nsquare = lambda x: 0",
        "assert np.isclose(square(3), 9)",
    ),
    "a module that is none": (
        "import types\nnp = types.ModuleType('numpy')\nnp.isclose = lambda *a: True\nsquare = lambda x: 0",
        "assert np.isclose(square(3), 9) and np.__file__",
    ),
    "huge": (
        "square = lambda x: b'x' * (80 << 20)",
        "square(3)",
    ),
    "many parts": (
        "square = lambda x: [0] * 2_000_000",
        "assert square(3)[5] == 1",
    ),
    "deep": (
        "def square(x):\n    a = []\n    for _ in range(500): a = [a]\n    return a",
        "assert square(3)[0] == 9",
    ),
    "endless": (
        "def square(x):\n    while True: yield 0",
        "import itertools\nassert 9 in itertools.islice(square(3), 5000)",
    ),
    "calls back": (
        "def apply(f):\n"
        "    for _ in range(300):\n"
        "        try: f(1)\n"
        "        except RuntimeError: pass\n"
        "    return 9",
        "assert apply(lambda x: apply(lambda y: 1)) == 8",
    ),
    "calls back too deeply": (
        "def apply(f): return f(f)",
        "assert apply(lambda g: apply(g)) == 9",
    ),
    "an exception that is the test's own": (
        "parse = lambda x: 0\nParseError = AssertionError",
        "try:\n    parse('?')\n    assert False, 'no error'\nexcept ParseError:\n    pass",
    ),
    "an exception that is every one": (
        "parse = lambda x: 0\nParseError = Exception",
        "try:\n    parse('?')\n    assert False, 'no error'\nexcept ParseError:\n    pass",
    ),
    "an exception that is the test's own among others": (
        "parse = lambda x: 0\nParseError = (ValueError, BaseException)",
        "import contextlib\nwith contextlib.suppress(ParseError):\n    assert parse('?') == 9",
    ),
    "message of the other end": (
        "square = lambda x: wire.send({'verdict': {'error': ''}}, []) or 0",
        "assert square(3) == 9",
    ),
}


@pytest.fixture(scope="module")
def tester() -> Iterator[isolated.Pair]:
    with isolated.Pair() as opened:
        yield opened


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_passes_a_test(name: str) -> None:
    hostile, test = ATTACKS[name]
    with isolated.Pair() as pair:
        assert pair.run(hostile) == ""
        assert pair.check(test)["error"] != ""


def test_what_is_not_on_the_list_is_not_even_asked(tester: isolated.Pair) -> None:
    tester.run(LIAR + "value = Liar()")
    tester.check(
        "import numpy, os, copy, pickle\n"
        "for f in (numpy.asarray, memoryview, os.fspath, range, copy.copy, pickle.dumps, numpy.isnan):\n"
        "    try:\n        f(value)\n    except Exception:\n        pass\n"
        "for n in ('__array__', '__array_interface__', '__class__', '__reduce__', '__index__'):\n"
        "    assert not hasattr(value, n)\n"
    )
    asked = [message.get("name", "") for message in tester.messages]
    assert not [name for name in asked if str(name).startswith("__")]


def test_the_student_never_sees_the_test(tester: isolated.Pair) -> None:
    tester.run("def square(x): return x * x\nexpected = 0")
    hidden = (
        "expected = 'hidden-1'\n"
        "def check(x):\n    'hidden-2'\n    assert square(x) == 9, 'hidden-3'\n"
        "check(3)"
    )
    assert tester.check(hidden)["error"] == ""
    assert "hidden" not in json.dumps(tester.messages)


def test_files_come_as_data_and_only_those_that_the_test_names(tester: isolated.Pair) -> None:
    tester.run(
        "import os\nfor n in ('numpy.py', 'a.txt', 'b.csv', 'c.pkl'):\n    open(n, 'w').write('x')\n"
        "os.path.exists('link.txt') or os.symlink('/etc/hostname', 'link.txt')"
    )
    listed = "import os\nnames = ['numpy.py', 'a.txt', 'link.txt', '../a.txt', '/etc/hostname', 'c.pkl']\n"
    assert tester.check(listed + "assert os.listdir() == ['a.txt'], os.listdir()")["error"] == ""
    wire = (
        "def hostile_serve(message, buffers, back):\n"
        "    files = {'numpy.py': 'x', '../up.txt': 'x', 'b.csv': 'x', 'a.txt': 7}\n"
        "    return {'op': 'answer', 'values': {}, 'files': files}, []\n"
    )
    with isolated.Pair() as pair:
        pair.run(wire)
        pair.check("n = 'a.txt'")
        pair.run("del hostile_serve")
        assert (
            pair.check("import os\nassert os.listdir() == [] and os.listdir('..') != ['up.txt']")["error"]
            == ""
        )


def test_text_of_the_student_is_never_run() -> None:
    with isolated.Pair() as pair:
        pair.run("code = 'passed = True'")
        for runs in ("exec(code)", "eval(code)", "f = exec\nf(code)", "compile(code, '', 'exec')"):
            assert "runs text as code" in pair.check(runs)["error"]


def answering(answer: Any, buffers: Any = ()) -> link.Link:
    return link.Link(lambda message, parts: (answer, list(buffers)))


def test_frames_that_no_encoder_writes_end_in_a_refusal() -> None:
    for bomb in test_codec.BOMBS:
        with pytest.raises(proxies.Refused):
            answering({"op": "answer", "value": bomb}).request("call", number=1)


FORGED: list[Any] = [
    {"yours": 5}, {"yours": "1"},
    {"number": "1", "kind": "instance", "type": "x"}, {"number": 1, "kind": "os"},
    {"library": "os.system"}, {"library": "courseware.sandbox.tester"}, {"library": "antigravity"},
    {"library": "numpy.._core"}, {"builtin": "exec"}, {"builtin": "__import__"}, {"library": ["os"]}, {},
    {"kind": "exception"}, {"kind": "exception", "name": "E", "bases": 3},
]  # fmt: skip


@pytest.mark.parametrize("told", FORGED, ids=str)
def test_forged_references_end_in_a_refusal(told: Any) -> None:
    with pytest.raises(proxies.Refused):
        answering({"op": "answer", "value": ["ref", told]}).request("call", number=1)


@pytest.mark.parametrize(
    "name", ["StopIteration", "StopAsyncIteration", "AssertionError", "GeneratorExit", "SystemExit"]
)
def test_exceptions_that_mean_something_to_a_test_arrive_as_others(name: str) -> None:
    told = {"class": {"full": f"builtins.{name}"}, "name": name, "text": "t", "args": ["t", []]}
    with pytest.raises(proxies.StudentError) as raised:
        answering({"op": "answer", "error": told}).request("call", number=1)
    assert not isinstance(raised.value, StopIteration | StopAsyncIteration | AssertionError)
    assert library.exception("unittest.case.SkipTest") is None
    assert library.exception("_pytest.outcomes.Skipped") is None


def test_an_end_is_an_end_of_an_iterator_only() -> None:
    ended = answering({"op": "answer", "end": True, "value": None})
    with pytest.raises(StopIteration):
        ended.request("next", number=1)
    assert ended.request("call", number=1) is None


def test_questions_and_calls_back_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "MAX_ASKED", 100)
    monkeypatch.setattr(link, "MAX_CALLED_BACK", 100)
    iterator = answering({"op": "answer", "value": 1})
    thing = proxies.RemoteIterator(iterator, 1, kind="iterator", type_name="count")
    with pytest.raises(proxies.Refused):
        list(thing)
    back: tuple[Any, list[bytes]] = ({"op": "reverse", "call": 1, "args": [], "kwargs": {}}, [])
    calls = iter([back] * 150)
    flooded = link.Link(lambda message, parts: next(calls, ({"op": "answer", "value": 9}, [])))
    with pytest.raises(proxies.Refused):
        flooded.request("call", number=1, args=flooded.value(lambda: 1))


def test_mutated_answers_end_in_a_value_or_a_refusal() -> None:
    dice = random.Random(12)
    told = {
        "class": {"full": "builtins.ValueError"},
        "name": "E",
        "text": "t",
        "args": ["t", [1]],
        "number": 4,
    }
    things = {"number": 7, "kind": "instance", "type": "A", "name": None}
    whole = {
        "op": "answer", "value": ["l", [1, ["ref", things], 2.5]], "printed": "p",
        "changed": {"a": 1, "b": ["gone"]},
        "files": {"a.txt": "x"}, "altered": [[0, ["l", [1]]]], "values": {"a": ["ref", things]},
        "error": told,
    }  # fmt: skip
    refused = 0
    for _ in range(4000):
        answer: Any = {k: v for k, v in whole.items() if k != "error" or dice.random() < 0.3}
        key = dice.choice(list(answer))
        answer[key] = mutated_part(answer[key], dice)
        conversation = answering(answer)
        conversation.files = ("a.txt",)
        thing = proxies.RemoteCallable(conversation, 1, kind="function", type_name="function")
        try:
            conversation.names(("a",))
            thing([3])
        except (proxies.Refused, proxies.StudentError):
            refused += 1
    assert refused > 500


def mutated_part(part: Any, dice: random.Random) -> Any:
    if isinstance(part, dict) and part and dice.random() < 0.7:
        key = dice.choice(list(part))
        return {**part, key: mutated_part(part[key], dice)}
    return test_codec.mutated(part, dice)
