"""Certificates that have expired today, which the daily counters do not have."""

from datetime import datetime

from certctl.domain.times import day_of, month_of, to_wire
from certctl.store.certificates.items import CertificateItem
from certctl.store.database import Database
from certctl.store.paging import AFTER_ALL


class CertificateFigures:
    def __init__(self, database: Database) -> None:
        self._database = database

    def expired_today(self, now: datetime) -> int:
        """The number of certificates whose version has expired since 00:00 UTC: one query of keys, a page for
        some 7,000."""
        today, until = day_of(now), f"{to_wire(now)}{AFTER_ALL}"
        return self._database.count(
            CertificateItem.by_expiry, month_of(now), CertificateItem.expiry_key.between(today, until)
        )
