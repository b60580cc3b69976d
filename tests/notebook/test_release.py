"""Releases agree with nbgrader's generate step, on the notebooks that nbgrader itself is tested with."""

import warnings
from pathlib import Path

import nbformat
import nbgrader
import pytest
from nbgrader import preprocessors
from nbgrader.utils import compute_checksum
from traitlets.config import Config

from courseware import errors
from courseware.notebook import cells, files, release, settings_nbgrader
from tests.notebook import build

_HOME = Path(nbgrader.__file__).parent
_FILES = sorted((_HOME / "tests/apps/files").glob("*.ipynb"))
_GUIDE = _HOME / "docs/source/user_guide"
_STEPS = [
    "LockCells",
    "ClearSolutions",
    "ClearOutput",
    "CheckCellMetadata",
    "ComputeChecksums",
    "ClearHiddenTests",
    "ClearMarkScheme",
    "ComputeChecksums",
    "CheckCellMetadata",
]
_COURSE = Path(__file__).parents[3] / "shared/conformance/corpora/cs1302/source"
_CORPUS = [*_FILES, *sorted(_GUIDE.glob("source/*/*.ipynb")), *sorted(_COURSE.glob("*/*.ipynb"))]
_NONE = settings_nbgrader.Options()


def _generated(path: Path) -> tuple[list[str], list[str | None]] | None:
    """Sources and checksums of nbgrader's own student version, or None where it refuses."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = nbformat.read(path, 4)
        if (book.metadata.get("kernelspec") or {}).get("language", "python") == "python":
            book.metadata["kernelspec"] = {"name": "python3", "language": "python"}
        resources: dict[str, object] = {}
        for name in _STEPS:
            book, resources = getattr(preprocessors, name)(config=Config()).preprocess(book, resources)
    except Exception:
        return None
    return [c.source for c in book.cells], [
        c.metadata.get("nbgrader", {}).get("checksum") for c in book.cells
    ]


@pytest.mark.parametrize("path", _CORPUS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_student_version_is_nbgraders(path: Path) -> None:
    wanted = _generated(path)
    if wanted is None:
        return
    source = files.read(path.read_bytes(), name=path.name)
    if release.has_autotests(source, _NONE):
        return
    made = release.build(source, name=path.name, options=_NONE)
    assert build.sources(made.student) == wanted[0]
    sums = [(cell["metadata"].get("nbgrader") or {}).get("checksum") for cell in made.student["cells"]]
    assert sums == wanted[1]


def test_most_of_the_corpus_is_compared() -> None:
    assert sum(_generated(path) is not None for path in _CORPUS) > 30


@pytest.mark.parametrize("path", sorted(_GUIDE.glob("source/*/*.ipynb")), ids=lambda path: path.stem)
def test_checksums_are_nbgraders(path: Path) -> None:
    for cell in nbformat.read(path, 4).cells:
        plain: files.Cell = dict(cell)
        if cells.marking(plain) is not None:
            assert cells.checksum(plain) == compute_checksum(cell)


SOURCE = build.book(
    build.answer("def f():\n    ### BEGIN SOLUTION\n    return 42\n    ### END SOLUTION"),
    build.machine("assert f()\n### BEGIN HIDDEN TESTS\nassert f() == 42\n### END HIDDEN TESTS"),
)


def test_three_versions() -> None:
    made = release.build(SOURCE, name="a.ipynb", options=_NONE)
    assert "return 42" in build.sources(made.key)[0]
    assert "return 42" not in build.sources(made.marking)[0]
    assert "f() == 42" in build.sources(made.key)[1]
    assert "f() == 42" in build.sources(made.marking)[1]
    assert b"42" not in files.write(made.student)
    assert [(e.key, e.points, e.kind) for e in made.exercises] == [("t", 2, "tests")]


def test_the_source_is_not_touched() -> None:
    before = files.write(SOURCE)
    release.build(SOURCE, name="a.ipynb", options=_NONE)
    assert files.write(SOURCE) == before


def test_the_stub_of_the_course_is_used() -> None:
    options = settings_nbgrader.from_python(
        "c = get_config()\nc.ClearSolutions.code_stub = {'python': 'TODO'}\n"
    )
    made = release.build(SOURCE, name="a.ipynb", options=options)
    assert build.sources(made.student)[0] == "def f():\n    TODO"


@pytest.mark.parametrize(
    "source",
    [
        build.book(build.cell("### BEGIN SOLUTION\n1\n### END SOLUTION")),
        build.book(build.answer("### BEGIN SOLUTION\n1")),
        build.book(build.machine("a"), build.machine("b")),
        build.book(build.machine("a", "")),
    ],
    ids=["outside", "open", "twice", "blank"],
)
def test_what_nbgrader_refuses_is_refused_in_one_sentence(source: files.Notebook) -> None:
    with pytest.raises(errors.UserError) as refused:
        release.build(source, name="a.ipynb", options=_NONE)
    assert refused.value.message.startswith("a.ipynb: ")


def test_computed_options_are_listed_and_not_run() -> None:
    options = settings_nbgrader.from_python(
        "c.Execute.timeout = 10\nc.Exchange.root = __import__('os').getcwd()\n"
    )
    assert options.get("Execute", "timeout", 30) == 10
    assert options.get("Exchange", "root", None) is None
    assert len(options.skipped) == 1
