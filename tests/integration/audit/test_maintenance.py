"""The schedule's function as deployed: seals and due jobs, and neither stops the other."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from certctl.domain.errors import Unavailable
from certctl.domain.insights.margins import SEALED_WITHIN
from certctl.domain.jobs.statuses import JobStatus
from certctl.store.jobs.jobs import JobStore
from functions.maintenance_schedule.app import lambda_handler
from tests.support.access.foreign import MAKERS
from tests.support.audit.seals import AUDIT_BUCKET, SealedTrail, check_chain, seal_key
from tests.support.aws.clients import client
from tests.support.aws.local_kms import LocalKms
from tests.support.functions.deployed import Deployed
from tests.support.functions.lambda_context import Context
from tests.support.insights.emf import metrics_of


@pytest.fixture
def sealed(stack: Deployed, monkeypatch: pytest.MonkeyPatch) -> SealedTrail:
    stack.clients["kms"] = LocalKms({"arn:seal": seal_key()})
    return SealedTrail(stack.database, client("s3"), stack.clock)


def test_a_run_seals_and_reports_its_result(stack: Deployed, sealed: SealedTrail) -> None:
    stack.clock.advance_to_digests()
    event_id = sealed.happened()
    stack.clock.advance(timedelta(minutes=2))
    report = lambda_handler({}, Context())
    jobs = {"nudged": 0, "timed_out": 0, "ended_deployments": 0}
    agents = {"silent_agents": 0, "agents_back": 0, "settled_certificates": 0}
    keys = {"refused_keys": 0, "ended_keys": 0, "users_with_fewer_grants": 0}
    keys |= {"leaked_eab_keys": 0, "cancelled_acme_jobs": 0, "unused_acme_accounts": 0}
    records = {"deleted_records": 0, "restored_records": 0, "retired_cas": [], "cas_to_rotate": []}
    recount = {"indexed_certificates": 0, "shards_to_recount": 0, "policy_evaluations": 0}
    seals = {"seals": 1, "sealed_events": 1, "late_events": 0}
    names = {"names_exemptions": 0, "names_reminders": 0, "break_glass_announcements": 0}
    names |= {"delay_alerts": 0, "stack_alerts": 0, "stale_crls": 0, "renewed_crls": 0}
    found = {"unmanaged_expiries": 0, "unknown_issuances": 0, "ended_expiries": 0, "failed_observed": 0}
    found |= {"lost_issuances": 0, "silent_scopes": 0, "scopes_back": 0}
    found |= {"counted_observed": 0, "forgotten_observed": 0, "cas_warned_of": 0, "settled_ca_warnings": 0}
    digests = {"sent_digests": 0, "empty_digests": 2, "unsent_digests": 0, "failed_digests": 0}
    assert report == seals | jobs | agents | keys | records | recount | names | found | digests
    stack.clock.advance(timedelta(minutes=5))
    assert lambda_handler({}, Context())["seals"] == 1
    assert sealed.sealed_ids == [event_id]
    check_chain(sealed.seals)


def test_sealing_that_fails_is_raised_after_the_jobs_have_run(stack: Deployed, sealed: SealedTrail) -> None:
    job_id = MAKERS["job_id"](stack)
    stack.clock.advance(timedelta(hours=25))
    sealed.s3.delete_bucket(Bucket=AUDIT_BUCKET)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        lambda_handler({}, Context())
    job = JobStore(stack.database).get(job_id)
    assert job is not None
    assert job.status is JobStatus.FAILED


def test_jobs_that_fail_are_raised_after_the_trail_is_sealed(stack: Deployed, sealed: SealedTrail) -> None:
    stack.database.client.delete_table(TableName="jobs")
    with pytest.raises(Unavailable):
        lambda_handler({}, Context())
    assert len(sealed.seals) == 1


def test_without_the_time_for_it_nothing_is_sealed_and_jobs_run(sealed: SealedTrail) -> None:
    assert lambda_handler({}, Context(seconds=30))["seals"] == 0
    assert sealed.seals == []


def test_a_seal_that_no_sealer_wrote_fails_the_function(sealed: SealedTrail) -> None:
    sealed.s3.put_object(Bucket=AUDIT_BUCKET, Key="seals/0000000001.json", Body=b"{}")
    with pytest.raises(Exception, match="not a seal"):
        lambda_handler({}, Context())


def test_the_lag_of_the_seals_is_in_the_margin(
    sealed: SealedTrail, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed.clock.advance(timedelta(minutes=2))
    lambda_handler({}, Context())
    (sent,) = metrics_of(capsys.readouterr().out)
    assert (sent.namespace, sent.name, sent.unit) == ("certctl", "MaintenanceMargin", "None")
    assert sent.dimensions == {"service": "tests", "stack": "blue"}
    assert sent.values[0] == pytest.approx(2 - 61 / SEALED_WITHIN.total_seconds(), abs=0.01)
