"""One trail for all tests of the verifier: 10,000 events in 30 seals."""

import pytest

from tests.support.client.checks import Auditor, auditor_of
from tests.support.client.trails import Files, Sealer, full_bundle, new_trail

EVENTS, SEALS = 10_000, 30


@pytest.fixture(scope="session")
def trail() -> Sealer:
    return new_trail(EVENTS, SEALS)


@pytest.fixture(scope="session")
def bundle(trail: Sealer) -> Files:
    return full_bundle(trail)


@pytest.fixture(scope="session")
def auditor(trail: Sealer) -> Auditor:
    return auditor_of(trail)
