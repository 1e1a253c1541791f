"""Completes the retirement of an agent, and the deletion of a service account or user: revokes the rows of
its keys and removes an agent from its targets, in steps of one transaction each. Every step is idempotent;
the referrers of the record are the remaining work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.audit.events import Actor
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Target
from certctl.domain.errors import DomainError
from certctl.observability import logger
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.keys import API_KEY, referrer
from certctl.unit_of_work.access.keys import revoke_key
from certctl.unit_of_work.catalog import CatalogRecords
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.unit import UnitOfWork

MOST_AT_ONCE = 24
"""Each takes four writes at most, and a transaction 100."""


@dataclass(frozen=True)
class Retirements:
    records: CatalogRecords
    keys: ApiKeyStore
    now: Callable[[], datetime]

    def begin(self, agent: AnyEntry, actor: Actor) -> None:
        """One step, best effort: the maintenance schedule does the rest."""
        try:
            self._turn(agent, actor)
        except DomainError:
            logger.warning("the maintenance schedule continues a retirement", extra={"agent_id": agent.id})

    def finish(self, entry: AnyEntry, actor: Actor, has_time: Callable[[], bool]) -> bool:
        """Whether nothing refers to the record any more."""
        while has_time():
            if not self._turn(entry, actor):
                return True
        return False

    @retry_on_conflict
    def _turn(self, entry: AnyEntry, actor: Actor) -> bool:
        """Whether there was anything to do."""
        referrers = self.records.catalog.referrers(entry.kind, entry.id, MOST_AT_ONCE).referrers
        targets = self._targets_of(entry.id, referrers)
        keys = self._live_keys_of(referrers)
        unit = self.records.units.begin(actor, entry.id, self.now())
        for target in targets.values():
            self._detach(unit, target)
        for key in keys.values():
            revoke_key(unit, self.keys, key)
        others = (each for each in referrers if each not in {*targets, *keys})
        unit.write(*(self.records.catalog.unrefer_step(entry.kind, entry.id, each) for each in others))
        unit.commit()
        return bool(referrers)

    def _targets_of(self, agent_id: str, referrers: Sequence[str]) -> dict[str, AnyEntry]:
        """The agent's targets by referrer."""
        places = [(Kind.TARGET, target_id) for target_id in _ids_of(Kind.TARGET.value, referrers)]
        found = self.records.catalog.get_many(places).values()
        return {referrer(t.kind, t.id): t for t in found if t.content.agent_id == agent_id}

    def _live_keys_of(self, referrers: Sequence[str]) -> dict[str, ApiKey]:
        """The live keys by referrer."""
        found = self.keys.get_many(_ids_of(API_KEY, referrers))
        return {referrer(API_KEY, key.id): key for key in found if key.revoked_at is None}

    def _detach(self, unit: UnitOfWork, target: AnyEntry) -> None:
        content: Target = replace(target.content, agent_id=None)
        after = replace(target, content=content, updated_at=unit.now, revision=target.revision + 1)
        self.records.update(unit, target, after)


def _ids_of(kind: str, referrers: Sequence[str]) -> list[str]:
    prefix = referrer(kind, "")
    return [each.removeprefix(prefix) for each in referrers if each.startswith(prefix)]
