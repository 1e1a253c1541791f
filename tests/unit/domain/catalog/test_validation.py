from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer, Owner, Target
from certctl.domain.catalog.validation import problems_of
from certctl.domain.kinds import IssuerType, TargetType
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.profiles import KeyRule, Profile
from certctl.domain.policies.statuses import PolicySeverity
from certctl.domain.policies.usages import ExtendedKeyUsage, KeyAlgorithm
from certctl.domain.renewal.policies import RenewalPolicy

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
SERVER = (ExtendedKeyUsage.SERVER_AUTH,)
FILES: Mapping[str, Any] = {"certificate_path": "/etc/ssl/a.pem", "key_path": "/etc/ssl/a.key"}
SERVED: Mapping[str, Any] = {**FILES, "verify_address": "127.0.0.1:443"}
HAPROXY: Mapping[str, Any] = {"certificate_path": "/etc/haproxy/site.pem", "verify_address": "[::1]:443"}
ACME: Mapping[str, Any] = {
    "directory_url": "https://acme.example.com/directory",
    "terms_of_service_agreed": True,
}
ARN = "arn:aws:acm:eu-central-1:123456789012:certificate/0b9aad6e-0000-4000-8000-000000000000"


def fields_refused(kind: Kind, content: Any) -> list[str]:
    entry: AnyEntry = Entry(kind, "id-1", "name", content, NOW, NOW)
    problems = problems_of(entry, "blue")
    assert all(problem.message for problem in problems)
    return [problem.field for problem in problems]


def issuer(config: Mapping[str, Any]) -> list[str]:
    return fields_refused(Kind.ISSUER, Issuer(IssuerType.ACME, dict(config)))


def target(kind: TargetType, config: Mapping[str, Any]) -> list[str]:
    return fields_refused(Kind.TARGET, Target(kind, dict(config)))


def policy(kind: PolicyType, config: Mapping[str, Any]) -> list[str]:
    return fields_refused(Kind.POLICY, Policy(kind, PolicySeverity.ERROR, dict(config)))


def test_the_local_ca_has_no_settings() -> None:
    assert fields_refused(Kind.ISSUER, Issuer(IssuerType.GENERIC_CA, {})) == []
    assert fields_refused(Kind.ISSUER, Issuer(IssuerType.GENERIC_CA, {"key": 1})) == ["config.key"]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"contacts": ["mailto:pki@example.com"], "challenge": "http-01", "profile": "shortlived"},
        {"challenge": "dns-01", "hosted_zones": {"example.com": "Z0ABC"}},
        {"external_account": {"key_id": "kid", "hmac_secret": "certctl/blue/issuers/eab"}},
        {"external_account": {"key_id": "kid", "hmac_secret": "/certctl/blue/issuers/eab"}},
    ],
)
def test_good_acme_settings_are_taken(settings: dict[str, Any]) -> None:
    assert issuer({**ACME, **settings}) == []


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"directory_url": "http://acme.example.com/directory"}, "directory_url"),
        ({"directory_url": "https://user@acme.example.com/"}, "directory_url"),
        ({"directory_url": None}, "directory_url"),
        ({"terms_of_service_agreed": "yes"}, "terms_of_service_agreed"),
        ({"contacts": ["pki@example.com"]}, "contacts"),
        ({"contacts": []}, "contacts"),
        ({"challenge": "tls-alpn-01"}, "challenge"),
        ({"challenge": "dns-01"}, "hosted_zones"),
        ({"hosted_zones": {"example.com": "not a zone"}}, "hosted_zones"),
        ({"external_account": {"key_id": "kid", "hmac_secret": "c2VjcmV0"}}, "external_account"),
        (
            {"external_account": {"key_id": "kid", "hmac_secret": "certctl/green/issuers/eab"}},
            "external_account",
        ),
        (
            {"external_account": {"key_id": "kid", "hmac_secret": "certctl/blue/channels/eab"}},
            "external_account",
        ),
        ({"ca_bundle": "PEM"}, "ca_bundle"),
        ({"profile": "a b"}, "profile"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_bad_acme_settings_are_refused_by_name(settings: dict[str, Any], field: str) -> None:
    assert issuer({**ACME, **settings}) == [f"config.{field}"]


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (TargetType.NGINX, {**SERVED, "verify_timeout_seconds": 120, "reload_command": []}),
        (
            TargetType.APACHE,
            {
                **FILES,
                "chain_path": "/etc/ssl/chain.pem",
                "test_command": ["apachectl", "configtest"],
                "reload_command": ["systemctl", "reload", "apache2"],
                "verify_address": "127.0.0.1:443",
                "verify_server_name": "www.example.com",
                "owner": "root",
                "group": "ssl-cert",
            },
        ),
        (TargetType.HAPROXY, HAPROXY),
        (TargetType.FILES, {**FILES, "reload_command": ["true"]}),
        (TargetType.ACM, {"region": "eu-central-1", "certificate_arn": ARN}),
        (TargetType.ACM, {"region": "us-gov-west-1"}),
    ],
)
def test_good_target_settings_are_taken(kind: TargetType, config: dict[str, Any]) -> None:
    assert target(kind, config) == []


