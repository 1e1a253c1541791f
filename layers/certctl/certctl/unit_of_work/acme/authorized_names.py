"""The names for which an ACME account holds valid authorizations."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.acme.authorizations import AuthorizationStatus
from certctl.domain.acme.orders import Order
from certctl.store.acme.authorizations import AuthorizationStore
from certctl.store.acme.orders import OrderStore

_PAGE = 100
_MOST_PAGES = 10
_MOST_VALIDATED = 100
"""Orders whose authorizations are read."""


@dataclass(frozen=True)
class AuthorizedNames:
    orders: OrderStore
    authorizations: AuthorizationStore

    def include(self, account_id: str, sans: frozenset[str], now: datetime) -> bool:
        """Whether unexpired orders of the ACME account, of the newest thousand, hold valid authorizations for
        all of the names, each as in records."""
        left, read = set(sans), 0
        for order in self._unexpired(account_id, now):
            if not left:
                break
            if left.isdisjoint(order.sans) or read == _MOST_VALIDATED:
                continue
            read += not order.is_trusted
            left -= self._authorized(order, now)
        return not left

    def _unexpired(self, account_id: str, now: datetime) -> Iterator[Order]:
        before = None
        for _ in range(_MOST_PAGES):
            page = self.orders.page(account_id, before, _PAGE)
            yield from (each for each in page.orders if each.expires_at > now)
            before = page.next_before
            if before is None:
                return

    def _authorized(self, order: Order, now: datetime) -> set[str]:
        if order.is_trusted:
            return {name for n, name in enumerate(order.sans) if n not in order.deactivated}
        found = self.authorizations.all_of(order.id)
        return {each.identifier.san for each in found if each.status_at(now) is AuthorizationStatus.VALID}
