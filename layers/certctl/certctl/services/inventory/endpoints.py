"""Endpoints: created, attached to certificates, listed and removed by people."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.access.permissions import Permission, Principal
from certctl.domain.catalog.records import Kind
from certctl.domain.certificates.certificates import DEFAULT_OWNER, Certificate
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.errors import InvalidInput, NotFound
from certctl.domain.ids import new_id
from certctl.domain.inventory.endpoints.alerts import endpoint_subject, solved_alert
from certctl.domain.inventory.endpoints.damping import Change
from certctl.domain.inventory.endpoints.endpoints import PUBLIC, Endpoint
from certctl.domain.inventory.endpoints.findings import LISTED_IF_FREE, Finding
from certctl.domain.inventory.endpoints.incidents import Step, is_resolved_now, subject_id
from certctl.domain.inventory.endpoints.requests import EndpointFilter, NewEndpoint, Wanted
from certctl.domain.notifications.subjects import AlertSubject
from certctl.services.inventory.probers import Probers, scope_of
from certctl.store.inventory.endpoints import EndpointChange, EndpointStore
from certctl.store.paging import ListPage, Position, Stage, page_of, rows_to_read, walk
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import UnitOfWork, Units

_READ, _WRITE = Permission.INVENTORY_READ, Permission.ENDPOINTS_WRITE


@dataclass(frozen=True)
class Endpoints:
    stores: Stores
    units: Units
    endpoints: EndpointStore
    probers: Probers
    now: Callable[[], datetime]

    def create(self, caller: Principal, new: NewEndpoint) -> Endpoint:
        """Raises InvalidInput, NotFound for a certificate or an agent out of the caller's reach."""
        wanted, now = new.checked().wanted, self.now()
        certificates = self._certificates(caller, wanted)
        team = new.team_id or (certificates[0].team_id if certificates else "")
        if not team:
            raise InvalidInput.of("team_id", "is needed without a certificate")
        caller.require_reach(_WRITE, team, f"team {team}")
        self._require_prober(caller, new)
        endpoint = Endpoint(
            new_id("ep", now),
            new.host.strip("[]").lower(),
            new.port,
            new.prober,
            team,
            new.owner_id or (certificates[0].owner_id if certificates else DEFAULT_OWNER),
            now,
            server_name=new.server_name.lower(),
            starttls=new.starttls,
            certificate_ids=wanted.certificate_ids,
            expected=wanted.expectation,
            expected_issuer=wanted.expected_issuer,
        )
        unit = self.units.begin(caller.actor, endpoint.id, now)
        unit.write(*self.probers.scope_steps(endpoint.prober, team, now))
        unit.write(*self.endpoints.create_steps(endpoint, scope_of(endpoint.prober)))
        unit.event("endpoint_created", _resource(endpoint), _details(endpoint))
        unit.commit()
        return endpoint

    @retry_on_conflict
    def attach(self, caller: Principal, endpoint_id: str, wanted: Wanted) -> Endpoint:
        """Changes what an endpoint should serve; without a certificate it is free. What was found before is
        ended, for it may have another meaning now. Raises NotFound, InvalidInput."""
        before, now = self._own(caller, endpoint_id, _WRITE), self.now()
        if wanted.problems:
            raise InvalidInput("The change was refused.", wanted.problems)
        self._certificates(caller, wanted)
        after = replace(
            before,
            certificate_ids=wanted.certificate_ids,
            expected=wanted.expectation,
            expected_issuer=wanted.expected_issuer,
            findings=(),
            changed_at=now,
            revision=before.revision + 1,
        )
        unit = self.units.begin(caller.actor, before.id, now)
        self._end_incidents(unit, before, now)
        unit.write(*self.endpoints.attach_steps(before, after))
        unit.event("endpoint_attached", _resource(after), _details(after))
        unit.commit()
        return after

    @retry_on_conflict
    def remove(self, caller: Principal, endpoint_id: str) -> None:
        """Raises NotFound."""
        endpoint, now = self._own(caller, endpoint_id, _WRITE), self.now()
        unit = self.units.begin(caller.actor, endpoint.id, now)
        self._end_incidents(unit, endpoint, now)
        unit.write(*self.endpoints.delete_steps(endpoint, scope_of(endpoint.prober)))
        unit.event("endpoint_removed", _resource(endpoint), _details(endpoint))
        unit.commit()

    def get(self, caller: Principal, endpoint_id: str) -> Endpoint:
        """Raises NotFound."""
        return self._own(caller, endpoint_id, _READ)

    def page(
        self, caller: Principal, wanted: EndpointFilter, start: Position | None, per_page: int
    ) -> ListPage[Endpoint]:
        """Newest first. Raises InvalidInput for a cursor of another list."""
        walked = walk(self._stages(wanted), start, rows_to_read(per_page, all_shown=False))
        records = self.endpoints.load([hit.id for hit in walked.found])

        def shown(_: object, endpoint: Endpoint) -> bool:
            return caller.reaches_team(_READ, endpoint.team_id) and wanted.matches(endpoint)

        return page_of(walked, records, shown, per_page)

    def history(
        self, caller: Principal, endpoint_id: str, before: str | None, per_page: int
    ) -> tuple[list[EndpointChange], str | None]:
        """The newest changes of an endpoint, and the position of the next page. Raises NotFound."""
        endpoint = self._own(caller, endpoint_id, _READ)
        return self.endpoints.history(endpoint.id, per_page, before)

    def _stages(self, wanted: EndpointFilter) -> list[Stage]:
        if wanted.certificate_id:
            return self.endpoints.of_certificate(wanted.certificate_id)
        if wanted.owner_id:
            return self.endpoints.of_owner(wanted.owner_id)
        return self.endpoints.of_team(wanted.team_id) if wanted.team_id else self.endpoints.all_stages()

    def _own(self, caller: Principal, endpoint_id: str, permission: Permission) -> Endpoint:
        endpoint = self.endpoints.get(endpoint_id)
        if endpoint is None:
            raise NotFound(f"There is no endpoint {endpoint_id}.")
        caller.require_reach(permission, endpoint.team_id, f"endpoint {endpoint_id}")
        return endpoint

    def _certificates(self, caller: Principal, wanted: Wanted) -> list[Certificate]:
        read = self.stores.certificate_in_reach
        return [read(caller, each, Permission.CERTIFICATES_READ) for each in wanted.certificate_ids]

    def _require_prober(self, caller: Principal, new: NewEndpoint) -> None:
        """An agent, of one of the caller's teams."""
        if new.prober == PUBLIC:
            return
        agent = self.stores.agent_targets.book.find(Kind.AGENT, new.prober)
        if agent is None:
            raise InvalidInput.of("prober", "must be public, or the id of an agent")
        caller.require_reach(_WRITE, agent.team_id, f"agent {new.prober}")

    def _subject(self, endpoint: Endpoint, certificate_id: str) -> AlertSubject:
        found = self.stores.certificates.get(certificate_id) if certificate_id else None
        return subject_of(found) if found else endpoint_subject(endpoint)

    def _end_incidents(self, unit: UnitOfWork, endpoint: Endpoint, now: datetime) -> None:
        listed = frozenset[Finding]() if endpoint.is_attached else LISTED_IF_FREE
        for state in endpoint.open_findings:
            before = self.endpoints.incident(subject_id(endpoint, state), state.finding)
            if before is None or state.finding in listed:
                continue
            after = Step(state, Change.RESOLVED).of(before, endpoint, now)
            unit.write(self.endpoints.incident_step(after))
            if is_resolved_now(before, after):
                subject = self._subject(endpoint, state.certificate_id)
                unit.alert(solved_alert(before, subject), self.stores.routing.facts_of(subject))


def _resource(endpoint: Endpoint) -> Resource:
    return Resource("endpoint", endpoint.id, endpoint.team_id)


def _details(endpoint: Endpoint) -> dict[str, object]:
    return {
        "place": endpoint.place,
        "prober": endpoint.prober,
        "certificate_ids": list(endpoint.certificate_ids),
        "expected": endpoint.expected.value,
    }
