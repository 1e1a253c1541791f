"""EAB keys as values: those who store them give the ids of what they belong to."""

from datetime import datetime
from typing import Any

from certctl.domain.acme.eab_keys import EabKey


def an_eab_key(now: datetime, **fields: Any) -> EabKey:
    """An EAB key for names in example.com that was made at `now`, unless `fields` say otherwise."""
    values: dict[str, Any] = {
        "id": "eab-1",
        "name": "web",
        "service_account_id": "sa-1",
        "team_id": "t-web",
        "owner_id": "o-web",
        "issuer_id": "iss-local",
        "profile_ids": ("server",),
        "renewal_policy_id": "rp-default",
        "names": ("DNS:**.example.com",),
        "created_at": now,
        "updated_at": now,
    }
    return EabKey(**(values | fields))
