"""The resources of the last release's template, and what of each an update would have to replace it for.

After a release: `python -m tests.support.releases.resources` writes today's in their place.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from tests.support.aws.transformed import transformed

_RESOURCES = Path(__file__).with_name("resources.json")
# Made again with each release, or for each route: nothing is kept in them.
STATELESS = frozenset(
    {"AWS::Lambda::Version", "AWS::Lambda::LayerVersion", "AWS::Lambda::Permission", "AWS::Events::Rule"}
)
# CloudFormation's schemas do not say so of these. Its page of AWS::KMS::Key does: an update of them fails.
_FIXED = {"AWS::KMS::Key": {"KeySpec", "KeyUsage", "Origin", "MultiRegion"}}

Permanent = dict[str, dict[str, Any]]


def released_resources() -> Permanent:
    """Logical id -> type and permanent properties."""
    found: Permanent = json.loads(_RESOURCES.read_text(encoding="utf-8"))
    return found


def permanent(template: dict[str, Any]) -> Permanent:
    """The resources of a transformed template, with the default values of its parameters."""
    defaults = {name: str(each.get("Default", "")) for name, each in template["Parameters"].items()}
    return {
        name: {"Type": resource["Type"]}
        | {
            field: _with_default(value, defaults)
            for field, value in resource.get("Properties", {}).items()
            if field in _permanent_fields(resource["Type"])
        }
        for name, resource in sorted(template["Resources"].items())
        if resource["Type"] not in STATELESS
    }


@cache
def _permanent_fields(kind: str) -> frozenset[str]:
    if kind.startswith("Custom::"):
        return frozenset({"ServiceToken"})
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", kind).schema
    paths = schema.get("createOnlyProperties", [])
    return frozenset({path.split("/")[2] for path in paths} | _FIXED.get(kind, set()))


def _with_default(value: Any, defaults: dict[str, str]) -> Any:
    return defaults.get(value["Ref"], value) if isinstance(value, dict) and list(value) == ["Ref"] else value


if __name__ == "__main__":
    lines = (f"{json.dumps(name)}: {json.dumps(each)}" for name, each in permanent(transformed()).items())
    _RESOURCES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
