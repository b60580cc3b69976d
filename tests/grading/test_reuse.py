"""What is not run again, and what always is: the rule alone."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseware.grading import reuse
from courseware.sandbox import port

OK, ERROR = port.CellRun(ending="ok"), port.CellRun(ending="error")


def steps(text: str) -> tuple[reuse.Step, ...]:
    """Cells by one sign each: small letters share the student's process, large ones run apart."""
    return tuple(reuse.Step(source=c, mode="isolated" if c.isupper() else "in-process") for c in text)


def known(text: str, *, ending: port.Ending = "ok") -> reuse.Known:
    runs = tuple(port.CellRun(ending=ending, reason=c) for c in text)
    return reuse.Known(steps=steps(text), runs=runs)


@pytest.mark.parametrize(
    ("before", "now", "end"),
    [
        ("aTbUcV", "aTbUcV", 0),  # nothing differs
        ("aTbUcV", "aTbXcV", 4),  # a test that runs apart was edited
        ("aTbUcV", "aXbUcV", 2),
        ("aTbUcV", "aTbUcX", 6),
        ("aTbUcV", "aTbcV", 0),  # one was taken out
        ("aTbUcV", "aTbUXcV", 5),  # one was put in
        ("aTbUcV", "aXbYcV", 6),  # two were edited, with the student's code between
        ("aTtV", "aTxV", 4),  # a test in the student's process was edited
        ("aTbV", "xTbV", 4),  # the student's code differs
        ("aTbV", "aTb", 0),
        ("", "aT", 2),
        ("aT", "", 0),
        ("aTT", "aTTT", 4),
    ],
)
def test_how_far_cells_are_run(before: str, now: str, end: int) -> None:
    made = reuse.plan(known(before), steps(now))
    assert made.end == end


TEXTS = st.text(alphabet="abTU", max_size=8)


@given(before=TEXTS, now=TEXTS)
def test_every_cell_has_the_run_of_its_own_source(before: str, now: str) -> None:
    made = reuse.plan(known(before), steps(now))
    fresh = [port.CellRun(ending="ok", reason=c) for c in now[: made.end]]
    found = reuse.merged(made, fresh)
    assert found is not None
    assert "".join(run.reason for run in found) == now


def test_a_cell_that_now_ends_otherwise_ends_the_reuse() -> None:
    made = reuse.plan(known("aTbU"), steps("aXbU"))
    assert reuse.merged(made, [OK, OK]) is not None
    assert reuse.merged(made, [ERROR, OK]) is None


@pytest.mark.parametrize("ending", ["timeout", "memory", "crashed", "output-limit", "protocol", "not-run"])
def test_what_need_not_come_again_is_not_kept(ending: port.Ending) -> None:
    runs = [OK, dataclasses.replace(OK, ending=ending), OK]
    assert reuse.known(steps("aTb"), runs) is None
    assert reuse.known(steps("aTb"), [OK, ERROR, OK]) is not None


def test_what_is_kept_comes_back() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "ü\ud800"}
    found = reuse.Known(
        steps=steps("aT"), runs=(port.CellRun(ending="ok", outputs=(output,), seconds=0.5), ERROR)
    )
    assert reuse.from_json(reuse.to_json(found)) == found


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"steps": [{}], "runs": []}', '{"steps": [], "runs": [{}]}']
)
def test_what_is_not_that_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        reuse.from_json(text)
