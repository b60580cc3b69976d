"""Make a release of a notebook out of the instructor's source, with nbgrader's own preprocessors.

In: the source notebook, the literal options of the course, and for AUTOTEST lines a function that evaluates
code in the sandbox. Out: three notebooks: the student's (no solutions, no hidden tests), the one that is
run when marking (hidden tests, no solutions) and the key (solutions and hidden tests). Nothing is executed
here and nothing is saved: nbgrader's executing and saving preprocessors are not used. Refused: what
nbgrader refuses, in one sentence.
"""

import copy
import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from courseware import errors
from courseware.notebook import cells, files, kernel, questions, settings_nbgrader

Evaluate = Callable[[str], str | None]
"""Runs code in the course's Python, one call after the other, and gives the text of its last expression."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Built:
    """One notebook of a release in its three versions, none of which has an answer key; its exercises, and
    what it asks by the id of the cell.
    """

    student: files.Notebook
    marking: files.Notebook
    key: files.Notebook
    exercises: tuple[cells.Exercise, ...]
    asked: Mapping[str, questions.Question] = dataclasses.field(default_factory=dict)


def has_autotests(notebook: files.Notebook, options: settings_nbgrader.Options) -> bool:
    """Whether a code cell asks for values that only running the key can give."""
    delimiter = options.get("InstantiateTests", "autotest_delimiter", "AUTOTEST")
    return any(cell["cell_type"] == "code" and delimiter in cell["source"] for cell in notebook["cells"])


def build(
    source: files.Notebook,
    *,
    name: str,
    options: settings_nbgrader.Options,
    autotests: str | None = None,
    evaluate: Evaluate | None = None,
) -> Built:
    """The release of one notebook; `autotests` is the text of autotests.yml, `evaluate` runs the key's code.

    Raises:
        UserError: the source breaks nbgrader's rules, or a question cannot be asked; says which.
    """
    from nbgrader import preprocessors
    from nbgrader.nbgraderformat import MetadataValidator

    source, asked = _asked(source, name)
    book = _node(source)
    _default_kernel(book)
    try:
        book = MetadataValidator().upgrade_notebook_metadata(book)
        if has_autotests(source, options):
            book = _instantiate(book, options, autotests, evaluate)
        key = copy.deepcopy(book)
        marked = _run(
            book,
            options,
            ("LockCells", "ClearSolutions", "ClearOutput", "CheckCellMetadata", "ComputeChecksums"),
        )
        student = _run(
            copy.deepcopy(marked),
            options,
            ("ClearHiddenTests", "ClearMarkScheme", "ComputeChecksums", "CheckCellMetadata"),
        )
        key = preprocessors.ClearOutput().preprocess(key, {})[0]
    except errors.CoursewareError:
        raise
    except Exception as error:
        # nbgrader's own refusals have many types; the first line of each is a sentence for the author.
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        raise errors.UserError(f"{name}: {reason}. Mend the cell in the source notebook.") from error
    given = _plain(student)
    return Built(
        student=given,
        marking=_plain(marked),
        key=_plain(key),
        exercises=tuple(cells.exercises(given, name=name)),
        asked=asked,
    )


def _asked(source: files.Notebook, name: str) -> tuple[files.Notebook, dict[str, questions.Question]]:
    """The notebook without answer keys, and what it asks by cell; no accepted finding lets a key stay."""
    found: dict[str, questions.Question] = {}
    kept = []
    for number, cell in enumerate(source["cells"], start=1):
        try:
            question = questions.of(cell)
        except errors.UserError as error:
            raise errors.UserError(f"{name}, cell {number}: {error.message}") from None
        if question is not None:
            found[cell["id"]] = question
        kept.append(questions.released(cell))
    return {**source, "cells": kept}, found


def hidden(built: Built, *, beside: bool = False) -> frozenset[str]:
    """The tests, by grade_id, that have parts which students do not get, or come after another cell that has;
    all of them where the files `beside` have.
    """
    found, rests = set(), beside
    for given, cell in zip(built.student["cells"], built.marking["cells"], strict=True):
        known, differs = cells.marking(cell), given["source"] != cell["source"]
        kind = known.kind if known else None
        if known is not None and kind == "tests" and (differs or rests):
            found.add(known.grade_id)
        elif kind is None:
            rests = rests or differs
    return frozenset(found)


def _run(book: Any, options: settings_nbgrader.Options, names: tuple[str, ...]) -> Any:
    """The notebook after nbgrader's preprocessors of these names, configured as the course says."""
    from nbgrader import preprocessors
    from traitlets.config import Config

    config = Config({section: dict(values) for section, values in options.values.items()})
    said = options.get("ClearSolutions", "code_stub", {})
    if isinstance(said, dict):
        usual = preprocessors.ClearSolutions().code_stub
        config.ClearSolutions.code_stub = {**_stub(book), **usual, **said}
    resources: dict[str, Any] = {}
    for name in names:
        book, resources = getattr(preprocessors, name)(config=config).preprocess(book, resources)
    return book


def _stub(book: Any) -> dict[str, str]:
    """What stands for a solution in this language, where neither nbgrader nor the course says it."""
    spec = book.metadata.get("kernelspec") or {}
    spoken = kernel.language(book.metadata)
    return {str(spec.get("language") or spoken): f"{kernel.comment(spoken)} YOUR CODE HERE"}


def _instantiate(
    book: Any, options: settings_nbgrader.Options, autotests: str | None, evaluate: Evaluate | None
) -> Any:
    """Fill the AUTOTEST lines; nbgrader's preprocessor asks `evaluate` instead of a kernel of its own."""
    import yaml
    from nbgrader.preprocessors import InstantiateTests
    from traitlets.config import Config

    if autotests is None:
        raise errors.UserError(
            "There are AUTOTEST lines but no autotests.yml beside the course's source folder."
        )
    if evaluate is None:
        raise errors.UserError(
            "AUTOTEST lines need the sandbox to find their values; run `courseware doctor`."
        )
    run = evaluate

    class FromSandbox(InstantiateTests):  # type: ignore[misc]  # nbgrader is untyped
        """nbgrader's own step, with its kernel replaced."""

        def _load_test_template_file(self, resources: Any) -> None:
            tests = yaml.safe_load(autotests)["python3"]
            self.test_templates_by_type, self.dispatch_template = tests["templates"], tests["dispatch"]
            self.success_code, self.hash_template = tests.get("success"), tests.get("hash")
            self.check_template, self.normalize_template = tests["check"], tests["normalize"]
            self.setup_code = tests.get("setup")

        def _execute_code_snippet(self, code: str) -> str | None:
            value = run(code)
            return None if value is None else self.sanitizers["python3"](value)

        def preprocess(self, nb: Any, resources: Any) -> Any:
            resources["kernel_name"] = "python3"
            self._load_test_template_file(resources)
            self.global_tests_loaded = True
            for index, cell in enumerate(nb.cells):
                nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
            return nb, resources

    config = Config({section: dict(values) for section, values in options.values.items()})
    return FromSandbox(config=config).preprocess(book, {})[0]


def _default_kernel(book: Any) -> None:
    """A Python kernel of whatever name is the course's Python 3 (the name says which machine)."""
    if kernel.language(book.metadata) == "python":
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}


def _node(notebook: files.Notebook) -> Any:
    """The notebook as nbformat's own type, for nbgrader."""
    import nbformat

    return nbformat.from_dict(copy.deepcopy(notebook))


def _plain(book: Any) -> files.Notebook:
    """The notebook as plain data again."""
    plain: files.Notebook = json.loads(json.dumps(book))
    return plain
