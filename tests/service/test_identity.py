"""Host names, origins, cookies and the word in forms."""

import pytest

from courseware import errors
from courseware.service import identity

LOCAL = identity.hosts("", "", "py_101", 8750)


def test_a_local_service_gives_its_pages_a_name_of_their_own() -> None:
    assert LOCAL.pages == "py-101.courseware.localhost:8750"
    assert LOCAL.origin == "http://py-101.courseware.localhost:8750"
    assert "127.0.0.1:8750" in LOCAL.others


def test_a_configured_address_serves_pages_and_api() -> None:
    public = identity.hosts("https://course.example.org", "", "", 8750)
    assert (public.pages, public.scheme) == ("course.example.org", "https")
    apart = identity.hosts("https://api.example.org", "pages.example.org", "", 8750)
    assert apart.pages == "pages.example.org"


def test_over_https_the_cookie_is_one_that_no_neighbouring_host_can_plant() -> None:
    assert identity.hosts("https://course.example.org", "", "", 8750).cookie == "__Host-courseware"
    assert LOCAL.cookie == "courseware"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:9999", "", "courseware.localhost:8750"])
def test_unknown_hosts_are_refused(host: str) -> None:
    with pytest.raises(errors.UserError):
        identity.check_host(host, LOCAL)


def test_a_cookie_counts_only_on_the_pages_host() -> None:
    assert identity.presented({}, "cw_pages_a_b", on_pages=True).by == "cookie"
    assert identity.presented({}, "cw_pages_a_b", on_pages=False).by == "nothing"
    assert (
        identity.presented({"Authorization": "Bearer cw_lab_a_b"}, "x", on_pages=True).token == "cw_lab_a_b"
    )
    with pytest.raises(errors.UserError):
        identity.presented({"Authorization": "Basic abc"}, None, on_pages=True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:8750"},
    ],
)
def test_writes_from_elsewhere_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(errors.UserError):
        identity.check_same_origin(headers, LOCAL, writes=True)


def test_a_link_from_elsewhere_may_be_followed_but_not_framed_or_fetched() -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    identity.check_same_origin(link, LOCAL, writes=False)
    for change in ({"Sec-Fetch-Dest": "iframe"}, {"Sec-Fetch-Mode": "no-cors"}):
        with pytest.raises(errors.UserError):
            identity.check_same_origin({**link, **change}, LOCAL, writes=False)


def test_the_word_in_forms_is_the_sessions_own() -> None:
    identity.check_xsrf("token", identity.xsrf("token"))
    for wrong in ("", "ü", identity.xsrf("other")):
        with pytest.raises(errors.UserError):
            identity.check_xsrf("token", wrong)


@pytest.mark.parametrize(
    ("told", "own"),
    [
        (None, "0.5.2"),
        ("0.5.2", "0.5.2"),
        ("0.4.0", "0.5.2"),
        ("0.4.9rc1", "0.5.2"),
        ("0.6.0", "0.5.2"),
        ("2.0.0", "0.5.2"),
        ("0.9.1", "1.0.0"),
        ("0.1.0", "0.1.0"),
        ("1.3.0.dev1+g12ab", "1.4.0"),
    ],
)
def test_clients_of_this_and_the_minor_version_before_are_served(told: str | None, own: str) -> None:
    identity.check_client(told, own)


@pytest.mark.parametrize(
    ("told", "own", "says"),
    [
        ("0.3.9", "0.5.2", "needs 0.4 or newer. Update"),
        ("0.9.9", "1.1.0", "needs 1.0 or newer. Update"),
        ("", "0.5.2", "cannot be read. Update"),
        ("x", "0.5.2", "cannot be read. Update"),
        ("1", "0.5.2", "cannot be read. Update"),
        ("-1.0", "0.5.2", "cannot be read. Update"),
        ("9" * 5000 + ".0", "0.5.2", "cannot be read. Update"),
    ],
)
def test_older_clients_are_told_to_update(told: str, own: str, says: str) -> None:
    with pytest.raises(errors.UserError, match=says):
        identity.check_client(told, own)
