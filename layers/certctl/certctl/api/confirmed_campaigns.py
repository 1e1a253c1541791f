"""What everybody who may read a certificate, or a key, sees of the campaigns that replace it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from certctl.api.records import view_of
from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline

if TYPE_CHECKING:
    from certctl.domain.revocation.campaigns import CampaignOfCertificate


class ConfirmedCampaignView(TypedDict):
    """A campaign that was confirmed; `deadline` is null only if nobody ever confirmed it."""

    id: str
    state: CampaignState
    reason: str
    on_deadline: OnDeadline
    deadline: str | None


class CertificateCampaignView(ConfirmedCampaignView):
    """A campaign that runs or is paused, and how far it is with this certificate. `old_serial_numbers` are
    the versions that it replaces and revokes."""

    item_state: ItemState
    old_serial_numbers: list[str]
    new_serial_number: str | None


def certificate_campaign_views(campaigns: "Sequence[CampaignOfCertificate]") -> list[CertificateCampaignView]:
    return [_certificate_campaign_view(each) for each in campaigns]


def _certificate_campaign_view(of: "CampaignOfCertificate") -> CertificateCampaignView:
    return view_of(
        CertificateCampaignView,
        of.campaign,
        item_state=of.item.state,
        old_serial_numbers=list(of.item.old_serials),
        new_serial_number=of.item.new_serial,
    )
