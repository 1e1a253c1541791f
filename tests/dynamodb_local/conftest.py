from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.support.aws.dynamodb_local import credentials, new_database, running
from tests.support.functions.control_plane import ControlPlane
from tests.support.notifications.engine import Engine
from tests.support.revocation.bulk import fleet_on, plane_on


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    with running() as url:
        yield url


@pytest.fixture
def access_key(monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of this test's own."""
    key = uuid4().hex
    for name, value in credentials(key).items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    return key


@pytest.fixture
def engine(endpoint: str, access_key: str) -> Engine:
    return Engine(new_database(endpoint))


@pytest.fixture
def plane(endpoint: str, access_key: str) -> ControlPlane:
    return plane_on(new_database(endpoint))


@pytest.fixture
def cohort(plane: ControlPlane) -> list[str]:
    """Certificates of one owner, who is gone."""
    return fleet_on(plane, 120, owner_id="o-gone")
