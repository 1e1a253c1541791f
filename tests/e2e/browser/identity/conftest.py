"""One company for the tests of this folder; each test employs people of its own."""

from collections.abc import Iterator

import pytest

from tests.e2e.browser.identity.company import Company, opened_company
from tests.support.local.stack import LocalStack


@pytest.fixture(scope="session")
def company(local_stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with opened_company(local_stack, tmp_path_factory.mktemp("company")) as company:
        yield company
