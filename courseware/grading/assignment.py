"""Make what is needed to grade out of a lesson's source folder.

In: the files of the folder, literal options, autotests.yml. Out: the three versions of every notebook and
the companion files in theirs. AUTOTEST values come from running the key in the sandbox. Refused: what
nbgrader's rules refuse, by name.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from courseware import errors
from courseware.grading import pipeline
from courseware.notebook import cells, companions, files, release, settings_nbgrader
from courseware.sandbox import port


@dataclasses.dataclass(frozen=True, kw_only=True)
class Assignment:
    """A lesson's notebooks by path without `.ipynb`, and the files beside them in both versions."""

    notebooks: Mapping[str, release.Built]
    companions: Mapping[str, companions.Companion]

    @property
    def exercises(self) -> tuple[cells.Exercise, ...]:
        """All exercises, notebook by notebook."""
        return tuple(e for name in sorted(self.notebooks) for e in self.notebooks[name].exercises)

    @property
    def answers(self) -> frozenset[str]:
        """The companion files that students are to change."""
        return frozenset(path for path, file in self.companions.items() if file.answer)

    @property
    def hidden(self) -> frozenset[tuple[str, str]]:
        """The tests, by notebook and key, that students do not have as they are: they have parts that
        students do not get, or what they rest on has: a cell above them, or a file beside the notebook.
        """
        beside = any(file.student != file.instructor for file in self.companions.values())
        found: set[tuple[str, str]] = set()
        for name, built in self.notebooks.items():
            found |= {(name, key) for key in release.hidden(built, beside=beside)}
        return frozenset(found)

    def job(
        self, submitted: Mapping[str, bytes], *, python: Path, rules: pipeline.Rules, limits: port.Limits
    ) -> pipeline.Job:
        """The grading of one submission."""
        return pipeline.Job(
            notebooks={name: built.marking for name, built in self.notebooks.items()},
            files={path: file.instructor for path, file in self.companions.items()},
            answers=self.answers,
            submitted=submitted,
            python=python,
            rules=rules,
            limits=limits,
        )


def prepare(
    source: Mapping[str, bytes],
    *,
    options: settings_nbgrader.Options,
    autotests: str | None,
    sandbox: port.Sandbox,
    python: Path,
    limits: port.Limits,
) -> Assignment:
    """The assignment in these source files (path to bytes).

    Raises:
        UserError: a notebook or a companion file breaks the rules.
    """
    words = settings_nbgrader.delimiters(options)
    beside = {
        path: companions.split(data, name=path, words=words)
        for path, data in source.items()
        if not path.endswith(".ipynb")
    }
    built = {}
    for path, data in sorted(source.items()):
        if not path.endswith(".ipynb"):
            continue
        name = path.removesuffix(".ipynb")
        book = files.read(data, name=path)
        if release.has_autotests(book, options):
            plain = {p: d for p, d in source.items() if not p.endswith(".ipynb")}
            workspace = port.Workspace(files=plain, python=python, limits=limits)
            session = sandbox.open(workspace)
            try:
                evaluate = _evaluator(session)
                built[name] = release.build(
                    book, name=name, options=options, autotests=autotests, evaluate=evaluate
                )
            finally:
                session.close()
        else:
            built[name] = release.build(book, name=name, options=options)
    return Assignment(notebooks=built, companions=beside)


def _evaluator(session: port.Session) -> release.Evaluate:
    """A function that runs code in the session and gives the text of its last expression."""

    def evaluate(code: str) -> str | None:
        run = session.run(code, seconds=60)
        if run.ending not in ("ok", "error"):
            raise errors.UserError(f"Running the key for AUTOTEST failed: {run.reason}")
        results = [o for o in run.outputs if o.get("output_type") == "execute_result"]
        return str(results[-1]["data"].get("text/plain")) if results else None

    return evaluate
