"""Names of a key: which it may ask for, and which narrower ones its keys may have."""

import pytest

from certctl.domain.policies.name_limits import is_narrower, obstacle_of, problems_beyond
from certctl.domain.policies.name_ownership import parse_allowed_name

LIMITS = ("DNS:**.pay.example.com", "DNS:pay.example.com", "IP:10.1.0.0/16", "email:*@example.com")


def test_a_key_without_names_may_ask_for_any() -> None:
    assert problems_beyond((), "sans", ["DNS:www.example.com"]) == []
    assert obstacle_of((), ["DNS:www.example.com"]) is None


def test_each_name_must_match_a_pattern() -> None:
    names = ["DNS:pay.example.com", "DNS:a.b.pay.example.com", "IP:10.1.2.3", "email:ceo@example.com"]
    beyond = [
        "DNS:example.com",
        "DNS:xpay.example.com",
        "IP:10.2.0.1",
        "email:ceo@mail.example.com",
        "URI:urn:x",
    ]

    found = problems_beyond(LIMITS, "team_id", [*names, *beyond])

    assert [problem.field for problem in found] == ["team_id"] * len(beyond)
    assert [problem.message.partition(" ")[0] for problem in found] == beyond
    assert "allowed are DNS:**.pay.example.com, DNS:pay.example.com" in found[0].message


def test_a_long_list_is_cut_in_the_reason() -> None:
    limits = [f"DNS:{number}.example.com" for number in range(7)]
    assert str(obstacle_of(limits, ["DNS:www.example.com"])).endswith("DNS:4.example.com and 2 more")


@pytest.mark.parametrize(
    ("pattern", "limit"),
    [
        ("*:*", "*:*"),
        ("DNS:**", "*:*"),
        ("DNS:www.example.com", "DNS:www.example.com"),
        ("DNS:www.example.com", "DNS:*.example.com"),
        ("DNS:www.example.com", "DNS:**.com"),
        ("DNS:*.example.com", "DNS:**.example.com"),
        ("DNS:**.a.example.com", "DNS:**.example.com"),
        ("DNS:*", "DNS:**"),
        ("IP:10.1.0.0/16", "IP:10.0.0.0/8"),
        ("IP:2001:db8::/48", "IP:2001:db8::/32"),
        ("email:ceo@example.com", "email:*@example.com"),
        ("email:*@example.com", "email:*@**.com"),
        ("URI:spiffe://example.com/a/*", "URI:spiffe://example.com/*"),
        ("URI:spiffe://example.com/a", "URI:spiffe://example.com/*"),
    ],
)
def test_a_pattern_is_narrower_than_those_that_match_all_of_its_names(pattern: str, limit: str) -> None:
    for text in (pattern, limit):
        assert parse_allowed_name(text) == text
    assert is_narrower([pattern], [limit])
    assert pattern == limit or not is_narrower([limit], [pattern])


@pytest.mark.parametrize(
    ("pattern", "limit"),
    [
        ("DNS:**.example.com", "DNS:*.example.com"),
        ("DNS:example.com", "DNS:**.example.com"),
        ("DNS:**", "DNS:*"),
        ("IP:10.0.0.0/8", "DNS:**"),
        ("email:*@example.com", "email:ceo@example.com"),
        ("email:*@**.example.com", "email:*@*.example.com"),
        ("URI:spiffe://example.com/*", "URI:spiffe://example.com/"),
    ],
)
def test_a_pattern_with_a_name_beyond_is_not_narrower(pattern: str, limit: str) -> None:
    assert not is_narrower([pattern], [limit])


def test_every_pattern_counts_and_no_limit_is_any() -> None:
    assert is_narrower(["DNS:a.example.com", "*:*"], [])
    assert not is_narrower(["DNS:a.pay.example.com", "DNS:a.example.com"], LIMITS)
