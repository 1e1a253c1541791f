"""Revokes certificates without a record: a restore of the tables has lost it, and the inventory has found the
certificate and stored its serial again (docs/backup.md#certificates-issued-since-the-backup)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.errors import Conflict, InvalidInput, NotFound
from certctl.domain.ids import new_id
from certctl.domain.revocation.reasons import HOLD, KEY_COMPROMISE
from certctl.domain.revocation.receipts import Receipt
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.revocation.revocations import UNKNOWN_CERTIFICATE, Revocation, may_replace
from certctl.store.issuing.serials import KnownSerial, SerialStore
from certctl.store.writes import Write
from certctl.unit_of_work.authorities import authority_resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class RevocationWithoutRecord:
    stores: Stores
    units: Units
    serials: SerialStore
    actor: Actor
    now: Callable[[], datetime]

    @retry_on_conflict
    def revoke(self, issuer_id: str, serial: str, wanted: RevocationRequest) -> Revocation:
        """The stored revocation; the next CRL of its shard lists it. A repetition changes nothing. Raises
        InvalidInput for a hold, NotFound for a serial that no CA of the issuer has issued, Conflict if it
        has a record, or is revoked for another reason."""
        if wanted.reason == HOLD:
            raise InvalidInput.of("reason", f"{HOLD} holds a record: there is none")
        ca_id, known = self._issued(issuer_id, serial)
        before = self.stores.revocations.find(ca_id, known.crl_shard, serial)
        if before is not None and before.reason == wanted.reason:
            return before
        if before is not None and not may_replace(wanted.reason, before.reason):
            raise Conflict(f"This certificate is already revoked, for {before.reason}.")
        now = self.now()
        after = self._revocation(issuer_id, ca_id, serial, known, wanted, now)
        if before is not None:
            after = replace(before, reason=wanted.reason, ticket=wanted.ticket or before.ticket)
        unit = self.units.begin(self.actor, ca_id, now)
        unit.write(*self._steps(before, after, known))
        asked = {"ticket": wanted.ticket} if wanted.ticket else {}
        details = {"serial_numbers": [serial], "reason": wanted.reason, **asked}
        unit.event("certificate_version_revoked", authority_resource(ca_id), details)
        unit.commit()
        return after

    def _issued(self, issuer_id: str, serial: str) -> tuple[str, KnownSerial]:
        """The CA that issued it, and its row."""
        authorities = self.stores.authorities.with_leaves(issuer_id)
        found = self.serials.find_by_ca([each.ca_id for each in authorities], serial)
        if not found:
            raise NotFound(
                f"No CA of {issuer_id} has issued the serial {serial}: if a restore has lost it, import the "
                "certificate into the inventory first."
            )
        ca_id, known = next(iter(found.items()))
        if known.certificate_id != UNKNOWN_CERTIFICATE:
            raise Conflict(f"It belongs to {known.certificate_id}: revoke it there.")
        return ca_id, known

    def _revocation(
        self,
        issuer_id: str,
        ca_id: str,
        serial: str,
        known: KnownSerial,
        wanted: RevocationRequest,
        now: datetime,
    ) -> Revocation:
        return Revocation(
            id=new_id("rev", now),
            ca_id=ca_id,
            crl_shard=known.crl_shard,
            serial_number=serial,
            certificate_id=UNKNOWN_CERTIFICATE,
            issuer_id=issuer_id,
            reason=wanted.reason,
            revoked_by=self.actor.id,
            revoked_at=now.replace(microsecond=0),
            not_after=known.not_after,
            ticket=wanted.ticket,
            receipt=Receipt(due_at=now),
        )

    def _steps(self, before: Revocation | None, after: Revocation, known: KnownSerial) -> list[Write]:
        rows, key = self.stores.revocations, known.key_sha256
        return [
            rows.add_step(after) if before is None else rows.replace_step(after, before),
            self.stores.crl_changes.bump_step(after.ca_id, after.crl_shard, after.serial_number),
            *([self.stores.compromised_keys.add_step(key)] if after.reason == KEY_COMPROMISE and key else []),
        ]
