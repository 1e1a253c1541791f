"""Composition of what only external_issuer_worker does. See `bootstrap.py`."""

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from certctl import bootstrap, config
from certctl import bootstrap_notifications as notifications

if TYPE_CHECKING:
    from certctl.connectors.issuers import Factories
    from certctl.connectors.issuers.base import ExternalIssuer, IssuerDependencies, Issuers
    from certctl.domain.catalog.records import AnyEntry
    from certctl.domain.due_work import Nudge
    from certctl.services.issuing.external import ExternalIssuance
    from certctl.services.issuing.health import IssuerHealth
    from certctl.services.issuing.issuer_tests import IssuerTestRunner
    from certctl.services.issuing.reconciliation import OrderReconciliation
    from certctl.services.jobs.worker import JobWorker
    from certctl.services.renewal.issuer_windows import RenewalWindows
    from certctl.services.revocation.issuer_revocation import IssuerRevocation


@cache
def renewal_windows() -> "RenewalWindows":
    from certctl.services.renewal.issuer_windows import RenewalWindows

    return RenewalWindows(bootstrap.stores(), find_issuer, bootstrap.now)


@cache
def external_working() -> "JobWorker":
    from certctl.domain.jobs import JobType, Worker
    from certctl.services.jobs.worker import JobWorker

    attempts = {
        JobType.ISSUANCE: external_issuing().attempt,
        JobType.RENEWAL: external_issuing().attempt,
        JobType.REVOCATION: external_revoking().attempt,
        JobType.SETTLEMENT: external_settling().attempt,
    }
    return JobWorker(bootstrap.stores().jobs, attempts, _nudge, bootstrap.now, Worker.EXTERNAL)


def _nudge(nudge: "Nudge", wait_seconds: float) -> None:
    """It reaches its own queue only: what came here by mistake, the schedule sends where it belongs."""
    if nudge.is_external:
        bootstrap.nudge_job(nudge, wait_seconds)


@cache
def external_issuing() -> "ExternalIssuance":
    import random

    from certctl.services.issuing.external import ExternalIssuance

    clearance = bootstrap.clearance()
    return ExternalIssuance(bootstrap.stores(), _issuers(), clearance, bootstrap.now, random.random)


@cache
def external_revoking() -> "IssuerRevocation":
    import random

    from certctl.services.revocation.issuer_revocation import IssuerRevocation

    return IssuerRevocation(bootstrap.stores(), _issuers(), bootstrap.now, random.random)


@cache
def external_settling() -> "OrderReconciliation":
    import random

    from certctl.services.issuing.reconciliation import OrderReconciliation

    return OrderReconciliation(bootstrap.stores(), _issuers(), bootstrap.now, random.random)


def _issuers() -> "Issuers":
    from certctl.connectors.issuers.base import Issuers

    return Issuers(find_issuer, bootstrap.nudge_external_job, bootstrap.nudge_notifications)


def find_issuer(issuer_id: str) -> "ExternalIssuer | None":
    """None for one that is gone or disabled. Raises InvalidInput."""
    from certctl.domain.catalog.records import Kind

    entry = bootstrap.catalog_book().find(Kind.ISSUER, issuer_id)
    if entry is None or not entry.content.enabled:
        return None
    return _built(entry, issuer_dependencies())


@cache
def issuer_trial() -> "IssuerTestRunner":
    from certctl.services.issuing.issuer_tests import IssuerTestRunner
    from certctl.store.catalog.issuer_health import IssuerContactStore

    return IssuerTestRunner(_issuer_now, IssuerContactStore(bootstrap.database()), bootstrap.now)


def _issuer_now(issuer_id: str) -> "ExternalIssuer | None":
    """As it is stored, be it disabled. Raises InvalidInput."""
    from certctl.domain.catalog.records import Kind
    from certctl.services.issuing.health import UnkeptHealth

    entry = bootstrap.catalog_store().get(Kind.ISSUER, issuer_id)
    if entry is None or entry.is_deleting:
        return None
    return _built(entry, replace(issuer_dependencies(), health=UnkeptHealth()))


def _built(entry: "AnyEntry", dependencies: "IssuerDependencies") -> "ExternalIssuer":
    from certctl.connectors.issuers import build_issuer

    return build_issuer(entry, issuer_factories(), dependencies, bootstrap.catalog_store().kinds)


@cache
def issuer_factories() -> "Factories":
    """Another kind of issuer is a line here."""
    from certctl.connectors.issuers.acme.issuer import AcmeIssuers
    from certctl.domain.catalog.records import IssuerType

    return {IssuerType.ACME: AcmeIssuers(bootstrap.acme_store()).build}


@cache
def issuer_dependencies() -> "IssuerDependencies":
    from certctl.connectors.issuers.base import IssuerDependencies

    return IssuerDependencies(
        stack=config.stack().name,
        guard=notifications.address_guard(),
        secrets=notifications.secrets(),
        client=_client,
        health=issuer_contacts(),
    )


@cache
def issuer_contacts() -> "IssuerHealth":
    from certctl.services.issuing.health import IssuerHealth
    from certctl.store.catalog.issuer_health import IssuerContactStore

    return IssuerHealth(IssuerContactStore(bootstrap.database()), bootstrap.now)


@cache
def _client(service: str) -> Any:
    """Route 53 answers slowly at times, and from one region for the whole world."""
    from certctl.connectors.aws.clients import make_client

    return make_client(service, config.stack().region, read_seconds=8)
