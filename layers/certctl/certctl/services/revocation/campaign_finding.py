"""The certificates of a campaign, chunk by chunk: those that its selection matches, each once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.revocation.campaign_items import CampaignItem, item_of
from certctl.domain.revocation.campaigns import Campaign
from certctl.services.revocation.campaign_facts import CampaignFacts
from certctl.services.revocation.turns import SLICE
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.paging import Position, in_parallel, walk
from certctl.store.revocation.campaign_candidates import CampaignCandidates
from certctl.store.revocation.campaigns import CampaignStore


@dataclass(frozen=True)
class FoundItems:
    """`position` is None at the end of the selection."""

    items: list[CampaignItem]
    position: str | None


@dataclass(frozen=True)
class CampaignFinder:
    campaigns: CampaignStore
    candidates: CampaignCandidates
    indexes: CertificateIndexes
    facts: CampaignFacts
    now: Callable[[], datetime]

    def next_of(self, campaign: Campaign) -> FoundItems:
        """Raises InvalidInput if the selection has changed under the campaign."""
        selection = campaign.selection
        agent_id = selection.agent_id
        targets = self.candidates.targets_of(agent_id) if agent_id is not None else []
        stages = self.candidates.stages(selection, targets, campaign.created_at)
        position = Position.of_text(campaign.position) if campaign.position else None
        walked = walk(stages, position, SLICE)
        ids = list(dict.fromkeys(found.id for found in walked.found))
        known = {item.certificate_id for item in self.campaigns.items(campaign.id, ids)}
        records = self.indexes.load([i for i in ids if i not in known])
        selected = [
            record
            for record in records.values()
            if record.created_at <= campaign.created_at and selection.covers(record, frozenset(targets))
        ]
        items = in_parallel(*[partial(self._item, campaign, record) for record in selected])
        following = str(walked.next) if walked.next else None
        return FoundItems([item for item in items if item is not None], following)

    def _item(self, campaign: Campaign, certificate: Certificate) -> CampaignItem | None:
        aim = campaign.aim
        return item_of(certificate, self.facts.of(certificate, aim), aim, self.now())
