"""The alert of a bulk revocation that was stopped: what it did not reach is still valid."""

from datetime import datetime

from certctl.domain.durations import counted
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.routing import RoutingFacts
from certctl.domain.notifications.stack_alerts import job_notifications
from certctl.domain.revocation.bulk import BulkRevocation


def stopped_notifications(
    job_id: str, bulk: BulkRevocation, why: str, facts: RoutingFacts, now: datetime
) -> list[Notification]:
    """One incident a job, routed as alerts of the whole stack."""
    message = (
        f"The bulk revocation {job_id} (reason {bulk.wanted.reason}) was stopped: {why}. "
        f"{counted(bulk.progress.done, 'certificate')} revoked so far; what else it selects is still valid. "
        "Look at what it was for, and start it again if it is meant."
    )
    text = "A bulk revocation was stopped", message
    return job_notifications(f"bulk/{job_id}", job_id, text, facts, now)
