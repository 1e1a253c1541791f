"""Composition of who does jobs, and of what revokes many certificates at once. See `bootstrap.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap, bootstrap_certificates

if TYPE_CHECKING:
    from certctl.domain.due_work import Claim
    from certctl.domain.jobs import Job
    from certctl.services.bulk_revocations import BulkRevocations
    from certctl.services.bulk_revoking import BulkRevocationWorker
    from certctl.services.due_jobs import DueJobs
    from certctl.services.key_follow_up import KeyFollowUp
    from certctl.services.policy_evaluating import PolicyEvaluator
    from certctl.services.signing import LocalIssuance
    from certctl.services.working import JobWorker
    from certctl.store.bulk_selections import BulkSelections


@cache
def working() -> "JobWorker":
    """Each kind of work is composed at its first job."""
    from certctl.domain.jobs import JobType
    from certctl.services.working import JobWorker

    attempts = {
        JobType.ISSUANCE: _sign,
        JobType.RENEWAL: _sign,
        JobType.BULK_REVOCATION: _revoke_many,
        JobType.POLICY_EVALUATION: _evaluate_policy,
    }
    return JobWorker(bootstrap.stores().jobs, attempts, bootstrap.nudge_job, bootstrap.now)


def _sign(claim: "Claim", job: "Job") -> None:
    signing().attempt(claim, job)


def _revoke_many(claim: "Claim", job: "Job") -> None:
    bulk_revoking().attempt(claim, job)


def _evaluate_policy(claim: "Claim", job: "Job") -> None:
    policy_evaluating().attempt(claim, job)


@cache
def policy_evaluating() -> "PolicyEvaluator":
    from certctl.services.policy_evaluating import PolicyEvaluator
    from certctl.store.certificate_lists import CertificateIndexes
    from certctl.store.policy_inventory import PolicyInventory

    indexes = CertificateIndexes(bootstrap.database())
    inventory = PolicyInventory(
        bootstrap.stores(), bootstrap.catalog_store(), indexes, bootstrap.counter_store()
    )
    return PolicyEvaluator(
        bootstrap.stores(),
        inventory,
        bootstrap.alert_routing().stack_facts,
        bootstrap.nudge_job,
        bootstrap.nudge_notifications,
        bootstrap.now,
    )


@cache
def bulk_selections() -> "BulkSelections":
    from certctl.store.bulk_selections import BulkSelections
    from certctl.store.certificate_lists import CertificateIndexes

    return BulkSelections(CertificateIndexes(bootstrap.database()))


@cache
def bulk_revocations() -> "BulkRevocations":
    from certctl.services.bulk_revocations import BulkRevocations

    return BulkRevocations(bootstrap.stores(), bulk_selections(), bootstrap.nudge_job, bootstrap.now)


@cache
def bulk_revoking() -> "BulkRevocationWorker":
    from certctl.services.bulk_revoking import BulkRevocationWorker

    revoking = bootstrap_certificates.revoking()
    return BulkRevocationWorker(
        bootstrap.stores(), bulk_selections(), revoking.revoke_if, bootstrap.nudge_job, bootstrap.now
    )


@cache
def signing() -> "LocalIssuance":
    import random

    from certctl.services.signing import LocalIssuance, Signers

    signers = Signers(
        bootstrap.ca_key, bootstrap.nudge_job, bootstrap.nudge_notifications, bootstrap.nudge_crl
    )
    return LocalIssuance(bootstrap.stores(), signers, bootstrap.clearance(), bootstrap.now, random.random)


@cache
def key_follow_up() -> "KeyFollowUp":
    from certctl.services.key_follow_up import KeyFollowUp
    from certctl.store.keys import KEYS_TO_REFUSE
    from certctl.store.marks import FollowUpStore

    follow_ups = FollowUpStore(bootstrap.database(), KEYS_TO_REFUSE)
    return KeyFollowUp(bootstrap.stores(), follow_ups, bootstrap.now)


@cache
def due_jobs() -> "DueJobs":
    from certctl.services.due_jobs import DueJobs

    return DueJobs(bootstrap.stores(), bootstrap.nudge_jobs, bootstrap.nudge_notifications, bootstrap.now)
