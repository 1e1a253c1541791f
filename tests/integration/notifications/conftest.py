from collections.abc import Iterator

import pytest

from tests.support.aws.clients import local_aws, new_database
from tests.support.notifications.engine import Engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    with local_aws():
        yield Engine(new_database())
