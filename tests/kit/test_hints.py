"""A hint shows the same words in every front end, and never as markup."""

import subprocess
import sys
from pathlib import Path

from courseware.kit import hints


def test_the_three_forms_say_the_same() -> None:
    forms = hints.bundle("Try range(3).", title="A hint")
    assert forms[hints.TYPE] == {"title": "A hint", "text": "Try range(3)."}
    assert "Try range(3)." in forms["text/html"]
    assert forms["text/plain"] == "A hint: Try range(3)."


def test_words_are_not_markup() -> None:
    forms = hints.bundle("<script>alert(1)</script>", title="<b>")
    assert "<script>" not in forms["text/html"]
    assert "<b>" not in forms["text/html"]


def test_shown_by_ipython_and_printed_without_it(tmp_path: Path) -> None:
    program = "from courseware.kit import hints; hints.show('Count from zero.')"
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "IPYTHONDIR": str(tmp_path)}
    hidden = f"import sys; sys.modules['IPython.display'] = None; {program}"
    for options in (["-m", "IPython", "-c", program], ["-c", hidden]):
        done = subprocess.run(
            [sys.executable, *options], env=environment, capture_output=True, text=True, check=True
        )
        assert "Hint: Count from zero." in done.stdout
