"""The end of ACME accounts by an operator, or because nobody uses them."""

from typing import Any

from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.acme.statuses import AccountStatus
from certctl.domain.audit.events import changes
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.store.follow_ups import FollowUpStore
from certctl.unit_of_work.acme.resources import account_resource
from certctl.unit_of_work.unit import UnitOfWork


def revoke_account(
    unit: UnitOfWork,
    accounts: AcmeAccountStore,
    eab_keys: EabKeyStore,
    endings: FollowUpStore,
    before: AcmeAccount,
) -> AcmeAccount:
    """Refuses its requests from now on and frees its place; later its open jobs are cancelled."""
    after = before.ended(AccountStatus.REVOKED, unit.now)
    unit.write(accounts.replace_step(before, after), endings.follow_up_step(before.id, unit.now))
    if before.is_valid:
        unit.write(eab_keys.free_place_step(before.eab_key_id))
    _record(unit, "acme_account_revoked", before, after)
    return after


def delete_account(
    unit: UnitOfWork, accounts: AcmeAccountStore, eab_keys: EabKeyStore, account: AcmeAccount, **details: Any
) -> None:
    unit.write(*accounts.delete_steps(account))
    if account.is_valid:
        unit.write(eab_keys.free_place_step(account.eab_key_id))
    _record(unit, "acme_account_deleted", account, None, **details)


def _record(
    unit: UnitOfWork, action: str, before: AcmeAccount, after: AcmeAccount | None, **details: Any
) -> None:
    unit.event(action, account_resource(before), changes(before, after) | details)
