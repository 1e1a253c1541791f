"""EventBridge: on moto from the rule to its target, and at a server that refuses as AWS does."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from certctl.connectors.aws.event_buses import EventBuses
from certctl.connectors.notifiers import build_notifier
from certctl.connectors.notifiers.eventbridge import entry_of
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.eventbridge import bus_of
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.detail_types import SUBJECTS, detail_type
from certctl.domain.notifications.notifications import CertificateFacts
from certctl.domain.notifications.outcomes import OutcomeKind
from certctl.domain.notifications.statuses import Action, NotificationType
from tests.support.aws.clients import REGION, client, local_aws
from tests.support.channels.aws_channels import instead_of_aws, reach, refused, send_by_aws, taken
from tests.support.channels.event_schemas import DIRECTORY, by_detail_type, problems_of, undeclared_in
from tests.support.channels.receivers import answers
from tests.support.notifications.messages import REVOKED, a_message

ENTRY_LIMIT = 262_144  # bytes
BUS = ChannelKind.EVENTBRIDGE
BUS_ARN = f"arn:aws:events:{REGION}:123456789012:event-bus/certificates"
_LEFT_OUT_BY_MOTO = {"account": "123456789012"}
# The header announces that the server closes each connection: the same client sends again at once.
DESCRIBED = answers(200, b'{"Name":"certificates"}', {"Connection": "close"})


PAGE = (DIRECTORY / "README.md").read_text(encoding="utf-8")
PATTERNS = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def queue() -> Iterator[Any]:
    """The queue behind a rule for certctl's events on the bus `certificates`."""
    with heard_by({"source": ["certctl.blue"], "detail": {"action": ["trigger"]}}) as read:
        yield read


@contextmanager
def heard_by(rule: dict[str, Any]) -> Iterator[Any]:
    with local_aws():
        events, sqs = client("events"), client("sqs")
        url = sqs.create_queue(QueueName="heard")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.create_event_bus(Name="certificates")
        pattern = json.dumps(rule)
        events.put_rule(Name="certctl", EventBusName="certificates", EventPattern=pattern)
        events.put_targets(Rule="certctl", EventBusName="certificates", Targets=[{"Id": "queue", "Arn": arn}])
        yield lambda: [
            json.loads(message["Body"]) | _LEFT_OUT_BY_MOTO
            for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        ]


def test_a_rules_queue_gets_the_event_with_all_facts(queue: Any) -> None:
    outcome = send_by_aws(BUS, settings={"event_bus": "certificates"})
    (event,) = queue()
    assert (outcome.kind, outcome.status_code, outcome.error) == (OutcomeKind.ACCEPTED, 200, "")
    assert (event["source"], event["detail-type"]) == ("certctl.blue", "certctl Certificate Revoked v1")
    detail = event["detail"]
    assert detail["id"] == REVOKED.notification_id
    assert (detail["severity"], detail["action"], detail["team_id"]) == ("critical", "trigger", "t-payments")
    assert detail["dedup_key"] == REVOKED.dedup_key
    assert detail["certificate"] == {
        "id": "mc-shop",
        "name": "shop",
        "common_name": "shop.example",
        "serial": "4f2a",
        "expires_at": "2027-02-01T00:00:00Z",
        "environment": "production",
        "owner_id": "o-ada",
    }
    assert detail["links"] == {"dashboard": "https://certctl.example/certificates/mc-shop"}


@pytest.mark.parametrize("type_", NotificationType)
def test_what_a_target_gets_of_each_type_holds_to_its_schema(queue: Any, type_: NotificationType) -> None:
    about = {} if type_ in _ABOUT_CHANNELS else {"certificate_id": "mc-shop"}
    message = a_message(type=type_, **(_WITHOUT_CERTIFICATE | about))
    send_by_aws(BUS, message, {"event_bus": "certificates"})
    (event,) = queue()
    assert problems_of(event) == []
    assert undeclared_in(event) == set()


_ABOUT_CHANNELS = (NotificationType.CHANNEL_FAILURE, NotificationType.TEST)
_WITHOUT_CERTIFICATE = {"certificate": CertificateFacts(), "certificate_id": "", "team_id": "", "link": ""}


def test_a_schema_refuses_what_is_not_promised(queue: Any) -> None:
    """No check that cannot fail."""
    send_by_aws(BUS, settings={"event_bus": "certificates"})
    (event,) = queue()
    assert problems_of(event | {"detail": event["detail"] | {"certificate": None}})
    assert problems_of(event | {"detail": event["detail"] | {"type": "Test"}})
    assert problems_of(event | {"detail": event["detail"] | {"severity": "high"}})
    assert problems_of(event | {"detail": event["detail"] | {"occurred_at": "yesterday"}})
    assert undeclared_in(event | {"detail": event["detail"] | {"owner": "Ada"}}) == {"owner"}


def test_a_bus_that_does_not_exist_is_gone_though_put_events_would_not_say_so(queue: Any) -> None:
    outcome = send_by_aws(BUS, settings={"event_bus": "deleted"})
    assert (outcome.kind, outcome.error) == (
        OutcomeKind.CHANNEL_GONE,
        "HTTP 400 ResourceNotFoundException",
    )


