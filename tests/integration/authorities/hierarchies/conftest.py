from datetime import timedelta

import pytest

from certctl.compose.rooms.base import Overrides
from tests.support.authorities.hierarchies import admin
from tests.support.authorities.pki import Pki
from tests.support.aws.least_privilege import Privileges
from tests.support.aws.local_kms import LocalKms
from tests.support.functions.deployed import compose
from tests.support.status.public_host import PublicHost, public_host
from tests.support.status.responder import Responding


@pytest.fixture
def host(pki: Pki, kms: LocalKms, monkeypatch: pytest.MonkeyPatch) -> PublicHost:
    """A deployed stack with one hierarchy, whose CAs have OCSP URLs."""
    compose(Overrides(database=pki.database, now=pki.clock, crl_spacing=timedelta(0)))
    host = public_host(Responding(pki, kms, Privileges()).started(), monkeypatch)
    assert admin(host, "upkeep")["ocsp_waiting"] == []
    pki.clock.advance(timedelta(hours=1))
    return host
