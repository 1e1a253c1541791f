"""Composition root: every object of a function is made here, once, at its first use.

Imports stand inside the factories, so that a function pays for what it uses and no more.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from math import ceil
from typing import TYPE_CHECKING, Any

from certctl import config

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

    from certctl.api.edge import Edge
    from certctl.api.resolver import ApiServices
    from certctl.connectors.aws.queue import Queue
    from certctl.domain.authorities.authorities import Authority
    from certctl.domain.due_work import Nudge
    from certctl.services.access.api_keys import ApiKeys
    from certctl.services.access.authentication import Authentication
    from certctl.services.audit.api_calls import ApiCallAudit
    from certctl.store.access.api_keys import ApiKeyStore
    from certctl.store.audit.events import AuditStore
    from certctl.store.authorities.authorities import AuthorityStore
    from certctl.store.catalog.cache import CachedCatalog
    from certctl.store.catalog.records import CatalogStore
    from certctl.store.channels.records import CachedChannels
    from certctl.store.database import Database
    from certctl.store.idempotency import IdempotencyStore
    from certctl.store.insights.counters import CounterStore
    from certctl.store.issuing.acme import AcmeStore
    from certctl.store.notifications.routing import RoutingRuleStore
    from certctl.store.policies.violations import ViolationStore
    from certctl.unit_of_work.certificates.preconditions import IssuancePreconditions
    from certctl.unit_of_work.certificates.references import References
    from certctl.unit_of_work.notifications.routing import AlertRouting
    from certctl.unit_of_work.nudges import Nudges
    from certctl.unit_of_work.policies.enforcement import PolicyGate
    from certctl.unit_of_work.stores import Stores
    from certctl.unit_of_work.unit import Units

_LONGEST_DELAY_SECONDS = 900


def now() -> datetime:
    return datetime.now(UTC)


@cache
def database() -> "Database":
    from certctl.store.database import connect
    from certctl.store.models import MODELS

    return connect(MODELS, dict(config.table_names()), config.stack().region)


@cache
def audit_store() -> "AuditStore":
    from certctl.store.audit.events import AuditStore, Retention

    kept = config.audit()
    return AuditStore(database(), Retention(kept.api_call_days, kept.domain_event_days))


@cache
def api_key_store() -> "ApiKeyStore":
    from certctl.store.access.api_keys import ApiKeyStore

    return ApiKeyStore(database())


@cache
def authority_store() -> "AuthorityStore":
    from certctl.store.authorities.authorities import AuthorityStore

    return AuthorityStore(database())


@cache
def idempotency_store() -> "IdempotencyStore":
    from certctl.store.idempotency import IdempotencyStore

    return IdempotencyStore(database())


@cache
def authentication() -> "Authentication":
    from certctl.services.access.authentication import Authentication

    return Authentication(api_key_store(), now)


@cache
def api_call_audit() -> "ApiCallAudit":
    from certctl.services.audit.api_calls import ApiCallAudit
    from certctl.store.quotas import audit_samples

    return ApiCallAudit(audit_store(), audit_samples(database()), now)


@cache
def edge() -> "Edge":
    from certctl.api.edge import Edge

    configured = config.edge()
    return Edge(configured.origin_secrets, configured.is_only_way)


@cache
def api_services() -> "ApiServices":
    """For every function behind a key."""
    from certctl.api.resolver import ApiServices

    return ApiServices(authentication(), api_call_audit(), idempotency_store(), now)


@cache
def public_api_services() -> "ApiServices":
    """For the function that anyone may call: it may not read credentials."""
    from certctl.api.resolver import ApiServices

    return ApiServices(None, api_call_audit(), idempotency_store(), now)


@cache
def api_keys() -> "ApiKeys":
    from certctl.services.access.api_keys import ApiKeys

    return ApiKeys(database(), api_key_store(), audit_store(), now)


@cache
def queue(name: str) -> "Queue":
    """`jobs`, `crl_nudges`, ...: one that the template gave this function the URL of."""
    from certctl.connectors.aws.queue import Queue

    return Queue(aws_client("sqs"), config.queue_url(name))


@cache
def aws_client(service: str) -> Any:
    from certctl.connectors.aws.clients import make_client

    return make_client(service, config.stack().region)


def ca_key(authority: "Authority") -> "ec.EllipticCurvePrivateKey":
    """Signs in KMS; no round trip until then."""
    from certctl.connectors.aws.kms import key_of_certificate
    from certctl.crypto.pem import load_certificate

    certificate = load_certificate(authority.certificate_pem)
    return key_of_certificate(aws_client("kms"), authority.key_arn, certificate)


@cache
def channel_book() -> "CachedChannels":
    """Each variable that is set is a channel, and each record is one."""
    from certctl.domain.channels.channels import configured_channels
    from certctl.store.channels.records import CachedChannels, ChannelRecordStore

    configured = configured_channels(config.channels())
    return CachedChannels(configured, ChannelRecordStore(database()), now)


@cache
def routing_rule_store() -> "RoutingRuleStore":
    from certctl.store.notifications.routing import RoutingRuleStore

    return RoutingRuleStore(database())


@cache
def alert_routing() -> "AlertRouting":
    from certctl.domain.channels.channels import configured_channels
    from certctl.store.notifications.contacts import CachedContacts, ContactStore
    from certctl.store.notifications.mutes import MuteStore
    from certctl.unit_of_work.notifications.routing import AlertRouting

    return AlertRouting(
        configured_channels(config.channels()),
        channel_book().all,
        routing_rule_store(),
        MuteStore(database()),
        CachedContacts(ContactStore(database()), now),
        now,
    )


@cache
def catalog_store() -> "CatalogStore":
    from certctl.store.catalog.records import CatalogStore

    return CatalogStore(database())


@cache
def catalog_book() -> "CachedCatalog":
    from certctl.store.catalog.cache import CachedCatalog

    return CachedCatalog(catalog_store(), now)


@cache
def acme_store() -> "AcmeStore":
    from certctl.store.issuing.acme import AcmeStore

    return AcmeStore(database(), now)


@cache
def references() -> "References":
    from certctl.unit_of_work.certificates.references import References

    return References(catalog_store(), catalog_book())


@cache
def violation_store() -> "ViolationStore":
    from certctl.store.policies.violations import ViolationStore

    return ViolationStore(database())


@cache
def policy_gate() -> "PolicyGate":
    from certctl.unit_of_work.policies.enforcement import PolicyGate

    return PolicyGate(
        database(),
        catalog_book(),
        violation_store(),
        stores().standing_violations,
        stores().ledger,
        nudge_notifications,
    )


@cache
def clearance() -> "IssuancePreconditions":
    from certctl.unit_of_work.certificates.preconditions import IssuancePreconditions

    return IssuancePreconditions(references(), policy_gate(), now)


@cache
def counter_store() -> "CounterStore":
    from certctl.store.insights.counters import CounterStore

    return CounterStore(database(), now)


@cache
def stores() -> "Stores":
    from certctl.store.certificates.certificates import CertificateStore
    from certctl.store.issuing.compromised_keys import CompromisedKeyStore
    from certctl.store.jobs.jobs import JobStore
    from certctl.store.notifications.deferred import DeferredAlerts
    from certctl.store.notifications.notifications import NotificationStore
    from certctl.store.revocation.revocations import RevocationStore
    from certctl.store.status.crl_changes import CrlChangeStore
    from certctl.unit_of_work.agents.targets import AgentTargets
    from certctl.unit_of_work.ledger import Ledger
    from certctl.unit_of_work.stores import Stores

    notifications = NotificationStore(database(), config.notifications().retention)
    ledger = Ledger(
        audit_store(),
        counter_store(),
        notifications,
        DeferredAlerts(database(), now),
        alert_routing().facts_of,
    )
    return Stores(
        database=database(),
        certificates=CertificateStore(database(), catalog_book().renewal_policy),
        jobs=JobStore(database()),
        authorities=authority_store(),
        revocations=RevocationStore(database()),
        crl_changes=CrlChangeStore(database()),
        compromised_keys=CompromisedKeyStore(database()),
        ledger=ledger,
        agent_targets=AgentTargets(catalog_book()),
    )


@cache
def nudges() -> "Nudges":
    from certctl.unit_of_work.nudges import Nudges

    return Nudges(lambda name, body, seconds: queue(name).send_best_effort(body, seconds))


@cache
def units() -> "Units":
    from certctl.store.follow_ups import FollowUpStore
    from certctl.store.keys import OPEN_INCIDENTS
    from certctl.store.notifications.deferred import DeferredAlerts
    from certctl.store.notifications.notifications import NotificationStore
    from certctl.unit_of_work.alerts import AlertWriter
    from certctl.unit_of_work.unit import Units

    notifications = NotificationStore(database(), config.notifications().retention)
    return Units(
        database(),
        stores().certificates,
        stores().jobs,
        audit_store(),
        counter_store(),
        AlertWriter(notifications, DeferredAlerts(database(), now)),
        FollowUpStore(database(), OPEN_INCIDENTS),
        nudges(),
    )


def nudge_job(nudge: "Nudge", wait_seconds: float = 0) -> None:
    """Waits over 15 minutes are left to the schedule."""
    if wait_seconds <= _LONGEST_DELAY_SECONDS:
        name = "external_jobs" if nudge.is_external else "jobs"
        queue(name).send_best_effort(nudge.body, ceil(wait_seconds))


def nudge_external_job(nudge: "Nudge", wait_seconds: float = 0) -> None:
    """As `nudge_job`, for the worker of external issuers, which has no other jobs."""
    nudge_job(replace(nudge, is_external=True), wait_seconds)


def nudge_jobs(nudges: Sequence["Nudge"]) -> None:
    for nudge in nudges:
        nudge_job(nudge)


def nudge_notifications(nudges: Sequence["Nudge"]) -> None:
    for nudge in nudges:
        queue("notifications").send_best_effort(nudge.body)


def nudge_crl(ca_id: str, shard: int) -> None:
    queue("crl_nudges").send_best_effort({"ca_id": ca_id, "shard": shard})