def test_the_default_bus_is_not_looked_up() -> None:
    with instead_of_aws(taken(BUS)) as receiver:
        send_by_aws(BUS)
    assert [request.headers["x-amz-target"] for request in receiver.received] == ["AWSEvents.PutEvents"]


def test_another_bus_is_looked_up_once_a_minute() -> None:
    clock = [0.0]
    config = ChannelConfig("bus", BUS, {"event_bus": BUS_ARN})
    with instead_of_aws(DESCRIBED, taken(BUS), taken(BUS), DESCRIBED, taken(BUS)) as receiver:
        providers = reach(EventBuses(lambda: clock[0]))
        for at in (0.0, 59.0, 61.0):
            clock[0] = at
            assert build_notifier(config, providers).send(REVOKED, 5.0).kind is OutcomeKind.ACCEPTED
    assert [request.headers["x-amz-target"].split(".")[1] for request in receiver.received] == [
        "DescribeEventBus",
        "PutEvents",
        "PutEvents",
        "DescribeEventBus",
        "PutEvents",
    ]


def test_a_bus_that_could_not_be_looked_up_gets_no_event() -> None:
    with instead_of_aws(refused(BUS, 400, "AccessDeniedException")) as receiver:
        outcome = send_by_aws(BUS, settings={"event_bus": "certificates"})
    cause = "AllowedBusArns of the stack, or the receiver's policy, does not allow it"
    assert (outcome.kind, outcome.error) == (
        OutcomeKind.RETRYABLE,
        f"HTTP 400 AccessDeniedException: {cause}",
    )
    assert len(receiver.received) == 1


def test_a_request_has_one_entry_and_repeats_it_as_it_was() -> None:
    with instead_of_aws(answers(500), taken(BUS)) as receiver:
        assert send_by_aws(BUS).kind is OutcomeKind.RETRYABLE
        assert send_by_aws(BUS).kind is OutcomeKind.ACCEPTED
    first, second = (json.loads(request.body)["Entries"] for request in receiver.received)
    assert len(first) == 1
    assert first == second


def test_an_error_shows_the_code_and_no_words() -> None:
    with instead_of_aws(refused(BUS, 200, "NotAuthorizedForSourceException", f"not on {BUS_ARN}")):
        outcome = send_by_aws(BUS)
    assert (outcome.kind, outcome.error) == (
        OutcomeKind.RETRYABLE,
        "HTTP 200 NotAuthorizedForSourceException",
    )


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"event_bus": "a bus"}, "event_bus: must be the name or the ARN of an event bus"),
        ({"event_bus": BUS_ARN.replace(REGION, "us-east-1")}, "event_bus: the bus is in another region"),
        ({"source": "aws.events"}, "source: must be letters"),
    ],
)
def test_what_is_set_up_wrongly_calls_nobody(settings: dict[str, str], error: str) -> None:
    with instead_of_aws(taken(BUS)) as receiver:
        outcome = send_by_aws(BUS, settings=settings)
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert outcome.error.startswith(error)
    assert receiver.received == []


@pytest.mark.parametrize("character", ["a", "é", "🔒", "\x00", '"', "\n"])
def test_the_longest_alert_fits(character: str) -> None:
    fact = character * 5000
    facts = CertificateFacts(fact, fact, fact, datetime(2027, 2, 1, tzinfo=UTC), fact, fact, fact)
    message = a_message(subject=character * 90_000, body=character * 900_000, certificate=facts)
    entry = entry_of(message, bus_of({}), "s" * 256, "blue")
    size = sum(len(entry[part].encode()) for part in ("Detail", "DetailType", "Source"))
    assert size < ENTRY_LIMIT - 2_000
    assert json.loads(entry["Detail"])["links"]["dashboard"] == REVOKED.link


@pytest.mark.parametrize("pattern", PATTERNS, ids=["revoked", "critical"])
def test_the_rules_of_the_page_hear_a_revocation_and_not_its_end(pattern: str) -> None:
    settings = {"event_bus": "certificates", "source": "certctl.prod"}
    with heard_by(json.loads(pattern)) as read:
        send_by_aws(BUS, settings=settings)
        send_by_aws(BUS, a_message(action=Action.RESOLVE), settings)
        send_by_aws(BUS, settings=settings | {"source": "com.example.other"})
        assert [event["detail"]["action"] for event in read()] == ["trigger"]


def test_the_page_lists_each_detail_type_with_its_schema() -> None:
    listed = re.findall(r"^\| `(certctl .*?)` \| `(\w+)` \| \[.*?\]\((.*?)\) \|$", PAGE, re.MULTILINE)
    assert {(name, schema) for name, _, schema in listed} == set(by_detail_type().items())
    assert {(name, type_) for name, type_, _ in listed} == {(detail_type(t), t) for t in NotificationType}


def test_each_type_has_a_detail_type_of_its_own_which_aws_takes() -> None:
    assert SUBJECTS.keys() == set(NotificationType)
    made = {detail_type(type_) for type_ in NotificationType}
    assert len(made) == len(NotificationType)
    assert max(map(len, made)) <= 128
