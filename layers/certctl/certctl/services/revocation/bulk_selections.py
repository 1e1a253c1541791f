"""The certificates that a bulk revocation may mean, by the index of its narrowest filter, part by part."""

from dataclasses import dataclass
from datetime import datetime

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.revocation.bulk import Selection
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.paging import PageScan, Position, Stage, walk


@dataclass(frozen=True)
class Part:
    """Rows of the walk, and the records that they stand for; a row whose record is gone has none."""

    walked: PageScan
    records: dict[str, Certificate]


class BulkSelections:
    """By the order of creation only, which nothing changes: in an index by expiry or by last change, a
    certificate could pass from what is not yet walked to what was."""

    def __init__(self, indexes: CertificateIndexes) -> None:
        self._indexes = indexes

    def part(self, selection: Selection, began: datetime, position: Position | None, limit: int) -> Part:
        """At most `limit` rows, in two reads one after the other. Raises InvalidInput for a position that is
        none of this walk."""
        walked = walk(self._stages(selection, began), position, limit)
        return Part(walked, self._indexes.load([found.id for found in walked.found]))

    def _stages(self, selection: Selection, began: datetime) -> list[Stage]:
        if selection.certificate_ids:
            return self._indexes.of_ids(selection.certificate_ids)
        if selection.owner_id is not None:
            return self._indexes.of_owner(selection.owner_id)
        if selection.team_id is not None:
            return self._indexes.of_teams([selection.team_id])
        if selection.issuer_id is not None:
            return self._indexes.of_issuer(selection.issuer_id)
        return self._indexes.by_creation(began)
