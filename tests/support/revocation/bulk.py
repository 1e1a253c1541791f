"""Bulk revocations over a control plane."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from certctl.domain.audit.events import StoredEvent
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.revocation.bulk import BulkRevocation, Progress, Selection
from certctl.domain.revocation.requests import RevocationRequest
from certctl.services.jobs.jobs import Jobs
from certctl.store.audit.events import AuditStore
from certctl.store.database import Database
from certctl.store.jobs.lists import JobIndexes
from certctl.unit_of_work.unit import certificate_change
from tests.support.agents.fleet import live
from tests.support.authorities.pki import Pki
from tests.support.clock import Clock
from tests.support.functions.control_plane import ADMIN, ControlPlane


def fleet_of(plane: ControlPlane, count: int, **fields: Any) -> list[Certificate]:
    """Issued, each with its own name."""
    return [plane.issued(f"c{number}.example.com", **fields) for number in range(count)]


def started(plane: ControlPlane, reason: str = "superseded", **selection: Any) -> Job:
    return plane.bulk_revocations.start(ADMIN, Selection(**selection), RevocationRequest(reason))


def worked(plane: ControlPlane, job: Job, before_each: Callable[[str], None] | None = None) -> Job:
    """After its worker did all that nudges ask for; `before_each` is called with each certificate's id."""
    plane.work(plane.signing(before_each))
    return plane.job(job.id)


def bulk_of(job: Job) -> BulkRevocation:
    assert isinstance(job.work, BulkRevocation)
    return job.work


def counts(job: Job) -> tuple[int, int, int, int]:
    """Matched, done, skipped, failed."""
    progress: Progress = bulk_of(job).progress
    return progress.matched, progress.done, progress.skipped, progress.failed


def statuses(plane: ControlPlane, certificates: list[Certificate]) -> set[str]:
    now = plane.pki.clock()
    return {plane.certificate(certificate.id).status(now).value for certificate in certificates}


def jobs_of(plane: ControlPlane) -> Jobs:
    indexes = JobIndexes(plane.pki.database)
    return Jobs(plane.stores, plane.units, indexes, plane.clearance, plane.nudges, plane.pki.clock)


def events_of(plane: ControlPlane, kind: str, identifier: str, action: str) -> list[StoredEvent]:
    found = AuditStore(plane.pki.database).of_resource(kind, identifier, "~", 100).events
    return [event for event in found if event["action"] == action]


def revoked_among(plane: ControlPlane, ids: list[str]) -> int:
    parts = (plane.stores.certificates.get_many(part) for part in batched(ids, 100, strict=False))
    return sum(c.lifecycle is Lifecycle.REVOKED for part in parts for c in part)


def check_all_revoked_once(plane: ControlPlane, ids: list[str], job: Job) -> None:
    assert (job.status, counts(job)) == (JobStatus.COMPLETED, (len(ids), len(ids), 0, 0))
    assert bulk_of(job).progress.total == len(ids)
    assert revoked_among(plane, ids) == plane.totals()["Revoked"] == len(ids)
    with ThreadPoolExecutor(8) as pool:
        told = pool.map(lambda i: len(events_of(plane, "certificate", i, "certificate_revoked")), ids)
        assert set(told) == {1}


def plane_on(database: Database, now: Callable[[], datetime] | None = None) -> ControlPlane:
    """Without CAs: revoking needs none."""
    clock: Any = now or Clock()
    return ControlPlane(Pki(database, None, clock, {}))


def fleet_on(
    plane: ControlPlane, count: int, ca_id: str = "ca-1", shards: int = 1, **fields: Any
) -> list[str]:
    """Ids of live certificates with a version each, counted, of the minute before, over so many CRLs."""
    now = plane.pki.clock()
    made_at, until = now - timedelta(minutes=1), now + timedelta(days=90)

    def make(number: int) -> str:
        serial = f"{(1 << 124) + number:032x}"
        record = live(f"mc-{number:06}", made_at, until, serial_number=serial, **fields)
        version = _version(record.id, serial, made_at, until)
        version = replace(version, ca_id=ca_id, crl_shard=number % shards)
        reserved = plane.stores.certificates.reserve_steps(version)
        steps = [*plane.stores.certificates.create_steps(record, []), *reserved]
        counted = plane.units.parts.counters.steps(certificate_change(None, record), record.id)
        plane.pki.database.transact([*steps, *counted])
        return record.id

    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(make, range(count)))


def _version(certificate_id: str, serial: str, not_before: datetime, not_after: datetime) -> Version:
    return Version(
        certificate_id=certificate_id,
        serial_number=serial,
        ca_id="ca-1",
        crl_shard=0,
        job_id="job-none",
        state=VersionState.ISSUED,
        not_before=not_before,
        not_after=not_after,
        created_at=not_before,
        spki_sha256=serial,
    )
