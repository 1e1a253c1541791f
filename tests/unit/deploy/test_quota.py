"""What is said of the account's concurrency."""

import json
from collections.abc import Iterator

import boto3
import pytest

from deploy.quota import concurrency_warning
from deploy.target import Target
from tests.support.channels.receivers import Receiver, answers


@pytest.fixture
def account() -> Iterator[Receiver]:
    with Receiver().running() as server:
        yield server


@pytest.fixture
def target(account: Receiver, monkeypatch: pytest.MonkeyPatch) -> Target:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL", account.url("").rstrip("/"))
    return Target("certctl", "eu-central-1", "", boto3.Session(region_name="eu-central-1"))


def settings(limit: int) -> bytes:
    return json.dumps({"AccountLimit": {"ConcurrentExecutions": limit}, "AccountUsage": {}}).encode()


def test_a_new_account_is_told_which_quota_to_raise_and_to_what(account: Receiver, target: Target) -> None:
    account.behave(answers(200, settings(10)))
    told = "\n".join(concurrency_warning(target))
    assert "runs 10 functions at a time in eu-central-1" in told
    assert "--quota-code L-B99A9384 --desired-value 1000 --region eu-central-1" in told
    assert "WorkerConcurrency=2" in told


def test_an_account_with_enough_hears_nothing(account: Receiver, target: Target) -> None:
    account.behave(answers(200, settings(1000)))
    assert list(concurrency_warning(target)) == []


def test_who_may_not_read_the_quota_can_deploy(account: Receiver, target: Target) -> None:
    account.behave(answers(403, b"{}", {"x-amzn-ErrorType": "AccessDeniedException"}))
    (told,) = concurrency_warning(target)
    assert "was not read" in told
