"""Revocations that an external issuer publishes: in no CRL of ours, sent by a job, never a hold."""

from collections.abc import Sequence
from datetime import datetime

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.versions import Version, VersionState
from certctl.domain.due_work import Due
from certctl.domain.errors import InvalidInput
from certctl.domain.ids import new_id
from certctl.domain.issuing.external import is_external
from certctl.domain.jobs import Job, JobStatus, JobType, Worker
from certctl.domain.revocation.revocations import HOLD


def crl_shards_of(versions: Sequence[Version]) -> list[tuple[str, int]]:
    """(ca_id, shard) of our CRLs that list the versions."""
    return sorted({(v.ca_id, v.crl_shard) for v in versions if not is_external(v.ca_id)})


def require_holdable(certificate: Certificate, versions: Sequence[Version], reason: str) -> None:
    """Raises InvalidInput for a hold of a certificate of an external issuer."""
    if reason == HOLD and _are_external(versions):
        why = f"{HOLD} is not possible: {certificate.issuer_id} is an external issuer, which has no holds"
        raise InvalidInput.of("reason", why)


def issuer_revocation_jobs(
    certificate: Certificate, versions: Sequence[Version], requested_by: str, now: datetime
) -> list[Job]:
    """One job for all versions of an external issuer; none if there are none."""
    if not _are_external(versions):
        return []
    job = Job(
        id=new_id("job", now),
        type=JobType.REVOCATION,
        certificate_id=certificate.id,
        certificate_name=certificate.name,
        team_id=certificate.team_id,
        status=JobStatus.PENDING,
        created_at=now,
        scheduled_at=now,
        requested_by=requested_by,
        worker=Worker.EXTERNAL,
        due=Due(due_at=now),
    )
    return [job]


def _are_external(versions: Sequence[Version]) -> bool:
    return any(is_external(v.ca_id) and v.state is VersionState.ISSUED for v in versions)
