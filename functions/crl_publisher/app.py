"""Publishes the CRLs of the issuing CAs: on nudges after revocations, every minute, and when invoked. Renews
their OCSP responders daily."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from certctl.batches import Context, failures, time_left
from certctl.compose.crl_publisher import CrlPublisher
from certctl.domain.authorities.authorities import CrlShard
from certctl.domain.errors import InvalidInput, Unavailable
from certctl.domain.status.nudges import CrlNudge, nudge_of
from certctl.domain.status.ocsp import StoredResponder
from certctl.domain.times import to_wire, to_wire_or_none
from certctl.observability import logger, with_context
from certctl.services.status.crl_runs import CrlRun

if TYPE_CHECKING:
    from certctl.services.status.ocsp_responders import ResponderRun

services = CrlPublisher()


@with_context
def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """SQS nudges, `{"action": "publish", "ca_id"?: ...}`, `{"action": "rotate_responder", "ca_id": ...}`, or
    the schedule, whose event is empty."""
    if "Records" in event:
        return _nudged(event["Records"], context)
    match event.get("action", "publish"), event.get("ca_id"):
        case "rotate_responder", ca_id:
            return _responder_view(services.responder_rotation.rotate(str(ca_id)))
        case "publish", None:
            done = services.schedule.run(time_left(context))
            return _answer(done.crls, done.responders)
        case "publish", ca_id:
            published = _answer(services.runs.publish_due_of(str(ca_id), time_left(context)))
            services.responders.renew_due_of(str(ca_id))
            return published
    raise InvalidInput.of("action", "must be publish or rotate_responder")


def _nudged(records: list[Mapping[str, Any]], context: Context) -> dict[str, Any]:
    """One run for the whole batch; nudges that could not be published are returned as failures."""
    nudges = [(record["messageId"], _nudge_in(record)) for record in records]
    run = services.runs.publish_nudged([nudge for _, nudge in nudges if nudge], time_left(context))
    behind = {(failure.ca_id, failure.shard) for failure in run.failed}
    return failures([message_id for message_id, nudge in nudges if nudge and nudge.place in behind])


def _nudge_in(record: Mapping[str, Any]) -> CrlNudge | None:
    sent_ms = record.get("attributes", {}).get("SentTimestamp")
    try:
        return nudge_of(json.loads(record["body"]), sent_ms, services.now())
    except (ValueError, KeyError, TypeError):
        logger.warning("a nudge that cannot be read", extra={"message_id": record["messageId"]})
        return None


def _answer(run: CrlRun, responders: "ResponderRun | None" = None) -> dict[str, Any]:
    """Raises Unavailable after all that could be done."""
    failed = [f"{f.ca_id}/{f.shard}: {f.reason}" for f in run.failed]
    failed += responders.failed if responders else ()
    if failed:
        raise Unavailable("; ".join(failed))
    published = {"published": [_view(shard) for shard in run.published]}
    return published | ({"responders": [_responder_view(r) for r in responders.made]} if responders else {})


def _view(shard: CrlShard) -> dict[str, Any]:
    next_update = to_wire_or_none(shard.next_update)
    named = {"ca_id": shard.ca_id, "shard": shard.shard, "url": shard.url}
    return named | {"crl_number": shard.crl_number, "next_update": next_update}


def _responder_view(made: StoredResponder) -> dict[str, Any]:
    named = {"ca_id": made.ca_id, "serial_number": made.serial_number}
    return named | {"not_after": to_wire(made.not_after)}
