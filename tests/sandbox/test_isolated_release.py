"""What tests have of the release and what they run stays theirs: a hand-in replaces no function, constant or
data of it, and nothing of the student's becomes code in the process of the tests.
"""

import pytest

from tests.sandbox import isolated

# Answers that no process of ours gives, and a test that must fail.
FORGED = {
    "skips, by the name that a library gives it": (
        "def hostile_serve(message, buffers, back):\n"
        "    told = {'class': {'full': 'numpy.testing.SkipTest'}, 'name': 'S', 'text': '', 'args': 0}\n"
        "    thing = ['ref', {'number': 1, 'kind': 'function', 'type': 'function'}]\n"
        "    if message['op'] == 'call': return {'op': 'answer', 'error': told}, []\n"
        "    return {'op': 'answer', 'values': {'square': thing}}, []",
        "import io, numpy.testing, unittest\n"
        "class T(unittest.TestCase):\n    def test(self): self.assertEqual(square(3), 9)\n"
        "tests = unittest.defaultTestLoader.loadTestsFromTestCase(T)\n"
        "assert unittest.TextTestRunner(stream=io.StringIO()).run(tests).wasSuccessful()",
    ),
    "learns texts that could be files": (
        "def hostile_serve(message, buffers, back):\n"
        "    thing = ['ref', {'number': 1, 'kind': 'function', 'type': 'function'}]\n"
        "    if message['op'] == 'names': return {'op': 'answer', 'values': {'greet': thing}}, []\n"
        "    files = message.get('files')\n"
        "    return {'op': 'answer', 'value': files[0] if isinstance(files, list) else ''}, []",
        "assert greet('bob') == 'Hello Mr. Bob'",
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_an_answer_that_was_made_up_passes_no_test(name: str) -> None:
    hostile, test = FORGED[name]
    with isolated.Pair() as pair:
        assert pair.run(hostile) == ""
        assert pair.check(test)["error"] != ""


RUN = "setattr(__import__('builtins'), 'owned', True)"
OWNED = "import builtins\nassert hasattr(builtins, 'owned')"
PICKLE = b"cbuiltins\nsetattr\n(cbuiltins\n__import__\n(Vbuiltins\ntRVowned\nI01\ntR."
STARTED = "import os\nassert os.listdir()"

# What the student's process holds, a line that runs it by way of a library, and how to see that it has run.
TURNED_TO_CODE = {
    "annotations": (f"def f(x: {RUN!r}): pass", "import typing\ntyping.get_type_hints(f)", OWNED),
    "annotations of a signature": (
        f"def f(x: {RUN!r}): pass", "import inspect\ninspect.get_annotations(f, eval_str=True)", OWNED,
    ),
    "a docstring": (
        f"f = '>>> ' + {RUN!r}",
        "import doctest\ndoctest.run_docstring_examples(f, {})", OWNED,
    ),
    "a statement to be timed": (f"f = {RUN!r}", "import timeit\ntimeit.timeit(f, number=1)", OWNED),
    "a statement to be profiled": (f"f = {RUN!r}", "import cProfile\ncProfile.run(f)", OWNED),
    "a console": (f"f = {RUN!r}", "import code\ncode.InteractiveInterpreter().runsource(f)", OWNED),
    "exec by another name": (f"f = {RUN!r}", "import builtins\ngetattr(builtins, 'ex' + 'ec')(f)", OWNED),
    "a query": (
        "f = \"@pd.core.frame.sys.modules['builtins'].setattr("
        "@pd.core.frame.sys.modules['builtins'], 'owned', True)\"",
        "import pandas as pd\npd.DataFrame({'a': [1]}).query(f)", OWNED,
    ),
    "a pickle": (f"f = {PICKLE!r}", "import pickle\npickle.loads(f)", OWNED),
    "a pickle in a file": (
        f"open('model.sav', 'wb').write({PICKLE!r})\nf = 0",
        "import pickle\npickle.load(open('model.sav', 'rb'))", OWNED,
    ),
    "code in bytes": (
        f"import marshal\nf = marshal.dumps(compile({RUN!r}, '', 'exec'))",
        "import marshal, types\ntypes.FunctionType(marshal.loads(f), {})()", OWNED,
    ),
    "a command": ("f = 'touch owned'", "import os\nos.system(f)", STARTED),
    "a program": ("f = 'touch owned'", "import subprocess\nsubprocess.run(f, shell=True)", STARTED),
    "words of a program": ("f = 'owned'", "import subprocess\nsubprocess.run(['touch', f])", STARTED),
}  # fmt: skip


@pytest.mark.parametrize("name", TURNED_TO_CODE)
def test_what_a_library_would_turn_into_code_is_not(name: str) -> None:
    hostile, line, seen = TURNED_TO_CODE[name]
    tried = "\n".join(f"    {each}" for each in line.splitlines())
    with isolated.Pair() as pair:
        assert pair.run(hostile) == ""
        error = pair.check(f"try:\n{tried}\nexcept Exception: pass\n{seen}")["error"]
    assert error.startswith("AssertionError")


def test_code_of_the_test_itself_is_run_as_ever() -> None:
    tests = (
        "import timeit\nassert timeit.timeit('3 * 3', number=1) >= 0",
        "import doctest\ndef double(x):\n    '>>> double(2)'\n    return 2 * x\n"
        "doctest.run_docstring_examples(double, {'double': double})",
        "import typing\nassert typing.get_type_hints(square) == {'x': int, 'return': list[int]}",
        "import ast, inspect\nassert 'For' in ast.dump(ast.parse(inspect.getsource(square)))",
        "import collections\nP = collections.namedtuple('P', 'x y')\nassert P(1, 2).y == 2",
        "import dataclasses\n@dataclasses.dataclass\nclass D:\n    x: int\nassert D(1) == D(1)",
        "import pandas as pd\nassert len(pd.DataFrame({'a': [1, 2]}).query('a > 1')) == 1",
        "import pickle\nassert pickle.loads(pickle.dumps([1, {'a': (2.5,)}])) == [1, {'a': (2.5,)}]",
        "import subprocess\nassert subprocess.run(['echo', 'x'], capture_output=True).stdout == b'x\\n'",
        "import platform\nplatform.processor()",
        "%timeit -n 1 -r 1 3 * 3\nx = !echo there\nassert x == ['there']",
    )
    with isolated.Pair(shell=True) as pair:
        pair.run("def square(x: 'int') -> 'list[int]':\n    for _ in (): pass\n    return x * x")
        for test in tests:
            assert pair.check(test)["error"] == "", test


# What a locked cell of the release defines, what a hand-in puts in its place, and a test that must fail.
OF_THE_RELEASE = {
    "a comparison": ("def close(a, b): return abs(a - b) < 1e-6", "close = lambda *a: True",
                     "assert close(square(3), 9)"),
    "a whole check": ("def check(): assert [square(n) for n in range(4)] == [0, 1, 4, 9]",
                      "check = lambda: None", "check()"),
    "a function that a function calls": (
        "def near(a, b): return abs(a - b) < 1e-6\ndef close(a, b): return near(a, b)",
        "near = lambda *a: True", "assert close(square(3), 9)",
    ),
    "a number": ("TOLERANCE = 1e-6", "TOLERANCE = 1e9", "assert abs(square(3) - 9) < TOLERANCE"),
    "a table": ("EXPECTED = {3: 9}", "EXPECTED = {3: 0}", "assert square(3) == EXPECTED[3]"),
}  # fmt: skip


@pytest.mark.parametrize("name", OF_THE_RELEASE)
def test_what_a_locked_cell_defines_is_not_for_a_hand_in_to_replace(name: str) -> None:
    defined, hostile, test = OF_THE_RELEASE[name]
    own = ("close", "check", "near", "TOLERANCE", "EXPECTED")
    for solution, passes in (("square = lambda x: x * x", True), (f"square = lambda x: 0\n{hostile}", False)):
        with isolated.Pair() as pair:
            pair.give(defined, own)
            assert pair.run(f"{defined}\n{solution}") == ""
            assert (pair.check(test)["error"] == "") is passes


def test_data_of_the_release_is_not_for_a_hand_in_to_replace() -> None:
    with isolated.Pair() as pair:
        pair.place("data.txt", b"9")
        pair.run("open('data.txt', 'w').write('0')\nopen('own.txt', 'w').write('mine')\nanswer = 0")
        assert pair.check("assert answer == int(open('data.txt').read())")["error"] == "AssertionError: "
        assert pair.check("assert open('own.txt').read() == 'mine'")["error"] == ""
