"""Where a revocation is public: the number and the time of the CRL that lists it."""

from dataclasses import dataclass

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.revocation.revocations import Revocation
from certctl.domain.status.publications import CLOCKS_DIFFER, RevocationPublication, publication_of
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.paging import in_parallel
from certctl.store.revocation.revocations import RevocationStore
from certctl.store.status.crl_changes import CrlChangeStore
from certctl.store.status.crl_log import CrlLog

_LATEST = 30
"""The most unexpired versions that a certificate may have."""


@dataclass(frozen=True)
class RevocationPublications:
    certificates: CertificateStore
    authorities: AuthorityStore
    revocations: RevocationStore
    changes: CrlChangeStore
    log: CrlLog

    def of(self, certificate: Certificate) -> RevocationPublication | None:
        """The publication of the current version; None unless the certificate is revoked or on hold. Reads a
        handful of rows, and none for any other certificate."""
        if certificate.lifecycle not in (Lifecycle.REVOKED, Lifecycle.ON_HOLD):
            return None
        revocation = self._revocation(certificate)
        return self.of_revocation(revocation) if revocation else None

    def of_revocation(self, revocation: Revocation) -> RevocationPublication:
        ca_id, shard = revocation.ca_id, str(revocation.crl_shard)
        published, log, changes = in_parallel(
            lambda: self.authorities.shard(ca_id, shard),
            lambda: self.log.since(ca_id, shard, revocation.revoked_at - CLOCKS_DIFFER),
            lambda: self.changes.total(ca_id, shard),
        )
        return publication_of(revocation, published, log, changes)

    def _revocation(self, certificate: Certificate) -> Revocation | None:
        versions = self.certificates.versions(certificate.id, _LATEST, None).versions
        current = next((v for v in versions if v.serial_number == certificate.serial_number), None)
        if current is None:
            return None
        return self.revocations.find(current.ca_id, current.crl_shard, current.serial_number)
