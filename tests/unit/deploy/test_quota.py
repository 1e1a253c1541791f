"""What is said of the account's concurrency."""

import json
from collections.abc import Iterator

import boto3
import pytest

from deploy.quota import Concurrency, concurrency_of, concurrency_warning, ocsp_news, ocsp_values
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
    found = {"ConcurrentExecutions": limit, "UnreservedConcurrentExecutions": limit}
    return json.dumps({"AccountLimit": found, "AccountUsage": {}}).encode()


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


@pytest.mark.parametrize(
    ("account", "given", "deployed", "chosen"),
    [
        (Concurrency(10, 10), {}, {}, {"OcspThrottleRate": "20"}),
        (Concurrency(10, 10), {"OcspThrottleRate": "500"}, {}, {}),
        (Concurrency(100, 100), {}, {}, {}),
        (Concurrency(149, 149), {}, {}, {}),
        (Concurrency(150, 150), {}, {}, {"OcspConcurrency": "50"}),
        (Concurrency(1000, 120), {}, {}, {}),
        (Concurrency(1000, 1000), {"OcspConcurrency": "0"}, {}, {}),
        (Concurrency(1000, 1000), {"OcspConcurrency": "200"}, {}, {}),
        (Concurrency(1000, 1000), {"OcspThrottleRate": "900"}, {}, {"OcspConcurrency": "50"}),
    ],
)
def test_ocsp_gets_a_share_of_its_own_or_a_low_rate_unless_the_file_decides(
    account: Concurrency, given: dict[str, str], deployed: dict[str, str], chosen: dict[str, str]
) -> None:
    assert ocsp_values(account, given, deployed) == chosen


def test_a_later_deploy_keeps_the_share_that_the_first_one_took() -> None:
    after = Concurrency(150, 100)
    assert ocsp_values(after, {}, {"OcspConcurrency": "50"}) == {"OcspConcurrency": "50"}


def test_what_was_chosen_is_said(account: Receiver, target: Target) -> None:
    account.behave(answers(200, settings(10)))
    new = concurrency_of(target)
    assert "OcspThrottleRate=20: OCSP is open to anyone" in "\n".join(
        ocsp_news(new, ocsp_values(new, {}, {}))
    )
    (told,) = ocsp_news(Concurrency(1000, 1000), {"OcspConcurrency": "50"})
    assert told.startswith("OcspConcurrency=50")
