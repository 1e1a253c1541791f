import pytest

from tests.support.catalog import CatalogByHttp
from tests.support.deployed import Deployed


@pytest.fixture
def catalog(stack: Deployed) -> CatalogByHttp:
    return CatalogByHttp(stack).with_defaults()
