"""The rows of moto's tables, laid down again as they were. Each of moto's transactions copies whole tables: a
test that makes thousands of calls keeps them small."""

from copy import deepcopy
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends

from tests.support.aws.clients import REGION


def all_rows() -> dict[str, Any]:
    """By table."""
    return {name: deepcopy(table.items) for name, table in _backend().tables.items()}


def lay_down(rows: dict[str, Any]) -> None:
    """In place of all that there are."""
    for name, table in _backend().tables.items():
        table.items = deepcopy(rows[name])


def _backend() -> DynamoDBBackend:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]
