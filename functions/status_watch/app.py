"""Looks at CRLs and OCSP as a relying party does, and writes receipts of revocations: a second after each,
then ever more rarely, and every minute. Every five minutes it looks at all that certificates name. Looks for
stack_admin, too, before certificates name a URL, and lints certificates of CAs before they are signed. It can
neither sign nor revoke."""

import json
from collections.abc import Mapping
from typing import Any

from certctl.api.actions import Actions
from certctl.api.status.actions import check_ocsp, lint
from certctl.batches import Context, failures, time_left
from certctl.compose.status_watch import RevocationWatch
from certctl.domain.errors import Unavailable
from certctl.domain.status.checks import StatusCheck, status_check
from certctl.observability import logger, with_context

services = RevocationWatch()
actions = Actions(
    {"check_ocsp": check_ocsp(lambda: services.ocsp_checks), "lint": lint(lambda: services.linter)}
)


@with_context
def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """SQS checks, `{"action": ...}` of stack_admin, or the schedule, whose event is empty. Raises Unavailable
    after all that could be done."""
    try:
        if "action" in event:
            return actions.run(event)
        if "Records" in event:
            services.watch.look(filter(None, map(_check, event["Records"])), time_left(context))
            return failures([])
        ends = services.run_ends(time_left(context))
        run = services.watch.look_at_all(time_left(context))
        causes = [*services.served.look(ends), *run.causes]
        services.margin.measure([*causes, *run.delays])
        services.reports.record(causes)
        if run.failed:
            raise Unavailable(f"Revocations of {', '.join(run.failed)} were not looked for.")
        return {"receipts": run.receipts, "due": run.due}
    finally:
        services.end_connections()


def _check(record: Mapping[str, Any]) -> StatusCheck | None:
    try:
        return status_check(json.loads(record["body"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        logger.warning("a check that cannot be read", extra={"message_id": record["messageId"]})
        return None
