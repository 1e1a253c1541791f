"""Maintenance of keys for which a revocation, or a hold, had no room."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import batched

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.revocation.revocations import refuses_keys_for_ever
from certctl.store.follow_ups import FollowUp, FollowUpStore, ReadBatch
from certctl.store.writes import Write
from certctl.unit_of_work.revocation.keys import keys_of
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units

ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_HELD_AT_ONCE = 98
"""Keys of one transaction, beside the check of the certificate and the row of the keys that it holds."""


@dataclass(frozen=True)
class KeyFollowUp:
    """Refuses keys by the certificate's state when its follow-up is processed: a hold that has ended refuses
    none."""

    stores: Stores
    units: Units
    follow_ups: FollowUpStore
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> int:
        """The number of keys that were refused. Raises Unavailable: the next run continues there."""
        return self.follow_ups.work_off(self.now(), partial(self._settle, has_time))

    def _settle(self, has_time: Callable[[], bool], follow_up: FollowUp) -> Iterator[int]:
        certificate = self.stores.certificates.get(follow_up.id)
        self._free(certificate)
        for keys in self.follow_ups.slices(follow_up, self._read(certificate), has_time):
            yield self._refuse(certificate, keys)

    def _free(self, certificate: Certificate | None) -> None:
        """Frees the keys of a hold that has ended: at most one for each version and each open job. Raises
        ChangedMeanwhile if it may be on hold again."""
        if certificate is None or certificate.lifecycle in (Lifecycle.ON_HOLD, Lifecycle.ARCHIVED):
            return
        held = self.stores.refused_keys.held
        freed = held.free_steps(certificate.id, held.held_by(certificate.id))
        if freed:
            self._write(certificate, self.stores.certificates.unchanged_step(certificate), *freed)

    def _read(self, certificate: Certificate | None) -> ReadBatch:
        if certificate is not None and refuses_keys_for_ever(certificate):
            return partial(self.stores.key_changes.page, certificate.id)
        if certificate is not None and certificate.lifecycle is Lifecycle.ON_HOLD:
            versions = self.stores.certificates.unexpired_versions(certificate.id, self.now())
            return lambda _: (list(keys_of(versions)), None)
        return lambda _: ([], None)

    def _refuse(self, certificate: Certificate | None, keys: Sequence[str]) -> int:
        if certificate is None or not keys:
            return 0
        if certificate.lifecycle is Lifecycle.ON_HOLD:
            self._hold(certificate, keys)
        else:
            self._write(certificate, *map(self.stores.refused_keys.compromised.add_step, keys))
        return len(keys)

    def _hold(self, certificate: Certificate, keys: Sequence[str]) -> None:
        """Raises ChangedMeanwhile if the hold may have ended."""
        unchanged = self.stores.certificates.unchanged_step(certificate)
        for some in batched(keys, _HELD_AT_ONCE, strict=False):
            held = self.stores.refused_keys.held.hold_steps(certificate.id, some)
            self._write(certificate, unchanged, *held)

    def _write(self, certificate: Certificate, *writes: Write) -> None:
        """Writes without an event: that of the revocation, or of the hold, announces further keys."""
        unit = self.units.begin(ACTOR, certificate.id, self.now())
        unit.write(*writes)
        unit.commit()
