"""template.yaml as data: the only place where tests learn how the stack's tables look."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"
_CREATE_TABLE_FIELDS = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
)


class _CloudFormationLoader(yaml.SafeLoader):
    """SafeLoader has no constructor for CloudFormation's short tags; a subclass keeps ours out of the global one."""


def _construct_tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    return {name: _arguments(loader, suffix, node)}


def _arguments(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    value = loader.construct_scalar(node)  # type: ignore[arg-type]  # only scalars are left
    return str(value).split(".", 1) if suffix == "GetAtt" else value


_CloudFormationLoader.add_multi_constructor("!", _construct_tag)


def parse_cloudformation(text: str) -> Any:
    """Parse CloudFormation YAML; short tags become their long form (`!Ref A` -> `{"Ref": "A"}`)."""
    return yaml.load(text, Loader=_CloudFormationLoader)  # noqa: S506  # a SafeLoader


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
    """Arguments of boto3's `create_table`, one per table; TableName is the suffix of CERTCTL_TABLE_<X>, lower case."""
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
