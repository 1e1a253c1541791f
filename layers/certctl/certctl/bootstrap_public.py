"""Composition of what anybody may ask for. See `bootstrap.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap

if TYPE_CHECKING:
    from certctl.services.serial_statuses import SerialStatuses


@cache
def serial_statuses() -> "SerialStatuses":
    from certctl.services.serial_statuses import SerialStatuses
    from certctl.store.revocations import RevocationStore
    from certctl.store.serials import SerialStore

    database = bootstrap.database()
    revocations = RevocationStore(database)
    return SerialStatuses(bootstrap.authority_store(), SerialStore(database), revocations, bootstrap.now)
