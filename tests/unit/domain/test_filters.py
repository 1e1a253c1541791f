"""Each field of each filter lets one record through and keeps another one out."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

import certctl.domain
from certctl.domain.acme.requests import EabKeyFilter
from certctl.domain.agents.polls import AgentStatus
from certctl.domain.audit.pages import AuditFilter, EventKind
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Agent
from certctl.domain.catalog.requests import EntryFilter
from certctl.domain.certificates.acme import AcmeOrigin
from certctl.domain.certificates.filters import CertificateFilter, RenewalFilter
from certctl.domain.certificates.statuses import Lifecycle, RenewalState, Status, VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.filters import equals
from certctl.domain.inventory.census.traits import CertificateTrait, Renewer
from certctl.domain.inventory.endpoints.damping import Damped
from certctl.domain.inventory.endpoints.endpoints import PUBLIC, Endpoint
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.requests import EndpointFilter
from certctl.domain.inventory.filters import ObservedFilter, SourceFilter
from certctl.domain.inventory.observed import ObservedCertificate, ObservedFacts
from certctl.domain.inventory.scopes import Scope
from certctl.domain.inventory.sources import Source, SourceKind
from certctl.domain.inventory.statuses import ObservedState, ObservedStatus
from certctl.domain.jobs.filters import JobFilter
from certctl.domain.jobs.statuses import JobState, JobStatus, JobType
from certctl.domain.notifications.delivery import Death, Unsent
from certctl.domain.notifications.requests import NotificationFilter, RequeueMany
from certctl.domain.notifications.statuses import DeliveryState, NotificationStatus, NotificationType
from certctl.domain.policies.policies import Violation, ViolationFilter, ViolationState
from certctl.domain.policies.statuses import PolicySeverity
from certctl.domain.revocation.bulk import BulkRevocation, Selection
from certctl.domain.revocation.campaign_items import CampaignItem, ItemFilter
from certctl.domain.revocation.campaign_requests import CampaignSelection
from certctl.domain.revocation.filters import RevocationFilter
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.revocation.revocations import Revocation
from certctl.domain.revocation.states import ItemState
from certctl.domain.times import to_wire
from tests.support.acme.key_fields import an_eab_key
from tests.support.agents.fleet import certificate, job, live
from tests.support.catalog.entries import entry
from tests.support.notifications.rows import a_notification

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER, EARLIER, SOON = NOW + timedelta(days=300), NOW - timedelta(days=1), NOW + timedelta(days=1)
Changes = dict[str, Any]
INDEXED = {CertificateFilter: {"name", "search"}, EntryFilter: {"name"}, ObservedFilter: {"text"}}
"""The filters whose indexes decide alone; the tests of lists see them filter."""


@dataclass(frozen=True)
class Rule:
    """A filter's value, changes of a record that it lets through, and those of one that it keeps out."""

    value: Any
    matching: Changes
    other: Changes


def _by_value(name: str, value: Any = "one", other: Any = "two") -> Rule:
    return Rule(value, {name: value}, {name: other})


def _of_content(name: str) -> Rule:
    one, two = ({"content": SimpleNamespace(**{name: text})} for text in ("one", "two"))
    return Rule("one", one, two)


def _shows_certificate(wanted: CertificateFilter, changes: Changes) -> bool:
    return wanted.matches(replace(live("mc-1", EARLIER, LATER), **changes), NOW)


def _shows_job(wanted: JobFilter, changes: Changes) -> bool:
    return wanted.matches(replace(job("mc-1", NOW), **changes))


def _shows_entry(wanted: EntryFilter, changes: Changes) -> bool:
    record = entry(Kind.AGENT, "agent-1", NOW, Agent("host", "key-1", NOW))
    return wanted.shows(replace(record, **changes), NOW)


def _shows_revocation(wanted: RevocationFilter, changes: Changes) -> bool:
    row = Revocation("r-1", "ca-1", 0, "01", "mc-1", "iss-1", "superseded", "key-1", NOW, LATER)
    of_ca = {name: changes.pop(name, "-") for name in ("ca_id", "issuer_id")}
    return wanted.includes(**of_ca) and wanted.matches(replace(row, **changes))


