import pytest

from certctl.domain.acme.eab_keys import EabKey
from tests.support.acme.eab_keys import EabKeys
from tests.support.acme.gateway import AcmeGateway
from tests.support.acme.raw import RawAcme
from tests.support.aws.local_kms import LocalKms
from tests.support.functions.deployed import Deployed


@pytest.fixture
def keys(stack: Deployed) -> EabKeys:
    stack.clients.setdefault("kms", LocalKms({}))
    return EabKeys(stack)


@pytest.fixture
def key(keys: EabKeys) -> EabKey:
    return keys.made()


@pytest.fixture
def gateway(stack: Deployed) -> AcmeGateway:
    return AcmeGateway(stack)


@pytest.fixture
def client(keys: EabKeys, key: EabKey) -> RawAcme:
    """A client with an ACME account of the EAB key."""
    return keys.client(key)
