"""Routes of the inventory's figures: the summary, and readiness for short lifetimes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.inventory.census_schemas import (
    InventorySummaryView,
    ReadinessView,
    readiness_view,
    summary_view,
)
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.services.inventory.census.summaries import InventorySummaries

_TAGS = ["inventory"]

Team = Annotated[str | None, Query(description="Only the certificates of this team.")]
Owner = Annotated[
    str | None, Query(description="Only the certificates of this owner, for those who read all.")
]


def add_census_routes(api: Api, summaries: "Callable[[], InventorySummaries]") -> None:
    """Callers see the sum over their teams."""

    @api.get(
        "/api/v1/inventory/summary",
        Permission.INVENTORY_READ,
        summary="Get what the last count found, and the last 30 days",
        tags=_TAGS,
    )
    def get_inventory_summary(team: Team = None, owner: Owner = None) -> InventorySummaryView:
        return summary_view(summaries().month(api.caller, team, owner), team, owner)

    @api.get(
        "/api/v1/inventory/readiness",
        Permission.INVENTORY_READ,
        summary="Get what certificates of 47 days mean for the inventory, and what can be done",
        tags=_TAGS,
    )
    def get_inventory_readiness(team: Team = None, owner: Owner = None) -> ReadinessView:
        return readiness_view(summaries().latest(api.caller, team, owner), team, owner)
