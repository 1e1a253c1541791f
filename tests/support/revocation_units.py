"""Write units of a transaction by DynamoDB's formula, which no emulator counts right: each started KB of a
row counts twice, each index entry that is put or removed once per KB of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import pytest

from certctl import bootstrap
from tests.support.issuing import CERTIFICATES, Issuing
from tests.support.round_trips import recorded
from tests.support.template import table_definitions

Raw = Mapping[str, Any]
REVOCATION_BOUND = 34
"""For a revocation with 1 version and 2 alerts delivered (design.md section 9)."""
DELIVERY_UNITS = 3
"""Of a notification's 8: its claim 1, its outcome 1 and the due index 1; its row and indexes came before."""
_KB = 1024


@dataclass(frozen=True)
class Write:
    what: str
    base: int
    indexes: int

    @property
    def total(self) -> int:
        return self.base + self.indexes


def revocation_units(world: Issuing) -> list[Write]:
    """Of the transaction that revokes a certificate with one version, for a webhook and a Slack channel."""
    client = world.stack.database.client
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CERTCTL_WEBHOOK_URL", "certctl/blue/channels/webhook")
        patch.setenv("CERTCTL_SLACK_WEBHOOK_URL", "certctl/blue/channels/slack")
        bootstrap.channel_refs.cache_clear()
        certificate_id = world.issued()["id"]
        before = _every_row(client)
        with recorded(client) as recording:
            answer = world.api.post(f"{CERTIFICATES}/{certificate_id}/revoke", {"reason": "superseded"})
        bootstrap.channel_refs.cache_clear()
    assert answer.status == 200, answer.text
    after = _every_row(client)
    keys = [_key_of(action) for action in recording.transactions]
    return [_write(key, before.get(key), after.get(key)) for key in keys]


_Key = tuple[str, ...]


def _every_row(client: Any) -> dict[_Key, Raw]:
    """Test tables are small."""
    return {
        _row_key(table["TableName"], row): row
        for table in table_definitions()
        for row in client.scan(TableName=table["TableName"])["Items"]
    }


def _key_of(action: Raw) -> _Key:
    ((_, request),) = action.items()
    return _row_key(request["TableName"], request.get("Item") or request["Key"])


def _row_key(table: str, row: Raw) -> _Key:
    return (table, *(str(row[name]) for name in _names(_definition(table)["KeySchema"])))


def _definition(table: str) -> dict[str, Any]:
    return next(d for d in table_definitions() if d["TableName"] == table)


def _write(key: _Key, before: Raw | None, after: Raw | None) -> Write:
    definition = _definition(key[0])
    base = 2 * max(_units(before), _units(after))
    indexes = sum(
        _index_units(i, definition, before, after) for i in definition.get("GlobalSecondaryIndexes", [])
    )
    kind = next((text for text in key[1:2]), "")
    return Write(f"{key[0]} {kind[:40]}", base, indexes)


def _index_units(index: Raw, definition: Raw, before: Raw | None, after: Raw | None) -> int:
    """A changed key is a removal and a put."""
    old, new = (_entry(index, definition, row) for row in (before, after))
    if old == new:
        return 0
    keys = _names(index["KeySchema"])
    moved = old is not None and new is not None and any(old[name] != new[name] for name in keys)
    return _units(old) + _units(new) if moved else max(_units(old), _units(new))


def _entry(index: Raw, definition: Raw, row: Raw | None) -> Raw | None:
    keys = _names(index["KeySchema"])
    if row is None or not all(name in row for name in keys):
        return None
    projected = [*keys, *_names(definition["KeySchema"]), *index["Projection"].get("NonKeyAttributes", [])]
    return {name: row[name] for name in projected if name in row}


def _names(schema: Any) -> list[str]:
    return [part["AttributeName"] for part in schema]


def _units(row: Raw | None) -> int:
    return 0 if row is None else ceil(sum(_size(name) + _size(value) for name, value in row.items()) / _KB)


def _size(value: Any) -> int:
    """Bytes, by the rules of the developer guide, "item sizes and formats"."""
    if isinstance(value, str):
        return len(value.encode())
    ((kind, content),) = value.items()
    if kind == "M":
        return 3 + sum(1 + _size(name) + _size(inner) for name, inner in content.items())
    if kind == "L":
        return 3 + sum(1 + _size(inner) for inner in content)
    return 1 if kind in ("BOOL", "NULL") else len(str(content).encode())
