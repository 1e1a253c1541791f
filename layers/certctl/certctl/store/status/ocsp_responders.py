"""Responders of CAs: the one that signs, the names by which CertIDs find its CA, the serials of all."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cryptography import x509

from certctl.crypto.fingerprints import spki_sha256
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.errors import Conflict
from certctl.domain.status.ocsp import RESPONDER_CERTIFICATE, RESPONDER_SERIAL_KEPT, StoredResponder
from certctl.store.database import Database
from certctl.store.issuing.items import SerialItem
from certctl.store.items import StateItem
from certctl.store.keys import OCSP_ISSUER, OCSP_RESPONDER, ca_serial
from certctl.store.status.ocsp_reads import responder_text, stored_responder
from certctl.store.writes import Write, put, update

_FIRST_SHARD = 0


class ResponderStore:
    """One row for each CA with a responder. `owner` is the serial of its certificate, for conditions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, ca_id: str) -> StoredResponder | None:
        item = self._database.get(StateItem, OCSP_RESPONDER, ca_id, consistent=True)
        return stored_responder(ca_id, item.body or "") if item else None

    def reserve(self, ca_id: str, serial: str, key_sha256: str, not_after: datetime) -> None:
        """Before its certificate is signed. Raises Conflict if the CA has used the serial."""
        item = _serial_item(ca_id, serial, key_sha256, not_after, VersionState.RESERVED)
        used = Conflict(f"{ca_id} has used the serial {serial}.")
        self._database.write_or_refuse(put(item, SerialItem.ca_serial.does_not_exist(), used))

    def restored_step(self, responder: StoredResponder) -> Write:
        """Restores the row of a responder whose serial the tables have lost. Refused with ChangedMeanwhile if
        there is one."""
        spki = spki_sha256(x509.load_der_x509_certificate(responder.certificate).public_key())
        place = responder.ca_id, responder.serial_number
        item = _serial_item(*place, spki, responder.not_after, VersionState.ISSUED)
        return put(item, SerialItem.ca_serial.does_not_exist())

    def write(self, steps: Sequence[Write]) -> None:
        """Writes the steps of `replace_steps` alone. Raises Conflict."""
        self._database.transact(steps)

    def replace_steps(
        self, responder: StoredResponder, previous: StoredResponder | None, issuers: Iterable[str]
    ) -> list[Write]:
        """Makes the responder the one that signs from now on. `issuers`: the names of the CA in CertIDs.
        Refused with Conflict if another publisher has replaced `previous`."""
        first = Conflict(f"Another responder of {responder.ca_id} was made concurrently.")
        as_seen = StateItem.owner == previous.serial_number if previous else StateItem.id.does_not_exist()
        row = StateItem(
            OCSP_RESPONDER,
            responder.ca_id,
            owner=responder.serial_number,
            body=responder_text(responder),
        )
        names = (StateItem(OCSP_ISSUER, issuer, body=responder.ca_id) for issuer in issuers)
        return [_issued(responder), put(row, as_seen, first), *map(put, names)]


def _serial_item(
    ca_id: str, serial: str, key_sha256: str, not_after: datetime, state: VersionState
) -> SerialItem:
    return SerialItem(
        ca_serial=ca_serial(ca_id, serial),
        spki_sha256=key_sha256,
        certificate_id=RESPONDER_CERTIFICATE,
        job_id=RESPONDER_CERTIFICATE,
        crl_shard=_FIRST_SHARD,
        not_after=not_after,
        state=state,
        delete_after=int((not_after + RESPONDER_SERIAL_KEPT).timestamp()),
    )


def _issued(responder: StoredResponder) -> Write:
    key = SerialItem(ca_serial(responder.ca_id, responder.serial_number))
    reserved = SerialItem.state == VersionState.RESERVED
    return update(key, [SerialItem.state.set(VersionState.ISSUED)], reserved)
