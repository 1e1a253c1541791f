"""Whether what a notification reports is over, so that nobody is woken for it."""

from certctl.domain.alerts import reports_hold
from certctl.domain.certificates import NO_VERSION, Lifecycle
from certctl.domain.notifications import Action, Notification, NotificationType
from certctl.store.certificates import CertificateStore

_ABOUT_ONE_VERSION = frozenset(
    {
        NotificationType.EXPIRATION_WARNING,
        NotificationType.RENEWAL_FAILURE,
        NotificationType.DEPLOYMENT_FAILURE,
    }
)
_OVER = frozenset({Lifecycle.REVOKED, Lifecycle.ARCHIVED})


class Causes:
    def __init__(self, certificates: CertificateStore) -> None:
        self._certificates = certificates

    def has_ended(self, notification: Notification) -> bool:
        """A trigger about a version ends with it: by a newer one, a revocation, or the archive. That of a
        hold ends with the hold: it must not come after its own resolve."""
        is_of_hold = reports_hold(notification)
        if notification.action is not Action.TRIGGER or notification.certificate_id is None:
            return False
        if not is_of_hold and notification.type not in _ABOUT_ONE_VERSION:
            return False
        certificate = self._certificates.get(notification.certificate_id)
        if certificate is None:
            return False
        if is_of_hold:
            return certificate.may_be_issued
        meant = notification.dedup_key.rpartition("/")[2]
        return certificate.lifecycle in _OVER or (certificate.serial_number or NO_VERSION) != meant
