from collections.abc import Iterator

import pytest

from tests.support.aws.clients import local_aws, new_database
from tests.support.catalog.fictitious import KINDS
from tests.support.clock import Clock
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.issuing.scripted import ScriptedPlane
from tests.support.prepared import prepared_pki


@pytest.fixture
def plane() -> Iterator[ControlPlane]:
    with local_aws():
        yield ControlPlane(prepared_pki(new_database(), Clock()), CHANNELS, KINDS)


@pytest.fixture
def scripted(plane: ControlPlane) -> ScriptedPlane:
    return ScriptedPlane(plane)
