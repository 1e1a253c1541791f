"""Signs for jobs, and revokes many at once: one attempt per nudge. The rows hold the truth; a lost nudge
costs time only."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from certctl.batches import Batch, Body, Context, time_left
from certctl.compose.signing_worker import SigningWorker
from certctl.observability import with_context

_NEEDS = timedelta(seconds=15)
"""The time that a turn needs of the function's 30 s: it has 5 s, its last step and its report have the
rest."""

services = SigningWorker()


@with_context
def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """SQS records of `{"id": ..., "epoch": ...}`; failed ones are returned."""

    def process(nudge: Body) -> None:
        services.jobs.process(nudge["id"], time_left(context))

    return Batch(process, services.queue.send_all, _NEEDS).work_off(event["Records"], context)
