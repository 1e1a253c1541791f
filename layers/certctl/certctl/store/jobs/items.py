"""Items of this room. Names and types of keys are permanent (ADR 1)."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from certctl.domain.jobs.statuses import JobStatus, JobType, Worker
from certctl.store.attributes import Enumerated, Millis, Texts, WireTime
from certctl.store.jobs.approvals_attribute import ApprovalsText, BasisText
from certctl.store.jobs.bulk_attribute import BulkRevocationText
from certctl.store.jobs.evaluation_attribute import PolicyEvaluationText
from certctl.store.jobs.task_attribute import AgentTaskText
from certctl.store.rows import Item


class JobsByDue(GlobalSecondaryIndex["JobItem"]):
    class Meta:
        index_name = "by_due"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True)
    due_at = Millis(range_key=True)


class JobsByCertificate(GlobalSecondaryIndex["JobItem"]):
    class Meta:
        index_name = "by_certificate"
        projection = KeysOnlyProjection()

    certificate_id = UnicodeAttribute(hash_key=True)
    job_id = UnicodeAttribute(range_key=True)


class JobsByAgent(GlobalSecondaryIndex["JobItem"]):
    """Open jobs only: an agent's work list stays small, however many it has done."""

    class Meta:
        index_name = "by_agent"
        projection = KeysOnlyProjection()

    agent_id = UnicodeAttribute(hash_key=True)
    job_id = UnicodeAttribute(range_key=True)


class JobsByStatus(GlobalSecondaryIndex["JobItem"]):
    """Unfinished jobs only: the others have no `open_status`."""

    class Meta:
        index_name = "by_status"
        projection = KeysOnlyProjection()

    open_status = UnicodeAttribute(hash_key=True)
    job_id = UnicodeAttribute(range_key=True)


class JobsByMonth(GlobalSecondaryIndex["JobItem"]):
    class Meta:
        index_name = "by_month"
        projection = KeysOnlyProjection()

    list_month = UnicodeAttribute(hash_key=True)
    job_id = UnicodeAttribute(range_key=True)


class JobItem(Item):
    """`agent_id` is removed when the job ends, `assigned_agent_id` stays."""

    class Meta:
        table = "jobs"

    job_id = UnicodeAttribute(hash_key=True)
    list_month = UnicodeAttribute()
    open_status = UnicodeAttribute(null=True)
    due_shard = NumberAttribute(null=True)
    due_at = Millis(null=True)
    epoch = NumberAttribute()
    attempt = NumberAttribute()
    retry_count = NumberAttribute()
    lease_owner = UnicodeAttribute(null=True)
    lease_until = Millis(null=True)
    done_token = UnicodeAttribute(null=True)
    type = Enumerated(JobType)
    certificate_id = UnicodeAttribute(null=True)
    certificate_name = UnicodeAttribute(null=True)
    team_id = UnicodeAttribute(null=True)
    status = Enumerated(JobStatus)
    bulk = BulkRevocationText(null=True)
    evaluation = PolicyEvaluationText(null=True)
    requested_by = UnicodeAttribute()
    subject_id = UnicodeAttribute(null=True)
    csr_pem = UnicodeAttribute(null=True)
    asked_by = Texts(null=True)
    askers_makers = Texts(null=True)
    needs_approval = BooleanAttribute(null=True)
    approvals_required = NumberAttribute(null=True)
    approvals = ApprovalsText(null=True)
    approval_basis = BasisText(null=True)
    approved_by = UnicodeAttribute(null=True)
    target_id = UnicodeAttribute(null=True)
    agent_id = UnicodeAttribute(null=True)
    assigned_agent_id = UnicodeAttribute(null=True)
    task = AgentTaskText(null=True)
    max_attempts = NumberAttribute()
    retry_base_seconds = NumberAttribute(null=True)
    worker = Enumerated(Worker, null=True)
    serial_number = UnicodeAttribute(null=True)
    issuer_progress = UnicodeAttribute(null=True)
    last_error = UnicodeAttribute(null=True)
    created_at = WireTime()
    scheduled_at = WireTime()
    started_at = WireTime(null=True)
    completed_at = WireTime(null=True)

    by_due = JobsByDue()
    by_certificate = JobsByCertificate()
    by_agent = JobsByAgent()
    by_status = JobsByStatus()
    by_month = JobsByMonth()
