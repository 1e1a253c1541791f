"""Changes of endpoints: what an endpoint no longer shows, or no longer should serve, ends its incidents."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.inventory.endpoints.alerts import endpoint_subject, solved_alert
from certctl.domain.inventory.endpoints.damping import Change, Damped
from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.findings import LISTED_IF_FREE, Finding
from certctl.domain.inventory.endpoints.incidents import Step, is_resolved_now, subject_id
from certctl.domain.inventory.endpoints.targets import is_another_place
from certctl.domain.notifications.subjects import AlertSubject
from certctl.store.inventory.endpoints import EndpointStore
from certctl.store.writes import Write
from certctl.unit_of_work.inventory.endpoint_places import EndpointPlaces
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import UnitOfWork
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class EndpointChanges:
    stores: Stores
    units: Units
    endpoints: EndpointStore
    places: EndpointPlaces

    def change(self, actor: Actor, before: Endpoint, after: Endpoint, now: datetime) -> Endpoint:
        """The endpoint as stored. Raises ChangedMeanwhile."""
        unit = self.units.begin(actor, before.id, now)
        unit.write(*self.steps(unit, before, after))
        unit.event("endpoint_attached", endpoint_resource(after), endpoint_details(after))
        unit.commit()
        return replace(after, revision=before.revision + 1)

    def remove(self, actor: Actor, endpoint: Endpoint, now: datetime) -> None:
        """Raises ChangedMeanwhile."""
        unit = self.units.begin(actor, endpoint.id, now)
        self._end_incidents(unit, endpoint, endpoint.open_findings)
        self.places.leave(unit, endpoint)
        unit.write(*self.endpoints.delete_steps(endpoint))
        unit.event("endpoint_removed", endpoint_resource(endpoint), endpoint_details(endpoint))
        unit.commit()

    def steps(self, unit: UnitOfWork, before: Endpoint, after: Endpoint) -> list[Write]:
        """The rows of an endpoint; the incidents of findings that it has no more end with them, and the
        sightings at another place. Its next probe is judged."""
        self._end_incidents(
            unit, before, [each for each in before.open_findings if each not in after.findings]
        )
        if is_another_place(before, after):
            self.places.leave(unit, before)
            return self.endpoints.attach_steps(before, replace(after, shown="", sighted=()))
        return self.endpoints.attach_steps(before, replace(after, shown="", sighted=before.sighted))

    def _end_incidents(self, unit: UnitOfWork, endpoint: Endpoint, ended: Sequence[Damped]) -> None:
        listed = frozenset[Finding]() if endpoint.is_attached else LISTED_IF_FREE
        for state in ended:
            before = self.endpoints.incident(subject_id(endpoint, state), state.finding)
            if before is None or state.finding in listed:
                continue
            after = Step(state, Change.RESOLVED).of(before, endpoint, unit.now)
            unit.write(self.endpoints.incident_step(after))
            if is_resolved_now(before, after):
                subject = self._subject(endpoint, state.certificate_id)
                unit.alert(solved_alert(before, subject), self.stores.routing.facts_of(subject))

    def _subject(self, endpoint: Endpoint, certificate_id: str) -> AlertSubject:
        found = self.stores.certificates.get(certificate_id) if certificate_id else None
        return subject_of(found) if found else endpoint_subject(endpoint)


def endpoint_resource(endpoint: Endpoint) -> Resource:
    return Resource("endpoint", endpoint.id, endpoint.team_id)


def endpoint_details(endpoint: Endpoint) -> dict[str, object]:
    """What an audit event says of it."""
    return {
        "place": endpoint.place,
        "prober": endpoint.prober,
        "certificate_ids": list(endpoint.certificate_ids),
        "expected": endpoint.expected.value,
    }
