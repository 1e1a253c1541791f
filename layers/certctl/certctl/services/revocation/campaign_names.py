"""Names of who requested a campaign, and of who verified a certificate of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from certctl.domain.audit.names import PastCaller
from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaigns import Campaign
from certctl.store.audit.names import RecordNames
from certctl.store.jobs.lists import JobIndexes


@dataclass(frozen=True)
class CampaignNames:
    """Rows of campaigns and items have the id of the actor: a user, a service account, or a key without one.
    The job of a campaign has the key too. The names are those of today; who is gone has none."""

    records: RecordNames
    jobs: JobIndexes

    def requesters(self, campaigns: Sequence[Campaign]) -> Mapping[str, str]:
        """The names by the id of the campaign: the jobs, then the names of all, each in one parallel step."""
        jobs = self.jobs.load([campaign.job_id for campaign in campaigns])
        callers: dict[str, PastCaller] = {}
        for campaign in campaigns:
            job, actor_id = jobs.get(campaign.job_id), campaign.requested_by
            callers[campaign.id] = PastCaller(job.requested_by if job else actor_id, actor_id)
        return self._named(callers)

    def verifiers(self, items: Sequence[CampaignItem]) -> Mapping[str, str]:
        """The names by the id of the certificate: one parallel step, none if no person has verified an
        item."""
        return self._named(
            {
                item.certificate_id: PastCaller(item.verified_by, item.verified_by)
                for item in items
                if item.verified_by
            }
        )

    def _named(self, callers: Mapping[str, PastCaller]) -> Mapping[str, str]:
        found = self.records.of_callers(set(callers.values()))
        return {each: found[caller] for each, caller in callers.items() if caller in found}
