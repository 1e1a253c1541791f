"""Rows of alerts about CAs that end before their leaves."""

from datetime import datetime, timedelta

from certctl.domain.inventory.ca_warnings import CaWarning
from certctl.store import keys
from certctl.store.database import Database
from certctl.store.inventory.census_items import CaWarningItem
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import Write, put, update

_MOST = 1_000
_KEPT = timedelta(days=30)


class CaWarningStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self) -> dict[str, CaWarning]:
        """The alerts that have not ended, by the fingerprint of the CA; read consistently."""
        prefix = CaWarningItem.record.startswith(keys.CA_WARNING)
        page = self._database.query(CaWarningItem, keys.CENSUS, prefix, limit=_MOST, consistent=True)
        found = [to_record(CaWarning, item) for item in page.items]
        return {each.fingerprint: each for each in found if each.ended_at is None}

    def begin_step(self, warning: CaWarning) -> Write:
        """Refused with ChangedMeanwhile if another run has sent the alert."""
        item = to_item(CaWarningItem, warning, item_id=keys.CENSUS, record=_record(warning))
        return put(item, CaWarningItem.item_id.does_not_exist() | CaWarningItem.ended_at.exists())

    def end_step(self, warning: CaWarning, now: datetime) -> Write:
        """Refused with ChangedMeanwhile if another run has ended it."""
        ended = [
            CaWarningItem.ended_at.set(now),
            CaWarningItem.delete_after.set(int((now + _KEPT).timestamp())),
        ]
        stands = CaWarningItem.item_id.exists() & CaWarningItem.ended_at.does_not_exist()
        return update(CaWarningItem(keys.CENSUS, _record(warning)), ended, stands)


def _record(warning: CaWarning) -> str:
    return f"{keys.CA_WARNING}{warning.fingerprint}"
