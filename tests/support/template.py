"""template.yaml as data: the only place where tests learn how the stack's tables look."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

from local.template import parse_cloudformation

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"
_CREATE_TABLE_FIELDS = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
)


@cache
def _parsed(path: Path) -> Any:
    return parse_cloudformation(path.read_text(encoding="utf-8"))


def load_template(path: Path = TEMPLATE) -> dict[str, Any]:
    """The whole template; each caller gets a copy of its own."""
    loaded: dict[str, Any] = copy.deepcopy(_parsed(path))
    return loaded


def resources_of_type(kind: str) -> dict[str, dict[str, Any]]:
    """Logical id -> resource (`Type`, `Properties`, ...) for one CloudFormation type."""
    return {name: r for name, r in load_template()["Resources"].items() if r["Type"] == kind}


def _environment_suffix(logical_id: str) -> str:
    return logical_id.removesuffix("Table").lower()


def table_definitions() -> list[dict[str, Any]]:
    """Arguments of boto3's `create_table`; TableName is the suffix of CERTCTL_TABLE_<X>, in lower case."""
    return [
        {
            "TableName": _environment_suffix(logical_id),
            **{field: value for field, value in table["Properties"].items() if field in _CREATE_TABLE_FIELDS},
        }
        for logical_id, table in resources_of_type("AWS::DynamoDB::Table").items()
    ]


def create_tables(client: Any) -> None:
    """Create every table of the template through a boto3 DynamoDB client (moto or DynamoDB Local)."""
    for definition in table_definitions():
        client.create_table(**definition)