def _shows_violation(wanted: ViolationFilter, changes: Changes) -> bool:
    made = Violation("v-1", "p-1", "P", "mc-1", "a", "t-1", PolicySeverity.ERROR, "no", False, NOW, NOW)
    return wanted.matches(replace(made, **changes))


def _shows_event(wanted: AuditFilter, changes: Changes) -> bool:
    event = dict.fromkeys(("actor", "actor_type", "action", "resource_type", "resource_id"), "-")
    return wanted.matches({**event, "details": {}, "timestamp": to_wire(NOW), **changes})


def _shows_notification(wanted: NotificationFilter, changes: Changes) -> bool:
    return wanted.matches(a_notification(NOW, **changes), max_attempts=3)


def _requeues(wanted: RequeueMany, changes: Changes) -> bool:
    return wanted.matches(a_notification(NOW, **{"status": NotificationStatus.DEAD, **changes}), NOW)


def _revokes(wanted: Selection, changes: Changes) -> bool:
    bulk = BulkRevocation(wanted, RevocationRequest("superseded"))
    return bulk.means(replace(certificate("mc-1", EARLIER), **changes), NOW, NOW)


def _replaces(wanted: CampaignSelection, changes: Changes) -> bool:
    key_type, targets = changes.pop("key_type", "RSA-2048"), frozenset({"t-1"})
    of_version = {name: changes.pop(name) for name in ("ca_id", "spki_sha256") if name in changes}
    version = Version("mc-1", "01", "ca-1", 0, "job-1", VersionState.ISSUED, NOW, LATER, NOW)
    record = certificate("mc-1", EARLIER, **changes)
    return wanted.covers(record, targets) and wanted.aim.selects(replace(version, **of_version), key_type)


def _shows_item(wanted: ItemFilter, changes: Changes) -> bool:
    return wanted.matches(replace(CampaignItem("mc-1", "web", "t-1", ("01",), ("aa",), NOW), **changes))


def _shows_observed(wanted: ObservedFilter, changes: Changes) -> bool:
    facts = ObservedFacts(
        "CN=www", "CN=ca", "01", EARLIER, SOON, "www", 1, "ECDSA P-256", 256, "ecdsa-sha256"
    )
    of_facts = {name: changes.pop(name) for name in ("issuer", "not_after", "is_ca") if name in changes}
    record = ObservedCertificate("5f", replace(facts, **of_facts), "6e", "7d", EARLIER, "t-1")
    return wanted.matches(replace(record, **changes), NOW)


def _shows_endpoint(wanted: EndpointFilter, changes: Changes) -> bool:
    return wanted.matches(replace(Endpoint("ep-1", "www", 443, PUBLIC, "t-1", "o-1", NOW), **changes))


def _shows_source(wanted: SourceFilter, changes: Changes) -> bool:
    scope = Scope("sc-1", "src-1", "one", "files", EARLIER, timedelta(hours=1))
    of_scope = {name: changes.pop(name) for name in ("last_seen_at",) if name in changes}
    source = Source("src-1", SourceKind.AGENT, "web-1", "one", EARLIER)
    return wanted.matches(replace(source, **changes), [replace(scope, **of_scope)], NOW)


def _shows_eab_key(wanted: EabKeyFilter, changes: Changes) -> bool:
    return wanted.matches(an_eab_key(NOW, **changes))


