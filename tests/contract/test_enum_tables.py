"""A table that is keyed by an enum has a row for each member, or a reason why not."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from http import HTTPStatus
from typing import Any

import pytest

import certctl
from certctl.crypto.issuing.issuer_checks import issuer_problems
from certctl.crypto.names import San
from certctl.domain.access.permissions import Permission
from certctl.domain.access.subjects import SubjectKind
from certctl.domain.acme.problems import ProblemType
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer
from certctl.domain.catalog.validation import problems_of
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.channels.channels import ChannelConfig, ChannelState
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.identity.identity_providers import ProviderType
from certctl.domain.insights.attention import AttentionKind
from certctl.domain.inventory.statuses import ObservedStatus
from certctl.domain.issuing.kinds.registry import ISSUER_KINDS
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.kinds import ChannelKind, IssuerType
from certctl.domain.notifications.channel_alerts import fallback_channel
from certctl.domain.notifications.statuses import NotificationType
from certctl.domain.policies.usages import KeyAlgorithm
from certctl.domain.revocation.states import ItemState
from certctl.store.catalog.content_kinds import common, identity, policies
from tests.support.template import load_template

_NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
_DIRECTORY = "https://acme.example/directory"
_CA = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/0a1b2c3d-0000-4000-8000-000000000001"
_CONFIGS: Mapping[IssuerType, dict[str, Any]] = {
    IssuerType.GENERIC_CA: {},
    IssuerType.ACME: {"directory_url": _DIRECTORY, "terms_of_service_agreed": True},
    IssuerType.AWS_PCA: {"ca_arn": _CA},
}
"""The least that each type of issuer accepts."""

_NOT_AWAITED = {
    JobStatus.PENDING,
    JobStatus.RUNNING,
    JobStatus.COMPLETED,
    JobStatus.FAILED,
    JobStatus.CANCELLED,
}
_STATES_THAT_GO_ON = {
    JobStatus.PENDING,
    JobStatus.AWAITING_CSR,
    JobStatus.AWAITING_APPROVAL,
    JobStatus.RUNNING,
}
_RARELY_READ = {
    AttentionKind.CAMPAIGNS,
    AttentionKind.CHANNELS_DOWN,
    AttentionKind.NO_CHANNEL,
    AttentionKind.CRLS_LATE,
    AttentionKind.VIOLATIONS,
    AttentionKind.NAMES_UNLIMITED,
    AttentionKind.AGENTS_OFFLINE,
}
_ALERTS_BY_RULES = {
    NotificationType.EXPIRATION_WARNING,
    NotificationType.RENEWAL_SUCCESS,
    NotificationType.RENEWAL_FAILURE,
    NotificationType.DEPLOYMENT_SUCCESS,
    NotificationType.DEPLOYMENT_FAILURE,
    NotificationType.POLICY_VIOLATION,
    NotificationType.CHANNEL_FAILURE,
    NotificationType.REPLACEMENT_NEEDED,
    NotificationType.ENDPOINT_PROBLEM,
    NotificationType.UNMANAGED_EXPIRY,
    NotificationType.UNKNOWN_ISSUANCE,
    NotificationType.SOURCE_FAILURE,
    NotificationType.DIGEST,
    NotificationType.TEST,
}
_REFUSED_WITH_400 = {kind for kind in ProblemType if kind.status == HTTPStatus.BAD_REQUEST}
_ACCOUNTS = {Kind.SERVICE_ACCOUNT, Kind.USER}
_READ_BY_SOME = {Kind.TARGET, Kind.TRUST_RULE, Kind.ACCESS_RULE} | _ACCOUNTS
_OF_ACCESS = {Kind.IDENTITY_PROVIDER, Kind.TRUST_RULE, Kind.ACCESS_RULE} | _ACCOUNTS
_CATALOG_ONLY = {Kind.TARGET, Kind.POLICY, Kind.PROFILE, Kind.RENEWAL_POLICY, Kind.AGENT} | _OF_ACCESS
_RULES = {Kind.ACCESS_RULE, Kind.TRUST_RULE}
_UNLIMITED = set(Kind) - {Kind.POLICY, Kind.IDENTITY_PROVIDER}
_OF_ADMINISTRATORS = {Kind.ISSUER, Kind.TEAM, Kind.POLICY, Kind.PROFILE, Kind.RENEWAL_POLICY}
_PARTS = {Permission.OWNERS_WRITE, Permission.ACCESS_RULES_WRITE, Permission.TEAM_RECORDS_READ}
_NOT_EVALUATED = {Kind.ISSUER, Kind.TARGET, Kind.OWNER, Kind.TEAM, Kind.POLICY, Kind.AGENT} | _OF_ACCESS
_MISSING_ON_PURPOSE: Sequence[tuple[set[Any], str]] = (
    ({ObservedStatus.CLAIMED, ObservedStatus.UNMANAGED}, "their expiry alerts go on"),
    ({ObservedStatus.GONE, ObservedStatus.SUPERSEDED}, "they are no stored states"),
    ({KeyAlgorithm.ED25519}, "it has one size"),
    (
        {ItemState.FOUND, ItemState.VERIFIED, ItemState.REVOKED, ItemState.SKIPPED},
        "people can do nothing about a certificate of a campaign in this state",
    ),
    (
        {Kind.AGENT, Kind.ISSUER, Kind.TARGET},
        "an agent has no settings, and those of the others are their types'",
    ),
    ({Kind.AGENT, Kind.POLICY} | _OF_ACCESS, "no certificate refers to one"),
    (
        {Kind.AGENT, Kind.POLICY, Kind.TARGET} | _OF_ACCESS,
        "no attribute of a certificate refers to one alone",
    ),
    (set(AttentionKind) - _RARELY_READ, "these are read with each report"),
    ({SubjectKind.AGENT}, "the ids of agents are chosen by their makers"),
    *(
        (set(Kind) - stored, "`stored_content` finds each kind in one of its tables")
        for stored in (set(common.CONTENTS), set(identity.CONTENTS), set(policies.CONTENTS))
    ),
    (
        set(Kind) - {Kind.ACCESS_RULE, Kind.IDENTITY_PROVIDER},
        "a change of one needs a recent sign-in only if it makes an administrator",
    ),
    (_UNLIMITED, "there may be any number of these, or rule_room has their bound"),
    (set(Kind) - _RULES, "rules alone have a bound that leaves room to administrators"),
    ({ProviderType.KUBERNETES, ProviderType.AWS, ProviderType.OIDC}, "these have no pipelines of branches"),
    (_CATALOG_ONLY, "certificates are not indexed by these"),
    (_OF_ADMINISTRATORS, "teams do not write these"),
    (set(Kind) - _READ_BY_SOME, "everybody who reads the catalog reads these"),
    (set(Permission) - _PARTS, "no other permission includes these"),
    (_NOT_EVALUATED, "policies do not depend on these"),
    (_NOT_EVALUATED | {Kind.RENEWAL_POLICY}, "only a certificate profile has a hint"),
    ({Lifecycle.PENDING, Lifecycle.ACTIVE}, "their status is decided by more than the lifecycle"),
    ({Lifecycle.PENDING, Lifecycle.ACTIVE, Lifecycle.ARCHIVED}, "these are in no CRL"),
    (_NOT_AWAITED, "these wait for nobody"),
    (_STATES_THAT_GO_ON, "the job has not ended"),
    (_STATES_THAT_GO_ON | {JobStatus.CANCELLED}, "the worker of a bulk revocation does not cancel it"),
    (_REFUSED_WITH_400, "a problem of these types has the status 400"),
    (_ALERTS_BY_RULES, "the routing rules alone decide who receives these"),
)
"""Members without a row, each named, so that a new member is missed in every table."""


def _is_by_enum(held: Any) -> bool:
    return isinstance(held, Mapping) and bool(held) and _common_enum(held) is not None


def _common_enum(table: Mapping[Any, Any]) -> type[Enum] | None:
    enums = {type(key) for key in table}
    (enum, *others) = enums
    return enum if not others and issubclass(enum, Enum) else None


def _tables() -> Iterator[tuple[str, Mapping[Enum, Any]]]:
    seen: set[int] = set()
    for found in pkgutil.walk_packages(certctl.__path__, "certctl."):
        for name, held in list(vars(importlib.import_module(found.name)).items()):
            if id(held) not in seen and _is_by_enum(held):
                seen.add(id(held))
                yield f"{found.name}.{name}", held


_TABLES = dict(_tables())


def _missing(table: Mapping[Enum, Any]) -> frozenset[Enum]:
    enum = _common_enum(table)
    assert enum is not None
    return frozenset(enum).difference(table)


@pytest.mark.parametrize("name", _TABLES)
def test_a_table_by_an_enum_has_every_member_or_a_reason(name: str) -> None:
    missing = _missing(_TABLES[name])
    assert not missing or any(missing == reasoned for reasoned, _ in _MISSING_ON_PURPOSE), (
        f"{name} lacks {sorted(str(member) for member in missing)}: "
        "add their rows, or a reason to _MISSING_ON_PURPOSE"
    )


def test_every_reason_is_that_of_a_table() -> None:
    missing = {_missing(table) for table in _TABLES.values()}
    assert [reason for members, reason in _MISSING_ON_PURPOSE if members not in missing] == []


def test_tables_are_found_where_they_are_known_to_be() -> None:
    """Else the tests above would hold of nothing."""
    assert {type(next(iter(table))) for table in _TABLES.values()} >= {
        ChannelKind,
        Kind,
        JobStatus,
    }


@pytest.mark.parametrize("kind", ChannelKind)
def test_a_channel_of_each_kind_can_stand_in_for_another(kind: ChannelKind) -> None:
    """The kind has its place among the preferred ones: without one, no dead row would ever be dead."""
    others = [
        ChannelConfig(f"{each}-2", each, {"to": "ops@example.com"}) for each in (kind, ChannelKind.SLACK)
    ]
    found = fallback_channel("bad", others, lambda _: ChannelState(), CHANNEL_KINDS)
    assert found in others


def test_the_deploy_configures_each_kind_of_channel_that_names_a_section_of_its_variable() -> None:
    variables = load_template()["Globals"]["Function"]["Environment"]["Variables"]
    lines = variables["CERTCTL_CHANNELS"]["Fn::Sub"].split()
    sections = {section for definition in CHANNEL_KINDS for section in definition.configured_by}
    assert {line.partition(".")[0] for line in lines} == sections


def _issuer(issuer_type: IssuerType, settings: dict[str, Any]) -> Entry[Issuer]:
    return Entry(Kind.ISSUER, "iss-1", "an issuer", Issuer(issuer_type, settings), _NOW, _NOW)


@pytest.mark.parametrize("issuer_type", IssuerType)
def test_the_settings_of_each_type_of_issuer_are_checked_as_its_own(issuer_type: IssuerType) -> None:
    assert problems_of(_issuer(issuer_type, _CONFIGS[issuer_type]), "blue") == []


@pytest.mark.parametrize("issuer_type", IssuerType)
def test_a_certificate_of_each_type_of_issuer_can_be_checked(issuer_type: IssuerType) -> None:
    entry, names = _issuer(issuer_type, _CONFIGS[issuer_type]), (San("DNS", "www.example.com"),)
    problems = issuer_problems(entry, ISSUER_KINDS, names, None, None, _NOW + timedelta(days=90))
    assert {problem.field for problem in problems} <= {"issuer_id"}
