"""Renewal information (RFC 9773) for any certificate of this stack's CAs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.crypto.acme.cert_ids import CertId
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.renewal_info import RenewalAdvice, past_window, retry_after
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, VersionState
from certctl.domain.renewal.planning import RenewalPlan
from certctl.domain.renewal.windows import RenewalWindow
from certctl.domain.revocation.reasons import HOLD
from certctl.store.cache import LastKnown
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.paging import in_parallel
from certctl.unit_of_work.acme.issued import IssuedCertificates, IssuedSerial
from certctl.unit_of_work.stores import Stores

_USUAL_LIFETIME = timedelta(days=90)
"""The lifetime of a version whose record has no version in force."""


@dataclass(frozen=True)
class RenewalInfo:
    """Anyone may ask. Besides what is cached, the current version of a record costs three reads, an earlier
    one four."""

    stores: Stores
    issued: IssuedCertificates
    catalog: CachedCatalog
    dashboard_url: LastKnown[str]
    now: Callable[[], datetime]

    def of(self, cert_id: CertId) -> RenewalAdvice:
        """Raises AcmeProblem (404) for a certificate that this stack has not issued, or whose record is
        gone."""
        found = self.issued.find(cert_id)
        if found is None or found.known.state is not VersionState.ISSUED:
            raise _unknown()
        certificate = self.stores.certificates.get(found.known.certificate_id)
        if certificate is None:
            raise _unknown()
        usual = retry_after(_lifetime(certificate))
        if self._must_be_replaced(found, certificate):
            return RenewalAdvice(past_window(self.now()), usual)
        suggested = self._suggested(certificate, found)
        is_moved = suggested.end == certificate.ari_end
        url = self._page_of(certificate.ari_campaign_id) if is_moved else None
        return RenewalAdvice(suggested, usual, url)

    def _must_be_replaced(self, found: IssuedSerial, certificate: Certificate) -> bool:
        if found.authority.revoked_at is not None or certificate.lifecycle is Lifecycle.REVOKED:
            return True
        if certificate.serial_number == found.serial_number:
            # a current version is not revoked: its revocation made another one current, or ended the record
            return self._has_compromised_key(found)
        is_compromised, mark = in_parallel(
            lambda: self._has_compromised_key(found),
            lambda: self.stores.revocations.find(
                found.authority.ca_id, found.known.crl_shard, found.serial_number
            ),
        )
        return is_compromised or (mark is not None and mark.reason != HOLD)

    def _has_compromised_key(self, found: IssuedSerial) -> bool:
        spki = found.known.key_sha256
        return spki is not None and self.stores.compromised_keys.contains(spki)

    def _suggested(self, certificate: Certificate, found: IssuedSerial) -> RenewalWindow:
        """Follows the policy of the record, or a campaign: it moves the windows of versions from before its
        confirmation. An earlier version is taken to be as long as the current one."""
        policy, not_after = self.catalog.renewal_policy(certificate.renewal_policy_id), found.known.not_after
        plan = RenewalPlan(certificate, policy, not_after - _lifetime(certificate), not_after)
        return plan.client_window(self._issued_at(certificate, found))

    def _issued_at(self, certificate: Certificate, found: IssuedSerial) -> datetime | None:
        """One more read, only while a campaign has moved the window."""
        if certificate.ari_campaign_id is None:
            return None
        place = certificate.id, found.known.not_after, found.serial_number
        known = self.stores.certificates.versions_at([place])
        return known[0].created_at if known else None

    def _page_of(self, campaign_id: str | None) -> str | None:
        """The page of a campaign on the dashboard; None before the first deploy has ended."""
        base = self.dashboard_url.get() if campaign_id else ""
        return f"{base}/campaigns/{campaign_id}" if base else None


def _lifetime(certificate: Certificate) -> timedelta:
    begins, ends = certificate.not_before, certificate.expires_at
    return _USUAL_LIFETIME if begins is None or ends is None else ends - begins


def _unknown() -> AcmeProblem:
    return AcmeProblem(ProblemType.MALFORMED, "This server has issued no such certificate.", 404)
