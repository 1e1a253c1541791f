"""Composition of what anybody may ask for. See `bootstrap.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap

if TYPE_CHECKING:
    from certctl.services.status.serials import SerialStatuses


@cache
def serial_statuses() -> "SerialStatuses":
    from certctl.services.status.serials import SerialStatuses
    from certctl.store.issuing.serials import SerialStore
    from certctl.store.revocation.revocations import RevocationStore

    database = bootstrap.database()
    revocations = RevocationStore(database)
    return SerialStatuses(bootstrap.authority_store(), SerialStore(database), revocations, bootstrap.now)
