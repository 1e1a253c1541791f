"""Orders: a row of State each, in the partition of their ACME account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.acme.orders import KEPT, Order
from certctl.store.acme.items import OrderItem
from certctl.store.acme.keys import orders_of
from certctl.store.database import Database
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import Write, put, update

_HIGHEST = "~"


@dataclass(frozen=True)
class OrderPage:
    """`next_before` is the id to continue before, None at the end."""

    orders: Sequence[Order]
    next_before: str | None


class OrderStore:
    """All reads are consistent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, account_id: str, order_id: str) -> Order | None:
        item = self._database.get(OrderItem, orders_of(account_id), order_id, consistent=True)
        return to_record(Order, item) if item else None

    def page(self, account_id: str, before: str | None, limit: int) -> OrderPage:
        """Orders of the ACME account, newest first."""
        page = self._database.query(
            OrderItem,
            orders_of(account_id),
            OrderItem.id < (before or _HIGHEST),
            limit=limit,
            newest_first=True,
            consistent=True,
        )
        last = page.items[-1].id if page.last_key else None
        return OrderPage([to_record(Order, item) for item in page.items], last)

    def create_step(self, order: Order) -> Write:
        return put(_item(order), OrderItem.id.does_not_exist())

    def replace_step(self, before: Order, after: Order) -> Write:
        """Refused with ChangedMeanwhile if the stored revision is another."""
        return put(_item(after), OrderItem.revision == before.revision)

    def downloaded_step(self, order: Order, now: datetime) -> Write:
        """Records the first download. Refused with ChangedMeanwhile if it is recorded."""
        row = OrderItem(orders_of(order.account_id), order.id)
        return update(
            row,
            [OrderItem.downloaded_at.set(now)],
            OrderItem.id.exists() & OrderItem.downloaded_at.does_not_exist(),
        )


def _item(order: Order) -> OrderItem:
    return to_item(
        OrderItem,
        order,
        kind=orders_of(order.account_id),
        deactivated=order.deactivated or None,
        has_profile=order.has_profile or None,
        delete_after=int((order.expires_at + KEPT).timestamp()),
    )
