"""Routes of endpoints: where certificates are served."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.idempotency import Replay
from certctl.api.inventory.endpoint_schemas import (
    EndpointChangeView,
    EndpointView,
    ExpectationBody,
    IncidentView,
    NewEndpointBody,
    change_view,
    endpoint_view,
    incident_view,
)
from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.resolver import Api, no_content
from certctl.domain.access.permissions import Permission
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.requests import EndpointFilter

if TYPE_CHECKING:
    from certctl.services.inventory.endpoints import Endpoints

_TAGS = ["endpoints"]
_ENDPOINTS = "/api/v1/endpoints"
_ONE = f"{_ENDPOINTS}/<endpoint_id>"

Team = Annotated[str | None, Query(description="Only endpoints of this team.")]
Owner = Annotated[str | None, Query(description="Only endpoints of this owner.")]
CertificateId = Annotated[str | None, Query(description="Only endpoints that should serve this certificate.")]
WithFinding = Annotated[Finding | None, Query(description="Only endpoints with this open finding.")]
HasFindings = Annotated[bool, Query(description="Only endpoints with open findings.")]


def add_endpoint_routes(api: Api, endpoints: "Callable[[], Endpoints]") -> None:
    """Callers see and change the endpoints of their teams."""

    @api.post(
        _ENDPOINTS,
        Permission.ENDPOINTS_WRITE,
        Replay.ANSWER,
        summary="Create an endpoint, which is probed from now on",
        tags=_TAGS,
        status_code=201,
    )
    def create_endpoint(body: NewEndpointBody) -> EndpointView:
        return endpoint_view(endpoints().create(api.caller, body.parsed()))

    @api.get(_ENDPOINTS, Permission.INVENTORY_READ, summary="List endpoints, newest first", tags=_TAGS)
    def list_endpoints(
        team: Team = None,
        owner: Owner = None,
        certificate: CertificateId = None,
        finding: WithFinding = None,
        has_findings: HasFindings = False,
        per_page: PerPage = DEFAULT_PER_PAGE,
        cursor: Cursor = None,
    ) -> PageView[EndpointView]:
        wanted = EndpointFilter(team, owner, certificate, finding, has_findings)
        page = endpoints().page(api.caller, wanted, position_of(cursor), per_page)
        return page_view([endpoint_view(each) for each in page.records], position_view(page.next), per_page)

    @api.get(_ONE, Permission.INVENTORY_READ, summary="Get an endpoint", tags=_TAGS)
    def get_endpoint(endpoint_id: str) -> EndpointView:
        return endpoint_view(endpoints().get(api.caller, endpoint_id))

    @api.put(
        f"{_ONE}/expectation",
        Permission.ENDPOINTS_WRITE,
        summary="Change what an endpoint should serve: attach it to certificates, or detach it",
        tags=_TAGS,
    )
    def attach_endpoint(endpoint_id: str, body: ExpectationBody) -> EndpointView:
        return endpoint_view(endpoints().attach(api.caller, endpoint_id, body.parsed()))

    @api.get(
        f"{_ONE}/history",
        Permission.INVENTORY_READ,
        summary="List what changed at an endpoint, newest first",
        tags=_TAGS,
    )
    def list_endpoint_history(
        endpoint_id: str, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[EndpointChangeView]:
        before = (decode_cursor(cursor, "before") or {}).get("before")
        changes, following = endpoints().history(api.caller, endpoint_id, before, per_page)
        position = {"before": following} if following else None
        return page_view([change_view(each) for each in changes], position, per_page)

    @api.get(
        f"{_ONE}/incidents",
        Permission.INVENTORY_READ,
        summary="List the newest incident of each finding of an endpoint, open ones first",
        tags=_TAGS,
    )
    def list_endpoint_incidents(endpoint_id: str) -> PageView[IncidentView]:
        found = endpoints().incidents(api.caller, endpoint_id)
        return page_view([incident_view(each, endpoint_id) for each in found], None, len(found))

    @api.delete(_ONE, Permission.ENDPOINTS_WRITE, summary="Remove an endpoint", tags=_TAGS, status_code=204)
    def remove_endpoint(endpoint_id: str) -> Response[None]:
        endpoints().remove(api.caller, endpoint_id)
        return no_content()
