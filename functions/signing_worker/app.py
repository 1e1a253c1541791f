"""Signs for jobs, and revokes many at once: one attempt per nudge. The rows hold the truth; a lost nudge
costs time only."""

import json
from collections.abc import Mapping
from typing import Any

from certctl.compose.signing_worker import SigningWorker
from certctl.observability import logger, with_context

services = SigningWorker()


@with_context
def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """SQS records of `{"id": ..., "epoch": ...}`; failed ones are returned."""
    failed = [record["messageId"] for record in event["Records"] if not _processed(record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _processed(record: Mapping[str, Any]) -> bool:
    """One record's failure never stops the others."""
    try:
        services.jobs.process(json.loads(record["body"])["id"])
    except Exception as error:
        logger.error("a job's attempt failed", exc_info=error, extra={"nudge": record["body"]})
        return False
    return True
