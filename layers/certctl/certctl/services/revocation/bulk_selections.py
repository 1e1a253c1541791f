"""The certificates that a bulk revocation may select, by the index of its narrowest filter, chunk by
chunk."""

from dataclasses import dataclass
from datetime import datetime

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.revocation.bulk import Selection
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.paging import PageScan, Position, Stage, walk
from certctl.store.reading import PageReading, read_page


@dataclass(frozen=True)
class Part:
    """Rows of the scan, and their records; a row whose record is gone has none."""

    walked: PageScan
    records: dict[str, Certificate]


@dataclass(frozen=True)
class BulkSelections:
    """Selects in the order of creation only, which nothing changes: in an index by expiry or by last change,
    a certificate could move from the part not yet read to the part already read."""

    indexes: CertificateIndexes

    def part(self, selection: Selection, began: datetime, position: Position | None, limit: int) -> Part:
        """At most `limit` rows, in two sequential reads. Raises InvalidInput for a position outside this
        scan."""
        walked = walk(self._stages(selection, began), position, limit)
        return Part(walked, self.indexes.load([found.id for found in walked.found]))

    def reading(
        self, selection: Selection, began: datetime, position: Position | None, per_page: int
    ) -> PageReading:
        """A page of what `part` reads in parts. Raises InvalidInput as it does."""
        return read_page(self._stages(selection, began), position, per_page, all_shown=False)

    def _stages(self, selection: Selection, began: datetime) -> list[Stage]:
        if selection.certificate_ids:
            return self.indexes.of_ids(selection.certificate_ids)
        if selection.owner_id is not None:
            return self.indexes.of_owner(selection.owner_id)
        if selection.team_id is not None:
            return self.indexes.of_teams([selection.team_id])
        if selection.issuer_id is not None:
            return self.indexes.of_issuer(selection.issuer_id)
        return self.indexes.by_creation(began)
