"""CloudFormation updates the tables of a stack of the last release: one change of an index a table."""

from typing import Any

import pytest

from tests.support.released import indexes_of, released_tables
from tests.support.template import table_definitions

_TODAY: dict[str, dict[str, Any]] = {each["TableName"]: each for each in table_definitions()}
_each_table = pytest.mark.parametrize("released", released_tables(), ids=lambda each: each["TableName"])


@_each_table
def test_a_table_stays_with_its_key(released: dict[str, Any]) -> None:
    """Another key, or another local index, would replace the table, and its rows would be gone."""
    today = _TODAY[released["TableName"]]
    for kept in ("KeySchema", "LocalSecondaryIndexes", "BillingMode"):
        assert today.get(kept) == released.get(kept)


@_each_table
def test_one_update_adds_or_removes_one_index_of_a_table(released: dict[str, Any]) -> None:
    """DynamoDB refuses two: such a release goes out in two steps."""
    before, after = indexes_of(released), indexes_of(_TODAY[released["TableName"]])
    assert len(before.keys() ^ after.keys()) <= 1, "two index changes in one update"
    for name in before.keys() & after.keys():
        assert after[name] == before[name], f"{name} would have to be removed and added again"


@_each_table
def test_an_attribute_that_is_a_key_keeps_its_type(released: dict[str, Any]) -> None:
    before, after = (
        {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
        for table in (released, _TODAY[released["TableName"]])
    )
    assert {name: after[name] for name in before.keys() & after.keys()} == {
        name: before[name] for name in before.keys() & after.keys()
    }
