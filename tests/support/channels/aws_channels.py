"""Channels of AWS services, with a loopback server that responds like the service."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.aws.clients import make_client
from certctl.connectors.aws.event_buses import EventBuses
from certctl.connectors.aws.services import Service
from certctl.connectors.http.adapter import OutboundHttp
from certctl.connectors.notifiers import build_notifier
from certctl.connectors.notifiers.base import Providers
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome
from tests.support.aws.clients import REGION
from tests.support.channels.provider_channels import secrets_of
from tests.support.channels.receivers import Behaviour, Receiver, answers
from tests.support.notifications.messages import REVOKED

STACK = "blue"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:certificate-alerts"
SES = {"transport": "ses", "from_address": "alerts@certctl.example", "to": "oncall@shop.example"}
SETTINGS: Mapping[ChannelKind, Mapping[str, str]] = {
    ChannelKind.EMAIL: SES,
    ChannelKind.SNS: {"topic_arn": TOPIC},
    ChannelKind.EVENTBRIDGE: {},
}
_PUBLISHED = (
    b'<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">'
    b"<PublishResult><MessageId>m-1</MessageId></PublishResult>"
    b"<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></PublishResponse>"
)


def reach(buses: EventBuses | None = None) -> Providers:
    """Providers as composed: one attempt, at the fake AWS endpoint of this test."""
    guard = AddressGuard(GuardPolicy.for_stack())
    return Providers(OutboundHttp(guard), secrets_of({}), guard, _client, STACK, buses or EventBuses())


def _client(service: Service) -> Any:
    return make_client(service, REGION, attempts=1)


def send_by_aws(
    kind: ChannelKind, message: Message = REVOKED, settings: Mapping[str, str] | None = None
) -> Outcome:
    config = ChannelConfig(f"{kind.lower()}-default", kind, {**SETTINGS[kind], **(settings or {})})
    return build_notifier(config, reach()).send(message, 5.0)


@contextmanager
def instead_of_aws(*behaviours: Behaviour) -> Iterator[Receiver]:
    """Clients that are created inside connect only to this server."""
    with pytest.MonkeyPatch.context() as patch, Receiver(*behaviours).running() as receiver:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_ENDPOINT_URL", receiver.url(""))
        yield receiver


def taken(kind: ChannelKind) -> Behaviour:
    match kind:
        case ChannelKind.SNS:
            return answers(200, _PUBLISHED)
        case ChannelKind.EVENTBRIDGE:
            return answers(200, b'{"FailedEntryCount":0,"Entries":[{"EventId":"e-1"}]}')
        case _:
            return answers(200, json.dumps({"MessageId": "m-1"}).encode())


def refused(kind: ChannelKind, status: int, code: str, words: str = "in words") -> Behaviour:
    """An error in the protocol of the service: XML of the query protocol at SNS, JSON at SES v2 and
    EventBridge, which may refuse an entry in a response with status 200."""
    if kind is ChannelKind.SNS:
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{words}</Message></Error>"
        xml = f'<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">{error}</ErrorResponse>'
        return answers(status, xml.encode(), {"Content-Type": "text/xml"})
    if kind is ChannelKind.EVENTBRIDGE and status == 200:
        entry = {"ErrorCode": code, "ErrorMessage": words}
        return answers(200, json.dumps({"FailedEntryCount": 1, "Entries": [entry]}).encode())
    body = json.dumps({"__type": code, "message": words}).encode()
    return answers(status, body, {"Content-Type": "application/json", "x-amzn-ErrorType": code})
