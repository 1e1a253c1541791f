"""Composes external_issuer_worker: orders, revocations and settlements at external issuers."""

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from certctl import config
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.compose.rooms.outbound import OutboundFactories

if TYPE_CHECKING:
    from collections.abc import Mapping

    from certctl.connectors.aws.queue import Queue
    from certctl.connectors.issuers import Factories
    from certctl.connectors.issuers.base import IssuerDependencies
    from certctl.services.issuing.external import ExternalIssuance
    from certctl.services.issuing.health import IssuerHealth
    from certctl.services.issuing.issuer_tests import IssuerTestRunner
    from certctl.services.issuing.reconciliation import OrderReconciliation
    from certctl.services.jobs.worker import JobWorker
    from certctl.services.renewal.issuer_windows import RenewalWindows
    from certctl.services.revocation.issuer_revocation import IssuerRevocation
    from certctl.store.catalog.issuer_health import IssuerContactStore
    from certctl.unit_of_work.issuing.external_work import ExternalWork
    from certctl.unit_of_work.issuing.issuers import ExternalIssuers
    from certctl.unit_of_work.nudges import Nudges

_PCA_SECONDS = 15


class ExternalIssuerWorker:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._changes = ChangeFactories(self._base)
        self._outbound = OutboundFactories(self._base)

    @property
    def queue(self) -> "Queue":
        """The worker's own queue, for nudges that a run has no time for."""
        return self._base.queue("external_jobs")

    @cached_property
    def jobs(self) -> "JobWorker":
        from certctl.domain.jobs.statuses import JobType, Worker
        from certctl.services.jobs.worker import JobWorker

        _ = self.issuer_factories  # loads the clients now: a snapshot then holds them
        attempts = {
            JobType.ISSUANCE: self.issuing.attempt,
            JobType.RENEWAL: self.issuing.attempt,
            JobType.REVOCATION: self.revoking.attempt,
            JobType.SETTLEMENT: self.settling.attempt,
        }
        jobs = self._changes.stores.jobs
        return JobWorker(jobs, attempts, self._nudges, self._base.now, Worker.EXTERNAL)

    @cached_property
    def _nudges(self) -> "Nudges":
        """Reaches its own queue only: the schedule forwards nudges that came here by mistake."""
        from certctl.unit_of_work.nudges import Nudges

        return Nudges(self._send)

    def _send(self, queue: str, body: "Mapping[str, Any]", seconds: int) -> None:
        if queue != "jobs":
            self._base.queue(queue).send_best_effort(body, seconds)

    @cached_property
    def issuing(self) -> "ExternalIssuance":
        from certctl.services.issuing.external import ExternalIssuance

        return ExternalIssuance(self._common, self._changes.clearance)

    @cached_property
    def revoking(self) -> "IssuerRevocation":
        from certctl.services.revocation.issuer_revocation import IssuerRevocation

        return IssuerRevocation(self._common)

    @cached_property
    def settling(self) -> "OrderReconciliation":
        from certctl.services.issuing.reconciliation import OrderReconciliation

        return OrderReconciliation(self._common)

    @cached_property
    def _common(self) -> "ExternalWork":
        from certctl.unit_of_work.issuing.external_work import ExternalWork

        base, changes = self._base, self._changes
        return ExternalWork(changes.stores, changes.units, self._nudges, self.issuers, base.now, base.random)

    @cached_property
    def renewal_windows(self) -> "RenewalWindows":
        from certctl.services.renewal.issuer_windows import RenewalWindows

        return RenewalWindows(self._changes.stores, self.issuers, self._base.now)

    @cached_property
    def issuer_trial(self) -> "IssuerTestRunner":
        from certctl.services.issuing.issuer_tests import IssuerTestRunner

        return IssuerTestRunner(self.issuers, self._contact_store, self._base.now)

    @cached_property
    def issuers(self) -> "ExternalIssuers":
        from certctl.unit_of_work.issuing.issuers import ExternalIssuers

        catalog = self._changes.catalog
        return ExternalIssuers(catalog.store, catalog.cached, self.issuer_factories, self.dependencies)

    @cached_property
    def issuer_factories(self) -> "Factories":
        """Another kind of issuer is a line here."""
        from certctl.connectors.issuers.acme.issuer import AcmeIssuers
        from certctl.connectors.issuers.aws_pca.issuer import AwsPcaIssuers
        from certctl.domain.kinds import IssuerType
        from certctl.store.issuing.acme import AcmeStore

        acme = AcmeIssuers(AcmeStore(self._base.database, self._base.now))
        pca = AwsPcaIssuers(cache(self._pca_client), self._base.now, lambda: str(uuid4()))
        ours: Factories = {IssuerType.ACME: acme.build, IssuerType.AWS_PCA: pca.build}
        return {**ours, **(self._base.overrides.issuer_factories or {})}

    def _pca_client(self, region: str) -> Any:
        """Once: a repeated request must be within the time of its token, which the connector knows."""
        return self._base.new_client("acm-pca", region=region, read_seconds=_PCA_SECONDS, attempts=1)

    @cached_property
    def dependencies(self) -> "IssuerDependencies":
        from certctl.connectors.issuers.base import IssuerDependencies

        new_client = self._base.new_client
        return IssuerDependencies(
            stack=config.stack().name,
            guard=self._outbound.address_guard,
            secrets=self._outbound.secrets,
            # Route 53 answers slowly at times, and from one region for the whole world.
            client=cache(lambda service: new_client(service, read_seconds=8)),
            health=self.health,
        )

    @cached_property
    def health(self) -> "IssuerHealth":
        from certctl.services.issuing.health import IssuerHealth

        return IssuerHealth(self._contact_store, self._base.now)

    @cached_property
    def _contact_store(self) -> "IssuerContactStore":
        from certctl.store.catalog.issuer_health import IssuerContactStore

        return IssuerContactStore(self._base.database)