SHOWS: dict[type, Callable[[Any, Changes], bool]] = {
    CertificateFilter: _shows_certificate,
    JobFilter: _shows_job,
    EntryFilter: _shows_entry,
    RevocationFilter: _shows_revocation,
    ViolationFilter: _shows_violation,
    AuditFilter: _shows_event,
    NotificationFilter: _shows_notification,
    RequeueMany: _requeues,
    Selection: _revokes,
    CampaignSelection: _replaces,
    ItemFilter: _shows_item,
    ObservedFilter: _shows_observed,
    EndpointFilter: _shows_endpoint,
    SourceFilter: _shows_source,
    EabKeyFilter: _shows_eab_key,
}
RULES: dict[type, dict[str, Rule]] = {
    ItemFilter: {
        "state": _by_value("state", ItemState.REKEYING, ItemState.FOUND),
        "missed_window": _by_value("missed_window", True, False),
    },
    CertificateFilter: {
        "status": Rule(Status.EXPIRED, {"expires_at": EARLIER}, {}),
        "expires_before": Rule(NOW, {"expires_at": EARLIER}, {"expires_at": SOON}),
        "expires_after": Rule(NOW, {"expires_at": SOON}, {"expires_at": EARLIER}),
        "renewal": Rule(
            RenewalFilter.STUCK,
            {"expires_at": SOON, "renewal_state": RenewalState.FAILED},
            {"expires_at": SOON},
        ),
        "acme": Rule(True, {"acme": AcmeOrigin("acct-1", "eab-1")}, {}),
        "acme_eab_key": Rule(
            "eab-1", {"acme": AcmeOrigin("acct-1", "eab-1")}, {"acme": AcmeOrigin("acct-2", "eab-2")}
        ),
    },
    JobFilter: {
        "status": _by_value("status", JobStatus.RUNNING, JobStatus.PENDING),
        "type": _by_value("type", JobType.RENEWAL, JobType.ISSUANCE),
        "state": Rule(JobState.ENDED, {"status": JobStatus.FAILED}, {"status": JobStatus.RUNNING}),
        "agent_id": Rule("one", {"agent_id": "one"}, {"agent_id": "one", "status": JobStatus.FAILED}),
    },
    EntryFilter: {
        "status": Rule(AgentStatus.OFFLINE, {}, {"content": Agent("host", "key-1", NOW, NOW)}),
        "written_by": Rule("one", {"answerable": ("two", "one")}, {"answerable": ("two",)}),
        "team_id": _by_value("team_id"),
        **{
            name: Rule(
                "one",
                {"content": SimpleNamespace(**{name: "one"})},
                {"content": SimpleNamespace(**{name: "two"})},
            )
            for name in ("type", "agent_id", "service_account_id", "enrolled_by")
        },
    },
    RevocationFilter: {
        "since": Rule(NOW, {"revoked_at": NOW}, {"revoked_at": EARLIER}),
        "until": Rule(NOW, {"revoked_at": EARLIER}, {"revoked_at": NOW}),
    },
    ViolationFilter: {"state": Rule(ViolationState.REFUSED, {"refused": True}, {})},
    AuditFilter: {
        "since": Rule(NOW, {}, {"timestamp": to_wire(EARLIER)}),
        "until": Rule(NOW, {}, {"timestamp": to_wire(SOON)}),
        "changes_only": Rule(True, {}, {"resource_type": "api"}),
        "kind": Rule(EventKind.SESSIONS, {"action": "session_started"}, {"action": "certificate_held"}),
    },
    NotificationFilter: {
        "status": _by_value("status", NotificationStatus.DEAD, NotificationStatus.SENT),
        "type": _by_value("type", NotificationType.REVOCATION, NotificationType.RENEWAL_FAILURE),
        "state": Rule(DeliveryState.WAITING, {}, {"status": NotificationStatus.SENT}),
        "dead_because": Rule(
            Death.EXPIRED, {"status": NotificationStatus.DEAD, "outcome": Unsent.EXPIRED.value}, {}
        ),
        "is_read": Rule(True, {"read_at": NOW}, {}),
        "created_since": Rule(NOW, {"created_at": NOW}, {"created_at": EARLIER}),
    },
    RequeueMany: {
        "status": _by_value("status", NotificationStatus.SENT, NotificationStatus.DEAD),
        "type": _by_value("type", NotificationType.REVOCATION, NotificationType.RENEWAL_FAILURE),
        "older_than": Rule(timedelta(hours=1), {"queued_at": EARLIER}, {"queued_at": NOW}),
    },
    Selection: {
        "certificate_ids": Rule(("one", "two"), {"id": "two"}, {"id": "three"}),
        "status": Rule(Status.ON_HOLD, {"lifecycle": Lifecycle.ON_HOLD}, {}),
    },
    CampaignSelection: {
        "certificate_ids": Rule(("one", "two"), {"id": "two"}, {"id": "three"}),
        "agent_id": Rule("agent-1", {"target_ids": ("t-0", "t-1")}, {"target_ids": ("t-0",)}),
        "profile_id": Rule("one", {"certificate_profile_id": "one"}, {"certificate_profile_id": "two"}),
        "algorithm": Rule("RSA", {"key_type": "RSA-3072"}, {"key_type": "EC-P256"}),
    },
    ObservedFilter: {
        "status": Rule(ObservedStatus.MANAGED, {"state": ObservedState.MANAGED}, {}),
        "issuer": Rule("One", {"issuer": "CN=someone"}, {"issuer": "CN=two"}),
        "expires_before": Rule(SOON, {"not_after": NOW}, {"not_after": SOON}),
        "is_ca": Rule(True, {"is_ca": True}, {}),
        "trait": Rule(CertificateTrait.EXPIRED, {"not_after": EARLIER}, {"not_after": SOON}),
        "renewer": Rule(Renewer.PROGRAM, {"renewed_by": "certbot"}, {"state": ObservedState.MANAGED}),
        "is_owned": Rule(True, {"owner_id": "o-1"}, {}),
    },
    EabKeyFilter: {"shown_to": Rule("ses-1", {"shown_to": ("key-1", "ses-1")}, {"shown_to": ("key-1",)})},
    SourceFilter: {"is_silent": Rule(True, {"last_seen_at": EARLIER}, {"last_seen_at": NOW})},
    EndpointFilter: {
        "certificate_id": Rule("two", {"certificate_ids": ("one", "two")}, {"certificate_ids": ("one",)}),
        "finding": Rule(
            Finding.STALE,
            {"findings": (Damped(Finding.STALE, opened_at=EARLIER),)},
            {"findings": (Damped(Finding.STALE), Damped(Finding.WEAK, opened_at=EARLIER))},
        ),
        "has_findings": Rule(True, {"findings": (Damped(Finding.STALE, opened_at=EARLIER),)}, {}),
    },
}


