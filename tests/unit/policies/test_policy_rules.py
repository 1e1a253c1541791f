"""What breaks each kind of rule, and what does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.profiles import BUILT_IN_PROFILES, Profile
from certctl.domain.policies.rules import Breach, PolicyFacts, evaluate, new_breaches
from certctl.domain.renewal.policies import RenewalPolicy
from tests.support.catalog.entries import a_policy

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
CERTIFICATE = Certificate(
    id="mc-1",
    name="www.example.com",
    common_name="www.example.com",
    sans=("DNS:www.example.com",),
    owner_id="o-default",
    team_id="t-web",
    issuer_id="iss-local",
    renewal_policy_id="rp-default",
    created_at=NOW,
    updated_at=NOW,
)
SERVER = BUILT_IN_PROFILES["server"]


def reasons(
    rule: PolicyType,
    config: dict[str, Any],
    profile: Profile = SERVER,
    window: int = 30,
    **fields: Any,
) -> list[str]:
    facts = PolicyFacts(replace(CERTIFICATE, **fields), profile, RenewalPolicy(renewal_window_days=window))
    found = evaluate([a_policy("pol-1", rule, NOW, **config)], facts)
    return [reason for breach in found for reason in breach.reasons]


def outside(domains: list[str], *sans: str, **switches: bool) -> list[str]:
    told = reasons(PolicyType.ALLOWED_DOMAINS, {"domains": domains} | switches, sans=sans)
    return [reason.partition(" ")[0] for reason in told]


def test_an_issuer_that_is_not_allowed_is_named_with_those_that_are() -> None:
    config = {"issuer_ids": ["iss-a", "iss-b"]}
    told = "the issuer iss-local is not allowed: allowed are iss-a, iss-b"
    assert reasons(PolicyType.ALLOWED_ISSUERS, config) == [told]
    assert reasons(PolicyType.ALLOWED_ISSUERS, config, issuer_id="iss-b") == []


def test_a_domain_is_that_name_and_a_star_exactly_one_label() -> None:
    domains = ["example.com", "*.example.com"]
    assert outside(domains, "DNS:example.com", "DNS:www.example.com", "DNS:*.example.com") == []
    assert outside(domains, "DNS:a.b.example.com", "DNS:example.org", "DNS:badexample.com") == [
        "DNS:a.b.example.com",
        "DNS:example.org",
        "DNS:badexample.com",
    ]


def test_addresses_and_uris_are_held_to_their_host_and_ip_addresses_are_in_no_domain() -> None:
    assert outside(
        ["example.com"],
        "email:ops@example.com",
        "email:ops@example.org",
        "URI:spiffe://example.com/shop",
        "URI:https://example.org/x",
        "URI:https://192.0.2.7/x",
        "URI:urn:uuid:1",
        "IP:192.0.2.7",
        "IP:2001:db8::1",
    ) == ["email:ops@example.org", "URI:https://example.org/x"]


IN_NO_DOMAIN = ("IP:192.0.2.7", "IP:2001:db8::1", "URI:https://192.0.2.7/x", "URI:https://[2001:db8::1]/x")
WITHOUT_HOST = ("URI:urn:uuid:1", "URI:mailto:ops@example.com")


def test_ip_addresses_are_refused_where_the_policy_says_so() -> None:
    names = ("DNS:example.com", *IN_NO_DOMAIN, *WITHOUT_HOST)
    assert outside(["example.com"], *names, allow_ip=False) == list(IN_NO_DOMAIN)
    assert outside(["example.com"], *names, allow_ip=True) == []


def test_uris_without_a_host_are_refused_where_the_policy_says_so() -> None:
    names = ("DNS:example.com", *IN_NO_DOMAIN, *WITHOUT_HOST)
    assert outside(["example.com"], *names, allow_uri_without_host=False) == list(WITHOUT_HOST)
    assert outside(["example.com"], *names, allow_ip=False, allow_uri_without_host=False) == [
        *IN_NO_DOMAIN,
        *WITHOUT_HOST,
    ]


def test_a_uri_whose_host_cannot_be_read_is_refused_and_raises_nothing() -> None:
    stored = "URI:https://[abc]@www.example.com/x"
    assert outside(["www.example.com"], stored) == [stored]


@given(st.text(max_size=60).map(lambda text: f"URI:https://{text}"))
def test_any_uri_is_judged(san: str) -> None:
    assert outside(["example.com"], san) in ([], [san.partition(" ")[0]])


@given(NAMES, NAMES)
def test_a_star_covers_one_label_and_nothing_else(name: str, parent: str) -> None:
    covered = outside([f"*.{parent}"], f"DNS:{name}.{parent}") == []
    assert covered is ("." not in name)
    assert outside([f"*.{parent}"], f"DNS:{parent}") == [f"DNS:{parent}"]


@given(NAMES, NAMES)
def test_a_domain_without_a_star_covers_itself_alone(name: str, domain: str) -> None:
    assert (outside([domain], f"DNS:{name}") == []) is (name == domain)


def test_tags_and_fields_that_are_missing_are_each_told_and_a_default_counts_as_missing() -> None:
    config = {"tags": ["cost", "contact"], "fields": ["environment", "owner_id", "team_id", "target_ids"]}
    told = [
        "the tag contact is missing",
        "environment is not given",
        "owner_id is not given",
        "target_ids is not given",
    ]
    assert reasons(PolicyType.REQUIRED_METADATA, config, tags={"cost": "42", "contact": ""}) == told
    given_: dict[str, Any] = {"environment": "prod", "owner_id": "o-ann", "target_ids": ("tgt-1",)}
    assert reasons(PolicyType.REQUIRED_METADATA, config, tags={"cost": "1", "contact": "x"}, **given_) == []


def test_an_environment_that_is_not_allowed_is_refused_and_so_is_none() -> None:
    config = {"environments": ["staging", "production"]}
    allowed = "allowed are staging, production"
    assert reasons(PolicyType.ALLOWED_ENVIRONMENTS, config) == [
        f"the environment '' is not allowed: {allowed}"
    ]
    assert reasons(PolicyType.ALLOWED_ENVIRONMENTS, config, environment="production") == []


@pytest.mark.parametrize(
    ("lifetime", "window", "breaks"), [(200, 30, False), (200, 29, True), (47, 16, False), (47, 15, True)]
)
def test_a_renewal_comes_early_enough_or_a_third_of_the_lifetime_before_the_end(
    lifetime: int, window: int, breaks: bool
) -> None:
    profile = replace(SERVER, max_ttl=timedelta(days=lifetime))
    told = reasons(PolicyType.RENEWAL_LEAD_TIME, {"min_days": 30}, profile, window)
    assert bool(told) is breaks


def test_a_required_profile_is_the_one_of_the_record() -> None:
    config = {"fields": ["profile_id"]}
    assert reasons(PolicyType.REQUIRED_METADATA, config, certificate_profile_id="mtls") == []
    assert reasons(PolicyType.REQUIRED_METADATA, config, certificate_profile_id="") == [
        "profile_id is not given"
    ]


@pytest.mark.parametrize(("days", "breaks"), [(47, False), (48, True)])
def test_a_lifetime_over_the_limit_is_told(days: int, breaks: bool) -> None:
    profile = replace(SERVER, max_ttl=timedelta(days=days))
    told = reasons(PolicyType.CERTIFICATE_LIFETIME, {"max_days": 47}, profile)
    assert told == (["the profile server is for 48 days: at most 47 are allowed"] if breaks else [])


def test_a_disabled_policy_is_passed_over() -> None:
    policy = a_policy("pol-1", PolicyType.ALLOWED_ISSUERS, NOW, issuer_ids=["iss-a"])
    off = replace(policy, content=replace(policy.content, enabled=False))
    facts = PolicyFacts(CERTIFICATE, SERVER, RenewalPolicy())
    assert [breach.policy_id for breach in evaluate([off, policy], facts)] == ["pol-1"]
    assert evaluate([off], facts) == []


def test_an_edit_is_held_to_what_it_breaks_itself() -> None:
    policy = a_policy("pol-1", PolicyType.REQUIRED_METADATA, NOW, tags=["cost", "contact"])

    def breaches(**tags: str) -> list[Breach]:
        facts = PolicyFacts(replace(CERTIFICATE, tags=tags), SERVER, RenewalPolicy())
        return evaluate([policy], facts)

    assert new_breaches(breaches(contact="x"), breaches()) == []
    (broken,) = new_breaches(breaches(), breaches(contact="x"))
    assert broken.reasons == ("the tag contact is missing",)
