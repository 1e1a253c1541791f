"""ACME accounts: a row of the catalog each, found by its key through a row of the credentials."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.errors import Conflict
from certctl.domain.ids import ulid_of
from certctl.store.access.items import CredentialItem
from certctl.store.acme.items import AcmeAccountItem
from certctl.store.acme.keys import ACCOUNT, EAB_KEY, credential_key
from certctl.store.catalog.items import ReferenceItem
from certctl.store.database import Database
from certctl.store.keys import references_to, referrer
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import Write, delete, put, update

_LOWEST = " "


@dataclass(frozen=True)
class AccountPage:
    """`next_after` is the id to continue after, None at the end."""

    accounts: Sequence[AcmeAccount]
    next_after: str | None


class AcmeAccountStore:
    """All reads are consistent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, account_id: str) -> AcmeAccount | None:
        item = self._database.get(AcmeAccountItem, ACCOUNT, account_id, consistent=True)
        return _account(item) if item else None

    def get_many(self, account_ids: Sequence[str]) -> dict[str, AcmeAccount]:
        """The ACME accounts that exist by id, at most 100."""
        keys = [(ACCOUNT, each) for each in account_ids]
        found = self._database.batch_get(AcmeAccountItem, keys, consistent=True)
        return {item.id: _account(item) for item in found}

    def id_of_key(self, thumbprint: str) -> str | None:
        """The id of the ACME account with this key."""
        item = self._database.get(CredentialItem, credential_key(thumbprint), consistent=True)
        return item.key_id if item else None

    def page(self, after: str | None, limit: int) -> AccountPage:
        """ACME accounts with ids above `after`, oldest first."""
        page = self._database.query(
            AcmeAccountItem,
            ACCOUNT,
            AcmeAccountItem.id > (after or _LOWEST),
            limit=limit,
            consistent=True,
        )
        last = page.items[-1].id if page.last_key else None
        return AccountPage([_account(item) for item in page.items], last)

    def page_of_key(self, eab_key_id: str, after: str | None, limit: int) -> AccountPage:
        """ACME accounts that the EAB key made, with ids above `after`, oldest first."""
        place = references_to(EAB_KEY, eab_key_id)
        beyond = referrer(ACCOUNT, after or _LOWEST)
        page = self._database.query(
            ReferenceItem, place, ReferenceItem.id > beyond, limit=limit, consistent=True
        )
        ids = [item.id.partition("#")[2] for item in page.items]
        found = self.get_many(ids)
        last = ids[-1] if page.last_key else None
        return AccountPage([found[each] for each in ids if each in found], last)

    def create_steps(self, account: AcmeAccount) -> list[Write]:
        """The row, the row of its key, and its reference to its EAB key. Refused with Conflict if the key has
        an ACME account."""
        taken = Conflict("This key has an ACME account.")
        credential = put(_credential(account), CredentialItem.key_hash.does_not_exist(), taken)
        row = put(_item(account), AcmeAccountItem.id.does_not_exist())
        return [credential, row, put(_reference(account))]

    def replace_step(self, before: AcmeAccount, after: AcmeAccount) -> Write:
        """Refused with ChangedMeanwhile if the stored revision is another."""
        return put(_item(after), AcmeAccountItem.revision == before.revision)

    def change_key_steps(self, before: AcmeAccount, after: AcmeAccount) -> list[Write]:
        """Moves the ACME account to another key. Refused with Conflict if that key has an ACME account, and
        as `replace_step`."""
        taken = Conflict("This key has an ACME account.")
        return [
            put(_credential(after), CredentialItem.key_hash.does_not_exist(), taken),
            delete(CredentialItem(credential_key(before.thumbprint))),
            self.replace_step(before, after),
        ]

    def seen_step(self, account: AcmeAccount, now: datetime, refused: Exception) -> Write:
        """Records its last order, without a new revision. Raises `refused` if it is not valid any more."""
        row = AcmeAccountItem(ACCOUNT, account.id)
        is_as_read = AcmeAccountItem.status == account.status
        return update(row, [AcmeAccountItem.last_seen_at.set(now)], is_as_read, refused)

    def delete_steps(self, account: AcmeAccount) -> list[Write]:
        """Refused with ChangedMeanwhile as `replace_step`, and after another order."""
        row, seen = AcmeAccountItem(ACCOUNT, account.id), AcmeAccountItem.last_seen_at
        is_unseen = seen.does_not_exist() if account.last_seen_at is None else seen == account.last_seen_at
        return [
            delete(row, (AcmeAccountItem.revision == account.revision) & is_unseen),
            delete(CredentialItem(credential_key(account.thumbprint))),
            delete(_reference(account)),
        ]


def _item(account: AcmeAccount) -> AcmeAccountItem:
    contacts = account.contacts or None
    return to_item(AcmeAccountItem, account, kind=ACCOUNT, contacts=contacts)


def _account(item: AcmeAccountItem) -> AcmeAccount:
    return to_record(AcmeAccount, item)


def _credential(account: AcmeAccount) -> CredentialItem:
    return CredentialItem(
        credential_key(account.thumbprint),
        key_id=account.id,
        teams=(),
        subject_ulid=ulid_of(account.service_account_id),
    )


def _reference(account: AcmeAccount) -> ReferenceItem:
    place = references_to(EAB_KEY, account.eab_key_id)
    return ReferenceItem(place, referrer(ACCOUNT, account.id))
