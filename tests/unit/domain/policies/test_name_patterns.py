"""Patterns of names: which names each kind covers, and which texts are none."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.names import parse_san
from certctl.domain.policies.name_patterns import ALLOWED, dns_pattern, matches_dns, parse_pattern

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


@pytest.mark.parametrize(
    ("pattern", "covered", "not_covered"),
    [
        ("www.example.com", ["www.example.com"], ["example.com", "a.www.example.com", "IP:10.0.0.1"]),
        ("DNS:*.Example.com", ["a.example.com", "*.example.com"], ["example.com", "a.b.example.com"]),
        ("**.example.com", ["a.example.com", "a.b.example.com", "*.a.example.com"], ["example.com"]),
        ("*", ["intranet"], ["a.example.com"]),
        ("**", ["intranet", "a.example.com"], ["IP:10.0.0.1", "email:a@example.com"]),
        ("**.example.com", ["a.example.com"], ["badexample.com", "a.badexample.com", "example.com.evil.org"]),
        ("IP:10.0.0.0/8", ["IP:10.1.2.3"], ["IP:11.0.0.1", "IP:::1", "a.example.com"]),
        ("IP:2001:db8::/32", ["IP:2001:db8::7"], ["IP:2001:db9::7", "IP:10.0.0.1"]),
        ("ip:192.0.2.7", ["IP:192.0.2.7"], ["IP:192.0.2.8"]),
        (
            "URI:spiffe://example.com/*",
            ["URI:spiffe://example.com/a/b"],
            ["URI:spiffe://example.com", "URI:spiffe://example.com.evil.org/a", "example.com"],
        ),
        ("URI:urn:x:1", ["URI:urn:x:1"], ["URI:urn:x:12"]),
        ("email:*@example.com", ["email:a.b@example.com"], ["email:a@x.example.com", "email:a@b.com"]),
        ("email:ops@*.example.com", ["email:ops@x.example.com"], ["email:dev@x.example.com"]),
    ],
)
def test_a_pattern_covers_these_and_not_those(
    pattern: str, covered: list[str], not_covered: list[str]
) -> None:
    parsed = parse_pattern(pattern)
    assert [name for name in covered if not parsed.matches(str(parse_san(name)))] == []
    assert [name for name in not_covered if parsed.matches(str(parse_san(name)))] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "DNS:",
        "a b",
        "*.",
        "a.*.example.com",
        "a*.example.com",
        "***.example.com",
        "IP:10.0.0.1/8",
        "IP:ten",
        "URI:*",
        "URI:spiffe://example.com*",
        "URI:spiffe://*/x",
        "email:example.com",
        "email:a*@example.com",
        "X:example.com",
    ],
)
def test_what_is_no_pattern_is_refused_saying_what_is(text: str) -> None:
    with pytest.raises(ValueError, match="is not a pattern of names") as refused:
        parse_pattern(text)
    assert ALLOWED in str(refused.value)


@given(NAMES, NAMES)
def test_one_star_is_exactly_one_label(name: str, parent: str) -> None:
    assert matches_dns(f"{name}.{parent}", f"*.{parent}") is ("." not in name)
    assert not matches_dns(parent, f"*.{parent}")


@given(NAMES, NAMES)
def test_two_stars_are_any_number_of_labels_but_none(name: str, parent: str) -> None:
    assert matches_dns(f"{name}.{parent}", f"**.{parent}")
    assert matches_dns(name, "**")
    assert not matches_dns(parent, f"**.{parent}")


@given(NAMES, NAMES)
def test_a_name_without_a_star_covers_itself_alone(name: str, other: str) -> None:
    assert matches_dns(name, name)
    assert matches_dns(other, name) is (other == name)


@given(NAMES, NAMES, LABELS)
def test_a_domain_that_only_ends_like_the_pattern_is_never_covered(
    name: str, parent: str, glued: str
) -> None:
    for stars in ("*", "**"):
        assert not matches_dns(f"{glued}{parent}", f"{stars}.{parent}")
        assert not matches_dns(f"{name}.{glued}x-{parent}", f"{stars}.x-{parent}")


@given(st.from_regex(r"(\*{1,2}\.)?[A-Za-z0-9]+(\.[A-Za-z0-9]+){0,3}", fullmatch=True))
def test_normalising_is_done_once(text: str) -> None:
    assert dns_pattern(dns_pattern(text)) == dns_pattern(text)
    assert str(parse_pattern(str(parse_pattern(text)))) == str(parse_pattern(text))


@given(st.ip_addresses(), st.ip_addresses(), st.integers(0, 32))
def test_a_network_covers_its_addresses(address: object, other: object, bits: int) -> None:
    network = ipaddress.ip_network(f"{address}/{bits}", strict=False)
    pattern = parse_pattern(f"IP:{network}")
    assert pattern.matches(f"IP:{address}")
    assert pattern.matches(f"IP:{other}") is (ipaddress.ip_address(str(other)) in network)