@pytest.mark.parametrize(
    ("kind", "settings", "field"),
    [
        (TargetType.NGINX, {"certificate_path": "etc/ssl/a.pem"}, "certificate_path"),
        (TargetType.NGINX, {"certificate_path": "/etc/../a.pem"}, "certificate_path"),
        (TargetType.NGINX, {"certificate_path": "/etc/ssl/"}, "certificate_path"),
        (TargetType.NGINX, {"key_path": None}, "key_path"),
        (TargetType.NGINX, {"reload_command": "nginx -s reload"}, "reload_command"),
        (TargetType.NGINX, {"reload_command": [["nginx"]]}, "reload_command"),
        (TargetType.NGINX, {"certificate_path": "/etc//a.pem"}, "certificate_path"),
        (TargetType.NGINX, {"certificate_path": "//etc/a.pem"}, "certificate_path"),
        (TargetType.NGINX, {"key_path": "/etc/ssl/a.pem"}, "key_path"),
        (TargetType.NGINX, {"chain_path": "/etc/ssl/a.key"}, "chain_path"),
        (TargetType.NGINX, {"verify_address": None}, "verify_address"),
        (TargetType.NGINX, {"verify_server_name": "a b"}, "verify_server_name"),
        (TargetType.NGINX, {"verify_timeout_seconds": 0}, "verify_timeout_seconds"),
        (TargetType.NGINX, {"verify_timeout_seconds": 121}, "verify_timeout_seconds"),
        (TargetType.NGINX, {"verify_timeout_seconds": True}, "verify_timeout_seconds"),
        (TargetType.NGINX, {"password": "secret"}, "password"),
        (TargetType.HAPROXY, {"chain_path": "/etc/ssl/chain.pem"}, "chain_path"),
        (TargetType.NGINX, {"test_command": ["nginx", ""]}, "test_command"),
        (TargetType.NGINX, {"verify_address": "127.0.0.1"}, "verify_address"),
        (TargetType.NGINX, {"verify_address": "127.0.0.1:70000"}, "verify_address"),
        (TargetType.NGINX, {"owner": "root; id"}, "owner"),
        (TargetType.FILES, {"test_command": ["true"]}, "test_command"),
    ],
)
def test_bad_target_settings_are_refused_by_name(
    kind: TargetType, settings: dict[str, Any], field: str
) -> None:
    good = {TargetType.FILES: FILES, TargetType.HAPROXY: HAPROXY}.get(kind, SERVED)

    assert target(kind, {**good, **settings}) == [f"config.{field}"]


def test_a_target_in_acm_names_its_region_and_no_files() -> None:
    assert target(TargetType.ACM, {}) == ["config.region"]
    assert target(TargetType.ACM, {"region": "Frankfurt"}) == ["config.region"]
    assert target(TargetType.ACM, {"region": "eu-central-1", "key_path": "/k"}) == ["config.key_path"]


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (PolicyType.ALLOWED_ISSUERS, {"issuer_ids": ["iss-local"]}),
        (PolicyType.ALLOWED_DOMAINS, {"domains": ["example.com", "*.example.com", "localhost"]}),
        (PolicyType.REQUIRED_METADATA, {"tags": ["cost-centre"]}),
        (PolicyType.REQUIRED_METADATA, {"fields": ["environment"]}),
        (PolicyType.ALLOWED_ENVIRONMENTS, {"environments": ["production"]}),
        (PolicyType.RENEWAL_LEAD_TIME, {"min_days": 7}),
        (PolicyType.CERTIFICATE_LIFETIME, {"max_days": 90}),
    ],
)
def test_good_policies_are_taken(kind: PolicyType, config: dict[str, Any]) -> None:
    assert policy(kind, config) == []


