"""Who uses a catalog record: the "in use" answer of a deletion, bounded."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from certctl.domain.catalog import Kind
from certctl.store.catalog import CatalogStore, Place
from certctl.store.database import Database
from certctl.store.items import CertificateItem
from certctl.store.listing import both

MOST_COUNTED = 1_000
_MOST_LOOKED_AT = 100
_CERTIFICATE = "certificate"
_KINDS = frozenset(kind.value for kind in Kind)
_CERTIFICATE_INDEXES: Mapping[Kind, Any] = {
    Kind.OWNER: CertificateItem.by_owner,
    Kind.TEAM: CertificateItem.by_team,
    Kind.ISSUER: CertificateItem.by_issuer,
}


@dataclass(frozen=True)
class Usage:
    """Counts by the kind of what refers to the record, of `MOST_COUNTED` at most each. `leaving` are those
    that are being deleted themselves: they may come back."""

    counts: Mapping[str, int]
    leaving: int = 0

    def __str__(self) -> str:
        return ", ".join(_counted(kind, count) for kind, count in sorted(self.counts.items()))


class CatalogUsage:
    def __init__(self, database: Database, catalog: CatalogStore) -> None:
        self._database = database
        self._catalog = catalog

    def of(self, kind: Kind, entry_id: str) -> Usage:
        """In two steps: references of catalog records are read consistently, certificates' owners, teams and
        issuers as their index has them."""
        page, certificates = both(
            lambda: self._catalog.referrers(kind, entry_id, MOST_COUNTED),
            partial(self._certificates, kind, entry_id),
        )
        counts = Counter(referrer.partition("#")[0] for referrer in page.referrers)
        counts[_CERTIFICATE] += certificates
        leaving = Counter(place[0].value for place in self._leaving(page.referrers))
        return Usage({k: n for k, n in (counts - leaving).items() if n}, leaving.total())

    def _certificates(self, kind: Kind, entry_id: str) -> int:
        index = _CERTIFICATE_INDEXES.get(kind)
        return len(self._database.query(index, entry_id, limit=MOST_COUNTED).items) if index else 0

    def _leaving(self, referrers: list[str]) -> list[Place]:
        """Looked for among a few: of more, some stay for certain."""
        parted = (referrer.partition("#") for referrer in referrers)
        places = [(Kind(kind), entry_id) for kind, _, entry_id in parted if kind in _KINDS]
        if not places or len(places) > _MOST_LOOKED_AT:
            return []
        found = self._catalog.get_many(places)
        return [place for place, entry in found.items() if entry.is_deleting]


def _counted(kind: str, count: int) -> str:
    if count >= MOST_COUNTED:
        return f"at least {MOST_COUNTED:,} {_plural(kind)}"
    return f"1 {kind}" if count == 1 else f"{count} {_plural(kind)}"


def _plural(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
