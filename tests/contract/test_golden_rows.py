"""Rows and audit events that the deployed functions write, by table, kind of row and action.

`tests.support.golden` has the command that accepts a change made on purpose.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from tests.support.api.route_calls import CALLS
from tests.support.audit.event_parts import parts_by_action, without_variables
from tests.support.audit.seals import seal_key
from tests.support.aws.clients import client
from tests.support.catalog.catalog import PATHS
from tests.support.clock import Clock
from tests.support.functions.deployed import deployed
from tests.support.functions.lambda_context import Context
from tests.support.golden import require_golden
from tests.support.issuing.issuing import Issuing, issuing

pytestmark = pytest.mark.timeout(300)  # ten seconds by itself, minutes on busy cores
Row = dict[str, dict[str, Any]]
_SCHEDULES = ("maintenance_schedule", "renewal_schedule", "retry_sweep_schedule")
_WRITTEN_BY_OTHERS = {
    "DELETE /api-keys/<key_id>",
    "DELETE /certificates/<certificate_id> keep_valid",
    "POST /agent/heartbeat",
    "POST /agent/jobs/<job_id>/start",
    "POST /agent/register",
    "POST /certificates without",
    "POST /certificates/<certificate_id>/revoke",
    "POST /issuers/<issuer_id>/test",
    "POST /targets/<target_id>/test",
    *(f"POST {path.removeprefix('/api/v1')}" for path in PATHS.values()),
}
"""What these calls write, the others write too."""
_WRITING = [call for call in CALLS if call.method != "GET" and call.label not in _WRITTEN_BY_OTHERS]


@pytest.fixture(scope="module")
def tables() -> Iterator[dict[str, list[Row]]]:
    """After one good call of each route that writes, a run of each schedule, and one when digests are due."""
    clock = Clock()
    with deployed(clock) as stack, issuing(stack) as world:
        world.pki.keys["arn:seal"] = seal_key()
        for call in _WRITING:
            answer = call.prepared(world)()
            assert answer.status < 400, f"{call.label}: {answer.text}"
        clock.advance(timedelta(minutes=10))
        for folder in _SCHEDULES:
            _run(world, folder)
        clock.advance(timedelta(days=8))  # what a week changes has then changed, on whatever day this is
        clock.advance_to_digests()
        _run(world, "maintenance_schedule")
        yield {name: _rows(name) for name in client("dynamodb").list_tables()["TableNames"]}


def _run(world: Issuing, folder: str) -> None:
    handler = import_module(f"functions.{folder}.app").lambda_handler
    world.stack.privileges.of(folder, handler)({}, Context())


def _rows(table: str) -> list[Row]:
    pages = client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return [row for page in pages for row in page["Items"]]


def test_each_kind_of_row_has_the_attributes_that_it_had(tables: Mapping[str, list[Row]]) -> None:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for table, rows in tables.items():
        for row in rows:
            found[f"{table}: {_kind_of(row)}"] |= {
                without_variables(name): "".join(held) for name, held in row.items()
            }
    require_golden("rows_written", found)


def _kind_of(row: Row) -> str:
    """`kind` as far as it is fixed, of certificates `record`, of names what is searched."""
    for attribute in ("kind", "record", "zone"):
        if attribute in row:
            prefix, mark, _ = row[attribute]["S"].partition("#")
            return prefix + mark if attribute != "zone" or mark else "name"
    return "row"


def test_the_event_of_each_action_has_the_parts_that_it_had(tables: Mapping[str, list[Row]]) -> None:
    events = [json.loads(row["event"]["S"]) for row in tables["audit"]]
    require_golden("events_written", parts_by_action(events))
