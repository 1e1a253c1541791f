"""The event of `make admin`, and what is said where stack_admin refuses or does not answer."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from deploy.administering import READ_SECONDS, invoke, read_event
from deploy.errors import DeployError
from deploy.target import Target
from tests.support.channels.receivers import Receiver, answers
from tests.support.template import functions


def test_the_action_and_the_fields_make_the_event(tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text('{"key_arn": "arn:key"}')
    assert read_event({"ACTION": "rotate"}) == {"action": "rotate"}
    assert read_event({"ACTION": "rotate", "EVENT": '{"key_arn": "arn:key", "action": "x"}'}) == {
        "action": "rotate",
        "key_arn": "arn:key",
    }
    assert read_event({"ACTION": "rotate", "EVENT": f"@{tmp_path / 'key.json'}"})["key_arn"] == "arn:key"


@pytest.mark.parametrize("event", ["[]", "{", "@/no/such/file"])
def test_an_event_that_is_no_object_is_refused(event: str) -> None:
    with pytest.raises(DeployError, match="EVENT is"):
        read_event({"ACTION": "rotate", "EVENT": event})


def test_an_action_is_needed() -> None:
    with pytest.raises(DeployError, match="ACTION is missing"):
        read_event({})


@pytest.fixture
def function() -> Iterator[Receiver]:
    with Receiver().running() as server:
        yield server


@pytest.fixture
def target(function: Receiver, monkeypatch: pytest.MonkeyPatch) -> Target:
    for name, text in (("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("AWS_ENDPOINT_URL", function.url("").rstrip("/"))
    return Target("certctl", "us-east-1", "", boto3.Session(region_name="us-east-1"))


def test_an_answer_that_fails_on_the_way_is_not_asked_for_again(function: Receiver, target: Target) -> None:
    """The function may have run: another run beside it is what nobody wants."""
    function.behave(answers(502))
    with pytest.raises(ClientError):
        invoke(target, "stack_admin", {"action": "rotate"})
    assert len(function.received) == 1


def test_what_the_function_refuses_is_raised_with_its_text(function: Receiver, target: Target) -> None:
    refused = b'{"errorType": "Conflict", "errorMessage": "An administrator\'s key exists."}'
    function.behave(answers(200, refused, {"X-Amz-Function-Error": "Unhandled"}))
    with pytest.raises(DeployError, match="Conflict: An administrator's key exists"):
        invoke(target, "stack_admin", {"action": "first_admin_key"})


def test_an_invocation_is_waited_for_longer_than_the_function_runs() -> None:
    assert functions()["stack_admin"]["Timeout"] < READ_SECONDS
