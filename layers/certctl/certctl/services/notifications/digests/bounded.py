"""Bounded reads of a digest's lists, and who may see what they find."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from certctl.domain.notifications.digests.content import MOST_ROWS, DigestRow, DigestSection
from certctl.domain.notifications.digests.settings import DigestList
from certctl.store.paging import PageScan, Stage, walk, walk_until_full

MOST_OF_ONE = 1_000
"""Rows of one owner's or team's partition."""
MOST_BY_EXPIRY = 5_000


@dataclass(frozen=True)
class Sight:
    """The teams whose certificates, and whose part of the inventory, a reader may see; None for all."""

    certificates: Collection[str] | None = None
    inventory: Collection[str] | None = None

    def has_certificate(self, team_id: str) -> bool:
        return self.certificates is None or team_id in self.certificates

    def has_found(self, team_id: str) -> bool:
        return self.inventory is None or team_id in self.inventory


EVERYTHING = Sight()


def narrow_or(narrow: Sequence[Stage], by_expiry: Sequence[Stage]) -> PageScan:
    """The rows of a partition or, if it has more than MOST_OF_ONE, those of the index by expiry that end
    first, of all owners and teams."""
    scan = walk(narrow, None, MOST_OF_ONE)
    return scan if scan.next is None else until_full(by_expiry)


def until_full(by_expiry: Sequence[Stage]) -> PageScan:
    """The first MOST_BY_EXPIRY rows of several months."""
    return walk_until_full(by_expiry, None, MOST_BY_EXPIRY, MOST_BY_EXPIRY, list)


def section(list_: DigestList, rows: Iterable[DigestRow], scan: PageScan) -> DigestSection:
    """The section of all rows that were kept of a scan."""
    kept = tuple(rows)
    return DigestSection(list_, len(kept), kept[:MOST_ROWS], scan.next is None)
