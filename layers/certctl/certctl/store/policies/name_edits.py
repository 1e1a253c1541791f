"""Edits of teams' names that are being worked off, and exemptions whose end is still to be reminded of."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from certctl.domain.policies.name_edits import Exemption, NamesEdit, RecordedEdit
from certctl.domain.times import to_millis
from certctl.store import keys
from certctl.store.database import Database
from certctl.store.mapping import to_item, to_record
from certctl.store.policies.items import NamesEditItem, NamesExemptionItem
from certctl.store.writes import Write, delete, put

_MOST_AT_ONCE = 100
_MOST_PENDING = 1_000


class NamesEditStore:
    """The rows are follow-ups of the kind `NAMES_EDIT` at the same time: `FollowUpStore` works them off."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_step(self, recorded: RecordedEdit) -> Write:
        """Records the edit in the transaction that changes the team."""
        return put(
            NamesEditItem(
                keys.NAMES_EDIT,
                recorded.id,
                owner=uuid4().hex,
                amount=to_millis(recorded.made_at),
                team_id=recorded.edit.team_id,
                before=recorded.edit.before,
                after=recorded.edit.after,
                made_at=recorded.made_at,
                exempt_until=recorded.exempt_until,
            )
        )

    def pending(self) -> Sequence[RecordedEdit]:
        """The edits in their order: the first 1,000, more than administrators make between two runs."""
        page = self._database.query(NamesEditItem, keys.NAMES_EDIT, limit=_MOST_PENDING, consistent=True)
        return [_recorded(row) for row in page.items]


class NamesExemptionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def record_step(self, exemption: Exemption) -> Write:
        return put(to_item(NamesExemptionItem, exemption, kind=keys.NAMES_EXEMPTION, id=_key(exemption)))

    def due(self, now: datetime) -> Sequence[Exemption]:
        """The exemptions whose reminder is due, of the first hundred; the others wait for these."""
        page = self._database.query(
            NamesExemptionItem,
            keys.NAMES_EXEMPTION,
            NamesExemptionItem.id < keys.names_exemptions_until(now),
            limit=_MOST_AT_ONCE,
            consistent=True,
        )
        return [to_record(Exemption, row) for row in page.items]

    def reminded_step(self, exemption: Exemption) -> Write:
        """Refused with ChangedMeanwhile if it is gone."""
        row = NamesExemptionItem(keys.NAMES_EXEMPTION, _key(exemption))
        return delete(row, NamesExemptionItem.until.exists())


def _key(exemption: Exemption) -> str:
    return keys.names_exemption(exemption.remind_at, exemption.certificate_id)


def _recorded(row: NamesEditItem) -> RecordedEdit:
    edit = NamesEdit(row.team_id, row.before, row.after)
    return RecordedEdit(row.id, edit, row.made_at, row.exempt_until)
