"""A stack in local mode, whose guard allows an issuer on loopback."""

from collections.abc import Iterator

import pytest

from tests.support.access.issuers import Issuer, running_issuer
from tests.support.access.trust import Trust, trusting
from tests.support.functions.deployed import Deployed


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


@pytest.fixture
def trust(stack: Deployed, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Trust:
    monkeypatch.setenv("CERTCTL_LOCAL", "1")
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
    return trusting(stack, issuer)
