"""The event of `make admin`, and what is said where stack_admin refuses or does not answer."""

from pathlib import Path

import pytest

from deploy.administering import PATIENT, read_event
from deploy.errors import DeployError


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


def test_an_invocation_outlasts_the_function_and_is_made_once() -> None:
    """A second one beside the first is what the AWS CLI does after 60 s."""
    assert PATIENT.read_timeout > 240
    assert PATIENT.retries == {"total_max_attempts": 1}
