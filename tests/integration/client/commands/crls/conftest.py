"""A stack for each test, since these tests add CAs and remove CRLs."""

from collections.abc import Iterator

import pytest

from tests.support.client.stack import BridgedStack, bridged
from tests.support.clock import Clock
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import issuing


@pytest.fixture
def shared_stack() -> Iterator[BridgedStack]:
    with deployed(Clock()) as stack, issuing(stack) as world, bridged(world).running() as bridge:
        yield bridge
