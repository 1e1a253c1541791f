"""A second Slack channel on the running stack: set up with its secret, tested, and deleted."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from local.settings import STACK
from tests.support.channels.receivers import Receiver, answers
from tests.support.local.stack import LocalStack
from tests.support.template import ROOT

CHANNELS = "/api/v1/channels"


@dataclass(frozen=True)
class SecondSlack:
    """`receiver` is where it delivers."""

    id: str
    receiver: Receiver


@pytest.fixture
def second_slack(local_stack: LocalStack) -> Iterator[SecondSlack]:
    channel_id = f"slack-{uuid4().hex[:8]}"
    reference = f"certctl/{STACK}/channels/{channel_id}"
    with Receiver(answers(200, b"ok")).running() as receiver:
        secrets = local_stack.client("secretsmanager")
        secrets.create_secret(Name=reference, SecretString=receiver.url("/services/token"))
        body = {"id": channel_id, "kind": "Slack", "settings": {"url": reference}}
        made = local_stack.call("POST", CHANNELS, body)
        assert made.status_code == 201, made.text
        yield SecondSlack(channel_id, receiver)
        assert local_stack.call("DELETE", f"{CHANNELS}/{channel_id}").status_code == 204


def sent(stack: LocalStack, channel: SecondSlack) -> Any:
    answer = stack.call("POST", f"{CHANNELS}/{channel.id}/test")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_second_slack_channel_takes_a_test_message(
    local_stack: LocalStack, second_slack: SecondSlack
) -> None:
    outcome = sent(local_stack, second_slack)
    assert (outcome["outcome"], outcome["status_code"], outcome["error"]) == ("delivered", 200, "")
    (request,) = second_slack.receiver.received
    assert b"Test message from certctl" in request.body
    listed = {channel["id"]: channel for channel in local_stack.get(CHANNELS)["data"]}
    assert listed[second_slack.id]["origin"] == "api"
    assert "token" not in str(listed)


def test_a_test_that_fails_tells_why_and_changes_nothing(
    local_stack: LocalStack, second_slack: SecondSlack
) -> None:
    second_slack.receiver.behave(answers(404, b"no_service"))
    outcome = sent(local_stack, second_slack)
    assert (outcome["outcome"], outcome["status_code"]) == ("channel_gone", 404)
    shown = local_stack.get(f"{CHANNELS}/{second_slack.id}")
    assert (shown["state"], shown["disabled"]) == ("closed", None)


def test_the_address_of_the_metadata_service_is_not_saved(local_stack: LocalStack) -> None:
    body = {"id": "metadata", "kind": "Webhook", "settings": {"url": "https://169.254.169.254/latest"}}
    answer = local_stack.call("POST", CHANNELS, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "settings.url"


_COMMANDS = re.compile(r"^### From the command line$.*?^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_TOOLS = f"""
make() {{ command make -s -C {ROOT} "$@" LOCAL_DIR="$LOCAL_DIR"; }}
certctl() {{ {sys.executable} -m certctl_client "$@"; }}
"""


@pytest.fixture
def new_channel(local_stack: LocalStack) -> Iterator[str]:
    """The id of the channel that the document's commands create, with its rule and its mute."""
    local_stack.call("POST", "/api/v1/teams", {"id": "t-platform", "name": "Platform"})
    channel_id = f"slack-{uuid4().hex[:8]}"
    yield channel_id
    local_stack.call("DELETE", "/api/v1/notifications/routing/team:t-platform")
    for mute in local_stack.get("/api/v1/notifications/mutes")["data"]:
        if mute["reason"] == "database migration":
            local_stack.call("DELETE", f"/api/v1/notifications/mutes/{mute['id']}")
    assert local_stack.call("DELETE", f"{CHANNELS}/{channel_id}").status_code == 204


@pytest.mark.slow
def test_a_channel_is_set_up_by_the_commands_of_its_page(
    local_stack: LocalStack, new_channel: str, tmp_path: Path
) -> None:
    (block,) = _COMMANDS.findall((ROOT / "docs" / "channels.md").read_text())
    commands = "".join(line.removeprefix("$ ") for line in block.splitlines(True) if line.startswith("$ "))
    environment = {
        "CERTCTL_URL": local_stack.url,
        "CERTCTL_API_KEY": local_stack.outputs["api_key"],
        "PYTHONPATH": str(ROOT / "client"),
        "LOCAL_DIR": str(local_stack.directory),
    }
    with Receiver(answers(200, b"ok")).running() as receiver:
        (tmp_path / "webhook-url.txt").write_text(receiver.url("/services/token"))
        ran = subprocess.run(
            ["bash", "-e", "-c", _TOOLS + commands.replace("slack-ops", new_channel)],
            cwd=tmp_path,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert len(receiver.received) == 1
    assert f"certctl/{STACK}/channels/{new_channel}" in ran.stdout
    assert "team:t-platform" in ran.stdout
