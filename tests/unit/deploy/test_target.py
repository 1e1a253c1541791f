"""Which stack, region and account are meant, and what is said where that is not clear."""

import json
import os
from pathlib import Path

import pytest

from deploy.errors import DeployError
from deploy.target import NAME_LIMIT, read_target, require_credentials, stack_name
from local.settings import STACK


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No profile, key or region of the user who runs the tests."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    # `read_target` sets these for programs that are started later: put back after the test
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "")


@pytest.mark.parametrize("name", ["certctl", "certctl-prod-2", "C" * NAME_LIMIT])
def test_a_name_that_all_resources_can_bear_is_taken(name: str) -> None:
    assert stack_name(name) == name


@pytest.mark.parametrize("name", ["", "2nd", "-a", "a_b", "a b", "a\n", "ä", "c" * (NAME_LIMIT + 1)])
def test_another_name_is_refused_with_what_is_allowed(name: str) -> None:
    with pytest.raises(DeployError, match="letters, digits and hyphens, 32 characters at most"):
        stack_name(name)


@pytest.mark.parametrize(
    ("region", "reason"),
    [
        ("eu-central-9", "AWS has no such region"),
        ("us-gov-west-1", "commercial regions only"),
        ("cn-north-1", "commercial regions only"),
        ("", "no region: give REGION="),
    ],
)
def test_a_region_must_be_one_with_cloudfront(region: str, reason: str) -> None:
    with pytest.raises(DeployError, match=reason):
        read_target({"STACK": "certctl", "REGION": region})


def test_without_credentials_the_ways_to_give_them_are_named() -> None:
    target = read_target({"STACK": "certctl", "REGION": "eu-central-1"})
    with pytest.raises(DeployError, match=r"no valid AWS credentials .* Set AWS_PROFILE"):
        require_credentials(target)


def test_a_profile_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(DeployError, match="nobody"):
        read_target({"STACK": "certctl", "REGION": "eu-central-1"})


def test_the_emulator_never_gets_the_callers_own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    target = read_target({"STACK": "certctl", "ENDPOINT": "http://127.0.0.1:1"})
    credentials = target.session.get_credentials()
    assert credentials is not None
    assert (credentials.access_key, credentials.secret_key) == ("test", "test")
    assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"


def test_local_means_the_stack_of_make_run_whatever_else_is_named(tmp_path: Path) -> None:
    said = {"aws_endpoint_url": "http://127.0.0.1:1", "aws_access_key_id": "AKIALOCAL"}
    outputs = {**said, "aws_secret_access_key": "local", "region": "eu-central-1"}
    (tmp_path / "outputs.json").write_text(json.dumps(outputs))
    target = read_target({"LOCAL": "1", "LOCAL_DIR": str(tmp_path), "STACK": "prod", "REGION": "us-east-1"})
    credentials = target.session.get_credentials()
    assert credentials is not None
    assert (target.stack, target.region, target.endpoint) == (STACK, "eu-central-1", "http://127.0.0.1:1")
    assert credentials.access_key == "AKIALOCAL"


def test_local_without_a_running_stack_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="start one with `make run`"):
        read_target({"LOCAL": "1", "LOCAL_DIR": str(tmp_path)})
