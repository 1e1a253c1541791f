"""`POST /channels/{id}/test`: one message through the worker, to a real receiver, and its outcome."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from certctl.connectors.sender import Notifiers
from certctl.domain.access.permissions import Role
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.errors import InvalidInput
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.notifications.statuses import Action, NotificationType
from certctl.services.channels.test_sender import DEADLINE_SECONDS, ChannelTestSender
from certctl.services.channels.testing import PAGES_PER_MINUTE, TESTS_PER_MINUTE
from certctl.store.channels.records import CachedChannels, ChannelRecordStore
from certctl.store.database import Database
from certctl.store.insights.figures import NotificationFigures
from certctl.store.notifications.sends import NotificationSendStore
from certctl.store.quotas import channel_tests
from tests.integration.channels.conftest import CHANNELS, ChannelsApi
from tests.support.channels.receivers import Receiver, answers
from tests.support.clock import Clock
from tests.support.functions.lambda_context import Context
from tests.support.template import functions

Keep = Callable[[str, str], str]
NOTIFICATIONS = "/api/v1/notifications"


def hook(channels: ChannelsApi, receiver: Receiver, **fields: Any) -> None:
    channels.made("hook", kind="Webhook", settings={"url": receiver.url("/token")}, **fields)


def test_a_second_slack_channel_is_set_up_and_tested(
    channels: ChannelsApi, receiver: Receiver, keep_secret: Keep
) -> None:
    receiver.behave(answers(200, b"ok"))
    channels.made(settings={"url": keep_secret("second", receiver.url("/services/token"))})
    answer = channels.test("slack-ops")
    assert answer.status == 200
    assert answer.body.keys() == {"outcome", "status_code", "error", "duration_ms"}
    assert (answer.body["outcome"], answer.body["status_code"], answer.body["error"]) == (
        "delivered",
        200,
        "",
    )
    (request,) = receiver.received
    text = json.loads(request.body)["text"]
    assert "Test message from certctl" in text
    assert "slack-ops" in text


def test_a_test_that_went_through_counts_as_a_send_and_one_that_failed_does_not(
    channels: ChannelsApi, receiver: Receiver
) -> None:
    receiver.behave(answers(200))
    hook(channels, receiver)
    assert channels.test("hook").body["outcome"] == "delivered"
    receiver.behave(answers(500))
    assert channels.test("hook").body["outcome"] == "retryable"
    sends = NotificationFigures(channels.stack.database).sends()
    assert sends == {("hook", "delivered"): 1}


def test_a_configured_channel_is_tested_too(
    channels: ChannelsApi, receiver: Receiver, keep_secret: Keep
) -> None:
    receiver.behave(answers(200, b"ok"))
    keep_secret("slack", receiver.url())
    assert channels.test("slack-default").body["outcome"] == "delivered"


@pytest.mark.parametrize(
    ("status", "outcome"), [(500, "retryable"), (404, "permanent"), (429, "throttled"), (410, "channel_gone")]
)
def test_a_failure_is_an_outcome_and_changes_nothing(
    channels: ChannelsApi, receiver: Receiver, status: int, outcome: str
) -> None:
    receiver.behave(answers(status))
    hook(channels, receiver)
    before = channels.read("hook")
    answer = channels.test("hook")
    assert (answer.status, answer.body["outcome"], answer.body["status_code"]) == (200, outcome, status)
    assert answer.body["error"] == f"HTTP {status}"
    assert channels.read("hook") == before
    assert channels.api.get(NOTIFICATIONS).body["data"] == []


def test_a_missing_secret_is_reported_without_its_url(channels: ChannelsApi, receiver: Receiver) -> None:
    channels.made()
    answer = channels.test("slack-ops")
    assert answer.body["outcome"] == "retryable"
    assert "secret" in answer.body["error"]
    assert receiver.received == []


def test_no_answer_and_no_trail_shows_the_url(channels: ChannelsApi, receiver: Receiver) -> None:
    receiver.behave(answers(400, b"token"))
    hook(channels, receiver)
    shown = channels.test("hook").text + json.dumps(channels.trail("hook"))
    assert "token" not in shown


def test_a_disabled_and_a_gone_channel_can_be_tested_and_stay_what_they_are(
    channels: ChannelsApi, receiver: Receiver
) -> None:
    hook(channels, receiver, enabled=False)
    channels.set_state("hook", disabled_at=channels.stack.clock(), error="HTTP 410")
    assert channels.test("hook").body["outcome"] == "delivered"
    after = channels.read("hook")
    assert (after["enabled"], after["disabled"]["error"]) == (False, "HTTP 410")


def test_the_latest_settings_are_tested_not_those_of_a_minute_ago(
    channels: ChannelsApi, receiver: Receiver
) -> None:
    hook(channels, receiver)
    channels.test("hook")
    channels.put("hook", settings={"url": receiver.url("/other")})
    channels.test("hook")
    assert [request.path for request in receiver.received] == ["/token", "/other"]


def test_a_test_message_says_what_it_is_to_programs_too(channels: ChannelsApi, receiver: Receiver) -> None:
    hook(channels, receiver)
    channels.test("hook")
    channels.test("hook")
    bodies = [json.loads(request.body) for request in receiver.received]
    assert {(body["type"], body["data"]["severity"]) for body in bodies} == {("Test", "info")}
    assert len({body["data"]["id"] for body in bodies}) == 2


@pytest.mark.parametrize(
    ("kind", "key", "path"),
    [
        ("PagerDuty", "routing_key", "/v2/enqueue"),
        ("OpsGenie", "api_key", "/v2/alerts"),
        ("JSM", "api_key", "/jsm/ops/integration/v2/alerts"),
    ],
)
def test_a_test_leaves_no_incident_open(
    channels: ChannelsApi, receiver: Receiver, keep_secret: Keep, kind: str, key: str, path: str
) -> None:
    receiver.behave(answers(202, b"{}"))
    secret = keep_secret("key", "a" * 32)
    channels.made("pager", kind=kind, settings={key: secret, "url": receiver.url("")})
    assert channels.test("pager").body["outcome"] == "accepted"
    opened, ended = receiver.received
    assert opened.path == path
    alias = json.loads(opened.body).get("dedup_key") or json.loads(opened.body).get("alias")
    assert alias.startswith("Test/pager/")
    assert alias in ended.body.decode() + ended.path.replace("%2F", "/")


def test_an_operator_tests_the_channels_of_their_teams_and_everybodys(
    channels: ChannelsApi, receiver: Receiver
) -> None:
    hook(channels, receiver, team_id="t-1")
    channels.made("shared", kind="Webhook", settings={"url": receiver.url()})
    own = channels.stack.client("notifications_api", channels.stack.new_key(Role.OPERATOR, ["t-1"]))
    foreign = channels.stack.client("notifications_api", channels.stack.new_key(Role.OPERATOR, ["t-2"]))
    assert own.post(f"{CHANNELS}/hook/test").status == 200
    assert own.post(f"{CHANNELS}/shared/test").status == 200
    assert foreign.post(f"{CHANNELS}/hook/test").status == 404
    assert foreign.post(f"{CHANNELS}/shared/test").status == 200
    assert foreign.post(f"{CHANNELS}/none/test").status == 404
    assert len(receiver.received) == 3


@pytest.mark.parametrize(
    "event", [{}, {"test_channel": 1}, {"test_channel": "hook", "url": "https://x"}, {"id": "notif-1"}]
)
def test_the_worker_takes_nothing_else(channels: ChannelsApi, event: dict[str, Any]) -> None:
    worker = import_module("functions.notification_worker.app")
    with pytest.raises(InvalidInput):
        worker.lambda_handler(event, Context())


def test_a_queue_message_starts_no_test(channels: ChannelsApi, receiver: Receiver) -> None:
    hook(channels, receiver)
    worker = import_module("functions.notification_worker.app")
    record = {"messageId": "1", "body": json.dumps({"test_channel": "hook"})}
    answer = worker.lambda_handler({"Records": [record], "test_channel": "hook"}, Context())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert receiver.received == []


def test_a_channel_deleted_in_between_is_reported(channels: ChannelsApi) -> None:
    worker = import_module("functions.notification_worker.app")
    answer = worker.lambda_handler({"test_channel": "none"}, Context())
    assert (answer["outcome"], answer["error"]) == ("permanent", "the channel was deleted")


def test_the_time_of_a_test_fits_into_the_time_of_those_who_wait_for_it() -> None:
    from certctl.compose.notifications_api import TRIAL_SECONDS

    assert DEADLINE_SECONDS < TRIAL_SECONDS < functions()["notifications_api"]["Timeout"]
    assert functions()["notification_worker"]["Timeout"] > TRIAL_SECONDS


PAGER = ChannelConfig("pager", ChannelKind.PAGERDUTY, {})


class Provider:
    """Returns the given outcomes; each send takes some seconds."""

    def __init__(self, *outcomes: Outcome | Exception, seconds: float = 1) -> None:
        self.outcomes = list(outcomes)
        self.seconds = seconds
        self.now = 100.0
        self.sent: list[tuple[Message, float]] = []

    def send(self, channel: ChannelConfig, message: Message, deadline: float) -> Outcome:
        self.sent.append((message, deadline))
        self.now += self.seconds
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def run(self, database: Database) -> dict[str, Any]:
        nowhere: Any = None  # the deployment configures the channel: nothing is read or reached
        sends = NotificationSendStore(database)
        channels = CachedChannels([PAGER], ChannelRecordStore(nowhere), Clock())
        notifiers = Notifiers(lambda: nowhere, {PAGER.kind: lambda channel, _: Scripted(channel, self)})
        sender = ChannelTestSender(channels, notifiers, Clock(), CHANNEL_KINDS, sends, lambda: self.now)
        return sender.run({"test_channel": "pager"})


@dataclass(frozen=True)
class Scripted:
    channel: ChannelConfig
    provider: Provider

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        return self.provider.send(self.channel, message, deadline_seconds)


ACCEPTED = Outcome(OutcomeKind.ACCEPTED, 202, duration_ms=5)
FAILED = Outcome(OutcomeKind.RETRYABLE, 500, "HTTP 500", duration_ms=7)


def test_both_messages_of_an_incident_share_the_deadline(database: Database) -> None:
    provider = Provider(ACCEPTED, ACCEPTED, seconds=6)
    answer = provider.run(database)
    assert [deadline for _, deadline in provider.sent] == [DEADLINE_SECONDS, DEADLINE_SECONDS - 6]
    trigger, resolve = (message for message, _ in provider.sent)
    assert (trigger.action, resolve.action) == (Action.TRIGGER, Action.RESOLVE)
    assert trigger.dedup_key == resolve.dedup_key
    assert trigger.notification_id != resolve.notification_id
    assert answer["duration_ms"] == 10


def test_the_end_of_an_incident_always_has_a_second(database: Database) -> None:
    provider = Provider(ACCEPTED, ACCEPTED, seconds=DEADLINE_SECONDS)
    provider.run(database)
    assert provider.sent[1][1] == 1.0


def test_an_incident_that_was_not_opened_is_not_ended(database: Database) -> None:
    provider = Provider(FAILED)
    assert provider.run(database)["outcome"] == "retryable"
    assert len(provider.sent) == 1


def test_an_incident_that_stays_open_is_reported(database: Database) -> None:
    answer = Provider(ACCEPTED, FAILED).run(database)
    assert answer["outcome"] == "accepted"
    assert "stays open" in answer["error"]
    assert "HTTP 500" in answer["error"]


def test_a_notifier_that_raises_ends_as_an_outcome_without_its_text(database: Database) -> None:
    answer = Provider(ValueError("https://hooks.example/token")).run(database)
    assert (answer["outcome"], answer["error"]) == ("retryable", "the notifier failed: ValueError")


def test_a_test_does_not_wait_for_a_pause(channels: ChannelsApi, receiver: Receiver) -> None:
    hook(channels, receiver)
    channels.set_state("hook", paused_until=channels.stack.clock() + timedelta(minutes=5))
    assert channels.test("hook").body["outcome"] == "delivered"


def test_a_channel_is_tested_so_often_a_minute_and_again_in_the_next(
    channels: ChannelsApi, receiver: Receiver
) -> None:
    hook(channels, receiver)
    channels.made("other", kind="Webhook", settings={"url": receiver.url("/other")})

    statuses = [channels.test("hook").status for _ in range(TESTS_PER_MINUTE + 1)]
    refused = channels.test("hook")

    assert statuses == [200] * TESTS_PER_MINUTE + [429]
    assert refused.body["type"] == "urn:certctl:problem:too-many-requests"
    assert channels.test("other").status == 200
    assert len(receiver.received) == TESTS_PER_MINUTE + 1
    channels.stack.clock.advance(timedelta(seconds=int(refused.headers["Retry-After"])))
    assert channels.test("hook").status == 200


def test_a_channel_that_pages_is_tested_less_often(
    channels: ChannelsApi, receiver: Receiver, keep_secret: Keep
) -> None:
    receiver.behave(answers(202, b"{}"))
    settings = {"routing_key": keep_secret("key", "a" * 32), "url": receiver.url("")}
    channels.made("pager", kind="PagerDuty", settings=settings)

    statuses = [channels.test("pager").status for _ in range(PAGES_PER_MINUTE + 1)]

    assert statuses == [200] * PAGES_PER_MINUTE + [429]


def test_of_many_tests_at_once_no_more_are_sent_than_may_be(
    channels: ChannelsApi, receiver: Receiver
) -> None:
    store = channel_tests(channels.stack.database)

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: store.take("hook", 3, channels.stack.clock()), range(16)))

    assert sum(taken) == 3


def test_a_test_that_nobody_may_ask_for_takes_no_turn(channels: ChannelsApi, receiver: Receiver) -> None:
    hook(channels, receiver, team_id="t-1")
    foreign = channels.stack.client("notifications_api", channels.stack.new_key(Role.OPERATOR, ["t-2"]))

    refused = [foreign.post(f"{CHANNELS}/hook/test").status for _ in range(TESTS_PER_MINUTE + 1)]

    assert set(refused) == {404}
    assert channels.test("hook").status == 200


@pytest.mark.parametrize("type_", NotificationType)
def test_a_sample_of_each_type_is_sent_and_says_that_it_is_a_test(
    channels: ChannelsApi, receiver: Receiver, type_: NotificationType
) -> None:
    hook(channels, receiver)

    answer = channels.api.send("POST", f"{CHANNELS}/hook/test", query={"type": type_.value})

    assert answer.body["outcome"] == "delivered", answer.text
    (request,) = receiver.received
    body = json.loads(request.body)
    assert (body["type"], body["data"]["subject"][:4]) == (type_, "Test")
    assert "Nothing has happened" in body["data"]["message"]
    assert body["data"]["dedup_key"].startswith("Test/hook/")
    assert channels.api.get(NOTIFICATIONS).body["data"] == []


def test_a_sample_of_an_unknown_type_is_refused(channels: ChannelsApi, receiver: Receiver) -> None:
    hook(channels, receiver)

    answer = channels.api.send("POST", f"{CHANNELS}/hook/test", query={"type": "Nothing"})

    assert (answer.status, receiver.received) == (422, [])
    assert "type" in answer.text
