"""Changes of ACME accounts by their clients: contacts, deactivation, another key, and the list of orders
(RFC 8555 section 7.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.crypto.acme.keys import PublicJwk, thumbprint
from certctl.domain.acme.accounts import AcmeAccount, KeyTaken
from certctl.domain.acme.callers import require_valid
from certctl.domain.acme.contacts import checked_contacts
from certctl.domain.acme.ordering.limits import LimitedAct
from certctl.domain.acme.orders import Order
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.statuses import AccountStatus
from certctl.domain.acme.views import AcmeCaller
from certctl.domain.audit.events import changes
from certctl.domain.errors import ChangedMeanwhile, Conflict
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.store.acme.orders import OrderStore
from certctl.unit_of_work.acme.limits import HourlyLimits
from certctl.unit_of_work.acme.resources import account_resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.unit import UnitOfWork
from certctl.unit_of_work.units import Units

_PAGE = 100
_KEY_CHANGED = "The key of this ACME account was changed concurrently: sign with the new one."


@dataclass(frozen=True)
class OrderList:
    """`next_before`: the id to continue before, None at the end."""

    orders: tuple[Order, ...]
    next_before: str | None


@dataclass(frozen=True)
class AcmeAccounts:
    """Each change is one transaction with its event. A client that gets no answer repeats it: the same change
    again writes nothing. Two writes more count contacts and keys that change. What was signed with a key
    changes nothing once the ACME account has another."""

    accounts: AcmeAccountStore
    eab_keys: EabKeyStore
    orders: OrderStore
    limits: HourlyLimits
    units: Units
    now: Callable[[], datetime]

    @retry_on_conflict
    def change_contacts(self, caller: AcmeCaller, contacts: tuple[str, ...]) -> AcmeAccount:
        """Raises AcmeProblem."""
        checked = checked_contacts(contacts)
        before = self._as_signed(caller.account)
        if checked == before.contacts:
            return before
        self.limits.take(caller, LimitedAct.CHANGES)
        after = before.changed(self.now(), contacts=checked)
        unit = self._begin(caller, before, after)
        # contacts are in no event: it says only that they changed
        unit.event("acme_account_updated", account_resource(after), {"changed": ["contacts"]})
        unit.commit()
        return after

    @retry_on_conflict
    def deactivate(self, caller: AcmeCaller) -> AcmeAccount:
        """Ends the ACME account for good and frees its place among those of its EAB key. Raises
        AcmeProblem."""
        before = self._as_signed(caller.account)
        after = before.ended(AccountStatus.DEACTIVATED, self.now())
        unit = self._begin(caller, before, after)
        unit.write(self.eab_keys.free_place_step(before.eab_key_id))
        unit.event("acme_account_deactivated", account_resource(after), changes(before, after))
        unit.commit()
        return after

    def change_key(self, caller: AcmeCaller, new_key: PublicJwk) -> AcmeAccount:
        """Raises KeyTaken, also if another request gives the key away concurrently, and AcmeProblem."""
        try:
            return self._change_key(caller, new_key)
        except ChangedMeanwhile:
            raise
        except Conflict as conflict:
            taken_by = self.accounts.id_of_key(thumbprint(new_key))
            if taken_by is None:
                raise
            raise KeyTaken(taken_by) from conflict

    def list_orders(self, caller: AcmeCaller, before: str | None) -> OrderList:
        """Orders that are neither refused nor expired, newest first; a page may have fewer than the next."""
        page, now = self.orders.page(caller.account.id, before, _PAGE), self.now()
        shown = tuple(order for order in page.orders if not order.refused and order.expires_at > now)
        return OrderList(shown, page.next_before)

    @retry_on_conflict
    def _change_key(self, caller: AcmeCaller, new_key: PublicJwk) -> AcmeAccount:
        print_of_new = thumbprint(new_key)
        taken_by = self.accounts.id_of_key(print_of_new)
        if taken_by is not None:
            raise KeyTaken(taken_by)
        before = self._as_signed(caller.account)
        self.limits.take(caller, LimitedAct.CHANGES)
        after = before.changed(self.now(), jwk=new_key, thumbprint=print_of_new)
        unit = self.units.begin(caller.principal.actor, after.id, after.updated_at)
        unit.write(*self.accounts.change_key_steps(before, after))
        unit.event("acme_account_key_changed", account_resource(after), changes(before, after))
        unit.commit()
        return after

    def _begin(self, caller: AcmeCaller, before: AcmeAccount, after: AcmeAccount) -> UnitOfWork:
        unit = self.units.begin(caller.principal.actor, after.id, after.updated_at)
        unit.write(self.accounts.replace_step(before, after))
        return unit

    def _as_signed(self, signer: AcmeAccount) -> AcmeAccount:
        """The ACME account as it is stored. Raises AcmeProblem if it has ended, or has another key than the
        one that signed the request."""
        stored = self.accounts.get(signer.id)
        if stored is None:
            raise AcmeProblem(ProblemType.ACCOUNT_DOES_NOT_EXIST, "This ACME account was deleted.")
        require_valid(stored)
        if stored.thumbprint != signer.thumbprint:
            raise AcmeProblem(ProblemType.UNAUTHORIZED, _KEY_CHANGED)
        return stored