@pytest.mark.parametrize(
    ("kind", "config", "refused"),
    [
        (PolicyType.ALLOWED_ISSUERS, {}, ["config.issuer_ids"]),
        (PolicyType.ALLOWED_ISSUERS, {"issuer_ids": ["No Id"]}, ["config.issuer_ids"]),
        (PolicyType.ALLOWED_DOMAINS, {"domains": ["**.example.com"]}, ["config.domains"]),
        (PolicyType.ALLOWED_DOMAINS, {"domains": ["a.*.com"]}, ["config.domains"]),
        (PolicyType.ALLOWED_DOMAINS, {"domains": ["Example.com"]}, ["config.domains"]),
        (PolicyType.ALLOWED_DOMAINS, {"domains": ["example.com", "example.com"]}, ["config.domains"]),
        (PolicyType.ALLOWED_DOMAINS, {"domains": [{"a": 1}]}, ["config.domains"]),
        (PolicyType.REQUIRED_METADATA, {}, ["config"]),
        (PolicyType.REQUIRED_METADATA, {"fields": ["colour"]}, ["config.fields"]),
        (PolicyType.ALLOWED_ENVIRONMENTS, {"environments": []}, ["config.environments"]),
        (PolicyType.RENEWAL_LEAD_TIME, {"min_days": True}, ["config.min_days"]),
        (PolicyType.CERTIFICATE_LIFETIME, {"max_days": 0}, ["config.max_days"]),
        (PolicyType.CERTIFICATE_LIFETIME, {"max_days": 9, "min_days": 1}, ["config.min_days"]),
    ],
)
def test_bad_policies_are_refused_by_name(
    kind: PolicyType, config: dict[str, Any], refused: list[str]
) -> None:
    assert policy(kind, config) == refused


def test_an_address_must_be_one() -> None:
    assert fields_refused(Kind.OWNER, Owner("pki@example.com")) == []
    assert fields_refused(Kind.OWNER, Owner("pki example.com")) == ["email"]


@pytest.mark.parametrize(
    ("profile", "refused"),
    [
        (Profile(SERVER), []),
        (Profile(SERVER, keys=(KeyRule(KeyAlgorithm.RSA, (3072,)), KeyRule(KeyAlgorithm.ED25519))), []),
        (Profile(SERVER, san_patterns=("DNS:**.example.com", "IP:10.0.0.0/8")), []),
        (Profile(()), ["extended_key_usages"]),
        (Profile(SERVER * 2), ["extended_key_usages"]),
        (Profile(SERVER, max_ttl=timedelta(seconds=599)), ["max_ttl_seconds"]),
        (Profile(SERVER, max_ttl=timedelta(days=3651)), ["max_ttl_seconds"]),
        (Profile(SERVER, keys=(KeyRule(KeyAlgorithm.RSA, (1024,)),)), ["keys.0.sizes"]),
        (Profile(SERVER, keys=(KeyRule(KeyAlgorithm.ED25519, (256,)),)), ["keys.0.sizes"]),
        (Profile(SERVER, keys=(KeyRule(KeyAlgorithm.ECDSA),) * 2), ["keys"]),
        (Profile(SERVER, san_patterns=("*.example.com", "a.*.example.com")), ["san_patterns.1"]),
    ],
)
def test_a_profile_is_held_to_what_a_ca_can_issue(profile: Profile, refused: list[str]) -> None:
    assert fields_refused(Kind.PROFILE, profile) == refused


@pytest.mark.parametrize(
    ("thresholds", "refused"),
    [((30, 7, 0), []), ((), []), ((7, 30), ["alert_thresholds_days"]), ((7, 7), ["alert_thresholds_days"])],
)
def test_thresholds_fall_and_none_comes_twice(thresholds: tuple[int, ...], refused: list[str]) -> None:
    policy = RenewalPolicy(alert_thresholds_days=thresholds)
    assert fields_refused(Kind.RENEWAL_POLICY, policy) == refused


@pytest.mark.parametrize(
    ("lifetime", "refused"), [(timedelta(days=7), []), (timedelta(days=7, seconds=1), ["no_rev_avail"])]
)
def test_only_short_lived_profiles_leave_out_the_revocation_status(
    lifetime: timedelta, refused: list[str]
) -> None:
    assert fields_refused(Kind.PROFILE, Profile(SERVER, max_ttl=lifetime, no_rev_avail=True)) == refused
    assert fields_refused(Kind.PROFILE, Profile(SERVER, max_ttl=lifetime)) == []
