"""Every use case here runs with the permissions of its function, as template.yaml gives them, and no change
of a certificate is written without its audit event and its counters."""

from collections.abc import Iterator

import pytest

from tests.support.aws.confinement import confine_use_cases, confined
from tests.support.aws.least_privilege import Privileges
from tests.support.unforgotten import nothing_forgotten

confine_use_cases()


@pytest.fixture(autouse=True)
def least_privilege() -> Iterator[Privileges]:
    with confined() as privileges:
        yield privileges


@pytest.fixture(autouse=True)
def complete_changes() -> Iterator[None]:
    with nothing_forgotten():
        yield
