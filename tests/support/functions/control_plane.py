"""The use cases on certificates over a stack's PKI; nudges go to lists that tests look at and drain."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from certctl.domain.access.permissions import Principal, Role
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.requests import IssuanceStarted, NewCertificate
from certctl.domain.channels.channels import ChannelConfig, ChannelKind
from certctl.domain.due_work import Nudge
from certctl.domain.jobs import Job, JobType
from certctl.domain.renewal.planning import RenewalPlan
from certctl.domain.revocation.revocations import RevocationRequest
from certctl.services.certificates.certificates import Certificates
from certctl.services.issuing.local import LocalIssuance, Signers
from certctl.services.issuing.requests import Issuance
from certctl.services.issuing.signing_requests import SigningRequests
from certctl.services.jobs.due import DueJobs
from certctl.services.jobs.jobs import Jobs
from certctl.services.jobs.worker import JobWorker
from certctl.services.policies.evaluation import PolicyEvaluator
from certctl.services.policies.inventory import PolicyInventory
from certctl.services.renewal.schedule import ACTOR as RENEWAL_SCHEDULE
from certctl.services.renewal.schedule import AlertDue, DueRenewals, RenewalNudges, RenewalRules
from certctl.services.revocation.bulk_requests import BulkRevocations
from certctl.services.revocation.bulk_selections import BulkSelections
from certctl.services.revocation.bulk_worker import BulkRevocationWorker, RevokeIf
from certctl.services.revocation.keys import KeyFollowUp
from certctl.services.revocation.revocation import Nudges as RevocationNudges
from certctl.services.revocation.revocation import RevocationService
from certctl.store.audit.events import AuditStore
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.follow_ups import FollowUpStore
from certctl.store.insights.counters import CounterStore
from certctl.store.issuing.compromised_keys import CompromisedKeyStore
from certctl.store.jobs.jobs import JobStore
from certctl.store.jobs.lists import JobIndexes
from certctl.store.keys import KEYS_TO_REFUSE, OPEN_INCIDENTS
from certctl.store.locks import LockStore
from certctl.store.notifications.contacts import CachedContacts, ContactStore
from certctl.store.notifications.deferred import DeferredAlerts
from certctl.store.notifications.mutes import MuteStore
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.notifications.routing import RoutingRuleStore
from certctl.store.policies.violations import ViolationStore
from certctl.unit_of_work.agents.targets import AgentTargets
from certctl.unit_of_work.alerts import AlertWriter
from certctl.unit_of_work.certificates.admission import Admission
from certctl.unit_of_work.certificates.preconditions import IssuancePreconditions
from certctl.unit_of_work.certificates.references import References
from certctl.unit_of_work.ledger import Ledger
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.policies.enforcement import PolicyGate
from certctl.unit_of_work.revocation.decisions import Revoked
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import Units
from tests.support.authorities.pki import Pki
from tests.support.aws.least_privilege import Privileges
from tests.support.catalog.entries import store_referred
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
    book: CachedCatalog = field(init=False)
    routing: AlertRouting = field(init=False)
    privileges: Privileges = field(default_factory=Privileges)
    job_nudges: list[Nudge] = field(default_factory=list)
    crl_nudges: list[tuple[str, int]] = field(default_factory=list)
    notification_nudges: list[Nudge] = field(default_factory=list)

    def __post_init__(self) -> None:
        database, clock = self.pki.database, self.pki.clock
        self.book = CachedCatalog(CatalogStore(database), clock)
        contacts = CachedContacts(ContactStore(database), clock)
        rules, mutes = RoutingRuleStore(database), MuteStore(database)
        self.routing = AlertRouting((), lambda: self.channels, rules, mutes, contacts, clock)

    @property
    def stores(self) -> Stores:
        database = self.pki.database
        audit, counters = AuditStore(database), CounterStore(database)
        ledger = Ledger(
            audit,
            counters,
            NotificationStore(database),
            DeferredAlerts(database, self.pki.clock),
            self.routing.facts_of,
        )
        return Stores(
            database=database,
            certificates=CertificateStore(database, self.book.renewal_policy),
            jobs=JobStore(database),
            authorities=self.pki.authorities,
            revocations=self.pki.revocations,
            crl_changes=self.pki.changes,
            compromised_keys=CompromisedKeyStore(database),
            ledger=ledger,
            agent_targets=AgentTargets(self.book),
        )

    @property
    def nudges(self) -> Nudges:
        return Nudges(self._send)

    def _send(self, queue: str, body: Mapping[str, Any], _: int) -> None:
        """What a queue takes, into the list of the same name."""
        match queue:
            case "crl_nudges":
                self.crl_nudges.append((body["ca_id"], body["shard"]))
            case "notifications":
                self.notification_nudges.append(Nudge(body["id"], body["epoch"]))
            case _:
                self.job_nudges.append(Nudge(body["id"], body["epoch"], queue == "external_jobs"))

    @property
    def units(self) -> Units:
        database, stores = self.pki.database, self.stores
        deferred = DeferredAlerts(database, self.pki.clock)
        return Units(
            database,
            stores.certificates,
            stores.jobs,
            AuditStore(database),
            CounterStore(database),
            AlertWriter(NotificationStore(database), deferred),
            FollowUpStore(database, OPEN_INCIDENTS),
            self.nudges,
        )

    @property
    def issuance(self) -> Issuance:
        nudge = self.job_nudges.append
        service = Issuance(self.stores, self.references, self.admission, self.gate, nudge, self.pki.clock)
        return self.privileges.within("certificates_api", service)

    @property
    def signing_requests(self) -> SigningRequests:
        nudge = self.job_nudges.append
        service = SigningRequests(self.stores, self.admission, self.gate, nudge, self.pki.clock)
        return self.privileges.within("certificates_api", service)

    @property
    def admission(self) -> Admission:
        return Admission(self.stores, self.references)

    @property
    def references(self) -> References:
        return References(CatalogStore(self.pki.database), self.book)

    @property
    def gate(self) -> PolicyGate:
        database = self.pki.database
        violations, nudge = ViolationStore(database), self.notification_nudges.extend
        standing = self.stores.standing_violations
        return PolicyGate(database, self.book, violations, standing, self.stores.ledger, nudge)

    @property
    def clearance(self) -> IssuancePreconditions:
        return IssuancePreconditions(self.references, self.gate, self.pki.clock)

    @property
    def certificates(self) -> Certificates:
        service = Certificates(self.stores, self.references, self.gate, self.pki.clock)
        return self.privileges.within("certificates_api", service)

    @property
    def revoking(self) -> RevocationService:
        return self.privileges.within("certificates_api", self._revoking)

    @property
    def _revoking(self) -> RevocationService:
        nudges = RevocationNudges(
            lambda *shard: self.crl_nudges.append(shard),
            self.notification_nudges.extend,
            self.job_nudges.append,
        )
        return RevocationService(self.stores, nudges, self.pki.clock)

    @property
    def jobs(self) -> Jobs:
        indexes, nudge = JobIndexes(self.pki.database), self.job_nudges.append
        service = Jobs(self.stores, indexes, self.clearance, nudge, self.pki.clock)
        return self.privileges.within("insights_api", service)

    @property
    def due_jobs(self) -> DueJobs:
        nudge_jobs, nudge_notifications = self.job_nudges.extend, self.notification_nudges.extend
        service = DueJobs(self.stores, nudge_jobs, nudge_notifications, self.pki.clock)
        return self.privileges.within("maintenance_schedule", service)

    @property
    def key_follow_up(self) -> KeyFollowUp:
        marks = FollowUpStore(self.pki.database, KEYS_TO_REFUSE)
        service = KeyFollowUp(self.stores, marks, self.pki.clock)
        return self.privileges.within("maintenance_schedule", service)

    def renewing(
        self,
        alert_due: AlertDue = RenewalPlan.alert_due,
        **changed: Any,
    ) -> DueRenewals:
        book = self.book
        rules = RenewalRules(book.renewal_policy, book.profile, lambda _: None, book.worker_of)
        nudges = RenewalNudges(self.job_nudges.extend, self.notification_nudges.extend)
        locks = LockStore(self.pki.database)
        service = DueRenewals(
            self.stores, locks, replace(rules, **changed), nudges, self.pki.clock, alert_due=alert_due
        )
        return self.privileges.within("renewal_schedule", service)

    def renew(self, **changed: Any) -> dict[str, int]:
        """One run of the renewal schedule: what it did, by outcome."""
        return dict(self.renewing(**changed).run(lambda: PLENTY).done)

    def renew_as_deployed(self) -> dict[str, int]:
        """As `renew`, with what the deployed schedule asks before it renews."""
        clearance = self.clearance
        return self.renew(refusal_of=lambda certificate: clearance.refusal_of(RENEWAL_SCHEDULE, certificate))

    @property
    def bulk_revocations(self) -> BulkRevocations:
        service = BulkRevocations(self.stores, self._selections, self.job_nudges.append, self.pki.clock)
        return self.privileges.within("certificates_api", service)

    def bulk_revoking(self, revoke_if: RevokeIf | None = None) -> BulkRevocationWorker:
        nudge = self._nudge_job
        revoke_one = revoke_if or self._revoking.revoke_if
        return BulkRevocationWorker(self.stores, self._selections, revoke_one, nudge, self.pki.clock)

    @property
    def _selections(self) -> BulkSelections:
        return BulkSelections(CertificateIndexes(self.pki.database))

    def _nudge_job(self, nudge: Nudge, _: float) -> None:
        self.job_nudges.append(nudge)

    def signing(self, revoke_if: RevokeIf | None = None, **changed: Any) -> JobWorker:
        """The signing worker; `changed` are its signers."""
        sign = self._signing(**changed).attempt
        attempts = {
            JobType.ISSUANCE: sign,
            JobType.RENEWAL: sign,
            JobType.BULK_REVOCATION: self.bulk_revoking(revoke_if).attempt,
            JobType.POLICY_EVALUATION: self._policy_evaluating().attempt,
        }
        worker = JobWorker(self.stores.jobs, attempts, self._nudge_job, self.pki.clock)
        return self.privileges.within("signing_worker", worker)

    def _policy_evaluating(self) -> PolicyEvaluator:
        database = self.pki.database
        indexes, counters = CertificateIndexes(database), CounterStore(database)
        inventory = PolicyInventory(self.stores, CatalogStore(database), indexes, counters)
        nudge, notify = self._nudge_job, self.notification_nudges.extend
        return PolicyEvaluator(
            self.stores, inventory, self.routing.stack_facts, nudge, notify, self.pki.clock
        )

    def _signing(self, **changed: Any) -> LocalIssuance:
        signers = Signers(
            key_of=lambda authority: self.pki.keys[authority.key_arn],
            nudge_job=self._nudge_job,
            nudge_notifications=self.notification_nudges.extend,
            nudge_crl=lambda *shard: self.crl_nudges.append(shard),
        )
        return LocalIssuance(
            self.stores, replace(signers, **changed), self.clearance, self.pki.clock, lambda: 0.0
        )

    def requested(self, common_name: str = "www.example.com", **fields: Any) -> IssuanceStarted:
        """With a fresh CSR, unless `csr_pem` says otherwise."""
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
        """Of the audit events about it, sorted: ids of one millisecond have no order."""
        found = AuditStore(self.pki.database).of_resource("certificate", certificate_id, "~", 100)
        return sorted(event["action"] for event in found.events)
