"""The reservation of each serial, stored before it is signed (pki.md section 2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.certificates.certificates import VersionState
from certctl.store.database import Database
from certctl.store.issuing.items import SerialItem
from certctl.store.keys import ca_serial
from certctl.store.mapping import to_record


@dataclass(frozen=True)
class KnownSerial:
    """`crl_shard` is the one that the certificate's CDP names."""

    certificate_id: str
    crl_shard: int
    not_after: datetime
    spki_sha256: str
    state: VersionState


class SerialStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find_many(self, ca_id: str, serials: Iterable[str]) -> dict[str, KnownSerial]:
        """By serial, those that are known; read consistently, 100 in one round trip."""
        wanted = [ca_serial(ca_id, serial) for serial in serials]
        items = self._database.batch_get(SerialItem, wanted, consistent=True)
        return {item.ca_serial.rpartition("#")[2]: _known(item) for item in items}

    def find_by_ca(self, ca_ids: Iterable[str], serial: str) -> dict[str, KnownSerial]:
        """The CAs that know this serial."""
        wanted = [ca_serial(ca_id, serial) for ca_id in ca_ids]
        items = self._database.batch_get(SerialItem, wanted, consistent=True)
        return {item.ca_serial.rpartition("#")[0]: _known(item) for item in items}


def _known(item: SerialItem) -> KnownSerial:
    return to_record(KnownSerial, item, crl_shard=int(item.crl_shard))