def _filters() -> Iterator[Any]:
    for module in pkgutil.walk_packages(certctl.domain.__path__, "certctl.domain."):
        loaded = importlib.import_module(module.name)
        for name, found in inspect.getmembers(loaded, is_dataclass):
            if found.__module__ == module.name and name.endswith(("Filter", "Selection")):
                yield found


def _cases() -> Iterator[Any]:
    for kind in SHOWS:
        for each in fields(kind):
            if each.name not in INDEXED.get(kind, ()):
                yield pytest.param(kind, each.name, id=f"{kind.__name__}.{each.name}")


def test_every_filter_is_held_here() -> None:
    assert set(_filters()) <= SHOWS.keys()


@pytest.mark.parametrize(("kind", "name"), [*_cases()])
def test_a_field_of_a_filter_filters(kind: type, name: str) -> None:
    rule = RULES.get(kind, {}).get(name, _by_value(name))
    wanted, shows = kind(**{name: rule.value}), SHOWS[kind]

    assert shows(wanted, dict(rule.matching))
    assert not shows(wanted, dict(rule.other))
    assert shows(kind(), dict(rule.other)), "without the field, the record is kept out by something else"


@dataclass(frozen=True)
class _Wanted:
    owner_id: str | None = None
    added_today: str | None = None


def test_a_field_without_a_rule_must_equal_the_records() -> None:
    assert equals(certificate("mc-1", NOW), _Wanted(owner_id="o-default"))
    assert not equals(certificate("mc-1", NOW), _Wanted(owner_id="o-other"))
    assert equals(certificate("mc-1", NOW), _Wanted(owner_id="o-other"), other_rules={"owner_id"})


def test_a_field_that_the_record_lacks_matches_nothing() -> None:
    assert not equals(certificate("mc-1", NOW), _Wanted(added_today="x"))
