"""Endpoints: created, attached to certificates, listed and removed by people."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.defaults import DEFAULT_OWNER
from certctl.domain.errors import Forbidden, InvalidInput, NotFound
from certctl.domain.ids import new_id
from certctl.domain.inventory.endpoints.endpoints import PUBLIC, Endpoint
from certctl.domain.inventory.endpoints.incidents import Incident
from certctl.domain.inventory.endpoints.requests import EndpointFilter, NewEndpoint, Wanted
from certctl.store.inventory.endpoints import EndpointChange, EndpointStore
from certctl.store.paging import ListPage, Position, Stage, load
from certctl.store.reading import read_page
from certctl.unit_of_work.inventory.endpoint_changes import (
    EndpointChanges,
    endpoint_details,
    endpoint_resource,
)
from certctl.unit_of_work.inventory.probers import Probers
from certctl.unit_of_work.retry import retry_on_conflict

_READ, _WRITE = Permission.INVENTORY_READ, Permission.ENDPOINTS_WRITE


@dataclass(frozen=True)
class Endpoints:
    changes: EndpointChanges
    probers: Probers
    now: Callable[[], datetime]

    @property
    def endpoints(self) -> EndpointStore:
        return self.changes.endpoints

    @retry_on_conflict
    def create(self, caller: Principal, new: NewEndpoint) -> Endpoint:
        """Raises InvalidInput, NotFound for a certificate or an agent out of the caller's reach, and
        Forbidden for a certificate that the caller may only read."""
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
            is_attached_by_right=bool(certificates),
        )
        unit = self.changes.units.begin(caller.actor, endpoint.id, now)
        unit.write(*self.probers.scope_steps(endpoint.prober, team, now))
        unit.write(*self.endpoints.create_steps(endpoint))
        unit.event("endpoint_created", endpoint_resource(endpoint), endpoint_details(endpoint))
        unit.commit()
        return endpoint

    @retry_on_conflict
    def attach(self, caller: Principal, endpoint_id: str, wanted: Wanted) -> Endpoint:
        """Changes what an endpoint should serve; without a certificate it is free. What was found before is
        ended, for it may have another meaning now. Raises NotFound, Forbidden, InvalidInput."""
        before, now = self._own(caller, endpoint_id, _WRITE), self.now()
        if wanted.problems:
            raise InvalidInput("The change was refused.", wanted.problems)
        certificates = self._certificates(caller, wanted)
        after = replace(
            before,
            certificate_ids=wanted.certificate_ids,
            expected=wanted.expectation,
            expected_issuer=wanted.expected_issuer,
            is_attached_by_right=bool(certificates),
            findings=(),
            changed_at=now,
        )
        return self.changes.change(caller.actor, before, after, now)

    @retry_on_conflict
    def remove(self, caller: Principal, endpoint_id: str) -> None:
        """Raises NotFound."""
        self.changes.remove(caller.actor, self._own(caller, endpoint_id, _WRITE), self.now())

    def get(self, caller: Principal, endpoint_id: str) -> Endpoint:
        """Raises NotFound."""
        return self._own(caller, endpoint_id, _READ)

    def page(
        self, caller: Principal, wanted: EndpointFilter, start: Position | None, per_page: int
    ) -> ListPage[Endpoint]:
        """Newest first. Raises InvalidInput for a cursor of another list."""
        reading = read_page(self._stages(wanted), start, per_page, all_shown=False)

        def shown(_: object, endpoint: Endpoint) -> bool:
            return caller.reaches_team(_READ, endpoint.team_id) and wanted.matches(endpoint)

        return reading.page(self.endpoints.load, shown)

    def history(
        self, caller: Principal, endpoint_id: str, before: str | None, per_page: int
    ) -> tuple[list[EndpointChange], str | None]:
        """The newest changes of an endpoint, and the position of the next page. Raises NotFound."""
        endpoint = self._own(caller, endpoint_id, _READ)
        return self.endpoints.history(endpoint.id, per_page, before)

    def incidents(self, caller: Principal, endpoint_id: str) -> list[Incident]:
        """The newest incident of each finding of an endpoint's certificates, or of a free endpoint, open ones
        first. They name the endpoints that the caller may see. Raises NotFound."""
        endpoint = self._own(caller, endpoint_id, _READ)
        subjects = endpoint.certificate_ids or (endpoint.id,)
        found = [each for one in subjects for each in self.endpoints.incidents_of(one)]
        named = load(list({at.endpoint_id for each in found for at in each.named}), self.endpoints.get_many)
        seen = {each.id for each in named if caller.reaches_team(_READ, each.team_id)}
        newest_first = sorted(found, key=lambda each: (each.is_open, each.opened_at), reverse=True)
        return [replace(i, named=tuple(a for a in i.named if a.endpoint_id in seen)) for i in newest_first]

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
        """The certificates that it should serve: their team gets the alerts of the endpoint, so the caller
        must be able to write endpoints there, too."""
        read = self.changes.stores.certificate_in_reach
        found = [read(caller, each, Permission.CERTIFICATES_READ) for each in wanted.certificate_ids]
        if not all(caller.reaches_team(_WRITE, each.team_id) for each in found):
            raise Forbidden(
                f"Attaching an endpoint to a certificate needs {_WRITE} in the certificate's team."
            )
        return found

    def _require_prober(self, caller: Principal, new: NewEndpoint) -> None:
        """An agent, of one of the caller's teams."""
        if new.prober == PUBLIC:
            return
        agent = self.changes.stores.agent_targets.book.find(Kind.AGENT, new.prober)
        if agent is None:
            raise InvalidInput.of("prober", "must be public, or the id of an agent")
        caller.require_reach(_WRITE, agent.team_id, f"agent {new.prober}")
