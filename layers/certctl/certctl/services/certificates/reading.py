"""Reads certificates. Loads nothing that changes them: most functions start for a read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.reach import reachable
from certctl.domain.certificates.versions import IssuedPem, Version
from certctl.domain.errors import NotFound
from certctl.domain.renewal.planning import RenewalPlan
from certctl.domain.revocation.revocations import Revocation
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.paging import in_parallel
from certctl.store.revocation.revocations import RevocationStore
from certctl.store.revocation.working_list import WorkingList

if TYPE_CHECKING:
    from certctl.domain.acme.accounts import AcmeAccount
    from certctl.domain.revocation.campaigns import CampaignOfCertificate
    from certctl.store.acme.accounts import AcmeAccountStore
    from certctl.store.revocation.working_campaigns import WorkingCampaigns


@dataclass(frozen=True)
class VersionDetails:
    """A version with its PEM and, if it is revoked or held, the revocation."""

    version: Version
    pem: IssuedPem | None
    revocation: Revocation | None


@dataclass(frozen=True)
class VersionPage:
    """`next_after` is where the next page starts, None at the end."""

    versions: list[VersionDetails]
    next_after: str | None


@dataclass(frozen=True)
class CertificateReads:
    certificates: CertificateStore
    revocations: RevocationStore
    working: WorkingList
    campaigns: "Callable[[], WorkingCampaigns]"
    accounts: "Callable[[], AcmeAccountStore]"

    def get(self, caller: Principal, certificate_id: str) -> Certificate:
        certificate = self.certificates.get(certificate_id)
        return reachable(certificate, caller, Permission.CERTIFICATES_READ)

    def get_with_campaigns(
        self, caller: Principal, certificate_id: str
    ) -> "tuple[Certificate, list[CampaignOfCertificate]]":
        """The certificate, and the campaigns that run or are paused and replace versions of it."""
        certificate, running = in_parallel(partial(self.get, caller, certificate_id), self.working.ids)
        return certificate, self._among(running, certificate_id)

    def campaigns_of(self, certificate: Certificate) -> "list[CampaignOfCertificate]":
        return self._among(self.working.ids(), certificate.id)

    def _among(self, working: Sequence[str], certificate_id: str) -> "list[CampaignOfCertificate]":
        return self.campaigns().of_certificate(working, certificate_id) if working else []

    def client_of(self, certificate: Certificate) -> "AcmeAccount | None":
        """The ACME account whose client renews it; None once it is deleted, and without a client."""
        return self.accounts().get(certificate.acme.account_id) if certificate.acme else None

    def plan_of(self, certificate: Certificate) -> RenewalPlan | None:
        """The certificate's renewal and alert times; None if nothing is planned."""
        return self.certificates.plan_of(certificate)

    def versions(self, caller: Principal, certificate_id: str, limit: int, after: str | None) -> VersionPage:
        _, page = in_parallel(
            lambda: self.get(caller, certificate_id),
            lambda: self.certificates.versions(certificate_id, limit, after),
        )
        serials = [version.serial_number for version in page.versions]
        marks, pems = in_parallel(
            lambda: self.revocations.of_versions(page.versions),
            lambda: self.certificates.pems(certificate_id, serials),
        )
        details = [
            VersionDetails(v, pems.get(v.serial_number), marks.get(v.serial_number)) for v in page.versions
        ]
        return VersionPage(details, page.next_after)

    def export_pem(self, caller: Principal, certificate_id: str) -> str:
        """The current leaf first, then the issuing CA. Raises NotFound before the first version."""
        certificate = self.get(caller, certificate_id)
        pem = certificate.serial_number and self.certificates.pem(certificate_id, certificate.serial_number)
        if not pem:
            raise NotFound("This certificate has no version yet.")
        return pem.certificate_pem + pem.chain_pem
