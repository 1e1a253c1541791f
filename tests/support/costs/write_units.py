"""The cost of writes, by DynamoDB's own formula, from the requests.

A write costs one unit per started KiB of the larger of the item before and after, twice that in a
transaction. An index costs one unit if its entry is added, removed or changes a projected attribute, two if
its key changes (one removed, one added), per started KiB of the entry; a transaction does not double it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from tests.support.aws import clients as aws
from tests.support.aws.least_privilege import unconfined
from tests.support.template import table_definitions

_Item = Mapping[str, Any]
_CALLS = ("put_item", "update_item", "delete_item", "transact_write_items", "batch_write_item")


@dataclass
class Meter:
    """Units in all, by table, and by partition: table, or table and index, and the text of its key. `writes`
    names each action."""

    units: int = 0
    by_table: dict[str, int] = field(default_factory=dict)
    by_partition: Counter[tuple[str, str]] = field(default_factory=Counter)
    writes: list[str] = field(default_factory=list)

    def add(self, table: str, parts: Mapping[tuple[str, str], int], what: str) -> None:
        units = sum(parts.values())
        self.units += units
        self.by_partition.update(parts)
        self.by_table[table] = self.by_table.get(table, 0) + units
        self.writes.append(f"{what} {table}: {units}")


@contextmanager
def metered(client: Any) -> Iterator[Meter]:
    """Counts every write of this client. One thread only. Its own reads use another client: they are
    neither measured nor subject to the permissions of the function under test."""
    meter, onlooker = Meter(), aws.client("dynamodb")
    real = {name: getattr(client, name) for name in _CALLS}

    def counting(name: str) -> Any:
        def call(**request: Any) -> Any:
            touched = list(_touched(name, request))
            before = [_read(onlooker, table, key) for table, key in touched]
            answer = real[name](**request)
            factor = 2 if name == "transact_write_items" else 1
            for (table, key), old in zip(touched, before, strict=True):
                meter.add(table, _units(table, old, _read(onlooker, table, key), factor), name)
            return answer

        return call

    for name in _CALLS:
        setattr(client, name, counting(name))
    try:
        yield meter
    finally:
        for name in _CALLS:
            setattr(client, name, real[name])


def _touched(name: str, request: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if name == "batch_write_item":
        for table, puts in request["RequestItems"].items():
            yield from ((table, _key_of(table, each["PutRequest"]["Item"])) for each in puts)
        return
    if name != "transact_write_items":
        yield request["TableName"], request.get("Key") or _key_of(request["TableName"], request["Item"])
        return
    for action in request["TransactItems"]:
        (single,) = action.values()
        yield single["TableName"], single.get("Key") or _key_of(single["TableName"], single["Item"])


def _definition(table: str) -> dict[str, Any]:
    return next(d for d in table_definitions() if d["TableName"] == table)


def _names(schema: list[dict[str, str]]) -> list[str]:
    return [part["AttributeName"] for part in schema]


def _key_of(table: str, item: _Item) -> dict[str, Any]:
    return {name: item[name] for name in _names(_definition(table)["KeySchema"])}


def _read(client: Any, table: str, key: dict[str, Any]) -> _Item | None:
    with unconfined():
        answer = client.get_item(TableName=table, Key=key, ConsistentRead=True)
    item: _Item | None = answer.get("Item")
    return item


def _units(table: str, old: _Item | None, new: _Item | None, factor: int) -> Counter[tuple[str, str]]:
    """Units by partition."""
    schema = _names(_definition(table)["KeySchema"])
    units = Counter({_partition(table, schema, new or old or {}): factor * max(_kib(old), _kib(new))})
    for index in _definition(table).get("GlobalSecondaryIndexes", []):
        units += _index_units(table, index, old, new)
    return units


def _partition(place: str, schema: list[str], item: _Item) -> tuple[str, str]:
    (value,) = item.get(schema[0], {"S": ""}).values()
    return place, str(value)


def _index_units(
    table: str, index: dict[str, Any], old: _Item | None, new: _Item | None
) -> Counter[tuple[str, str]]:
    place, schema = f"{table}.{index['IndexName']}", _names(index["KeySchema"])
    keys = [*schema, *_names(_definition(table)["KeySchema"])]
    projected = [*keys, *index["Projection"].get("NonKeyAttributes", [])]
    before, after = _entry(old, keys, projected), _entry(new, keys, projected)
    if before == after:
        return Counter()
    if before and after and [before[k] for k in keys] == [after[k] for k in keys]:
        return Counter({_partition(place, schema, after): max(_kib(before), _kib(after))})
    units = Counter[tuple[str, str]]()
    for entry in (before, after):
        if entry:
            units[_partition(place, schema, entry)] += _kib(entry)
    return units


def _entry(item: _Item | None, keys: list[str], projected: list[str]) -> _Item | None:
    if item is None or any(key not in item for key in keys):
        return None
    return {name: item[name] for name in projected if name in item}


def item_bytes(item: _Item) -> int:
    """Names and values in UTF-8; a number takes about a byte for two digits, and one more."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return ceil(len(content.lstrip("-").replace(".", "").strip("0")) / 2) + 1
        case "B":
            return len(content)
        case "L":
            return 3 + sum(1 + _value_bytes(part) for part in content)
        case "M":
            return 3 + sum(1 + len(k) + _value_bytes(v) for k, v in content.items())
        case _:
            return 1


def _kib(item: _Item | None) -> int:
    return ceil(item_bytes(item) / 1024) if item else 0
