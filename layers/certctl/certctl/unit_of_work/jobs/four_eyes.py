"""Four eyes: who may not approve a job, although it is in their reach."""

from dataclasses import dataclass

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.permissions import Principal
from certctl.domain.approvals import Requester
from certctl.domain.jobs import Job
from certctl.store.access.api_keys import ApiKeyStore

_ASKED = "You cannot approve a job that you requested or whose CSR you supplied."
_MADE_THE_KEY = (
    "You cannot approve a job that a key you made requested or supplied the CSR of: somebody else must."
)
_APPROVED = "You have approved this job: the next approval must be another person's."
_KEY = "key-"


@dataclass(frozen=True)
class FourEyes:
    """Two keys are one person's if they have the same owner, or if one without an owner of its own comes from
    the other. The maker of another person's key knew it, and may have asked with it. Two keys that a
    third made for two people are two people's."""

    keys: ApiKeyStore

    def obstacle(self, caller: Principal, job: Job) -> str | None:
        """Why the caller may not approve it; None if they may. Reads the keys that asked, and their
        makers."""
        approver = Requester.of(caller)
        if job.is_asked_by(approver):
            return _ASKED
        if any(approver.is_same_person_as(each.approver) for each in job.approvals_given):
            return _APPROVED
        if any(approver.stands_behind(maker) for maker in self._makers(job)):
            return _MADE_THE_KEY
        return None

    def _makers(self, job: Job) -> list[Requester]:
        asked = {job.requested_by, *job.asked_by}
        askers = self.keys.get_many(sorted(each for each in asked if each.startswith(_KEY)))
        made_by = {key.made_by for key in askers if key.made_by is not None}
        found = {key.id: key for key in self.keys.get_many(sorted(made_by))} if made_by else {}
        return [_person(maker, found.get(maker)) for maker in made_by]


def _person(key_id: str, key: ApiKey | None) -> Requester:
    """The id alone once the record is gone."""
    return Requester(key_id) if key is None else Requester(key.id, key.owner_id, key.makers)
