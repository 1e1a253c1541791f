"""Endpoints, their findings and their history on the wire."""

from typing import TYPE_CHECKING, Annotated, TypedDict

from pydantic import BaseModel, Field

from certctl.api.records import STRICT, RecordId
from certctl.domain.inventory.endpoints.damping import Damped
from certctl.domain.inventory.endpoints.endpoints import MAX_CERTIFICATES, PUBLIC, Endpoint, Expected
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.incidents import Incident
from certctl.domain.inventory.endpoints.probes import Starttls
from certctl.domain.inventory.endpoints.requests import NewEndpoint, Wanted
from certctl.domain.notifications.statuses import Severity
from certctl.domain.times import to_wire, to_wire_or_none

if TYPE_CHECKING:
    from certctl.store.inventory.endpoints import EndpointChange

Host = Annotated[str, Field(min_length=1, max_length=253)]
CertificateIds = Annotated[list[RecordId], Field(max_length=MAX_CERTIFICATES)]


class ExpectationBody(BaseModel):
    """What an endpoint should serve. Without `expected`: `version` with a certificate, else `any_valid`."""

    model_config = STRICT
    certificate_ids: CertificateIds = []
    expected: Expected | None = None
    expected_issuer: str = Field(default="", max_length=512)

    def parsed(self) -> Wanted:
        return Wanted(tuple(self.certificate_ids), self.expected, self.expected_issuer)


class NewEndpointBody(BaseModel):
    """`prober` is `public`, or the id of an agent. Team and owner are those of the certificate unless they
    are given."""

    model_config = STRICT
    host: Host
    port: int = Field(default=443, ge=1, le=65_535)
    server_name: str = Field(default="", max_length=253)
    starttls: Starttls | None = None
    prober: RecordId = PUBLIC
    team_id: RecordId | None = None
    owner_id: RecordId | None = None
    certificate_ids: CertificateIds = []
    expected: Expected | None = None
    expected_issuer: str = Field(default="", max_length=512)

    def parsed(self) -> NewEndpoint:
        return NewEndpoint(
            self.host,
            self.port,
            self.prober,
            self.server_name,
            self.starttls,
            self.team_id or "",
            self.owner_id or "",
            Wanted(tuple(self.certificate_ids), self.expected, self.expected_issuer),
        )


class EndpointFindingView(TypedDict):
    """`certificate_id` is null for an endpoint without certificates. `addresses` are those that showed it."""

    finding: Finding
    certificate_id: str | None
    severity: Severity
    since: str
    addresses: list[str]


class ShowingView(TypedDict):
    """What an address showed last. `findings` has those that are not raised yet as well. `error` is
    `consent`, without an address, if the host of the agent does not allow the probe."""

    address: str
    fingerprints: list[str]
    version: str | None
    findings: list[str]
    notes: list[str]
    error: str | None


class EndpointView(TypedDict):
    """`changed_at`: when what it shows, or one of its findings, changed last. `target_id` is the target whose
    deployments reach it, `agent_host` the host of that target's agent; both are null for an endpoint that
    people made. `deployed_at`: the last of these deployments."""

    id: str
    host: str
    port: int
    server_name: str
    starttls: Starttls | None
    prober: str
    team_id: str
    owner_id: str
    certificate_ids: list[str]
    expected: Expected
    expected_issuer: str
    target_id: str | None
    agent_host: str | None
    deployed_at: str | None
    findings: list[EndpointFindingView]
    showing: list[ShowingView]
    created_at: str
    changed_at: str | None


class EndpointChangeView(TypedDict):
    """`change` is `raised`, `reopened`, `worsened`, `lasting` or `resolved` for a finding, `served` if other
    certificates are shown than before, `refused` if the host of the agent does not allow the probe."""

    at: str
    change: str
    finding: Finding | None
    certificate_id: str | None
    addresses: list[str]
    fingerprints: list[str]


class AffectedView(TypedDict):
    """An endpoint that has a finding; `name` is its host and port."""

    endpoint_id: str
    name: str
    severity: Severity


class IncidentView(TypedDict):
    """A finding at one or more endpoints of a certificate, or of an endpoint without one. `endpoints` is how
    many have it now, `named` those of the first 20 that the caller may see. `closed_at` is null while it is
    open; `reopened_at` is when it returned in silence."""

    finding: Finding
    certificate_id: str | None
    severity: Severity
    opened_at: str
    closed_at: str | None
    reopened_at: str | None
    has_alert: bool
    endpoints: int
    named: list[AffectedView]


def incident_view(incident: Incident, endpoint_id: str) -> IncidentView:
    return IncidentView(
        finding=incident.finding,
        certificate_id=incident.subject_id if incident.subject_id != endpoint_id else None,
        severity=incident.severity,
        opened_at=to_wire(incident.opened_at),
        closed_at=to_wire_or_none(incident.closed_at),
        reopened_at=to_wire_or_none(incident.reopened_at),
        has_alert=incident.has_alert,
        endpoints=incident.endpoints,
        named=[
            AffectedView(endpoint_id=each.endpoint_id, name=each.name, severity=each.severity)
            for each in incident.named
        ],
    )


def endpoint_view(endpoint: Endpoint) -> EndpointView:
    return EndpointView(
        id=endpoint.id,
        host=endpoint.host,
        port=endpoint.port,
        server_name=endpoint.server_name,
        starttls=endpoint.starttls,
        prober=endpoint.prober,
        team_id=endpoint.team_id,
        owner_id=endpoint.owner_id,
        certificate_ids=list(endpoint.certificate_ids),
        expected=endpoint.expected,
        expected_issuer=endpoint.expected_issuer,
        target_id=endpoint.target_id,
        agent_host=endpoint.agent_host or None,
        deployed_at=to_wire_or_none(endpoint.deployed_at),
        findings=[_finding_view(each) for each in endpoint.open_findings],
        showing=[
            ShowingView(
                address=each.address,
                fingerprints=list(each.fingerprints),
                version=each.version,
                findings=list(each.findings),
                notes=list(each.notes),
                error=each.error,
            )
            for each in endpoint.showing
        ],
        created_at=to_wire(endpoint.created_at),
        changed_at=to_wire_or_none(endpoint.changed_at),
    )


def _finding_view(state: Damped) -> EndpointFindingView:
    return EndpointFindingView(
        finding=state.finding,
        certificate_id=state.certificate_id or None,
        severity=state.severity,
        since=to_wire_or_none(state.opened_at) or "",
        addresses=list(state.addresses),
    )


def change_view(change: "EndpointChange") -> EndpointChangeView:
    return EndpointChangeView(
        at=to_wire(change.at),
        change=change.change,
        finding=change.finding,
        certificate_id=change.certificate_id,
        addresses=list(change.addresses),
        fingerprints=list(change.fingerprints),
    )
