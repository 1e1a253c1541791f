"""Keys and endpoints of issuers, as last read, and the right to read them again; for all processes."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.identity.foreign_tokens import Endpoints, KeySet, SigningKey
from certctl.domain.times import from_wire, to_wire
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import JWKS
from certctl.store.locks import LockStore
from certctl.store.writes import put

_KEPT = timedelta(days=7)


class ProviderKeyStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._locks = LockStore(database)

    def get(self, provider_id: str) -> KeySet | None:
        """Read consistently."""
        item = self._database.get(StateItem, JWKS, provider_id, consistent=True)
        if item is None or item.body is None:
            return None
        stored = json.loads(item.body)
        keys = tuple(SigningKey(members) for members in stored["keys"])
        endpoints = Endpoints(**stored["endpoints"]) if stored.get("endpoints") else None
        return KeySet(stored["issuer"], keys, from_wire(stored["fetched_at"]), endpoints)

    def save(self, provider_id: str, keys: KeySet) -> None:
        body: dict[str, Any] = {
            "issuer": keys.issuer,
            "fetched_at": to_wire(keys.fetched_at),
            "keys": [dict(key.members) for key in keys.keys],
        }
        if keys.endpoints is not None:
            body["endpoints"] = asdict(keys.endpoints)
        text = json.dumps(body, separators=(",", ":"))
        until = int((keys.fetched_at + _KEPT).timestamp())
        self._database.write(put(StateItem(JWKS, provider_id, body=text, delete_after=until)))

    def may_fetch(self, provider_id: str, owner: str, now: datetime, every: timedelta) -> bool:
        """Whether this process may read the issuer now: one of all in each `every`. `owner` is
        a new token."""
        return self._locks.take(f"{JWKS}#{provider_id}", owner, now, now + every)
