"""Every use case here runs with the permissions of its function, as template.yaml gives them."""

from collections.abc import Iterator

import pytest

from tests.support.confinement import confine_use_cases, confined

confine_use_cases()


@pytest.fixture(autouse=True)
def least_privilege() -> Iterator[None]:
    with confined():
        yield
