"""The external issuer worker over a stack's tables in moto, with any issuer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf
from typing import Any

from certctl.connectors.issuers.base import ExternalIssuer
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.records import Issuer
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import RenewalState
from certctl.domain.due_work import Due, Nudge
from certctl.domain.ids import new_id
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType, Worker
from certctl.domain.renewal.planning import WINDOW_NUDGE
from certctl.services.issuing.external import ExternalIssuance
from certctl.services.issuing.reconciliation import OrderReconciliation
from certctl.services.jobs.worker import JobWorker
from certctl.services.renewal.issuer_windows import RenewalWindows
from certctl.services.revocation.issuer_revocation import IssuerRevocation
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.items import PemItem
from certctl.unit_of_work.issuing.external_work import ExternalWork
from certctl.unit_of_work.issuing.issuers import ExternalIssuers
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.unit import certificate_change, job_change
from tests.support.catalog.entries import store_entry
from tests.support.functions.control_plane import ControlPlane
from tests.support.issuing.csr import csr_pem, new_key

_MOST_STEPS = 60


@dataclass(frozen=True)
class Ordered:
    """A job, by its id, and its certificate."""

    id: str
    certificate_id: str


@dataclass
class ExternalPlane:
    """A subclass has the issuer. `around` wraps it, for crashes between it and the worker."""

    plane: ControlPlane
    around: Callable[[ExternalIssuer], ExternalIssuer] = field(default=lambda issuer: issuer, kw_only=True)
    waits: list[float] = field(default_factory=list, kw_only=True)
    enabled: bool = field(default=True, kw_only=True)

    def issuer(self) -> ExternalIssuer:
        raise NotImplementedError

    def entry(self) -> Entry[Issuer]:
        """The issuer's record."""
        raise NotImplementedError

    def catalogued(self) -> None:
        """The issuer is in the catalog, for services other than the worker."""
        entry = self.entry()
        if CatalogStore(self.plane.pki.database, self.plane.kinds).get(entry.kind, entry.id) is None:
            store_entry(self.plane.pki.database, entry)

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
        common = ExternalWork(stores, units, nudges, issuers, clock, lambda: 0.0)
        issuing = ExternalIssuance(common, self.plane.clearance)
        revoking, settling = IssuerRevocation(common), OrderReconciliation(common)
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
            issuer_id=self.entry().id,
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
        counted = self.plane.units.parts.counters.steps(changed, before.id)
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
            self.let_pass(wait)
            self._process(self.plane.job_nudges.pop(0).id)

    def recorded(self) -> set[str]:
        """The serial numbers of all certificates that are recorded."""
        return {row.serial_number for row in PemItem.scan(PemItem.record.startswith("pem#"))}

    def let_pass(self, seconds: float) -> None:
        self.plane.pki.clock.advance(timedelta(seconds=seconds))

    def issued(self, common_name: str = "www.example.com", sans: tuple[str, ...] = ()) -> Certificate:
        job = self.requested(common_name, sans)
        self.work()
        return self.plane.certificate(job.certificate_id)


class _OneIssuer(ExternalIssuers):
    """The plane's own, whatever certificates refer to."""

    def __init__(self, plane: ExternalPlane) -> None:
        self._plane = plane

    def find(self, issuer_id: str) -> ExternalIssuer | None:
        return self._plane.around(self._plane.issuer()) if self._plane.enabled else None
