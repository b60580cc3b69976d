"""What a test cell takes from outside, read from its source."""

from courseware.sandbox import scope


def test_only_names_of_data_files_are_files() -> None:
    good = ("a.csv", "out/rows.csv", "my data.txt", "a-b_c.json", "x/y/z/w.png")
    assert [name for name in good if not scope.may_be_file(name)] == []
    bad = (
        "numpy.py",
        "a.so",
        "../a.txt",
        "/a.txt",
        "~/a.txt",
        "a//b.txt",
        ".hidden.txt",
        "a/.b.txt",
        "plain",
        "",
        "x" * 200 + ".txt",
        "a\x00.txt",
        "a/b/c/d/e.txt",
        "m.pkl",
        "-rf.txt",
        "x.PY",
        "a\\b.txt",
    )
    assert [name for name in bad if scope.may_be_file(name)] == []


def test_what_a_cell_binds_itself_is_not_the_students() -> None:
    found = scope.read(
        "import math\nx = f(1)\nx += y\ndef g(a): return a + b + x\n[z for z in w if z > v]\nk = k + 1"
    )
    assert found.fetch == ("b", "f", "k", "v", "w", "y")
    assert found.forward == {"k"}
    assert found.own == {"math", "x", "g"}
    assert scope.read("this is no python").fetch == ()
