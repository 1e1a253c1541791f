"""Trust rules: what they demand of their writer, and of a token."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from certctl.domain.identity.identity_providers import IdentityProvider, ProviderType, SignInSettings
from certctl.domain.identity.trust_rules import (
    ClaimRule,
    TrustRule,
    audience_problems,
    checks_of,
    pin_problems,
    replaces,
    rule_problems,
    values_at,
    warnings_of,
)

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
SECOND = int(NOW.timestamp())
AWS = "https://sts.amazonaws.com/"


def rule(*claims: tuple[tuple[str, ...], tuple[str, ...]], **fields: Any) -> TrustRule:
    return TrustRule("idp-1", "sa-1", tuple(ClaimRule(*claim) for claim in claims), **fields)


def refused(of: TrustRule, provider: ProviderType, claims: Mapping[str, Any]) -> list[str]:
    """Names of the checks that did not pass."""
    token = {"iat": SECOND, "jti": "1"} | dict(claims)
    checks = checks_of(of, IdentityProvider(provider, "https://issuer.example"), token, NOW)
    return [check.name for check in checks if not check.passed]


PINNED = {
    ProviderType.GITHUB: ("repository_id",),
    ProviderType.GITLAB: ("project_id",),
    ProviderType.AWS: (AWS, "principal_id"),
    ProviderType.KUBERNETES: ("sub",),
    ProviderType.OIDC: ("sub",),
}


@pytest.mark.parametrize("provider", ProviderType)
def test_a_rule_pins_what_the_provider_never_gives_again(provider: ProviderType) -> None:
    pin = PINNED[provider]
    assert not list(pin_problems(rule((pin, ("1234",))), provider))
    assert list(pin_problems(rule((pin, ("1234", "12*"))), provider))
    assert list(pin_problems(rule((("repository",), ("org/app",))), provider))


@pytest.mark.parametrize(
    ("issuer", "client_id", "fields"),
    [
        ("https://i.example", "people", ["audience"]),
        ("https://o.example", "people", []),
        ("https://i.example", "x", []),
    ],
)
def test_its_audience_is_no_login_client_of_any_record_of_its_issuer(
    issuer: str, client_id: str, fields: list[str]
) -> None:
    machines = IdentityProvider(ProviderType.GITLAB, "https://i.example")
    sign_in = SignInSettings(client_id, "certctl/blue/identity/people", enabled=False)
    people = IdentityProvider(ProviderType.OIDC, issuer, sign_in=sign_in)
    problems = audience_problems(rule(audience="people"), machines.issuer, [machines, people])
    assert [problem.field for problem in problems] == fields


def test_a_rule_without_claims_or_with_one_twice_is_refused() -> None:
    assert [p.field for p in rule_problems(rule())] == ["claims"]
    twice = rule((("sub",), ("a",)), (("sub",), ("b",)))
    assert [p.field for p in rule_problems(twice)] == ["claims"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"lifetime_seconds": 59}, "lifetime_seconds"),
        ({"lifetime_seconds": 3601}, "lifetime_seconds"),
        ({"max_token_age_seconds": 86401}, "max_token_age_seconds"),
    ],
)
def test_lifetimes_are_bounded(fields: Mapping[str, int], field: str) -> None:
    assert [p.field for p in rule_problems(rule((("sub",), ("a",)), **fields))] == [field]


@pytest.mark.parametrize("values", [(), ("a", "a"), ("",), ("a*b*c*",)])
def test_values_are_checked(values: tuple[str, ...]) -> None:
    assert list(rule_problems(rule((("sub",), values))))


def test_all_claims_must_hold_and_one_value_of_each() -> None:
    of = rule((("sub",), ("a", "b")), (("ref",), ("refs/heads/main",)))
    assert not refused(of, ProviderType.OIDC, {"sub": "b", "ref": "refs/heads/main"})
    assert refused(of, ProviderType.OIDC, {"sub": "c", "ref": "refs/heads/main"}) == ["sub"]
    assert refused(of, ProviderType.OIDC, {"sub": "a"}) == ["ref"]


def test_a_nested_claim_is_found_by_its_path_and_never_by_a_dotted_name() -> None:
    of = rule((("kubernetes.io", "namespace"), ("prod",)))
    assert not refused(of, ProviderType.KUBERNETES, {"kubernetes.io": {"namespace": "prod"}})
    assert refused(of, ProviderType.KUBERNETES, {"kubernetes.io.namespace": "prod"})


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("a", ("a",)),
        (7, ("7",)),
        (True, ("true",)),
        (False, ("false",)),
        (["a", "b", 7], ("a", "b", "7")),
        (1.5, ()),
        (None, ()),
        ({"a": 1}, ()),
        ([["a"]], ()),
        ("", ()),
    ],
)
def test_claims_are_compared_as_texts(value: Any, texts: tuple[str, ...]) -> None:
    assert values_at({"c": value}, ("c",)) == texts


@pytest.mark.parametrize(
    ("provider", "claim", "event"),
    [
        (ProviderType.GITHUB, "event_name", "pull_request"),
        (ProviderType.GITHUB, "event_name", "pull_request_target"),
        (ProviderType.GITHUB, "event_name", "pull_request_review"),
        (ProviderType.GITLAB, "pipeline_source", "merge_request_event"),
        (ProviderType.GITLAB, "pipeline_source", "external_pull_request_event"),
    ],
)
def test_what_anybody_can_cause_is_refused_unless_named(
    provider: ProviderType, claim: str, event: str
) -> None:
    pinned = (PINNED[provider], ("1",))
    token = {PINNED[provider][0]: "1", claim: event}
    assert refused(rule(pinned), provider, token) == [claim]
    assert refused(rule(pinned, ((claim,), ("*",))), provider, token) == [claim]
    assert not refused(rule(pinned, ((claim,), (event,))), provider, token)
    assert not refused(rule(pinned), provider, token | {claim: "push"})


def test_a_token_must_be_young() -> None:
    of = rule((("sub",), ("a",)), max_token_age_seconds=600)
    assert not refused(of, ProviderType.OIDC, {"sub": "a", "iat": SECOND - 660})
    assert refused(of, ProviderType.OIDC, {"sub": "a", "iat": SECOND - 661}) == ["iat"]
    assert refused(of, ProviderType.OIDC, {"sub": "a", "iat": True}) == ["iat"]


def test_tokens_that_are_taken_once_need_a_jti() -> None:
    once, default = rule((("sub",), ("a",)), single_use=True), rule((("sub",), ("a",)))
    assert refused(once, ProviderType.OIDC, {"sub": "a", "jti": None}) == ["jti"]
    assert not refused(default, ProviderType.OIDC, {"sub": "a", "jti": None})
    taken = {provider: default.takes_once(provider) for provider in ProviderType}
    assert [provider for provider, once in taken.items() if once] == [ProviderType.GITHUB, ProviderType.AWS]
    assert not replace(default, single_use=False).takes_once(ProviderType.GITHUB)


def test_any_branch_is_a_warning() -> None:
    pinned = (("repository_id",), ("1",))
    assert warnings_of(rule(pinned), ProviderType.GITHUB)
    assert not warnings_of(rule(pinned, (("ref",), ("refs/heads/main",))), ProviderType.GITHUB)
    assert not warnings_of(rule((("sub",), ("a",))), ProviderType.KUBERNETES)


def test_no_check_shows_what_the_rule_expects() -> None:
    of = rule((("sub",), ("EXPECTED",)))
    provider = IdentityProvider(ProviderType.OIDC, "https://issuer.example")
    assert all("EXPECTED" not in each.detail for each in checks_of(of, provider, {"sub": "x"}, NOW))


@pytest.mark.parametrize(
    ("after", "replaced"),
    [
        ([(("repository_id",), ("2",))], True),
        ([(("repository_id",), ("1", "2"))], False),
        ([(("repository_id",), ("1",)), (("ref",), ("main",))], False),
        ([(("sub",), ("repo:a/b:*",))], False),
        ([(("repository_id",), ("2",)), (("groups",), ("a",))], True),
    ],
)
def test_a_rule_replaces_another_if_it_pins_the_same_claim_to_other_values(
    after: list[tuple[tuple[str, ...], tuple[str, ...]]], replaced: bool
) -> None:
    before = rule((("repository_id",), ("1",)), (("sub",), ("repo:a/b:*",)))
    assert replaces(rule(*after), before) is replaced


def test_other_values_of_a_list_replace_nothing() -> None:
    """A token may have both."""
    assert not replaces(rule((("groups",), ("b",))), rule((("groups",), ("a",))))
