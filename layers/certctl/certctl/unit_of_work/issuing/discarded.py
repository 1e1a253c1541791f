"""Certificates from an external issuer that must not be used: recorded, and revoked here and at the
issuer."""

from datetime import datetime

from certctl.crypto.issuing.external_chains import ReceivedChain
from certctl.domain.acme.accounts import account_or_none
from certctl.domain.audit.events import Actor, changes
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.certificates.versions import IssuedPem, Version
from certctl.domain.issuing.external_cas import external_ca_id
from certctl.domain.jobs.jobs import Job
from certctl.domain.revocation.issuer_jobs import issuer_revocation_jobs
from certctl.domain.revocation.reasons import HOLD, UNSPECIFIED
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.revocation.revocations import revocation_of
from certctl.unit_of_work.resources import certificate_resource
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import UnitOfWork


def version_of(job: Job, certificate: Certificate, chain: ReceivedChain, now: datetime) -> Version:
    """A certificate from an external issuer, which chose the serial."""
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
        key_type=chain.key_type,
        acme_account_id=account_or_none(job.requested_by),
    )


def pem_of(job: Job, certificate: Certificate, chain: ReceivedChain) -> IssuedPem:
    csr_pem = job.csr_pem or ""
    return IssuedPem(certificate.id, chain.serial_number, chain.leaf_pem, chain.issuers_pem, csr_pem)


def discard(
    unit: UnitOfWork, stores: Stores, actor: Actor, job: Job, certificate: Certificate, chain: ReceivedChain
) -> None:
    """Records and revokes it, and ends its job. The certificate's record is unchanged: this version was never
    current. Refused if the serial is already known."""
    version = version_of(job, certificate, chain, unit.now)
    mark = revocation_of(version, certificate, RevocationRequest(_reason(certificate)), actor, unit.now)
    unit.write(*stores.certificates.record_steps(version, pem_of(job, certificate, chain)))
    unit.write(stores.revocations.add_step(mark))
    unit.create(*issuer_revocation_jobs(certificate, [version], actor.id, unit.now))
    details = changes(certificate, certificate) | {"serial_number": version.serial_number}
    unit.event("certificate_version_revoked", certificate_resource(certificate), details)


def _reason(certificate: Certificate) -> str:
    """External issuers do not support holds."""
    reason = certificate.revocation_reason
    return UNSPECIFIED if reason in (None, HOLD) else str(reason)
