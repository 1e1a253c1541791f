"""The external issuer worker over a stack's tables in moto, with a real ACME server as issuer."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf
from typing import Any

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.issuers import Factories, build_issuer
from certctl.connectors.issuers.acme.issuer import AcmeIssuers
from certctl.connectors.issuers.base import ExternalIssuer, IssuerDependencies
from certctl.domain.catalog.kinds import BUILT_IN_KINDS
from certctl.domain.catalog.records import Entry, Issuer, IssuerType, Kind
from certctl.domain.certificates.certificates import Certificate, RenewalState
from certctl.domain.due_work import Due, Nudge
from certctl.domain.ids import new_id
from certctl.domain.jobs import Job, JobStatus, JobType, Worker
from certctl.domain.renewal.planning import WINDOW_NUDGE
from certctl.services.issuing.external import ExternalIssuance
from certctl.services.issuing.health import IssuerHealth
from certctl.services.issuing.reconciliation import OrderReconciliation
from certctl.services.jobs.worker import JobWorker
from certctl.services.renewal.issuer_windows import RenewalWindows
from certctl.services.revocation.issuer_revocation import IssuerRevocation
from certctl.store.catalog.issuer_health import IssuerContactStore
from certctl.store.issuing.acme import AcmeStore
from certctl.unit_of_work.issuing import ExternalIssuers
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.unit import certificate_change, job_change
from tests.support.aws.clients import client
from tests.support.catalog.entries import store_entry
from tests.support.functions.control_plane import ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.loopback import AcmeServer

ISSUER = "iss-acme"
WELL_KNOWN = "/.well-known/acme-challenge/"
_MOST_STEPS = 60
_SHORT_WAIT = 0.2


class Route53OfPebble:
    """moto's Route 53, whose records the ACME server's DNS returns."""

    def __init__(self, pebble: AcmeServer) -> None:
        self._moto = client("route53")
        self._pebble = pebble

    def __getattr__(self, name: str) -> Any:
        return getattr(self._moto, name)

    def change_resource_record_sets(self, **parameters: Any) -> Any:
        changes = parameters["ChangeBatch"]["Changes"]
        names = {change["ResourceRecordSet"]["Name"] for change in changes}
        deleted = {c["ResourceRecordSet"]["Name"] for c in changes if c["Action"] == "DELETE"}
        for change in changes:  # moto refuses to create what the same batch deletes
            if change["Action"] == "CREATE" and change["ResourceRecordSet"]["Name"] in deleted:
                change["Action"] = "UPSERT"
        answer = self._moto.change_resource_record_sets(**parameters)
        for name in names:
            self._pebble.set_txt(name, self.values(parameters["HostedZoneId"], name))
        return answer

    def values(self, zone_id: str, name: str) -> list[str]:
        sets = self._moto.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
        found = [s for s in sets if s["Type"] == "TXT" and s["Name"] == name]
        return [record["Value"].strip('"') for s in found for record in s["ResourceRecords"]]


@dataclass(frozen=True)
class Ordered:
    """A job, by its id, and its certificate."""

    id: str
    certificate_id: str


@dataclass
class AcmePlane:
    """`around` wraps the issuer that the worker finds, for crashes between it and the worker."""

    plane: ControlPlane
    pebble: AcmeServer
    config: dict[str, Any] = field(default_factory=dict)
    around: Callable[[ExternalIssuer], ExternalIssuer] = lambda issuer: issuer
    waits: list[float] = field(default_factory=list)
    enabled: bool = True

    def __post_init__(self) -> None:
        self.acme = AcmeStore(self.plane.pki.database, self.plane.pki.clock)
        self.contacts = IssuerContactStore(self.plane.pki.database)
        self.noting = IssuerHealth(self.contacts, self.plane.pki.clock)
        self.route53 = Route53OfPebble(self.pebble)
        self.pebble.serve(self._answer)

    def _answer(self, path: str) -> str | None:
        return self.acme.key_authorization(path.removeprefix(WELL_KNOWN))

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "directory_url": self.pebble.directory_url,
            "terms_of_service_agreed": True,
            "ca_bundle": self.pebble.identity.certificate_pem,
            **self.config,
        }

    def issuer(self) -> ExternalIssuer:
        factories: Factories = {IssuerType.ACME: AcmeIssuers(self.acme).build}
        return build_issuer(self._entry(), factories, self.dependencies(), BUILT_IN_KINDS)

    def _entry(self) -> Entry[Issuer]:
        now = self.plane.pki.clock()
        content = Issuer(IssuerType.ACME, self.settings)
        return Entry(Kind.ISSUER, ISSUER, "ACME", content, created_at=now, updated_at=now)

    def catalogued(self) -> None:
        """The issuer is in the catalog, for services other than the worker."""
        store_entry(self.plane.pki.database, self._entry())

    def dependencies(self) -> IssuerDependencies:
        clients: Mapping[str, Any] = {"route53": self.route53}
        guard = AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8", "::1/128"]))
        secrets = Secrets("test", lambda: client("ssm"), lambda: client("secretsmanager"))
        return IssuerDependencies(
            stack="test",
            guard=guard,
            secrets=secrets,
            client=lambda service: clients.get(service) or client(service),
            health=self.noting,
        )

    def _process(self, identifier: str) -> None:
        if identifier.startswith(WINDOW_NUDGE):
            windows = RenewalWindows(self.plane.stores, _OneIssuer(self), self.plane.pki.clock)
            windows.refresh(identifier.removeprefix(WINDOW_NUDGE))
        else:
            self.worker.process(identifier)

    @property
    def worker(self) -> JobWorker:
        stores, units, clock = self.plane.stores, self.plane.units, self.plane.pki.clock
        # a retry of an outage waits for up to 30 minutes, which the schedule would hurry
        nudges, issuers = Nudges(self._send, longest=inf), _OneIssuer(self)
        issuing = ExternalIssuance(stores, units, nudges, issuers, self.plane.clearance, clock, lambda: 0.0)
        revoking = IssuerRevocation(stores, units, nudges, issuers, clock, lambda: 0.0)
        settling = OrderReconciliation(stores, units, nudges, issuers, clock, lambda: 0.0)
        attempts = {
            JobType.ISSUANCE: issuing.attempt,
            JobType.RENEWAL: issuing.attempt,
            JobType.REVOCATION: revoking.attempt,
            JobType.SETTLEMENT: settling.attempt,
        }
        worker = JobWorker(stores.jobs, attempts, nudges, clock, Worker.EXTERNAL)
        return self.plane.privileges.within("external_issuer_worker", worker)

    def _send(self, queue: str, body: Mapping[str, Any], seconds: int) -> None:
        if queue == "external_jobs":
            self.waits.append(seconds)
        self.plane.queue(queue).send_best_effort(body, seconds)

    def requested(self, common_name: str = "www.example.com", sans: tuple[str, ...] = ()) -> Ordered:
        """A job as the API leaves it."""
        pem = csr_pem(common_name, [common_name, *sans], new_key())
        return self._ordered(self._recorded(common_name, sans), JobType.ISSUANCE, pem)

    def renewal_requested(self, certificate_id: str) -> Ordered:
        certificate = self.plane.certificate(certificate_id)
        pem = csr_pem(certificate.common_name, [s.removeprefix("DNS:") for s in certificate.sans], new_key())
        return self._ordered(certificate, JobType.RENEWAL, pem)

    def _recorded(self, common_name: str, sans: tuple[str, ...]) -> Certificate:
        self.catalogued()
        now = self.plane.pki.clock()
        certificate = Certificate(
            id=new_id("mc", now),
            name=common_name,
            common_name=common_name,
            sans=tuple(f"DNS:{name}" for name in dict.fromkeys([common_name, *sans])),
            owner_id="o-default",
            team_id="t-default",
            issuer_id=ISSUER,
            renewal_policy_id="rp-default",
            created_at=now,
            updated_at=now,
        )
        stores = self.plane.stores
        stores.database.transact(stores.certificates.create_steps(certificate, certificate.search_names))
        return certificate

    def _ordered(self, before: Certificate, kind: JobType, pem: str) -> Ordered:
        now, stores = self.plane.pki.clock(), self.plane.stores
        job = Job(
            id=new_id("job", now),
            type=kind,
            certificate_id=before.id,
            team_id=before.team_id,
            status=JobStatus.PENDING,
            created_at=now,
            scheduled_at=now,
            requested_by="key-admin",
            csr_pem=pem,
            worker=Worker.EXTERNAL,
            due=Due(due_at=now),
        )
        state = RenewalState.IN_PROGRESS if kind is JobType.RENEWAL else before.renewal_state
        after = before.with_changes(now, open_job_id=job.id, renewal_state=state)
        changed = certificate_change(before, after) + job_change(None, job)
        counted = self.plane.units.counters.steps(changed, before.id)
        steps = [stores.certificates.save_step(before, after), stores.jobs.create_step(job), *counted]
        stores.database.transact(steps)
        self.plane.job_nudges.append(Nudge(job.id, job.due.epoch))
        return Ordered(job.id, before.id)

    def work(self, steps: int = _MOST_STEPS) -> None:
        """Runs the worker until no nudge is left or after `steps`; the clock advances to each nudge's
        time."""
        for _ in range(steps):
            if not self.plane.job_nudges:
                return
            wait = self.waits.pop(0) if self.waits else 0.0
            time.sleep(min(wait, _SHORT_WAIT))
            self.plane.pki.clock.advance(timedelta(seconds=wait))
            self._process(self.plane.job_nudges.pop(0).id)

    def issued(self, common_name: str = "www.example.com", sans: tuple[str, ...] = ()) -> Certificate:
        job = self.requested(common_name, sans)
        self.work()
        return self.plane.certificate(job.certificate_id)


class _OneIssuer(ExternalIssuers):
    """The plane's own, whatever certificates refer to."""

    def __init__(self, acme: AcmePlane) -> None:
        self._acme = acme

    def find(self, issuer_id: str) -> ExternalIssuer | None:
        return self._acme.around(self._acme.issuer()) if self._acme.enabled else None
