"""`certctl mcp` at the end of a pipe, against the stack's own functions."""

from collections.abc import Iterator

import pytest

from tests.support.client.mcp_sessions import Session, connected
from tests.support.client.stack import BridgedStack, bridged
from tests.support.clock import Clock
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import issuing


@pytest.fixture(scope="module")
def shared_stack() -> Iterator[BridgedStack]:
    with deployed(Clock()) as stack, issuing(stack) as world, bridged(world).running() as bridge:
        yield bridge


@pytest.fixture
def stack(shared_stack: BridgedStack) -> Iterator[BridgedStack]:
    shared_stack.asked.clear()
    shared_stack.issuing.stack.clock.time = Clock().time
    yield shared_stack
    shared_stack.fails = lambda _: None
    assert shared_stack.undocumented == []


@pytest.fixture(scope="module")
def mcp(shared_stack: BridgedStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """An administrator's, with writes."""
    environment = shared_stack.environment()
    with connected(environment, tmp_path_factory.mktemp("mcp"), "--allow-writes") as session:
        yield session
