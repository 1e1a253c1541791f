"""Routes that start and list deployments of a certificate."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from certctl.api.agents.deployment_schemas import (
    DeployBody,
    DeploymentsStartedView,
    DeploymentView,
    deployment_view,
    deployments_started_view,
)
from certctl.api.idempotency import Replay
from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, page_view
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.services.agents.deployment_requests import DeploymentRequests

_ONE = "/api/v1/certificates/<certificate_id>"
_TAGS = ["certificates"]


def add_deployment_routes(api: Api, requests: "Callable[[], DeploymentRequests]") -> None:
    """Callers who may write a certificate may deploy it; those who may read it see the deployments."""

    @api.post(
        f"{_ONE}/deploy",
        Permission.CERTIFICATES_WRITE,
        Replay.ANSWER,
        summary="Deploy the current version, to all its targets or to some",
        tags=_TAGS,
        status_code=202,
    )
    def deploy_certificate(
        certificate_id: str, body: Annotated[DeployBody | None, Body()] = None
    ) -> DeploymentsStartedView:
        target_ids = body.target_ids if body else None
        jobs = requests().deploy(api.caller, certificate_id, target_ids)
        return deployments_started_view(jobs)

    @api.get(
        f"{_ONE}/deployments",
        Permission.CERTIFICATES_READ,
        summary="List its deployments, newest first",
        tags=_TAGS,
    )
    def list_deployments(
        certificate_id: str, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[DeploymentView]:
        position = position_of(cursor)
        page = requests().page(api.caller, certificate_id, position, per_page)
        views = [deployment_view(job) for job in page.records]
        return page_view(views, position_view(page.next), per_page)
