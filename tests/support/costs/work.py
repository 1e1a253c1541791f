"""The usage of AWS by each kind of work, measured: the real handlers on moto."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from certctl_client.costs.usage import Usage
from tests.support.aws import clients as aws
from tests.support.aws.least_privilege import unconfined
from tests.support.costs import costs
from tests.support.costs.idle_stack import handler_of, measured
from tests.support.costs.revocation_units import DELIVERY_UNITS, revocation_units
from tests.support.costs.write_units import item_bytes
from tests.support.issuing.issuing import Issuing
from tests.support.template import table_definitions

_DUE_AFTER = timedelta(days=171)
_RENEWED = 10
_DELIVERY_SECONDS = 0.5
_ROW_BYTES = 100
"""What DynamoDB adds to each item and each entry of an index."""


def issued(world: Issuing) -> Usage:
    """One certificate of one name by the API: the call, and the run that signs."""
    world.created("first.example.com")
    world.work()
    asked = measured(world, lambda: world.created("second.example.com"))
    signed = measured(world, world.work)
    return costs.usage_of_call("certificates_api", asked) + costs.usage_of("signing_worker", signed)


def renewed(world: Issuing) -> Usage:
    """One certificate by the schedule, of ten that are due in the same hour: its part of a run that finds
    them, and of one that signs them."""
    with pytest.MonkeyPatch.context() as patch:
        schedule = due(world, patch)
        opened = measured(world, schedule)
        signed = measured(world, world.work)
    certificates = signed.count("kms", "Sign")
    assert certificates >= _RENEWED
    both = costs.usage_of("renewal_schedule", opened) + costs.usage_of("signing_worker", signed)
    return both * (1 / certificates)


def due(world: Issuing, patch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Makes certificates that were renewed once and are due again; returns the schedule."""
    schedule = handler_of(world, "renewal_schedule", patch)
    for number in range(_RENEWED):
        world.issued(f"renewed-{number}.example.com")
    world.stack.clock.advance(_DUE_AFTER)
    schedule()
    world.work()
    world.stack.clock.advance(_DUE_AFTER)
    return schedule


def read(world: Issuing) -> Usage:
    """One call of the API that reads a certificate."""
    certificate = world.issued("read.example.com")
    return costs.usage_of_call("certificates_api", measured(world, lambda: world.read(certificate["id"])))


def delivered() -> Usage:
    """One delivery of an alert: a run of the worker, half a second long."""
    return Usage(runs=1, gigabyte_seconds=_DELIVERY_SECONDS, write_units=DELIVERY_UNITS, messages=1)


def revoked(world: Issuing) -> Usage:
    """One revocation with its two alerts, not yet delivered."""
    return read(world) + Usage(write_units=sum(revocation_units(world).values()))


def stored_by_an_issue(world: Issuing) -> int:
    """The bytes of one certificate's rows and of their entries in indexes."""
    world.issued("first.example.com")  # the first of a day makes more
    before = _stored()
    world.issued("stored.example.com")
    return _stored() - before


def stored_by_a_renewal(world: Issuing) -> float:
    """The bytes that a renewal adds to those of its certificate."""
    with pytest.MonkeyPatch.context() as patch:
        schedule = due(world, patch)
        before = _stored()
        schedule()
        world.work()
        return (_stored() - before) / _RENEWED


def _stored() -> int:
    client = aws.client("dynamodb")
    with unconfined():
        return sum(_table_bytes(client, definition) for definition in table_definitions())


def _table_bytes(client: Any, definition: dict[str, Any]) -> int:
    pages = client.get_paginator("scan").paginate(TableName=definition["TableName"])
    return sum(_bytes(definition, item) for page in pages for item in page["Items"])


def _bytes(definition: dict[str, Any], item: dict[str, Any]) -> int:
    return sum(item_bytes(each) + _ROW_BYTES for each in (item, *_entries(definition, item)))


def _entries(definition: dict[str, Any], item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for index in definition.get("GlobalSecondaryIndexes", []):
        if all(part["AttributeName"] in item for part in index["KeySchema"]):
            yield {name: item[name] for name in _projected(definition, index) if name in item}


def _projected(definition: dict[str, Any], index: dict[str, Any]) -> list[str]:
    keys = [part["AttributeName"] for part in (*definition["KeySchema"], *index["KeySchema"])]
    return [*dict.fromkeys([*keys, *index["Projection"].get("NonKeyAttributes", [])])]
