import pytest

from tests.support.catalog.catalog import CatalogByHttp
from tests.support.functions.deployed import Deployed


@pytest.fixture
def catalog(stack: Deployed) -> CatalogByHttp:
    return CatalogByHttp(stack).with_defaults()
