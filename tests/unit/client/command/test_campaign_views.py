"""What a certificate of a campaign waits for, in the table of `certctl campaigns items`."""

from typing import Any

import pytest

from certctl_client.commands.revocation.campaign_views import ITEM_COLUMNS

_ITEM = {"state": "rekeying", "error": None, "window_until": "2026-12-08T00:00:00Z", "missed_window": False}


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, "its ACME client, until 2026-12-08T00:00:00Z"),
        ({"awaited_accounts": ["acct-2"]}, "its ACME client acct-2, until 2026-12-08T00:00:00Z"),
        (
            {"awaited_accounts": ["", "acct-2"], "missed_window": True},
            "its ACME client one that is not known, acct-2, which did not renew in its window: have it "
            "renew, with a new key",
        ),
    ],
)
def test_the_acme_accounts_that_are_awaited_are_named(fields: dict[str, Any], shown: str) -> None:
    column = ITEM_COLUMNS["WAITS FOR"]
    assert callable(column)
    assert column({**_ITEM, **fields}) == shown
