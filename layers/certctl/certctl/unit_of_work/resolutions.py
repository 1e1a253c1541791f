"""Resolves open incidents in the transaction that saves their certificate, as far as it has room for them."""

from collections.abc import Sequence
from dataclasses import replace

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.notifications.alerts import Alert
from certctl.domain.notifications.notifications import NotificationType


def without_incidents(certificate: Certificate, resolves: Sequence[Alert]) -> Certificate:
    """Keeps the revision: the record is saved with more than this."""
    of_issuance = {r.incident for r in resolves if r.type is NotificationType.RENEWAL_FAILURE}
    of_targets = {r.incident for r in resolves if r.type is NotificationType.DEPLOYMENT_FAILURE}
    return replace(
        certificate,
        open_failures=tuple(each for each in certificate.open_failures if each not in of_issuance),
        failed_targets=tuple(each for each in certificate.failed_targets if each not in of_targets),
    )
