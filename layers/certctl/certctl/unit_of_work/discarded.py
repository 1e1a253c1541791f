"""Certificates that an external issuer made and nobody may use: kept, and revoked, here and there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.crypto.issuing.external_chains import ReceivedChain
from certctl.domain.audit.events import Actor
from certctl.domain.certificates.certificates import Certificate, IssuedPem, Version, VersionState
from certctl.domain.insights.counters import CounterDelta
from certctl.domain.issuing.external import external_ca_id
from certctl.domain.jobs import Job
from certctl.domain.revocation.issuer_jobs import issuer_revocation_jobs
from certctl.domain.revocation.revocations import HOLD, UNSPECIFIED, revocation_of
from certctl.store.writes import Write
from certctl.unit_of_work.ledger import job_change
from certctl.unit_of_work.stores import Stores


@dataclass(frozen=True)
class Unwanted:
    """What is written of one, the change of the counters, and the jobs that tell the issuer."""

    steps: Sequence[Write]
    change: CounterDelta
    jobs: Sequence[Job]


def version_of(job: Job, certificate: Certificate, chain: ReceivedChain, now: datetime) -> Version:
    """A certificate that an external issuer made: it chose the serial."""
    return Version(
        certificate_id=certificate.id,
        serial_number=chain.serial_number,
        ca_id=external_ca_id(certificate.issuer_id),
        crl_shard=0,
        job_id=job.id,
        state=VersionState.ISSUED,
        not_before=chain.not_before,
        not_after=chain.not_after,
        created_at=now.replace(microsecond=0),
        spki_sha256=chain.spki_sha256,
        fingerprint_sha256=chain.fingerprint_sha256,
    )


def pem_of(job: Job, certificate: Certificate, chain: ReceivedChain) -> IssuedPem:
    csr_pem = job.csr_pem or ""
    return IssuedPem(certificate.id, chain.serial_number, chain.leaf_pem, chain.issuers_pem, csr_pem)


def unwanted(
    stores: Stores, actor: Actor, job: Job, certificate: Certificate, chain: ReceivedChain, now: datetime
) -> Unwanted:
    """For the transaction that ends `job`. The record itself stays as it is: this version was never current.
    Refused where the serial is known already."""
    version = version_of(job, certificate, chain, now)
    mark = revocation_of(version, certificate, _reason(certificate), actor, now)
    jobs = issuer_revocation_jobs(certificate, [version], actor.id, now)
    serial = version.serial_number
    steps = [
        *stores.certificates.record_steps(version, pem_of(job, certificate, chain)),
        stores.revocations.add_step(mark),
        *(stores.jobs.create_step(job) for job in jobs),
        stores.ledger.certificate_event(
            actor, "certificate_version_revoked", certificate, certificate, now, serial_number=serial
        ),
    ]
    change = CounterDelta()
    for job in jobs:
        change += job_change(None, job)
    return Unwanted(steps, change, jobs)


def _reason(certificate: Certificate) -> str:
    """Holds are none that an external issuer knows."""
    reason = certificate.revocation_reason
    return UNSPECIFIED if reason in (None, HOLD) else str(reason)
