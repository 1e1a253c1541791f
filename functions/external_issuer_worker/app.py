"""Orders certificates from external issuers, and revokes them there: one step per nudge. The
rows hold the truth; a lost nudge costs time only."""

import json
from collections.abc import Mapping
from typing import Any

from certctl.compose.external_issuer_worker import ExternalIssuerWorker
from certctl.domain.renewal.planning import WINDOW_NUDGE
from certctl.observability import logger, with_context

services = ExternalIssuerWorker()


@with_context
def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """SQS records of `{"id": ..., "epoch": ...}`; failed ones are returned. Invoked by catalog_api with
    `{"test_issuer": <id>}`, it reads the issuer's directory and returns its fault."""
    if "Records" not in event:
        return services.issuer_trial.run(event)
    failed = [record["messageId"] for record in event["Records"] if not _processed(record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _processed(record: Mapping[str, Any]) -> bool:
    """One record's failure never stops the others."""
    try:
        _process(json.loads(record["body"])["id"])
    except Exception as error:
        logger.error("an order's step failed", exc_info=error, extra={"nudge": record["body"]})
        return False
    return True


def _process(identifier: str) -> None:
    """A job, or a certificate whose issuer has to be asked for its window."""
    if identifier.startswith(WINDOW_NUDGE):
        services.renewal_windows.refresh(identifier.removeprefix(WINDOW_NUDGE))
    else:
        services.jobs.process(identifier)
