from collections.abc import Iterator

import pytest

from tests.support.aws import local_aws, new_database
from tests.support.notification_engine import Engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    with local_aws():
        yield Engine(new_database())
