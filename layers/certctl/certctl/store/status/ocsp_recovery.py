"""The mark that a restore leaves while serials may be missing: the OCSP responder then looks for a revocation
in every shard that its certificate may name."""

from datetime import datetime

from certctl.domain.times import to_wire
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import OCSP_RECOVERY
from certctl.store.status.ocsp_reads import RECOVERY_MARK
from certctl.store.writes import delete, put


class RecoveryMark:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, until: datetime) -> None:
        """Puts the mark, which ends by itself, too: strangers' requests cost more while it holds."""
        self._database.write(put(StateItem(OCSP_RECOVERY, RECOVERY_MARK, body=to_wire(until))))

    def remove(self) -> None:
        self._database.write(delete(StateItem(OCSP_RECOVERY, RECOVERY_MARK)))
