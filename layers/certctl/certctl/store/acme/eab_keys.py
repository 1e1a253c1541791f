"""EAB keys: a row of the catalog each, with references to the records that it fixes."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Conflict
from certctl.store.acme.items import EabKeyItem, OpenEabKeyItem
from certctl.store.acme.keys import EAB_KEY, ONLY, OPEN_EAB_KEY, PLACES
from certctl.store.catalog.items import ReferenceItem
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import references_to, referrer
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import Write, check, delete, put, update

_LOWEST = " "
_EMPTY_AS_NONE = (
    *("environment", "tags", "challenges", "source_cidrs"),
    *("salt", "rotated_by", "shown_to", "answerable"),
)


@dataclass(frozen=True)
class EabKeyPage:
    """`next_after` is the id to continue after, None at the end."""

    keys: Sequence[EabKey]
    next_after: str | None


class EabKeyStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key_id: str) -> EabKey | None:
        """Read consistently."""
        item = self._database.get(EabKeyItem, EAB_KEY, key_id, consistent=True)
        return _key(item) if item else None

    def get_many(self, key_ids: Sequence[str]) -> dict[str, EabKey]:
        """The EAB keys that exist by id, at most 100."""
        found = self._database.batch_get(EabKeyItem, [(EAB_KEY, each) for each in key_ids])
        return {item.id: _key(item) for item in found}

    def page(self, after: str | None, limit: int) -> EabKeyPage:
        """EAB keys with ids above `after`, oldest first."""
        page = self._database.query(
            EabKeyItem, EAB_KEY, EabKeyItem.id > (after or _LOWEST), limit=limit, consistent=True
        )
        return EabKeyPage([_key(item) for item in page.items], page.items[-1].id if page.last_key else None)

    def open_key_id(self) -> str | None:
        """The id of the EAB key that makes ACME accounts without a binding; None if there is none."""
        item = self._database.get(OpenEabKeyItem, OPEN_EAB_KEY, ONLY, consistent=True)
        return item.eab_key_id if item else None

    def create_steps(self, key: EabKey) -> list[Write]:
        """The row and its references. Refused with Conflict if the id is taken, or another key is open."""
        taken = Conflict(f"There is an EAB key {key.id} already.")
        row = put(_item(key), EabKeyItem.id.does_not_exist(), taken)
        return [row, *(put(each) for each in _references(key)), *_opening(key)]

    def replace_steps(self, before: EabKey, after: EabKey) -> list[Write]:
        """Refused with ChangedMeanwhile if the stored revision is another."""
        old = {(each.kind, each.id) for each in _references(before)}
        new = {(each.kind, each.id) for each in _references(after)}
        gone = [delete(ReferenceItem(*each)) for each in sorted(old - new)]
        added = [put(ReferenceItem(*each)) for each in sorted(new - old)]
        return [put(_item(after), EabKeyItem.revision == before.revision), *added, *gone]

    def revoke_steps(self, before: EabKey, after: EabKey) -> list[Write]:
        """Refused as `replace_steps`. What a revoked EAB key refers to may be deleted."""
        gone = [delete(each) for each in _references(before)]
        return [put(_item(after), EabKeyItem.revision == before.revision), *gone, *_closing(before)]

    def delete_steps(self, key: EabKey) -> list[Write]:
        """The row, its references and its count of ACME accounts. Refused with ChangedMeanwhile as
        `replace_steps`, and with Conflict if an ACME account has a place."""
        row = delete(EabKeyItem(EAB_KEY, key.id), EabKeyItem.revision == key.revision)
        empty = StateItem.amount.does_not_exist() | (StateItem.amount <= 0)
        count = delete(StateItem(PLACES, key.id), empty, Conflict(f"{key.name} has ACME accounts."))
        kept = [] if key.is_revoked else [*(delete(each) for each in _references(key)), *_closing(key)]
        return [row, count, *kept]

    def unchanged_step(self, key: EabKey, refused: Exception) -> Write:
        """Raises `refused` if the EAB key was changed or deleted since it was read."""
        return check(EabKeyItem(EAB_KEY, key.id), EabKeyItem.revision == key.revision, refused)

    def take_place_step(self, key: EabKey, refused: Exception) -> Write:
        """Counts another valid ACME account. Raises `refused` if the EAB key has its `max_accounts`."""
        row = StateItem(PLACES, key.id)
        room = StateItem.amount.does_not_exist() | (StateItem.amount < key.max_accounts)
        return update(row, [StateItem.amount.add(1)], None if key.max_accounts is None else room, refused)

    def free_place_step(self, key_id: str) -> Write:
        return update(StateItem(PLACES, key_id), [StateItem.amount.add(-1)])

    def places_taken(self, key_ids: Sequence[str]) -> dict[str, int]:
        """The number of valid ACME accounts of each EAB key that has any, of at most 100."""
        rows = self._database.batch_get(StateItem, [(PLACES, each) for each in key_ids], consistent=True)
        return {row.id: int(row.amount or 0) for row in rows}


def _item(key: EabKey) -> EabKeyItem:
    empty = {name: getattr(key, name) or None for name in _EMPTY_AS_NONE}
    return to_item(EabKeyItem, key, kind=EAB_KEY, **empty)


def _key(item: EabKeyItem) -> EabKey:
    none = {} if item.challenges else {"challenges": ()}
    return to_record(EabKey, item, max_accounts=item.max_accounts, **none)


def _opening(key: EabKey) -> list[Write]:
    if not key.is_open:
        return []
    taken = Conflict("There is an open EAB key already: revoke it first.")
    row = OpenEabKeyItem(OPEN_EAB_KEY, ONLY, eab_key_id=key.id)
    return [put(row, OpenEabKeyItem.id.does_not_exist(), taken)]


def _closing(key: EabKey) -> list[Write]:
    return [delete(OpenEabKeyItem(OPEN_EAB_KEY, ONLY))] if key.is_open else []


def _references(key: EabKey) -> list[ReferenceItem]:
    """What may not be deleted while the EAB key exists."""
    places = [
        (Kind.TEAM, key.team_id),
        (Kind.OWNER, key.owner_id),
        (Kind.ISSUER, key.issuer_id),
        (Kind.RENEWAL_POLICY, key.renewal_policy_id),
        (Kind.SERVICE_ACCOUNT, key.service_account_id),
        *((Kind.PROFILE, each) for each in key.profile_ids),
    ]
    mine = referrer(EAB_KEY, key.id)
    return [ReferenceItem(references_to(kind, each), mine) for kind, each in places]
