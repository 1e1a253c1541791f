"""Campaigns on the wire."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, TypedDict

from pydantic import BaseModel, Field

from certctl.api.records import STRICT, RecordId, view_of
from certctl.api.revocation.schemas import Ticket
from certctl.domain.revocation.bulk import MAX_NAMED
from certctl.domain.revocation.campaign_requests import (
    DEFAULT_DEADLINE_HOURS,
    MAX_DEADLINE_HOURS,
    CampaignSelection,
    NewCampaign,
)
from certctl.domain.revocation.reasons import require_reason
from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline

if TYPE_CHECKING:
    from certctl.domain.revocation.campaign_items import CampaignItem
    from certctl.domain.revocation.campaigns import Campaign

_Count = Annotated[int, Field(ge=0, le=10_000_000)]


class CampaignSelectionBody(BaseModel):
    """All that is given must match; give at least one."""

    model_config = STRICT

    certificate_ids: Annotated[list[RecordId], Field(min_length=1, max_length=MAX_NAMED)] | None = None
    spki_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    ca_id: RecordId | None = None
    agent_id: RecordId | None = None
    profile_id: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    algorithm: Annotated[str, Field(pattern=r"^(RSA(-[0-9]{4})?|ECDSA(-P256|-P384)?|Ed25519)$")] | None = None

    @property
    def selection(self) -> CampaignSelection:
        return CampaignSelection(
            certificate_ids=tuple(sorted(set(self.certificate_ids or ()))),
            spki_sha256=self.spki_sha256,
            ca_id=self.ca_id,
            agent_id=self.agent_id,
            profile_id=self.profile_id,
            algorithm=self.algorithm,
        )


class CampaignBody(BaseModel):
    """Without `confirm` it is a dry run, which can be confirmed later."""

    model_config = STRICT

    selection: CampaignSelectionBody
    reason: str
    on_deadline: OnDeadline = OnDeadline.ALERT
    deadline_hours: Annotated[int, Field(ge=1, le=MAX_DEADLINE_HOURS)] = DEFAULT_DEADLINE_HOURS
    confirm: _Count | None = None
    ticket: Ticket | None = None

    @property
    def wanted(self) -> NewCampaign:
        """Raises InvalidInput that lists what is allowed."""
        return NewCampaign(
            selection=self.selection.selection,
            reason=require_reason(self.reason),
            on_deadline=self.on_deadline,
            deadline_hours=self.deadline_hours,
            confirm=self.confirm,
            ticket=self.ticket,
        )


class CampaignConfirmBody(BaseModel):
    """The number of certificates that the dry run found."""

    model_config = STRICT

    confirm: _Count


class CampaignSelectionView(TypedDict):
    certificate_ids: list[str]
    spki_sha256: str | None
    ca_id: str | None
    agent_id: str | None
    profile_id: str | None
    algorithm: str | None


class CampaignView(TypedDict):
    """`counts` has each state of items that occurs; `total` is their sum. `requested_by_name` is null once
    the record is gone."""

    id: str
    job_id: str
    state: CampaignState
    selection: CampaignSelectionView
    reason: str
    on_deadline: OnDeadline
    deadline_hours: int
    deadline: str | None
    total: int
    counts: Mapping[str, int]
    requested_by: str
    requested_by_name: str | None
    ticket: str | None
    error: str | None
    created_at: str
    confirmed_at: str | None
    ended_at: str | None


class CampaignItemView(TypedDict):
    """`verified_by` is `handshake`, `acme` an hour after an ACME client has downloaded it, or the id of who
    has verified it; `verified_by_name` is null for the first two, and once the record is gone. `window_until`
    is when the window ends in which an ACME client is to renew, null if none does; `missed_window`: it did
    not, perhaps because it does not look for windows (ARI). `awaited_accounts`: the ids of the ACME accounts
    whose old version is in force and that have no replacement; an empty one is not known."""

    certificate_id: str
    certificate_name: str
    team_id: str
    state: ItemState
    old_serial_numbers: list[str]
    new_serial_number: str | None
    job_id: str | None
    verified_by: str | None
    verified_by_name: str | None
    error: str | None
    changed_at: str
    window_until: str | None
    missed_window: bool
    awaited_accounts: list[str]


def campaign_view(campaign: "Campaign", names: Mapping[str, str]) -> CampaignView:
    """`names` are those of requesters, by the id of the campaign."""
    return view_of(
        CampaignView,
        campaign,
        requested_by_name=names.get(campaign.id),
        selection=_selection_view(campaign.selection),
        counts={state.value: count for state, count in campaign.counts.items()},
    )


def campaign_item_view(item: "CampaignItem", names: Mapping[str, str]) -> CampaignItemView:
    """`names` are those of who verified items, by the id of the certificate."""
    return view_of(
        CampaignItemView,
        item,
        old_serial_numbers=list(item.old_serials),
        new_serial_number=item.new_serial,
        awaited_accounts=list(item.awaited_accounts),
        verified_by_name=names.get(item.certificate_id),
    )


def _selection_view(selection: CampaignSelection) -> CampaignSelectionView:
    return view_of(CampaignSelectionView, selection)
