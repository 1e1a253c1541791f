"""The stack with two configured channels, and the environment of its channel administration."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from certctl.store.channels.items import ChannelStateItem
from certctl.store.channels.states import ChannelStateStore
from certctl.store.keys import CHANNEL_STATE
from certctl.store.writes import update
from tests.support.api.http import Answer, Client
from tests.support.aws.clients import client
from tests.support.channels.receivers import Receiver
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, deployed

CHANNELS = "/api/v1/channels"
SLACK_REF = "certctl/blue/channels/ops"
CONFIGURED = "Webhook.url=https://127.0.0.1/token\nSlack.url=certctl/blue/channels/slack\n"


@dataclass
class ChannelsApi:
    """The API for an administrator, unless a test asks for another client."""

    stack: Deployed

    @property
    def api(self) -> Client:
        return self.stack.admin("notifications_api")

    def make(self, channel_id: str = "slack-ops", **fields: Any) -> Answer:
        body = {"id": channel_id, "kind": "Slack", "settings": {"url": SLACK_REF}} | fields
        return self.api.post(CHANNELS, body)

    def made(self, channel_id: str = "slack-ops", **fields: Any) -> Any:
        answer = self.make(channel_id, **fields)
        assert answer.status == 201, answer.text
        return answer.body

    def put(self, channel_id: str, **fields: Any) -> Answer:
        return self.api.send("PUT", f"{CHANNELS}/{channel_id}", {"settings": {"url": SLACK_REF}} | fields)

    def read(self, channel_id: str) -> Any:
        answer = self.api.get(f"{CHANNELS}/{channel_id}")
        assert answer.status == 200, answer.text
        return answer.body

    def test(self, channel_id: str) -> Answer:
        return self.api.post(f"{CHANNELS}/{channel_id}/test")

    def set_state(self, channel_id: str, **values: Any) -> None:
        """Stores a state, as deliveries would have left it."""
        actions = [getattr(ChannelStateItem, name).set(value) for name, value in values.items()]
        self.stack.database.write(update(ChannelStateItem(CHANNEL_STATE, channel_id), actions))

    @property
    def states(self) -> ChannelStateStore:
        return ChannelStateStore(self.stack.database)

    def trail(self, channel_id: str) -> list[Any]:
        """Domain events, oldest first."""
        query = {"resource_type": "channel", "resource_id": channel_id}
        found = self.stack.admin("insights_api").get("/api/v1/audit", **query).body["data"]
        return list(reversed(found))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().running() as server:
        yield server


@pytest.fixture
def channels(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChannelsApi]:
    """In local mode: receivers of tests are on this machine."""
    monkeypatch.setenv("CERTCTL_LOCAL", "1")
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
    monkeypatch.setenv("CERTCTL_CHANNELS", CONFIGURED)
    with deployed(clock) as stack:
        yield ChannelsApi(stack)


@pytest.fixture
def keep_secret(channels: ChannelsApi) -> Callable[[str, str], str]:
    """Stores a value; returns the name by which a channel refers to it."""

    def keep(name: str, value: str) -> str:
        reference = f"certctl/blue/channels/{name}"
        client("secretsmanager").create_secret(Name=reference, SecretString=value)
        return reference

    return keep


def error_fields(answer: Answer) -> set[str]:
    assert answer.status == 422, answer.text
    return {error["field"] for error in json.loads(answer.text)["errors"]}
