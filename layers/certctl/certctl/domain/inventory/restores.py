"""The times whose certificates a restore of the tables has lost."""

from dataclasses import dataclass
from datetime import datetime

from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.policies.profiles import BACKDATED_BY


@dataclass(frozen=True)
class RestoreWindow:
    """`backup_at` is the time of the restored tables; what was issued from then until `ended_at` is in none.
    `alerted_at`: people know that such a certificate was found."""

    backup_at: datetime
    ended_at: datetime
    alerted_at: datetime | None = None

    def covers(self, certificate: ObservedCertificate) -> bool:
        """Whether the certificate may have been issued in this time, by the beginning of its validity."""
        return self.backup_at - BACKDATED_BY <= certificate.facts.not_before <= self.ended_at
