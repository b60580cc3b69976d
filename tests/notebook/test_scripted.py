"""HTML that shows nothing without a script is told in a sentence."""

import pytest

from courseware.notebook import html, scripted


@pytest.mark.parametrize(
    "blank",
    [
        "<div id=plot></div><script>draw()</script>",
        "<SCRIPT src=x.js></SCRIPT>\n<!-- a plot -->&nbsp;",
        "<style>p{}</style><canvas>old browser</canvas><script>1<2",
        "<script>draw()</script><div id=plot><p title='a",
    ],
)
def test_blank_without_its_script(blank: str) -> None:
    assert scripted.is_blank(blank)
    made = html.output({"output_type": "display_data", "data": {"text/html": blank}})
    assert (
        made == '<p class="output">This output needs a script to be shown, and scripts do not run here.</p>'
    )


@pytest.mark.parametrize(
    "shown",
    [
        "<p>Three</p><script>x()</script>",
        "<script>x()</script><img src=a>",
        "<div></div>",
        "<svg/><script/>",
        "<script></script>1 < 2",
    ],
)
def test_what_shows_something(shown: str) -> None:
    assert not scripted.is_blank(shown)


def test_a_picture_is_taken_before_a_script() -> None:
    both = {"text/html": "<script>draw()</script>", "image/png": "iVBORw0KGgo="}
    assert "<img" in html.output({"output_type": "display_data", "data": both})
