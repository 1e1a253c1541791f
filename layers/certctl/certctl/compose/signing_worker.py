"""Composes signing_worker: signs, revokes many at once, evaluates policies, runs campaigns."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.authorities.authorities import AuthorityFactories
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.certificates import CertificateFactories
from certctl.compose.rooms.changes import ChangeFactories

if TYPE_CHECKING:
    from certctl.connectors.aws.queue import Queue
    from certctl.domain.due_work import Claim
    from certctl.domain.jobs.jobs import Job
    from certctl.services.issuing.local import LocalIssuance
    from certctl.services.jobs.worker import JobWorker
    from certctl.services.policies.evaluation import PolicyEvaluator
    from certctl.services.revocation.bulk_worker import BulkRevocationWorker
    from certctl.services.revocation.campaign_worker import CampaignWorker


class SigningWorker:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._changes = ChangeFactories(self._base)
        self._certificates = CertificateFactories(self._changes)
        self._authorities = AuthorityFactories(self._base)

    @property
    def queue(self) -> "Queue":
        """The worker's own queue, for nudges that a run has no time for."""
        return self._base.queue("jobs")

    @cached_property
    def jobs(self) -> "JobWorker":
        """Composes each kind of work at its first job."""
        from certctl.domain.jobs.statuses import JobType
        from certctl.services.jobs.worker import JobWorker

        attempts = {
            JobType.ISSUANCE: self._sign,
            JobType.RENEWAL: self._sign,
            JobType.BULK_REVOCATION: self._revoke_many,
            JobType.POLICY_EVALUATION: self._evaluate_policy,
            JobType.CAMPAIGN: self._run_campaign,
        }
        return JobWorker(self._changes.stores.jobs, attempts, self._base.nudges, self._base.now)

    def _sign(self, claim: "Claim", job: "Job") -> None:
        self.signing.attempt(claim, job)

    def _revoke_many(self, claim: "Claim", job: "Job") -> None:
        self.bulk_revoking.attempt(claim, job)

    def _evaluate_policy(self, claim: "Claim", job: "Job") -> None:
        self.policy_evaluating.attempt(claim, job)

    def _run_campaign(self, claim: "Claim", job: "Job") -> None:
        self.campaigns.attempt(claim, job)

    @cached_property
    def signing(self) -> "LocalIssuance":
        from certctl.services.issuing.local import LocalIssuance

        base, changes = self._base, self._changes
        return LocalIssuance(
            changes.stores,
            changes.units,
            base.nudges,
            self._authorities.ca_key,
            changes.clearance,
            base.now,
            base.random,
            config.has_ocsp(),
        )

    @cached_property
    def bulk_revoking(self) -> "BulkRevocationWorker":
        from certctl.services.revocation.bulk_worker import BulkRevocationWorker

        base, changes, made = self._base, self._changes, self._certificates
        return BulkRevocationWorker(
            changes.stores,
            changes.units,
            made.bulk_selections,
            made.revocation,
            base.nudges,
            base.now,
        )

    @cached_property
    def campaigns(self) -> "CampaignWorker":
        from certctl.services.revocation.campaign_acts import CampaignActs
        from certctl.services.revocation.campaign_asks import CampaignAsks
        from certctl.services.revocation.campaign_facts import CampaignFacts
        from certctl.services.revocation.campaign_finding import CampaignFinder
        from certctl.services.revocation.campaign_windows import CampaignWindows
        from certctl.services.revocation.campaign_worker import CampaignWorker
        from certctl.store.revocation.campaign_asks import CampaignAskStore
        from certctl.store.revocation.campaign_candidates import CampaignCandidates
        from certctl.store.revocation.campaigns import CampaignStore

        base, changes, made = self._base, self._changes, self._certificates
        store, facts = CampaignStore(base.database), CampaignFacts(changes.stores, base.now)
        candidates = CampaignCandidates(base.database, made.indexes, changes.catalog.store)
        finder = CampaignFinder(store, candidates, made.indexes, facts, base.now)
        asks = CampaignAsks(changes.stores, changes.units, CampaignAskStore(base.database), base.now)
        windows = CampaignWindows(changes.stores, changes.units, base.now)
        acts = CampaignActs(
            changes.stores,
            facts,
            made.issuance,
            made.deployment_requests,
            made.revocation,
            asks,
            windows,
            base.now,
        )
        return CampaignWorker(changes.stores, changes.units, store, finder, acts, base.nudges, base.now)

    @cached_property
    def policy_evaluating(self) -> "PolicyEvaluator":
        from certctl.services.policies.evaluation import PolicyEvaluator
        from certctl.services.policies.existing import ExistingCertificates

        base, changes = self._base, self._changes
        catalog, indexes = changes.catalog, self._certificates.indexes
        existing = ExistingCertificates(
            changes.stores, changes.units, catalog.store, indexes, catalog.counters
        )
        return PolicyEvaluator(
            changes.stores,
            changes.units,
            base.nudges,
            existing,
            changes.routing.alert_routing,
            base.now,
        )
