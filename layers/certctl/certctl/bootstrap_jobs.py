"""Composition of who does jobs, and of what revokes many certificates at once. See `bootstrap.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap, bootstrap_certificates

if TYPE_CHECKING:
    from certctl.domain.due_work import Claim
    from certctl.domain.jobs import Job
    from certctl.services.issuing.local import LocalIssuance
    from certctl.services.jobs.due import DueJobs
    from certctl.services.jobs.worker import JobWorker
    from certctl.services.policies.evaluation import PolicyEvaluator
    from certctl.services.revocation.bulk_requests import BulkRevocations
    from certctl.services.revocation.bulk_selections import BulkSelections
    from certctl.services.revocation.bulk_worker import BulkRevocationWorker
    from certctl.services.revocation.keys import KeyFollowUp


@cache
def working() -> "JobWorker":
    """Each kind of work is composed at its first job."""
    from certctl.domain.jobs import JobType
    from certctl.services.jobs.worker import JobWorker

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
    from certctl.services.policies.evaluation import PolicyEvaluator
    from certctl.services.policies.inventory import PolicyInventory
    from certctl.store.certificates.lists import CertificateIndexes

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
    from certctl.services.revocation.bulk_selections import BulkSelections
    from certctl.store.certificates.lists import CertificateIndexes

    return BulkSelections(CertificateIndexes(bootstrap.database()))


@cache
def bulk_revocations() -> "BulkRevocations":
    from certctl.services.revocation.bulk_requests import BulkRevocations

    return BulkRevocations(bootstrap.stores(), bulk_selections(), bootstrap.nudge_job, bootstrap.now)


@cache
def bulk_revoking() -> "BulkRevocationWorker":
    from certctl.services.revocation.bulk_worker import BulkRevocationWorker

    revoking = bootstrap_certificates.revoking()
    return BulkRevocationWorker(
        bootstrap.stores(), bulk_selections(), revoking.revoke_if, bootstrap.nudge_job, bootstrap.now
    )


@cache
def signing() -> "LocalIssuance":
    import random

    from certctl.services.issuing.local import LocalIssuance, Signers

    signers = Signers(
        bootstrap.ca_key, bootstrap.nudge_job, bootstrap.nudge_notifications, bootstrap.nudge_crl
    )
    return LocalIssuance(bootstrap.stores(), signers, bootstrap.clearance(), bootstrap.now, random.random)


@cache
def key_follow_up() -> "KeyFollowUp":
    from certctl.services.revocation.keys import KeyFollowUp
    from certctl.store.follow_ups import FollowUpStore
    from certctl.store.keys import KEYS_TO_REFUSE

    follow_ups = FollowUpStore(bootstrap.database(), KEYS_TO_REFUSE)
    return KeyFollowUp(bootstrap.stores(), follow_ups, bootstrap.now)


@cache
def due_jobs() -> "DueJobs":
    from certctl.services.jobs.due import DueJobs

    return DueJobs(bootstrap.stores(), bootstrap.nudge_jobs, bootstrap.nudge_notifications, bootstrap.now)
