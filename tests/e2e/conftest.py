"""One stack for all e2e tests, on a free port; set CERTCTL_E2E_OUTPUTS to use one that runs already.

Its alerts go to a real HTTP server of the tests, and are tried again after 1, 2, 4 and 8 seconds.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.journey import Journey
from tests.support.channels.receivers import Receiver, answers
from tests.support.local.stack import LocalStack, started

WEBHOOK_SECRET = "whsec_" + "c2VjcmV0" * 4


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Events are sealed when they are a minute old: tests that wait for that run last, and need not wait."""
    items.sort(key=lambda item: "test_audit_trail" in item.nodeid)
    for item in items:
        # The stack's start, which the first test waits for, has a limit of its own.
        item.add_marker(pytest.mark.timeout(120, func_only=True))


@pytest.fixture(scope="session")
def alerts() -> Iterator[Receiver]:
    """Where the stack's webhook channel delivers; answers 200 unless a test says otherwise."""
    with Receiver().running() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def slack() -> Iterator[Receiver]:
    """Where the stack's Slack channel delivers; says `ok` as Slack does."""
    with Receiver(answers(200, b"ok")).running() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def local_stack(
    tmp_path_factory: pytest.TempPathFactory, alerts: Receiver, slack: Receiver
) -> Iterator[LocalStack]:
    running = os.environ.get("CERTCTL_E2E_OUTPUTS")
    if running:
        yield LocalStack(json.loads(Path(running).read_text()), Path(running).parent)
        return
    settings = {
        "CERTCTL_WEBHOOK_URL": alerts.url(),
        "CERTCTL_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "CERTCTL_SLACK_WEBHOOK_URL": slack.url("/services/T0/B0/token"),
        "CERTCTL_NOTIFICATION_RETRY_BASE_SECONDS": "1",
        # two hundred revocations of one test must not have the alerts of the next one folded with them
        "CERTCTL_NOTIFICATION_FLOOD_LIMIT": "100000",
    }
    with started(tmp_path_factory.mktemp("stack"), **settings) as stack:
        yield stack


@pytest.fixture
def journey(local_stack: LocalStack, tmp_path: Path) -> Journey:
    return Journey(local_stack, tmp_path)
