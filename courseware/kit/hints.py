"""Hints in a lesson: folded until somebody wants to read one.

In: words for students, written by the author of the lesson. Out: one display with three forms of the same
hint, of which the front end takes the best it knows: our own type for JupyterLab with courseware, HTML
elsewhere, plain text where there is neither. It never talks to a service and never asks for anything.
"""

import html
from typing import Any

TYPE = "application/vnd.courseware.hint+json"


def bundle(text: str, *, title: str = "Hint") -> dict[str, Any]:
    """The forms of a hint, by media type; HTML holds the words as text, never as markup."""
    shown = html.escape(text).replace("\n", "<br>")
    return {
        TYPE: {"title": title, "text": text},
        "text/html": f"<details><summary>{html.escape(title)}</summary><p>{shown}</p></details>",
        "text/plain": f"{title}: {text}",
    }


def show(text: str, *, title: str = "Hint") -> None:
    """Display a hint below the cell that calls this; printed where there is no IPython."""
    forms = bundle(text, title=title)
    try:
        from IPython.display import publish_display_data
    except ModuleNotFoundError:
        print(forms["text/plain"])
    else:
        publish_display_data(forms)
