from collections.abc import Iterator

import pytest

from tests.support.acme.administered import AcmeByHttp
from tests.support.acme.orders import AcmeClient, new_client
from tests.support.aws.clients import local_aws, new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane
from tests.support.functions.deployed import Deployed
from tests.support.issuing.issuing import Issuing
from tests.support.issuing.issuing import issuing as _issuing
from tests.support.prepared import prepared_pki


@pytest.fixture
def plane() -> Iterator[ControlPlane]:
    """With CAs made and empty CRLs published, as after a deploy."""
    with local_aws():
        yield ControlPlane(prepared_pki(new_database(), Clock()))


@pytest.fixture
def client(plane: ControlPlane) -> AcmeClient:
    """An ACME account of a trusted EAB key."""
    return new_client(plane)


@pytest.fixture
def acme(stack: Deployed) -> AcmeByHttp:
    return AcmeByHttp(stack)


@pytest.fixture
def issuing(stack: Deployed) -> Iterator[Issuing]:
    with _issuing(stack) as made:
        yield made
