"""Orders certificates from external issuers, and revokes them there: one step per nudge. The
rows hold the truth; a lost nudge costs time only."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from certctl.batches import Batch, Body, Context, time_left
from certctl.compose.external_issuer_worker import ExternalIssuerWorker
from certctl.domain.renewal.planning import WINDOW_NUDGE
from certctl.observability import with_context

_NEEDS = timedelta(seconds=50)
"""The time that a step needs of the function's 60 s: its requests share 40 s (`STEP_SECONDS`)."""

services = ExternalIssuerWorker()


@with_context
def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """SQS records of `{"id": ..., "epoch": ...}`; failed ones are returned. Invoked by catalog_api with
    `{"test_issuer": <id>}`, it reads the issuer's directory and returns its fault."""
    if "Records" not in event:
        return services.issuer_trial.run(event)

    def process(nudge: Body) -> None:
        _process(nudge["id"], time_left(context))

    return Batch(process, services.queue.send_all, _NEEDS).work_off(event["Records"], context)


def _process(identifier: str, left: timedelta) -> None:
    """A job, or a certificate whose issuer has to be asked for its window."""
    if identifier.startswith(WINDOW_NUDGE):
        services.renewal_windows.refresh(identifier.removeprefix(WINDOW_NUDGE))
    else:
        services.jobs.process(identifier, left)
