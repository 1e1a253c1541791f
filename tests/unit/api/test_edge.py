"""Whose word on a caller's address is believed."""

import pytest

from certctl.api.edge import Edge, parse_cookies

SECRET, NEXT_SECRET = "s" * 64, "n" * 64
GATEWAY = "198.51.100.7"
EDGE = Edge((SECRET, NEXT_SECRET), is_only_way=False)


@pytest.mark.parametrize("secret", [SECRET, NEXT_SECRET])
@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8::9", "2001:db8::9"),
        ("2001:0DB8:0000:0000:0000:0000:0000:0009", "2001:db8::9"),
    ],
)
def test_the_address_is_believed_of_whoever_knows_either_secret(secret: str, said: str, address: str) -> None:
    headers = {"x-certctl-origin": secret, "x-certctl-client": said}
    assert EDGE.source_of(headers, GATEWAY) == address


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "none",
        SECRET[:-1],
        SECRET + "s",
        f"{SECRET}, {SECRET}",
        f"{SECRET},x",
        SECRET.upper(),
        "é",
        "\ud800",
    ],
)
def test_the_address_is_not_believed_of_anybody_else(shown: str) -> None:
    headers = {"x-certctl-origin": shown, "x-certctl-client": "203.0.113.9"}
    assert EDGE.source_of(headers, GATEWAY) == GATEWAY


def test_a_stack_without_a_secret_believes_nobody() -> None:
    headers = {"x-certctl-origin": "", "x-certctl-client": "203.0.113.9"}
    assert Edge((), is_only_way=False).source_of(headers, GATEWAY) == GATEWAY


@pytest.mark.parametrize(
    "said", ["", "nobody", "203.0.113.9:443", "203.0.113.9, 192.0.2.1", "203.0.113", "\ud800"]
)
def test_what_is_no_address_leaves_the_gateway_s(said: str) -> None:
    headers = {"x-certctl-origin": SECRET, "x-certctl-client": said}
    assert EDGE.source_of(headers, GATEWAY) == GATEWAY


@pytest.mark.parametrize(
    "name", ["x-forwarded-for", "x-real-ip", "forwarded", "true-client-ip", "cloudfront-viewer-address"]
)
def test_no_other_header_says_an_address(name: str) -> None:
    assert EDGE.source_of({"x-certctl-origin": SECRET, name: "203.0.113.9"}, GATEWAY) == GATEWAY
    assert EDGE.source_of({name: "203.0.113.9"}, GATEWAY) == GATEWAY


def test_direct_requests_pass_unless_the_edge_is_the_only_way() -> None:
    assert EDGE.admits({})
    assert not Edge((SECRET,), is_only_way=True).admits({"x-certctl-origin": "guess"})
    assert Edge((SECRET,), is_only_way=True).admits({"x-certctl-origin": SECRET})


def test_an_only_way_without_a_secret_is_closed() -> None:
    assert not Edge((), is_only_way=True).admits({"x-certctl-origin": ""})


def test_spaces_and_tabs_alone_are_blanks_around_a_cookies_name() -> None:
    sent = [" \ta=1 ;b=2; \u2003a=3", "a=4", "", "c"]
    assert parse_cookies(sent) == {"a": ("1", "4"), "b": ("2",), "\u2003a": ("3",), "": ("",), "c": ("",)}
