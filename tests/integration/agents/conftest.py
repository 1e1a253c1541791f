from collections.abc import Iterator

import pytest

from tests.support.agents.agents import AgentsByHttp
from tests.support.functions.deployed import Deployed
from tests.support.issuing.issuing import Issuing, issuing


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    with issuing(stack) as world:
        yield world


@pytest.fixture
def agents(world: Issuing) -> AgentsByHttp:
    return AgentsByHttp(world).with_defaults()
