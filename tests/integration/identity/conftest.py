"""A stack in local mode, whose guard allows an issuer on loopback."""

from collections.abc import Iterator

import pytest

from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed
from tests.support.identity.issuers import Issuer, running_issuer
from tests.support.identity.sign_in import SignIns, signing_in
from tests.support.identity.sign_in_provider import running_provider
from tests.support.identity.trust import Trust, trusting


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


@pytest.fixture
def trust(stack: Deployed, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Trust:
    monkeypatch.setenv("CERTCTL_LOCAL", "1")
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
    return trusting(stack, issuer)


@pytest.fixture
def signs(stack: Deployed, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[SignIns]:
    monkeypatch.setenv("CERTCTL_LOCAL", "1")
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
    with running_provider(clock) as (provider, server):
        yield signing_in(stack, provider, server)
