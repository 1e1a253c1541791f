"""Reads what a weekly digest contains: the API's lists by their filters, so that the numbers agree."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.notifications.digests.content import (
    Addressee,
    Digest,
    DigestFilters,
    DigestRow,
    DigestSection,
    fitted,
    soonest_first,
)
from certctl.domain.notifications.digests.settings import DigestList
from certctl.domain.renewal.urgency import is_renewed_by_hand
from certctl.services.notifications.digests.bounded import EVERYTHING, Sight, narrow_or, section
from certctl.services.notifications.digests.found import FoundLists, InventoryLists
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.paging import Stage, in_parallel


@dataclass(frozen=True)
class DigestContents:
    """`inventory` is None in a stack without one."""

    certificates: CertificateIndexes
    catalog: CachedCatalog
    inventory: InventoryLists | None
    now: Callable[[], datetime]

    def of(self, addressee: Addressee, sight: Sight = EVERYTHING) -> Digest:
        """Reads all lists in parallel, each in at most three sequential reads. Raises Unavailable."""
        now = self.now()
        filters = DigestFilters(addressee, now)
        found = FoundLists(self.inventory, filters, sight).sections if self.inventory else []
        sections = in_parallel(partial(self._expiring, filters, sight), *found)
        return Digest(addressee, now, fitted(sections))

    def _expiring(self, filters: DigestFilters, sight: Sight) -> DigestSection:
        wanted, now = filters.expiring, filters.made_at
        first, last = wanted.expires_after or now, wanted.expires_before or now
        by_expiry = self.certificates.expiring_between(first, last)
        scan, policies = in_parallel(
            lambda: narrow_or(self._narrow(filters.addressee), by_expiry), self.catalog.renewal_policies
        )
        records = self.certificates.load([hit.id for hit in scan.found]).values()
        seen = (each for each in records if sight.has_certificate(each.team_id))
        kept = (e for e in seen if wanted.matches(e, now) and is_renewed_by_hand(e, policies, now))
        return section(DigestList.EXPIRING, soonest_first(map(_row, kept), now), scan)

    def _narrow(self, about: Addressee) -> list[Stage]:
        indexes = self.certificates
        return indexes.of_owner(about.id) if about.is_owner else indexes.of_teams([about.id])


def _row(certificate: Certificate) -> DigestRow:
    note = "its renewal failed" if certificate.renewal_error else ""
    return DigestRow(
        certificate.id,
        certificate.name,
        certificate.ends_at,
        note,
        certificate.owner_id,
        certificate.team_id,
    )
