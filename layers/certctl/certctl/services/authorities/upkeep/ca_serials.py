"""Stores the serials of CAs and responders that the tables lack: CAs of earlier releases have none, and a
restore may lose them. Without its row a certificate that was issued is unknown to the OCSP responder."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from certctl.crypto.pem import load_certificate
from certctl.crypto.serials import serial_text
from certctl.domain.authorities.authorities import Authority
from certctl.observability import logger
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.authorities.serials import ca_serial_steps
from certctl.store.database import Database
from certctl.store.issuing.serials import SerialStore
from certctl.store.status.ocsp_responders import ResponderStore
from certctl.store.writes import Write


@dataclass(frozen=True)
class CaSerials:
    database: Database

    @cached_property
    def _authorities(self) -> AuthorityStore:
        return AuthorityStore(self.database)

    @cached_property
    def _serials(self) -> SerialStore:
        return SerialStore(self.database)

    @cached_property
    def _responders(self) -> ResponderStore:
        return ResponderStore(self.database)

    def store_missing(self) -> int:
        """How many were stored. Idempotent, also concurrently. Raises Unavailable."""
        present = self._authorities.all()
        known = [*present, *self._authorities.retired()]
        stored = sum(self._store(self._missing_of_cas(each, known)) for each in _roots(present))
        stored += sum(self._store(self._missing_of_responder(each)) for each in present)
        if stored:
            logger.info("stored serials that were missing", extra={"count": stored})
        return stored

    def _missing_of_cas(self, root: Authority, known: Iterable[Authority]) -> list[list[Write]]:
        below = {_serial_of(each): each for each in known if each.parent_id == root.ca_id}
        found = self._serials.find_many(root.ca_id, below)
        return [ca_serial_steps(each) for serial, each in below.items() if serial not in found]

    def _missing_of_responder(self, authority: Authority) -> list[list[Write]]:
        responder = self._responders.get(authority.ca_id)
        if responder is None or self._serials.find_many(authority.ca_id, [responder.serial_number]):
            return []
        return [[self._responders.restored_step(responder)]]

    def _store(self, missing: Iterable[list[Write]]) -> int:
        return sum(self._serials.store_unless_present(steps) for steps in missing)


def _roots(authorities: Iterable[Authority]) -> list[Authority]:
    return [each for each in authorities if each.role == "root"]


def _serial_of(authority: Authority) -> str:
    return serial_text(load_certificate(authority.certificate_pem).serial_number)
