"""Rows that real runs have stored are read as they were, and what is read is written as it was.

`golden/rows_stored.json` is not made by a command: rows like these are in people's tables. If their form
changes on purpose, add rows of the new form, and let these be read on.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from certctl.domain.audit.events import RECORDED_AS
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.channels.records import ChannelRecordStore
from certctl.store.database import Database
from certctl.store.jobs.jobs import JobStore
from certctl.store.notifications.mutes import MuteStore
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.notifications.routing import RoutingRuleStore
from certctl.store.writes import Write
from tests.support.aws.clients import client, local_aws, new_database
from tests.support.golden import golden, require_golden
from tests.support.models import MODELS

Row = dict[str, Any]
_KEYS = ("kind", "id", "certificate_id", "record", "job_id", "notification_id")
_STORED: Mapping[str, Sequence[Row]] = golden("rows_stored")


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with local_aws():
        yield new_database()


def _fitting(table: str, row: Row) -> list[str]:
    """The models that write what they read."""
    of_table = (model for model in MODELS if getattr(model, "Meta").table == table)  # noqa: B009  # see mypy
    return [model.__name__ for model in of_table if _is_kept(model, row)]


def _is_kept(model: Any, row: Row) -> bool:
    try:
        return bool(model.from_raw_data(row).serialize() == row)
    except (TypeError, ValueError):
        return False


@pytest.mark.parametrize("kind", _STORED)
def test_a_stored_row_is_read_and_written_without_a_change(kind: str) -> None:
    table, _, _ = kind.partition(":")
    lost = [row for row in _STORED[kind] if not _fitting(table, row)]
    assert lost == [], f"no model of {table} reads these rows and writes them as they are"


def test_every_attribute_is_in_a_row() -> None:
    """Else the test above would not see it change."""
    stored: dict[str, set[str]] = defaultdict(set)
    for kind, rows in _STORED.items():
        for row in rows:
            for model in _fitting(kind.partition(":")[0], row):
                stored[model] |= row.keys()
    attributes = {model.__name__: model.get_attributes().keys() for model in MODELS}
    assert {
        model: names - stored[model] for model, names in attributes.items() if names - stored[model]
    } == {}


def _catalog(database: Database, row: Row) -> tuple[Any, Sequence[Write]]:
    store = CatalogStore(database)
    entry = store.get(Kind(row["kind"]["S"]), row["id"]["S"])
    assert entry is not None
    return entry, store.create_steps(entry)


def _certificate(database: Database, row: Row) -> tuple[Any, Sequence[Write]]:
    store = CertificateStore(database)
    found = store.get(row["certificate_id"]["S"])
    assert found is not None
    return found, store.create_steps(found, [])


def _authority(database: Database, row: Row) -> tuple[Any, Sequence[Write]]:
    store = AuthorityStore(database)
    found = store.get(row["id"]["S"])
    assert found is not None
    return found, store.create_steps(found, [])


def _api_key(database: Database, row: Row) -> tuple[Any, Sequence[Write]]:
    store = ApiKeyStore(database)
    found = store.get(row["id"]["S"])
    assert found is not None
    return found, store.create_steps(found)


def _by_id(make_store: Callable[[Database], Any], attribute: str = "id") -> Any:
    def read(database: Database, row: Row) -> tuple[Any, Sequence[Write]]:
        store = make_store(database)
        found = store.get(row[attribute]["S"])
        assert found is not None
        return found, [store.create_step(found)]

    return read


_STORES: Mapping[str, Callable[[Database, Row], tuple[Any, Sequence[Write]]]] = {
    "catalog: agent": _catalog,
    "catalog: issuer": _catalog,
    "catalog: owner": _catalog,
    "catalog: policy": _catalog,
    "catalog: profile": _catalog,
    "catalog: renewal-policy": _catalog,
    "catalog: target": _catalog,
    "catalog: team": _catalog,
    "catalog: api-key": _api_key,
    "catalog: channel": _by_id(ChannelRecordStore),
    "catalog: mute": _by_id(MuteStore),
    "catalog: routing-rule": _by_id(RoutingRuleStore),
    "certificates: certificate": _certificate,
    "jobs: row": _by_id(JobStore, "job_id"),
    "notifications: row": _by_id(NotificationStore, "notification_id"),
    "state: ca": _authority,
}


_ADDED = frozenset({"changed_at"})
"""Attributes that rows of earlier releases lack, whose value follows from the record."""


def test_stored_rows_are_the_records_that_they_were(database: Database) -> None:
    require_golden("records", {kind: _records(database, kind) for kind in _STORES})


def _records(database: Database, kind: str) -> list[dict[str, Any]]:
    """The records of the kind's rows. Each row is also written from its record as it was stored."""
    table, _, _ = kind.partition(":")
    records = []
    for row in _STORED[kind]:
        client("dynamodb").put_item(TableName=table, Item=row)
        record, steps = _STORES[kind](database, row)
        written = _written(table, row, steps)
        known = {name: written[name] for name in written.keys() - (_ADDED - row.keys())}
        assert _by_value(known) == _by_value({name: row[name] for name in known})
        records.append(_values(record, row))
    return records


def _written(table: str, row: Row, steps: Sequence[Write]) -> Row:
    puts = [step.request for step in steps if step.operation == "Put"]
    items = [request["Item"] for request in puts if request["TableName"] == table]
    return next(item for item in items if all(item.get(key) == row[key] for key in _key(row)))


def _by_value(row: Row) -> Row:
    """60 and 60.0 are one number."""
    return {name: Decimal(held["N"]) if "N" in held else held for name, held in row.items()}


def _key(row: Row) -> list[str]:
    return [name for name in _KEYS if name in row]


def _values(record: Any, row: Row) -> dict[str, Any]:
    """The values that are attributes of the row by their own names, and no JSON there."""
    values: dict[str, Any] = {}
    for each in fields(record):
        value = getattr(record, each.name)
        values |= each.metadata[RECORDED_AS](value) if RECORDED_AS in each.metadata else {each.name: value}
    return {name: _plain(held) for name, held in values.items() if name in row and not _is_json(held)}


def _is_json(value: Any) -> bool:
    return is_dataclass(value) or (isinstance(value, tuple) and any(is_dataclass(part) for part in value))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return value
