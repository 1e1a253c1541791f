"""Cookies of the API over plain http on this machine."""

from certctl.api.edge import ended_cookie, parse_cookies, session_cookie
from certctl.domain.times import from_wire
from local.emulator.cookies import for_api, for_browser

NOW, END = from_wire("2026-11-27T09:00:00Z"), from_wire("2026-11-27T17:00:00Z")


def test_the_browser_gets_a_cookie_of_its_port_without_what_needs_tls() -> None:
    assert for_browser(session_cookie("text", END, NOW), 8080) == (
        "certctl-8080=text; Max-Age=28800; Path=/; HttpOnly; SameSite=Strict"
    )
    assert for_browser(ended_cookie(), 8080) == (
        "certctl-8080=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict"
    )


def test_the_api_gets_the_cookies_of_this_port_under_their_own_names() -> None:
    sent = "other=1; certctl-8080=text; certctl-8081=another; certctl-login-8080=state"
    assert parse_cookies([for_api(sent, 8080)]) == {
        "__Host-certctl": ("text",),
        "__Host-certctl-login": ("state",),
    }


def test_a_browser_cannot_name_the_cookies_of_the_api_itself() -> None:
    assert for_api("__Host-certctl=text", 8080) == ""


def test_other_cookies_of_the_api_are_unchanged() -> None:
    assert for_browser("plain=1; Secure", 8080) == "plain=1; Secure"
