from collections.abc import Iterator

import pytest

from tests.support.functions.deployed import Deployed
from tests.support.issuing.issuing import Issuing, issuing


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    """The stack with CAs, as after a deploy, and a signing worker that tests run."""
    with issuing(stack) as world:
        yield world


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch, world: Issuing) -> None:
    monkeypatch.setenv("CERTCTL_CHANNELS", "Webhook.url=certctl/blue/channels/webhook")
    world.stack.restart()
