"""The reservation of each serial, stored before it is signed (ADR 5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.domain.certificates.statuses import VersionState
from certctl.domain.errors import Conflict
from certctl.domain.revocation.key_uses import KeyedSerial
from certctl.domain.revocation.revocations import Revocation
from certctl.store.database import Database
from certctl.store.issuing.items import SerialItem
from certctl.store.keys import ca_serial
from certctl.store.mapping import to_record
from certctl.store.paging import IndexRange, Stage
from certctl.store.writes import Write, put

_LOST = "(lost)"
"""The text in place of the hash of a key and of a job's id."""


@dataclass(frozen=True)
class KnownSerial:
    """`crl_shard` is the one that the certificate's CDP names."""

    certificate_id: str
    crl_shard: int
    not_after: datetime
    spki_sha256: str
    state: VersionState

    @property
    def key_sha256(self) -> str | None:
        """The hash of the key; None if the tables had lost the serial, and a restore has brought its
        revocation back."""
        return None if self.spki_sha256 == _LOST else self.spki_sha256


class SerialStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def store_unless_present(self, steps: Sequence[Write]) -> bool:
        """Whether it was this call that stored them. `steps` refuse with Conflict what is present. Raises
        Unavailable."""
        try:
            self._database.transact(steps)
        except Conflict:
            return False
        return True

    def find_many(self, ca_id: str, serials: Iterable[str]) -> dict[str, KnownSerial]:
        """The serials that are known, by serial; read consistently, 100 in one round trip."""
        wanted = [ca_serial(ca_id, serial) for serial in serials]
        items = self._database.batch_get(SerialItem, wanted, consistent=True)
        return {item.ca_serial.rpartition("#")[2]: _known(item) for item in items}

    def find_by_ca(self, ca_ids: Iterable[str], serial: str) -> dict[str, KnownSerial]:
        """The CAs that know this serial."""
        wanted = [ca_serial(ca_id, serial) for ca_id in ca_ids]
        items = self._database.batch_get(SerialItem, wanted, consistent=True)
        return {item.ca_serial.rpartition("#")[0]: _known(item) for item in items}

    def with_key(self, spki_sha256: str) -> list[Stage]:
        """Keys of the serials of a key, as stages of a list; `keyed` reads their rows."""
        place = SerialItem.ca_serial
        of_key = IndexRange(SerialItem.by_spki, spki_sha256, place, "ca_serial", newest_first=False)
        return [Stage("key", (partial(of_key.read, self._database),), newest_first=False)]

    def keyed(self, ca_serials: Sequence[str]) -> list[tuple[str, KeyedSerial]]:
        """The serials that exist, each with its key; at most 100."""
        items = self._database.batch_get(SerialItem, ca_serials)
        return [(item.ca_serial, _keyed(item)) for item in items]

    def restored_step(self, revocation: Revocation) -> Write:
        """Restores the row of a revoked serial that the tables have lost: the OCSP responder finds its shard
        by this row. Refused with ChangedMeanwhile if there is one."""
        item = SerialItem(
            ca_serial=ca_serial(revocation.ca_id, revocation.serial_number),
            spki_sha256=_LOST,
            certificate_id=revocation.certificate_id,
            job_id=_LOST,
            crl_shard=revocation.crl_shard,
            not_after=revocation.not_after,
            state=VersionState.ABANDONED,
        )
        return put(item, SerialItem.ca_serial.does_not_exist())

    def found_step(self, ca_id: str, serial: str, found: KnownSerial) -> Write:
        """Restores the row of a certificate that was found, and that the tables have lost. Refused with
        ChangedMeanwhile if there is one."""
        item = SerialItem(
            ca_serial=ca_serial(ca_id, serial),
            spki_sha256=found.spki_sha256,
            certificate_id=found.certificate_id,
            job_id=_LOST,
            crl_shard=found.crl_shard,
            not_after=found.not_after,
            state=found.state,
        )
        return put(item, SerialItem.ca_serial.does_not_exist())


def _known(item: SerialItem) -> KnownSerial:
    return to_record(KnownSerial, item, crl_shard=int(item.crl_shard))


def _keyed(item: SerialItem) -> KeyedSerial:
    ca_id, _, serial = item.ca_serial.rpartition("#")
    return to_record(KeyedSerial, item, ca_id=ca_id, serial_number=serial, crl_shard=int(item.crl_shard))
