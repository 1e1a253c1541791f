"""Four eyes: who may not approve a job, although it is in their reach."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.principals import Principal
from certctl.domain.jobs.approvals import Requester
from certctl.domain.jobs.jobs import Job
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.paging import load
from certctl.unit_of_work.jobs.people import People

_ASKED = (
    "You cannot approve a job that you requested or whose CSR you supplied, yourself or with a service "
    "account whose record, key or trust rule is yours."
)
_MADE_THE_KEY = (
    "You cannot approve a job that a key you made requested or supplied the CSR of: somebody else must."
)
_APPROVED = "You have approved this job: the next approval must be another person's."
_SAME_ADDRESS = (
    "You cannot approve this job: it was requested, or its CSR supplied, by a user or the owner of a key "
    "with your mail address."
)
_KEY = "key-"


@dataclass(frozen=True)
class FourEyes:
    """Two keys are one person's if they have the same owner or subject, or if one without an owner of its
    own comes from the other. The maker of another person's key knew it, and may have asked with it. What a
    service account does is done by who made it, who made its key, and who wrote its trust rule: two accounts
    of one maker are one person. A user, and the users and owners with the same mail address, are one
    person, too. Two keys of earlier releases that a third made are two people's."""

    keys: ApiKeyStore
    people: People

    def obstacle(self, caller: Principal, job: Job) -> str | None:
        """Why the caller may not approve it; None if they may. Reads the keys that asked, and their
        makers."""
        approver = Requester.of(caller)
        if job.is_asked_by(approver):
            return _ASKED
        if any(approver.is_same_person_as(each.approver) for each in job.approvals_given):
            return _APPROVED
        makers = self._makers(job)
        if any(approver.stands_behind(maker) for maker in makers):
            return _MADE_THE_KEY
        return self._same_address(approver, job, makers)

    def _same_address(self, approver: Requester, job: Job, makers: Sequence[Requester]) -> str | None:
        """Two batches of reads at most."""
        own = self.people.addresses(approver.person)
        if not (own.users or own.owners):
            return None
        askers = {job.requested_by, *job.asked_by, *job.askers_makers}
        askers.update(*(maker.person for maker in makers))
        if own.share_one_with(self.people.addresses(sorted(askers))):
            return _SAME_ADDRESS
        approvers = {each for given in job.approvals_given for each in given.approver.person}
        return _APPROVED if own.share_one_with(self.people.addresses(sorted(approvers))) else None

    def _makers(self, job: Job) -> list[Requester]:
        asked = {job.requested_by, *job.asked_by}
        askers = load(sorted(each for each in asked if each.startswith(_KEY)), self.keys.get_many)
        made_by = {key.made_by: key.made_by_subject for key in askers if key.made_by is not None}
        found = {key.id: key for key in load(sorted(made_by), self.keys.get_many)}
        return [_person(*maker, found.get(maker[0])) for maker in made_by.items()]


def _person(key_id: str, subject_id: str | None, key: ApiKey | None) -> Requester:
    """The person of a key, without an owner if the key has no record: that of a session, or one that is
    gone."""
    owner_id, makers = (key.owner_id, key.makers) if key else (None, ())
    return Requester(key_id, owner_id, makers, subject_id)
