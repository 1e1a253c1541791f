from collections.abc import Iterator

import pytest

from tests.support.aws.clients import local_aws, new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.prepared import prepared_pki


@pytest.fixture
def plane() -> Iterator[ControlPlane]:
    """With CAs, a webhook and a Slack channel."""
    with local_aws():
        yield ControlPlane(prepared_pki(new_database(), Clock()), CHANNELS)
