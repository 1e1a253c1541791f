"""template.yaml as data: the tests' only source for the stack's tables."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from local.stack.template import parse_cloudformation

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
def _loaded(path: Path) -> str:
    return json.dumps(_chosen(parse_cloudformation(path.read_text(encoding="utf-8"))))


def load_template(path: Path = TEMPLATE) -> dict[str, Any]:
    """The whole template; each caller gets a copy of its own, which JSON makes in a tenth of the time of
    `deepcopy`. Conditions are resolved as on AWS with every option enabled, and with keys of the default
    types."""
    loaded: dict[str, Any] = json.loads(_loaded(path))
    return loaded


_NO_VALUE = {"Ref": "AWS::NoValue"}
# Of the local stack, of other keys than the default ones, and in stacks/ca_key.yaml of the key of a root.
NOT_MET = ("IsLocal", "HasRsaRoot", "HasRsaIssuing", "IsRoot")


def _chosen(value: Any) -> Any:
    """Each `Fn::If` replaced by its second argument, or by its third if its condition is not met here."""
    if isinstance(value, list):
        chosen = [_chosen(item) for item in value]
        return [item for item in chosen if item != _NO_VALUE]
    if not isinstance(value, dict):
        return value
    if "Fn::If" in value:
        condition, yes, no = value["Fn::If"]
        return _chosen(no if condition in NOT_MET else yes)
    return {key: _chosen(item) for key, item in value.items()}


def resources_of_type(kind: str) -> dict[str, dict[str, Any]]:
    """Logical id -> resource (`Type`, `Properties`, ...) for one CloudFormation type."""
    return {name: r for name, r in load_template()["Resources"].items() if r["Type"] == kind}


def _environment_suffix(logical_id: str) -> str:
    return logical_id.removesuffix("Table").lower()


@cache
def table_definitions() -> list[dict[str, Any]]:
    """Arguments of boto3's `create_table`; TableName is the suffix of CERTCTL_TABLE_<X>, in lower case. The
    same list for each caller: every test begins with it."""
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


def functions() -> dict[str, dict[str, Any]]:
    """Folder name -> properties of each Lambda function, Globals not merged."""
    found = resources_of_type("AWS::Serverless::Function").values()
    return {function["Properties"]["CodeUri"].split("/")[1]: function["Properties"] for function in found}


def logical_id(folder: str) -> str:
    """`crl_publisher` -> `CrlPublisherFunction`."""
    return "".join(word.capitalize() for word in folder.split("_")) + "Function"


def statements(folder: str) -> list[dict[str, Any]]:
    """The IAM statements of one function, also those in nested stacks, with `Action` and `Resource` always
    lists."""
    own = [s for policy in functions()[folder].get("Policies", []) for s in policy["Statement"]]
    return [
        statement | {"Action": as_list(statement["Action"]), "Resource": as_list(statement["Resource"])}
        for statement in (*own, *_nested_statements(folder))
    ]


def _nested_statements(folder: str) -> list[dict[str, Any]]:
    """The statements of nested stacks whose parameter is the name of the function's role."""
    role = {"Ref": f"{logical_id(folder)}Role"}
    found = list[dict[str, Any]]()
    for stack in resources_of_type("AWS::CloudFormation::Stack").values():
        given = stack["Properties"].get("Parameters", {})
        names = [{"Ref": name} for name, value in given.items() if value == role]
        for each in load_template(ROOT / stack["Properties"]["TemplateURL"])["Resources"].values():
            if each["Type"] == "AWS::IAM::Policy" and each["Properties"]["Roles"] == names:
                found += each["Properties"]["PolicyDocument"]["Statement"]
    return found


def actions(folder: str) -> set[str]:
    """Every action that one function's own policy allows."""
    return {action for statement in statements(folder) for action in statement["Action"]}


def as_list(value: Any) -> list[Any]:
    """CloudFormation's one-or-many values as a list."""
    return value if isinstance(value, list) else [value]


def variables(folder: str) -> dict[str, Any]:
    """Environment of one function as deployed: Globals and its own."""
    shared = load_template()["Globals"]["Function"]["Environment"]["Variables"]
    return {**shared, **functions()[folder].get("Environment", {}).get("Variables", {})}


def references(value: Any) -> set[str]:
    """Logical ids that a piece of the template refers to, by Ref, GetAtt or Sub."""
    if isinstance(value, list):
        return set().union(*(references(item) for item in value))
    if not isinstance(value, dict):
        return set()
    return _own_references(value).union(*(references(item) for item in value.values()))


def _own_references(value: dict[str, Any]) -> set[str]:
    named = {value["Ref"].removesuffix(".Alias")} if isinstance(value.get("Ref"), str) else set()
    if "Fn::GetAtt" in value:
        named.add(value["Fn::GetAtt"][0])
    substituted = as_list(value.get("Fn::Sub", ""))[0]
    return named | {name.split(".")[0] for name in re.findall(r"\$\{([^}]+)\}", substituted)}


def pattern_of(resource: Any) -> str:
    """`PkiBucket/pki/*` for resources of the template, else an ARN with wildcards for its variables."""
    if isinstance(resource, str):
        return resource
    (function, value), *_ = resource.items()
    match function:
        case "Ref":
            return str(value)
        case "Fn::GetAtt":
            return str(value[0])
        case "Fn::Sub":
            return _substituted(str(as_list(value)[0]))
        case "Fn::Split":  # what is in each of a list's buckets
            (listed,) = references(value)
            return f"{listed}/*"
    raise AssertionError(f"a resource by {function} has no rule here yet")


def _substituted(text: str) -> str:
    parts = text.split("${")
    rest = [part.partition("}") for part in parts[1:]]
    return parts[0] + "".join(
        ("*" if name.startswith("AWS::") else name.split(".")[0]) + after for name, _, after in rest
    )
