"""Forgets certificates that have expired, and that no place has had for long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.crypto.inventory.facts import Unreadable, parse
from certctl.domain.inventory.observed import ObservedCertificate, ParsedCertificate
from certctl.observability import logger
from certctl.store.database import ConditionFailed, Database
from certctl.store.inventory.observed import ObservedStore
from certctl.store.inventory.search_rows import observed_entries

_CONTENTS_LATER = timedelta(days=7)
"""DynamoDB deletes within some days: the row is to go before what it stands for, for a report that finds the
row writes nothing else."""


@dataclass(frozen=True)
class Forgetting:
    """Marks rows, and DynamoDB deletes them without a charge. One write for each row: the certificate, its
    DER, and those of the search."""

    database: Database
    observed: ObservedStore

    def forget(self, fingerprints: Sequence[str], now: datetime) -> int:
        """Returns how many of at most 100 certificates were marked. Those that were found again stay."""
        due = self.observed.to_forget(fingerprints, now)
        self._mark_contents([each.fingerprint for each in due], now + _CONTENTS_LATER)
        return sum(self._is_marked(each, now) for each in due)

    def _mark_contents(self, fingerprints: Sequence[str], at: datetime) -> None:
        ders = self.observed.ders_of(fingerprints)
        steps = [self.observed.forget_contents_step(found, der, at) for found, der in ders.items()]
        for parsed in filter(None, map(_readable, ders.values())):
            steps += observed_entries(parsed, at)
        self.database.put_all(steps)

    def _is_marked(self, certificate: ObservedCertificate, now: datetime) -> bool:
        try:
            self.database.write(self.observed.forget_step(certificate, now))
        except ConditionFailed:
            logger.info("a certificate was found again", extra={"fingerprint": certificate.fingerprint})
            return False
        return True


def _readable(der: bytes) -> ParsedCertificate | None:
    try:
        return parse(der)
    except Unreadable:
        return None
