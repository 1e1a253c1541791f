"""The use cases on certificates over a stack's PKI, as the functions compose them; nudges go to lists that
tests look at and drain."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

from certctl.compose.certificates_api import CertificatesApi
from certctl.compose.insights_api import InsightsApi
from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.compose.rooms.base import Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.compose.rooms.renewal import RenewalFactories
from certctl.compose.signing_worker import SigningWorker
from certctl.connectors.aws.queue import Queue
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.kinds import BUILT_IN_KINDS, CatalogKinds
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.requests import NewCertificate
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.due_work import Nudge
from certctl.domain.jobs.jobs import IssuanceStarted, Job
from certctl.domain.kinds import ChannelKind
from certctl.domain.renewal.planning import RenewalPlan
from certctl.domain.revocation.requests import RevocationRequest
from certctl.services.certificates.certificates import Certificates
from certctl.services.certificates.reading import CertificateReads
from certctl.services.issuing.requests import Issuance
from certctl.services.issuing.signing_requests import SigningRequests
from certctl.services.jobs.approvals import Approvals
from certctl.services.jobs.due import DueJobs
from certctl.services.jobs.jobs import Jobs
from certctl.services.jobs.worker import JobWorker
from certctl.services.renewal.schedule import AlertsDue, DueRenewals
from certctl.services.revocation.bulk_requests import BulkRevocations
from certctl.services.revocation.campaigns import Campaigns
from certctl.services.revocation.keys import KeyFollowUp
from certctl.store.audit.events import AuditStore
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.insights.counters import CounterStore
from certctl.store.notifications.contacts import CachedContacts, ContactStore
from certctl.store.notifications.mutes import MuteStore
from certctl.store.notifications.routing import RoutingRuleStore
from certctl.unit_of_work.certificates.preconditions import IssuancePreconditions
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.revocation.decisions import Revoked
from certctl.unit_of_work.revoking import Revoking
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units
from tests.support.authorities.pki import Pki
from tests.support.aws.least_privilege import Privileges
from tests.support.catalog.entries import store_referred
from tests.support.functions.interruptions import PreconditionsAfter, RevocationAfter
from tests.support.functions.queues import queue_into
from tests.support.issuing.csr import csr_pem, new_key

PLENTY = timedelta(minutes=5)
ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
CHANNELS = (
    ChannelConfig("webhook-default", ChannelKind.WEBHOOK, {"url": "https://hooks.example/x"}),
    ChannelConfig("slack-default", ChannelKind.SLACK, {"url": "certctl/test/channels/slack"}),
)


@dataclass
class ControlPlane:
    pki: Pki
    channels: tuple[ChannelConfig, ...] = ()
    kinds: CatalogKinds = BUILT_IN_KINDS
    overrides: Overrides = field(init=False)
    book: CachedCatalog = field(init=False)
    routing: AlertRouting = field(init=False)
    privileges: Privileges = field(default_factory=Privileges)
    job_nudges: list[Nudge] = field(default_factory=list)
    crl_nudges: list[tuple[str, int]] = field(default_factory=list)
    status_checks: list[tuple[str, str]] = field(default_factory=list)
    notification_nudges: list[Nudge] = field(default_factory=list)

    def __post_init__(self) -> None:
        database, clock = self.pki.database, self.pki.clock
        self.book = CachedCatalog(CatalogStore(database, self.kinds), clock)
        contacts = CachedContacts(ContactStore(database), clock)
        rules, mutes = RoutingRuleStore(database), MuteStore(database)
        self.routing = AlertRouting((), lambda: self.channels, rules, mutes, contacts, clock, CHANNEL_KINDS)
        self.overrides = replace(
            self.pki.overrides(),
            random=lambda: 0.0,
            queue=self.queue,
            catalog_kinds=self.kinds,
            cached_catalog=self.book,
            alert_routing=self.routing,
        )

    def queue(self, name: str) -> Queue:
        return queue_into(partial(self._take, name), name)

    def _take(self, queue: str, body: dict[str, Any], _: int) -> None:
        if queue == "crl_nudges":
            self.crl_nudges.append((body["ca_id"], body["shard"]))
        elif queue == "status_checks":
            self.status_checks.append((body["ca_id"], body["shard"]))
        elif queue == "notifications":
            self.notification_nudges.append(Nudge(**body))
        else:
            self.job_nudges.append(Nudge(**body, is_external=queue == "external_jobs"))

    @property
    def changes(self) -> ChangeFactories:
        return ChangeFactories(Base(self.overrides))

    @property
    def stores(self) -> Stores:
        return self.changes.stores

    @property
    def units(self) -> Units:
        return self.changes.units

    @property
    def nudges(self) -> Nudges:
        return self.changes.base.nudges

    @property
    def clearance(self) -> IssuancePreconditions:
        return self.changes.clearance

    @property
    def issuance(self) -> Issuance:
        return self.privileges.within("certificates_api", CertificatesApi(self.overrides).issuance)

    @property
    def signing_requests(self) -> SigningRequests:
        return self.privileges.within("certificates_api", CertificatesApi(self.overrides).signing_requests)

    @property
    def certificates(self) -> Certificates:
        return self.privileges.within("certificates_api", CertificatesApi(self.overrides).certificates)

    @property
    def reads(self) -> CertificateReads:
        return self.privileges.within("certificates_api", CertificatesApi(self.overrides).reads)

    @property
    def revoking(self) -> Revoking:
        return self.privileges.within("certificates_api", CertificatesApi(self.overrides).revocation)

    @property
    def bulk_revocations(self) -> BulkRevocations:
        return self.privileges.within("certificates_api", CertificatesApi(self.overrides).bulk_revocations)

    @property
    def campaigns(self) -> Campaigns:
        return self.privileges.within("certificates_api", CertificatesApi(self.overrides).campaigns)

    @property
    def jobs(self) -> Jobs:
        return self.privileges.within("insights_api", InsightsApi(self.overrides).jobs)

    @property
    def approvals(self) -> Approvals:
        return self.privileges.within("insights_api", InsightsApi(self.overrides).approvals)

    @property
    def due_jobs(self) -> DueJobs:
        return self.privileges.within("maintenance_schedule", MaintenanceSchedule(self.overrides).due_jobs)

    @property
    def key_follow_up(self) -> KeyFollowUp:
        composed = MaintenanceSchedule(self.overrides)
        return self.privileges.within("maintenance_schedule", composed.key_follow_up)

    def renewing(
        self,
        alerts_due: AlertsDue = RenewalPlan.alerts_due,
        before_each: Callable[[Certificate], None] | None = None,
    ) -> DueRenewals:
        """The renewal schedule; `before_each` is called before a certificate's preconditions are checked."""
        preconditions = before_each and PreconditionsAfter(before_each, self.changes)
        base = Base(replace(self.overrides, preconditions=preconditions))
        renewal = RenewalFactories(ChangeFactories(base))
        return self.privileges.within("renewal_schedule", renewal.schedule(alerts_due))

    def renew(self, before_each: Callable[[Certificate], None] | None = None) -> dict[str, int]:
        """One run of the renewal schedule: its counts by outcome."""
        return dict(self.renewing(before_each=before_each).run(lambda: PLENTY).done)

    def signing(
        self, before_revoking: Callable[[str], None] | None = None, key_of: Callable[..., Any] | None = None
    ) -> JobWorker:
        """The signing worker; `before_revoking` is called with the id of each certificate of a bulk
        revocation."""
        worker = self.signing_worker(key_of, before_revoking)
        return self.privileges.within("signing_worker", worker.jobs)

    def signing_worker(
        self, key_of: Callable[..., Any] | None = None, before_revoking: Callable[[str], None] | None = None
    ) -> SigningWorker:
        return SigningWorker(
            replace(
                self.overrides,
                ca_key=key_of or self.overrides.ca_key,
                revocation=before_revoking and RevocationAfter(before_revoking, self.changes),
            )
        )

    def requested(self, common_name: str = "www.example.com", **fields: Any) -> IssuanceStarted:
        """With a new CSR, unless `csr_pem` is given."""
        fields.setdefault("csr_pem", csr_pem(common_name, [], new_key()))
        store_referred(self.pki.database, self.pki.clock(), fields)
        return self.issuance.create(ADMIN, NewCertificate(common_name=common_name, **fields))

    def issued(self, common_name: str = "www.example.com", **fields: Any) -> Certificate:
        requested = self.requested(common_name, **fields)
        self.work()
        return self.certificate(requested.certificate.id)

    def rekeyed(self, certificate_id: str) -> Certificate:
        certificate = self.certificate(certificate_id)
        pem = csr_pem(certificate.common_name, [], new_key())
        self.issuance.renew(ADMIN, certificate_id, pem)
        self.work()
        return self.certificate(certificate_id)

    def work(self, signing: JobWorker | None = None) -> None:
        """The signing worker, until no nudge is left."""
        worker = signing or self.signing()
        while self.job_nudges:
            worker.process(self.job_nudges.pop(0).id)

    def revoked(self, certificate_id: str, reason: str = "unspecified") -> Revoked:
        return self.revoking.revoke(ADMIN, certificate_id, RevocationRequest(reason))

    def certificate(self, certificate_id: str) -> Certificate:
        found = self.privileges.of(None, self.stores.certificates.get)(certificate_id)
        assert found is not None
        return found

    def job(self, job_id: str) -> Job:
        found = self.privileges.of(None, self.stores.jobs.get)(job_id)
        assert found is not None
        return found

    def totals(self) -> dict[str, int]:
        counted = CounterStore(self.pki.database).totals()
        return {name: amount for name, amount in counted.items() if amount}

    def actions(self, certificate_id: str) -> list[str]:
        """The actions of the audit events about a certificate, sorted: ids of one millisecond have no
        order."""
        found = AuditStore(self.pki.database).of_resource("certificate", certificate_id, "~", 100)
        return sorted(event["action"] for event in found.events)
