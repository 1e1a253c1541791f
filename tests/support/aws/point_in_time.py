"""Tables as a point-in-time restore leaves them, beside a bucket with later changes."""

from typing import Any

from tests.support.template import table_definitions

Snapshot = dict[str, list[dict[str, Any]]]


def snapshot(client: Any) -> Snapshot:
    names = [definition["TableName"] for definition in table_definitions()]
    return {name: _rows(client, name) for name in names}


def go_back(client: Any, to: Snapshot, *, keeping: tuple[str, ...] = ()) -> None:
    """All tables but those of `keeping`."""
    for definition in table_definitions():
        name, keys = definition["TableName"], [key["AttributeName"] for key in definition["KeySchema"]]
        if name in keeping:
            continue
        for row in _rows(client, name):
            client.delete_item(TableName=name, Key={key: row[key] for key in keys})
        for row in to[name]:
            client.put_item(TableName=name, Item=row)


def _rows(client: Any, table: str) -> list[dict[str, Any]]:
    pages = client.get_paginator("scan").paginate(TableName=table)
    return [row for page in pages for row in page["Items"]]
