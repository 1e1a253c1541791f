"""Amazon EventBridge (`PutEvents`), one entry a request: docs/events/README.md describes the events."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certctl.connectors.aws.event_buses import EventBuses
from certctl.connectors.aws.services import Service
from certctl.connectors.notifiers.aws_outcomes import attempt
from certctl.connectors.notifiers.base import json_bytes, unconfigured
from certctl.connectors.notifiers.texts import cut_message
from certctl.connectors.notifiers.webhook import digest_of
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.eventbridge import Bus, bus_of, source_of
from certctl.domain.errors import InvalidInput
from certctl.domain.notifications.detail_types import detail_type
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.times import to_wire

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef, PutEventsResultEntryTypeDef

# docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html. What a policy or a wrong
# bus refuses is somebody's repair, though AWS lists it as not retryable.
_KINDS = {
    "ResourceNotFoundException": OutcomeKind.CHANNEL_GONE,
    "AccessDeniedException": OutcomeKind.RETRYABLE,
    "NotAuthorizedForSourceException": OutcomeKind.RETRYABLE,
    "NotAuthorizedForDetailTypeException": OutcomeKind.RETRYABLE,
    "InvalidAccountIdException": OutcomeKind.RETRYABLE,
    "InvalidArgument": OutcomeKind.PERMANENT,
    "MalformedDetail": OutcomeKind.PERMANENT,
    "RedactionFailure": OutcomeKind.PERMANENT,
}


class EventBridge:
    """Settings: `event_bus`, the name or ARN of a bus in the stack's own region (`default`), and `source`
    (`certctl.<stack>`)."""

    def __init__(
        self, config: ChannelConfig, stack: str, client: Callable[[Service], Any], buses: EventBuses
    ) -> None:
        self._settings = config.settings
        self._stack = stack
        self._client = client
        self._buses = buses

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        """The client's own time-outs suffice: AWS does not drip."""
        try:
            bus = bus_of(self._settings)
            entry = entry_of(message, bus, source_of(self._settings, self._stack), self._stack)
            return attempt(lambda: self._put(bus, entry), _KINDS, "AllowedBusArns")
        except InvalidInput as error:
            return unconfigured(error.detail)

    def _put(self, bus: Bus, entry: "PutEventsRequestEntryTypeDef") -> None:
        client: EventBridgeClient = self._client("events")
        if bus.region not in (None, client.meta.region_name):
            raise InvalidInput.of("event_bus", "the bus is in another region than the stack")
        self._buses.require(bus, client)
        for result in client.put_events(Entries=[entry])["Entries"]:
            _raise_for(result)


def _raise_for(result: "PutEventsResultEntryTypeDef") -> None:
    """A refused entry is an error like every other, although its request was answered with 200."""
    from botocore.exceptions import ClientError  # imported when needed, as in `attempt`

    if "ErrorCode" not in result:
        return
    response: Any = {
        "Error": {"Code": result["ErrorCode"]},
        "ResponseMetadata": {"HTTPStatusCode": 200},
    }
    raise ClientError(response, "PutEvents")


def entry_of(message: Message, bus: Bus, source: str, stack: str) -> "PutEventsRequestEntryTypeDef":
    return {
        "Time": message.occurred_at,
        "Source": source,
        "DetailType": detail_type(message.type),
        "Detail": json_bytes(_detail(cut_message(message), stack)).decode(),
        "EventBusName": bus.reference,
    }


def _detail(message: Message, stack: str) -> dict[str, Any]:
    return {
        "id": message.notification_id,
        "stack": stack,
        "type": message.type,
        "severity": message.severity,
        "action": message.action,
        "dedup_key": message.dedup_key,
        "subject": message.subject,
        "message": message.body,
        "occurred_at": to_wire(message.occurred_at),
        "certificate": _certificate(message),
        "team_id": message.team_id or None,
        "links": {"dashboard": message.link or None},
        **digest_of(message),
    }


def _certificate(message: Message) -> dict[str, str | None] | None:
    """The facts of the certificate; None if the alert is about no certificate."""
    if not message.certificate_id:
        return None
    facts = message.certificate
    return {
        "id": message.certificate_id,
        "name": facts.name,
        "common_name": facts.common_name,
        "serial": facts.serial,
        "expires_at": to_wire(facts.expires_at) if facts.expires_at else None,
        "environment": facts.environment,
        "owner_id": facts.owner_id,
    }
