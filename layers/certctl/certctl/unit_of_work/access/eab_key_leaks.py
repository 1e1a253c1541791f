"""The EAB keys that a leaked API key made: the holder of that key may know their secrets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.audit.events import Actor, ActorType
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.store.acme.keys import ENDINGS, LEAKS
from certctl.store.follow_ups import FollowUp, FollowUpStore, ReadBatch
from certctl.store.writes import Write
from certctl.unit_of_work.access.eab_keys import revoke_eab_key
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units

_MAINTENANCE = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_PAGE = 100


@dataclass(frozen=True)
class EabKeyLeaks:
    """Revokes EAB keys. The call that reports the leak revokes those of that key, as far as its time goes;
    `maintenance_schedule` revokes the others. A follow-up for each leaked key has a row until that is
    done."""

    units: Units
    now: Callable[[], datetime]

    @cached_property
    def _eab_keys(self) -> EabKeyStore:
        return EabKeyStore(self.units.database)

    @cached_property
    def _follow_ups(self) -> FollowUpStore:
        return FollowUpStore(self.units.database, LEAKS)

    def mark_step(self, api_key_id: str, now: datetime) -> Write:
        """A write for the transaction that marks the API key as leaked: an EAB key that it makes concurrently
        is refused, or found later."""
        return self._follow_ups.follow_up_step(api_key_id, now)

    def revoke_first(self, api_key_id: str, actor: Actor, has_time: Callable[[], bool]) -> None:
        """Leaves the follow-up as it is: all EAB keys are looked at again."""
        after: str | None = None
        while has_time():
            ids, after = self._read(api_key_id)(after)
            for eab_key_id in ids:
                self._revoke(actor, api_key_id, eab_key_id)
            if after is None:
                return

    def run(self, has_time: Callable[[], bool]) -> int:
        """The number of EAB keys that were revoked. Raises Unavailable: the next run continues there."""
        return self._follow_ups.work_off(self.now(), partial(self._settle, has_time))

    def _settle(self, has_time: Callable[[], bool], follow_up: FollowUp) -> Iterator[int]:
        for ids in self._follow_ups.slices(follow_up, self._read(follow_up.id), has_time):
            for eab_key_id in ids:
                self._revoke(_MAINTENANCE, follow_up.id, eab_key_id)
            yield len(ids)

    def _read(self, api_key_id: str) -> ReadBatch:
        def read(after: str | None) -> tuple[list[str], str | None]:
            page = self._eab_keys.page(after, _PAGE)
            return [key.id for key in page.keys if _is_exposed(key, api_key_id)], page.next_after

        return read

    @retry_on_conflict
    def _revoke(self, actor: Actor, api_key_id: str, eab_key_id: str) -> None:
        key = self._eab_keys.get(eab_key_id)
        if key is None or key.is_revoked:
            return
        unit = self.units.begin(actor, key.id, self.now())
        endings = FollowUpStore(self.units.database, ENDINGS)
        revoke_eab_key(unit, self._eab_keys, endings, key, leaked_key_id=api_key_id)
        unit.commit()


def _is_exposed(key: EabKey, api_key_id: str) -> bool:
    return not key.is_revoked and key.was_shown_to(api_key_id)
