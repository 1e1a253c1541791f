"""Which CAA records allow this CA to issue."""

from dataclasses import replace

import pytest

from certctl.domain.acme.caa import CaaRecord, caa_names, is_allowed
from certctl.domain.acme.eab_keys import ChallengeType
from tests.support.acme.proofs import ACCOUNT_URL, proof

OURS = ("ca.example", "other-ca.example")


def issue(value: str, flags: int = 0) -> CaaRecord:
    return CaaRecord(flags, "issue", value)


def wild(value: str) -> CaaRecord:
    return CaaRecord(0, "issuewild", value)


def test_a_name_and_its_parents_are_asked_without_the_root() -> None:
    assert caa_names("a.b.example.com") == ["a.b.example.com", "b.example.com", "example.com", "com"]


def test_no_record_allows_every_ca() -> None:
    assert is_allowed([], proof(), OURS)


@pytest.mark.parametrize(
    "value",
    [
        "ca.example",
        " CA.example. ",
        "other-ca.example",
        "ca.example; policy=ev",
        "ca.example;validationmethods=dns-01,http-01",
        "ca.example; validationmethods = http-01",
        f"ca.example; accounturi={ACCOUNT_URL}",
        f"ca.example; accounturi={ACCOUNT_URL}; validationmethods=http-01",
        "ca.example;",
    ],
)
def test_a_record_that_names_this_ca_allows_it(value: str) -> None:
    assert is_allowed([issue("foreign.example"), issue(value)], proof(), OURS)


@pytest.mark.parametrize(
    "value",
    [
        "",
        ";",
        "foreign.example",
        "sub.ca.example",
        "ca.example.foreign.example",
        "ca.example; validationmethods=dns-01",
        "ca.example; validationmethods=",
        "ca.example; accounturi=https://acme.example/acme/acct/acct-2",
        f"ca.example; accounturi={ACCOUNT_URL}; accounturi={ACCOUNT_URL}",
        f"ca.example; accounturi={ACCOUNT_URL}; validationmethods=dns-01",
    ],
)
def test_another_record_refuses(value: str) -> None:
    assert not is_allowed([issue(value)], proof(), OURS)


def test_a_wildcard_follows_issuewild_before_issue() -> None:
    wanted = proof(ChallengeType.DNS_01, is_wildcard=True)
    assert is_allowed([issue("foreign.example"), wild("ca.example")], wanted, OURS)
    assert not is_allowed([issue("ca.example"), wild(";")], wanted, OURS)
    assert is_allowed([issue("ca.example")], wanted, OURS)
    assert not is_allowed([issue(";")], wanted, OURS)


def test_issuewild_says_nothing_about_other_names() -> None:
    assert is_allowed([wild(";")], proof(), OURS)
    assert not is_allowed([issue(";"), wild("ca.example")], proof(), OURS)


def test_a_critical_record_that_is_unknown_refuses() -> None:
    unknown = CaaRecord(0x80, "future", "x")
    assert not is_allowed([issue("ca.example"), unknown], proof(), OURS)
    assert is_allowed([issue("ca.example"), CaaRecord(0, "future", "x")], proof(), OURS)
    assert is_allowed([issue("ca.example", 0x80)], proof(), OURS)
    assert is_allowed([CaaRecord(0, "iodef", "mailto:security@example.com")], proof(), OURS)


def test_an_account_without_a_known_url_is_no_named_account() -> None:
    nameless = replace(proof(), account_url="")
    assert is_allowed([issue("ca.example")], nameless, OURS)
    assert not is_allowed([issue("ca.example; accounturi=")], nameless, OURS)
