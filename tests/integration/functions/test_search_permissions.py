"""Search entries are written by functions that make certificates or versions, and one more."""

import pytest

from tests.support.aws.iam import Access, is_allowed
from tests.support.template import functions

_WRITERS = {
    "acme_api",
    "certificates_api",
    "signing_worker",
    "external_issuer_worker",
    "maintenance_schedule",
}


@pytest.mark.parametrize("folder", functions())
def test_search_entries_are_written_by_those_who_make_them(folder: str) -> None:
    entry = Access("dynamodb:PutItem", ("NamesTable",), {"dynamodb:LeadingKeys": ("search#s#0b#0",)})
    assert is_allowed(folder, entry) == (folder in _WRITERS)
