"""Flood control as a process has it that has just started; none where there is no limit."""

from collections.abc import Callable
from datetime import datetime

from certctl.domain.delivery_ports import Floods
from certctl.domain.due_work import Nudge
from certctl.services.folding import FloodRows, Folding
from certctl.store.database import Database
from certctl.store.floods import FloodMeter, FloodStore
from certctl.store.locks import LockStore
from certctl.store.notification_folds import NotificationFolds
from certctl.store.notifications import NotificationStore

_UNLIMITED = Floods(lambda *_: False, lambda *_: False)


def floods_of(
    database: Database,
    limit: int | None,
    nudge: Callable[[Nudge, float], None],
    record: Callable[[str, str], None],
    now: Callable[[], datetime],
) -> Floods:
    if limit is None:
        return _UNLIMITED
    store = NotificationStore(database)
    meter = FloodMeter(FloodStore(database), limit, now)
    rows = FloodRows(store, NotificationFolds(database, store), LockStore(database), meter)
    made = Folding(rows, nudge, record, now)
    return Floods(made.fold, made.hold_back)
