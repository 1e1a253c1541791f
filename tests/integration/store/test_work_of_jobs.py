"""The work of a job is stored as the attributes that it has always had, one kind's in each row."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.new_jobs import new_job
from certctl.domain.jobs.statuses import JobType
from certctl.domain.jobs.tasks import AgentTask
from certctl.domain.jobs.work import Order, Work, attributes_of
from certctl.domain.policies.evaluations import PolicyEvaluation
from certctl.domain.revocation.bulk import BulkRevocation, Selection
from certctl.domain.revocation.reasons import KEY_COMPROMISE
from certctl.domain.revocation.requests import RevocationRequest
from certctl.store.database import Database
from certctl.store.jobs.jobs import JobStore
from tests.support.aws.clients import client, local_aws, new_database
from tests.support.golden import golden

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
TASK = AgentTask("shop.example.com", ("DNS:shop.example.com",), serial_number="4f2a")
BULK = BulkRevocation(Selection(team_id="t-web"), RevocationRequest(KEY_COMPROMISE, job_id="job-1"))
WORK = ("bulk", "evaluation", "issuer_progress", "task")
STORED: list[dict[str, Any]] = golden("rows_stored")["jobs: row"]


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with local_aws():
        yield new_database()


def _row(job_id: str) -> dict[str, Any]:
    row: dict[str, Any] = client("dynamodb").get_item(TableName="jobs", Key={"job_id": {"S": job_id}})["Item"]
    return row


@pytest.mark.parametrize(
    ("kind", "work", "attributes"),
    [
        (JobType.ISSUANCE, None, set()),
        (JobType.ISSUANCE, Order(task=TASK), {"task"}),
        (JobType.RENEWAL, Order('{"order": "https://ca/1"}', TASK), {"issuer_progress", "task"}),
        (JobType.SETTLEMENT, Order('{"order": "https://ca/1"}'), {"issuer_progress"}),
        (JobType.DEPLOYMENT, TASK, {"task"}),
        (JobType.BULK_REVOCATION, BULK, {"bulk"}),
        (JobType.POLICY_EVALUATION, PolicyEvaluation("pol-1", "Only ours", 2, NOW), {"evaluation"}),
        (JobType.CAMPAIGN, None, set()),
    ],
)
def test_work_is_read_as_it_was_stored(
    database: Database, kind: JobType, work: Work | None, attributes: set[str]
) -> None:
    jobs, job = JobStore(database), _with(new_job(kind, "key-1", NOW), work)

    database.transact([jobs.create_step(job)])

    assert jobs.get(job.id) == job
    assert _row(job.id).keys() & set(WORK) == attributes


def _with(job: Job, work: Work | None) -> Job:
    return Job(**vars(job) | {"work": work})


@pytest.mark.parametrize("row", STORED, ids=lambda row: row["job_id"]["S"])
def test_a_row_of_an_earlier_release_keeps_its_work(database: Database, row: dict[str, Any]) -> None:
    client("dynamodb").put_item(TableName="jobs", Item=row)
    job = JobStore(database).get(row["job_id"]["S"])
    assert job is not None

    given = {name for name, value in attributes_of(job.work).items() if value is not None}

    assert given == row.keys() & set(WORK)
