"""ACME accounts of the open EAB key that order nothing: anybody in its networks may make some."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.acme.statuses import AccountStatus
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.errors import Conflict
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.store.acme.positions import PositionStore
from certctl.unit_of_work.acme.account_endings import delete_account
from certctl.unit_of_work.units import Units

KEPT_UNUSED = timedelta(days=30)
_ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_PAGE = 100
_REASON = f"no order for {KEPT_UNUSED.days} days"


@dataclass(frozen=True)
class UnusedAccounts:
    """A run looks at the next hundred ACME accounts of the open EAB key, and at the first ones again after
    the last ones. One read if no EAB key is open."""

    units: Units
    now: Callable[[], datetime]

    @cached_property
    def _accounts(self) -> AcmeAccountStore:
        return AcmeAccountStore(self.units.database)

    @cached_property
    def _eab_keys(self) -> EabKeyStore:
        return EabKeyStore(self.units.database)

    def run(self, has_time: Callable[[], bool]) -> int:
        """The number of ACME accounts that were deleted."""
        eab_key_id = self._eab_keys.open_key_id()
        if eab_key_id is None:
            return 0
        positions = PositionStore(self.units.database)
        page = self._accounts.page_of_key(eab_key_id, positions.get(), _PAGE)
        unused = [each for each in page.accounts if _is_unused(each, self.now())]
        deleted = sum(self._delete(each) for each in unused if has_time())
        positions.set(page.next_after)
        return deleted

    def _delete(self, account: AcmeAccount) -> bool:
        """False if it was used or changed concurrently."""
        unit = self.units.begin(_ACTOR, account.id, self.now())
        delete_account(unit, self._accounts, self._eab_keys, account, reason=_REASON)
        try:
            unit.commit()
        except Conflict:
            return False
        return True


def _is_unused(account: AcmeAccount, now: datetime) -> bool:
    """Revoked ones stay: their clients could register again."""
    if account.status is AccountStatus.REVOKED:
        return False
    return now >= (account.last_seen_at or account.created_at) + KEPT_UNUSED
