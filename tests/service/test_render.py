"""Words for times and numbers, and headers made from names."""

import datetime

import pytest

from courseware import errors
from courseware.service import render

NOW = datetime.datetime(2026, 11, 23, 12, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, ""),
        (-5, ""),
        (59, "late by 59 seconds"),
        (60, "late by 1 minute"),
        (7300, "late by 2 hours"),
        (172800, "late by 2 days"),
    ],
)
def test_lateness_is_said_in_words(seconds: int, said: str) -> None:
    assert render.late(seconds) == said


def test_times_carry_their_zone_and_how_far_they_are() -> None:
    due = NOW + datetime.timedelta(days=2, hours=1)
    assert render.when(due, "Europe/Berlin", NOW) == "Wed 25 Nov 2026, 14:00 CET (in 2 days)"
    assert render.when(NOW - datetime.timedelta(days=30), "UTC", NOW) == "Sat 24 Oct 2026, 12:00 UTC"


def test_a_file_name_cannot_break_the_header() -> None:
    header = render.attachment('a/b"\r\nX: y;ü.ipynb')
    assert "\r" not in header
    assert "\n" not in header
    assert header.startswith('attachment; filename="b___X_ y__.ipynb"; filename*=UTF-8')


def test_a_framed_document_keeps_only_its_first_style() -> None:
    policy = render.frame_policy("<style>a{}</style><style>b{}</style><script>x</script>")
    assert policy.startswith("sandbox; default-src 'none'")
    assert policy.count("sha256-") == 1
    assert "unsafe" not in policy


def test_a_form_that_is_none_is_refused() -> None:
    assert render.form_fields(b"a=1&b=%C3%BC&a=2") == {"a": "2", "b": "ü"}
    with pytest.raises(errors.UserError):
        render.form_fields(b"\xff\xfe")
