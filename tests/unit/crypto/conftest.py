"""One authority for the tests that only read it."""

import pytest

from tests.support.authorities.authority import Authority, new_authority


@pytest.fixture(scope="session")
def authority() -> Authority:
    return new_authority()
