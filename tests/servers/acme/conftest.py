from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.aws.clients import local_aws, new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.issuing.acme import AcmePlane
from tests.support.issuing.pebble import Pebble, running_pebble
from tests.support.prepared import prepared_pki


@pytest.fixture(scope="module")
def pebble(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pebble]:
    folder: Path = tmp_path_factory.mktemp("pebble")
    with running_pebble(folder) as server:
        yield server


@pytest.fixture
def acme(pebble: Pebble) -> Iterator[AcmePlane]:
    with local_aws():
        plane = ControlPlane(prepared_pki(new_database(), Clock()))
        plane.channels = CHANNELS
        yield AcmePlane(plane, pebble)
