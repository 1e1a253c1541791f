"""Units of work over a database, for services that tests compose themselves; their nudges are lost."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from certctl.compose.rooms.base import Base, Overrides
from certctl.compose.rooms.catalog import CatalogFactories
from certctl.connectors.aws.queue import Queue
from certctl.store.audit.events import AuditStore
from certctl.store.database import Database
from certctl.unit_of_work.units import Units


class _Nowhere:
    def send_message(self, **_: object) -> None: ...


def units_in(database: Database, now: Callable[[], datetime]) -> Units:
    nowhere: Any = _Nowhere()
    overrides = Overrides(
        now=now, database=database, audit=AuditStore(database), queue=lambda name: Queue(nowhere, name)
    )
    return CatalogFactories(Base(overrides)).units
