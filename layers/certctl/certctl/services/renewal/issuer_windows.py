"""Asks a certificate's issuer, repeatedly, for the suggested renewal window (RFC 9773)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.errors import Conflict, InvalidInput, Unavailable
from certctl.domain.issuing.external import RenewalWindow
from certctl.observability import logger
from certctl.unit_of_work.issuing.issuers import ExternalIssuers
from certctl.unit_of_work.stores import Stores

_NO_OPINION = timedelta(hours=24)


@dataclass(frozen=True)
class RenewalWindows:
    """After a failure the renewal schedule tries again in an hour: it stored the next time before it sent the
    nudge."""

    stores: Stores
    issuers: ExternalIssuers
    now: Callable[[], datetime]

    def refresh(self, certificate_id: str) -> None:
        """The certificate's next action follows the window. Raises Unavailable if the store is down."""
        certificate = self.stores.certificates.get(certificate_id)
        if certificate is None or certificate.lifecycle is not Lifecycle.ACTIVE:
            return
        if certificate.ari_refresh_at is None or certificate.serial_number is None:
            return
        try:
            window = self._asked(certificate, certificate.serial_number)
        except (Unavailable, InvalidInput) as failure:
            about = {"id": certificate_id, "why": failure.detail}
            logger.warning("an issuer did not return its window", extra=about)
        else:
            self._keep(certificate, window)

    def _asked(self, certificate: Certificate, serial: str) -> RenewalWindow | None:
        issuer = self.issuers.find(certificate.issuer_id)
        pem = self.stores.certificates.pem(certificate.id, serial)
        if issuer is None or pem is None:
            raise Unavailable(f"The issuer {certificate.issuer_id} is disabled, or is gone.")
        return issuer.renewal_window(pem.certificate_pem)

    def _keep(self, certificate: Certificate, window: RenewalWindow | None) -> None:
        after = replace(certificate, ari_refresh_at=self.now() + _NO_OPINION)
        if window is not None:
            again = self.now() + window.refresh_after
            after = replace(after, ari_start=window.start, ari_end=window.end, ari_refresh_at=again)
        try:
            self.stores.database.write_or_refuse(self.stores.certificates.window_step(after))
        except Conflict:
            logger.info("the certificate changed concurrently", extra={"id": certificate.id})
