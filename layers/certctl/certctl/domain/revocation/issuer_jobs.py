"""Revocations that an external issuer publishes: in no CRL of ours, sent by a job, never a hold."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.errors import InvalidInput
from certctl.domain.issuing.external_cas import is_external
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.new_jobs import new_job
from certctl.domain.jobs.statuses import JobType, Worker
from certctl.domain.revocation.reasons import HOLD


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
    job = new_job(JobType.REVOCATION, requested_by, now, certificate)
    return [replace(job, worker=Worker.EXTERNAL)]


def _are_external(versions: Sequence[Version]) -> bool:
    return any(is_external(v.ca_id) and v.state is VersionState.ISSUED for v in versions)
