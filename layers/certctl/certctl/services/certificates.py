"""Reading, editing and archiving certificates."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.certificates import Certificate, IssuedPem, Lifecycle, Version, VersionState
from certctl.domain.errors import Conflict, NotFound
from certctl.domain.jobs import JobStatus
from certctl.domain.permissions import Permission, Principal
from certctl.domain.requests import CertificateEdit
from certctl.domain.revocations import Revocation
from certctl.domain.tallies import Tally
from certctl.store.ledger import certificate_change, job_change
from certctl.store.listing import both
from certctl.store.optimistic import decided_afresh
from certctl.store.steps import Step
from certctl.store.stores import Stores


@dataclass(frozen=True)
class VersionDetails:
    """A version with its PEM and, where it is revoked or held, the mark."""

    version: Version
    pem: IssuedPem | None
    revocation: Revocation | None


@dataclass(frozen=True)
class VersionPage:
    """`next_after` is where the next page starts, None at the end."""

    versions: list[VersionDetails]
    next_after: str | None


class Certificates:
    def __init__(self, stores: Stores, now: Callable[[], datetime]) -> None:
        self._stores = stores
        self._now = now

    def get(self, caller: Principal, certificate_id: str) -> Certificate:
        return self._stores.certificate_in_reach(caller, certificate_id, Permission.CERTIFICATES_READ)

    def edit(self, caller: Principal, certificate_id: str, edit: CertificateEdit) -> Certificate:
        """Raises NotFound (also for a team that the caller does not reach), Conflict where it has ended."""
        return decided_afresh(lambda: self._edit(caller, certificate_id, edit))

    def _edit(self, caller: Principal, certificate_id: str, edit: CertificateEdit) -> Certificate:
        now = self._now()
        before = self._stores.certificate_in_reach(caller, certificate_id, Permission.CERTIFICATES_WRITE)
        if before.lifecycle in (Lifecycle.REVOKED, Lifecycle.ARCHIVED):
            raise Conflict(f"A certificate that is {before.lifecycle} cannot be edited.")
        after = before.changed(now, **edit.given())
        caller.require_reach(Permission.CERTIFICATES_WRITE, after.team_id, "such team")
        steps = [
            self._stores.certificates.save_step(before, after),
            self._stores.ledger.certificate_event(caller.actor, "certificate_updated", before, after, now),
        ]
        self._stores.database.transact(steps)
        return after

    def archive(self, caller: Principal, certificate_id: str, *, keep_valid: bool) -> None:
        """Ends the record. Raises Conflict where versions are still valid, unless they are to stay so, and
        where it is revoked: that is an end already."""
        decided_afresh(lambda: self._archive(caller, certificate_id, keep_valid=keep_valid))

    def _archive(self, caller: Principal, certificate_id: str, *, keep_valid: bool) -> None:
        now = self._now()
        before = self._stores.certificate_in_reach(caller, certificate_id, Permission.CERTIFICATES_WRITE)
        if before.lifecycle is Lifecycle.ARCHIVED:
            return
        moved = before.moved_to(Lifecycle.ARCHIVED, now)
        is_valid, (stopped, change) = both(
            lambda: not keep_valid and self._has_valid_version(before, now),
            lambda: self._stopped_jobs(certificate_id, now),
        )
        if is_valid:
            raise Conflict(
                "This certificate has valid versions. Revoke them with ?revoke=<reason>, "
                "or let them run out with ?keep_valid=true."
            )
        after = replace(moved, open_job_id=None, held_from=None)
        steps = [
            self._stores.certificates.save_step(before, after),
            *stopped,
            self._stores.ledger.certificate_event(caller.actor, "certificate_archived", before, after, now),
            *self._stores.ledger.count_steps(after.id, certificate_change(before, after), change),
        ]
        self._stores.database.transact(steps)

    def _has_valid_version(self, certificate: Certificate, now: datetime) -> bool:
        versions = self._stores.certificates.unexpired_versions(certificate.id, now)
        issued = [v for v in versions if v.state is VersionState.ISSUED]
        marks = self._stores.marks_of(issued)
        return any(v.serial_number not in marks for v in issued)

    def _stopped_jobs(self, certificate_id: str, now: datetime) -> tuple[list[Step], Tally]:
        steps, change = [], Tally()
        for job in self._stores.jobs.open_jobs_of(certificate_id):
            why = "the certificate was archived"
            steps.append(self._stores.jobs.stop_step(job, JobStatus.CANCELLED, now, why))
            change += job_change(job, replace(job, status=JobStatus.CANCELLED))
        return steps, change

    def versions(self, caller: Principal, certificate_id: str, limit: int, after: str | None) -> VersionPage:
        _, page = both(
            lambda: self._stores.certificate_in_reach(caller, certificate_id, Permission.CERTIFICATES_READ),
            lambda: self._stores.certificates.versions(certificate_id, limit, after),
        )
        serials = [version.serial_number for version in page.versions]
        marks, pems = both(
            lambda: self._stores.marks_of(page.versions),
            lambda: self._stores.certificates.pems(certificate_id, serials),
        )
        details = [
            VersionDetails(v, pems.get(v.serial_number), marks.get(v.serial_number)) for v in page.versions
        ]
        return VersionPage(details, page.next_after)

    def export_pem(self, caller: Principal, certificate_id: str) -> str:
        """The current leaf first, then the issuing CA. Raises NotFound before the first version."""
        certificate = self._stores.certificate_in_reach(caller, certificate_id, Permission.CERTIFICATES_READ)
        pem = certificate.serial_number and self._stores.certificates.pem(
            certificate_id, certificate.serial_number
        )
        if not pem:
            raise NotFound("This certificate has no version yet.")
        return pem.certificate_pem + pem.chain_pem
