"""Maintenance of incidents that nobody will resolve: failed deployments to a disabled target, and those that
a change of the certificate had no room to end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.domain.agents.deployment_alerts import ended_incidents, undeployed_alert
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Target
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.notifications.alerts import Alert
from certctl.store.agents.place_names import target_place
from certctl.store.catalog.records import CatalogStore
from certctl.store.follow_ups import FollowUp, FollowUpStore, ReadBatch
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units

ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_SLICE = 100


@dataclass(frozen=True)
class OpenIncidents:
    stores: Stores
    units: Units
    follow_ups: FollowUpStore
    catalog: CatalogStore
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> int:
        """The number of certificates whose incidents were ended. Raises Unavailable: the next run continues
        there."""
        return self.follow_ups.work_off(self.now(), partial(self._settle, has_time))

    def _settle(self, has_time: Callable[[], bool], follow_up: FollowUp) -> Iterator[int]:
        for ids in self.follow_ups.slices(follow_up, self._read(follow_up), has_time):
            yield sum(map(self._end, self.stores.certificates.get_many(ids)))

    def _read(self, follow_up: FollowUp) -> ReadBatch:
        kind, _, record_id = follow_up.id.partition("#")
        if kind == Kind.TARGET:
            return partial(self.catalog.certificates_of, Kind.TARGET, record_id, _SLICE)
        return lambda _: ([record_id], None)

    def _end(self, before: Certificate) -> bool:
        now = self.now()
        after = before.with_changes(now)
        resolves = self._resolves(after)
        if not resolves:
            return False
        routing = self.stores.prefetch(after)
        unit = self.units.begin(ACTOR, after.id, now)
        unit.save(before, after, event="certificate_updated")
        unit.resolve(resolves, routing)
        unit.commit()
        return True

    def _resolves(self, certificate: Certificate) -> list[Alert]:
        if certificate.lifecycle.has_ended:
            places = self.stores.names.targets(certificate.failed_targets)
            return ended_incidents(certificate, places, f"is {certificate.lifecycle}")
        failed = certificate.failed_targets
        targets = {target.id: target for target in self.stores.agent_targets.find(failed)}
        reasons = {each: _why_not(certificate, each, targets.get(each)) for each in failed}
        return [
            undeployed_alert(certificate, target_place(each, targets.get(each)), why)
            for each, why in reasons.items()
            if why is not None
        ]


def _why_not(certificate: Certificate, target_id: str, target: Entry[Target] | None) -> str | None:
    """Why the certificate is not to be deployed there; None if it still is."""
    if target_id not in certificate.target_ids:
        return "it was taken off the certificate"
    if target is None:
        return "it is gone"
    return None if target.content.enabled else "it is disabled"
