"""Routes of campaigns: a dry run, its confirmation, pause, resume, cancel, verification, lists."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.idempotency import Replay
from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, page_view
from certctl.api.resolver import Api
from certctl.api.revocation.campaign_schemas import (
    CampaignBody,
    CampaignConfirmBody,
    CampaignItemView,
    CampaignView,
    campaign_item_view,
    campaign_view,
)
from certctl.domain.access.permissions import Permission
from certctl.domain.revocation.campaign_items import ItemFilter
from certctl.domain.revocation.states import ItemState

if TYPE_CHECKING:
    from certctl.domain.revocation.campaigns import Campaign
    from certctl.services.revocation.campaign_names import CampaignNames
    from certctl.services.revocation.campaigns import Campaigns

_ALL = "/api/v1/campaigns"
_ONE = f"{_ALL}/<campaign_id>"
_TAGS = ["campaigns"]
_MissedWindow = Annotated[
    bool | None,
    Query(description="Only items whose ACME client did not renew within its window, or only the others."),
]
_State = Annotated[ItemState | None, Query(description="Only items in this state.")]


def add_campaign_routes(
    api: Api, campaigns: "Callable[[], Campaigns]", names: "Callable[[], CampaignNames]"
) -> None:
    """Campaigns reach the certificates of all teams: few roles may."""
    _add_acts(api, campaigns, names)

    @api.get(_ALL, Permission.CAMPAIGNS_READ, summary="List campaigns, newest first", tags=_TAGS)
    def list_campaigns(per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None) -> PageView[CampaignView]:
        page = campaigns().page(position_of(cursor), per_page)
        requesters = names().requesters(page.records)
        views = [campaign_view(campaign, requesters) for campaign in page.records]
        return page_view(views, position_view(page.next), per_page)

    @api.get(_ONE, Permission.CAMPAIGNS_READ, summary="Get a campaign", tags=_TAGS)
    def get_campaign(campaign_id: str) -> CampaignView:
        return _named(campaigns().get(campaign_id), names())

    @api.get(
        f"{_ONE}/items", Permission.CAMPAIGNS_READ, summary="List the certificates of a campaign", tags=_TAGS
    )
    def list_campaign_items(
        campaign_id: str,
        state: _State = None,
        missed_window: _MissedWindow = None,
        per_page: PerPage = DEFAULT_PER_PAGE,
        cursor: Cursor = None,
    ) -> PageView[CampaignItemView]:
        wanted = ItemFilter(state, missed_window)
        page = campaigns().items(campaign_id, wanted, position_of(cursor), per_page)
        verifiers = names().verifiers(page.records)
        views = [campaign_item_view(item, verifiers) for item in page.records]
        return page_view(views, position_view(page.next), per_page)


def _add_acts(api: Api, campaigns: "Callable[[], Campaigns]", names: "Callable[[], CampaignNames]") -> None:
    @api.post(
        _ALL,
        Permission.CAMPAIGNS_WRITE,
        Replay.ANSWER,
        summary="Find the certificates of a campaign, and start it if their number is confirmed",
        tags=_TAGS,
        status_code=202,
    )
    def create_campaign(body: CampaignBody) -> CampaignView:
        return _named(campaigns().start(api.caller, body.wanted), names())

    @api.post(
        f"{_ONE}/confirm",
        Permission.CAMPAIGNS_WRITE,
        Replay.ANSWER,
        summary="Start a campaign after its dry run",
        tags=_TAGS,
    )
    def confirm_campaign(campaign_id: str, body: CampaignConfirmBody) -> CampaignView:
        return _named(campaigns().confirm(api.caller, campaign_id, body.confirm), names())

    @api.post(
        f"{_ONE}/pause", Permission.CAMPAIGNS_WRITE, Replay.ANSWER, summary="Pause a campaign", tags=_TAGS
    )
    def pause_campaign(campaign_id: str) -> CampaignView:
        return _named(campaigns().pause(api.caller, campaign_id), names())

    @api.post(
        f"{_ONE}/resume", Permission.CAMPAIGNS_WRITE, Replay.ANSWER, summary="Resume a campaign", tags=_TAGS
    )
    def resume_campaign(campaign_id: str) -> CampaignView:
        return _named(campaigns().resume(api.caller, campaign_id), names())

    @api.post(
        f"{_ONE}/cancel", Permission.CAMPAIGNS_WRITE, Replay.ANSWER, summary="Cancel a campaign", tags=_TAGS
    )
    def cancel_campaign(campaign_id: str) -> CampaignView:
        return _named(campaigns().cancel(api.caller, campaign_id), names())

    @api.post(
        f"{_ONE}/items/<certificate_id>/verify",
        Permission.CAMPAIGNS_WRITE,
        Replay.ANSWER,
        summary="Say that the new version is in use wherever the old one was",
        tags=_TAGS,
    )
    def verify_campaign_item(campaign_id: str, certificate_id: str) -> CampaignItemView:
        item = campaigns().verify(api.caller, campaign_id, certificate_id)
        return campaign_item_view(item, names().verifiers([item]))


def _named(campaign: "Campaign", names: "CampaignNames") -> CampaignView:
    return campaign_view(campaign, names.requesters([campaign]))
