from collections.abc import Iterator

import pytest

from tests.support.functions.control_plane import ControlPlane
from tests.support.issuing.private_ca.model import PrivateCaModel
from tests.support.issuing.private_ca.plane import PcaPlane
from tests.support.issuing.private_ca.server import PrivateCaServer


@pytest.fixture
def pca(plane: ControlPlane) -> Iterator[PcaPlane]:
    """With a CA whose requests and responses are botocore's."""
    with PrivateCaServer(PrivateCaModel(plane.pki.clock)).running() as server:
        yield PcaPlane(plane, server)
    assert server.faults == []
