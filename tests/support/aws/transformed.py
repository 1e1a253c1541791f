"""template.yaml as CloudFormation gets it: after the SAM transform, made by the translator that AWS runs."""

import copy
import hashlib
import json
import subprocess
from functools import cache
from typing import Any

from local.settings import TOOLS
from local.stack.release import UNSTAMPED
from local.stack.template import parse_cloudformation
from tests.support.template import ROOT, TEMPLATE, load_template, references

_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}
# In SAM's own environment: its translator pins pydantic below ours.
_TRANSLATE = """
import json, os, sys
from types import SimpleNamespace
from samtranslator.translator.transform import transform
os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
template, parameters = json.load(sys.stdin)
json.dump(transform(template, parameters, SimpleNamespace(load=dict)), sys.stdout)
"""


@cache
def _transformed(release: str, parameters: str, layer: str) -> Any:
    text = TEMPLATE.read_text().replace(UNSTAMPED, f': "{release}"')
    template = parse_cloudformation(text)
    for resource in template["Resources"].values():
        if resource["Type"] in _CODE:  # `sam package` uploads folders to a bucket
            folder = resource["Properties"][_CODE[resource["Type"]]].strip("/")
            resource["Properties"][_CODE[resource["Type"]]] = f"s3://artifacts/{folder}{layer}"
    return _translated(template, json.loads(parameters))


def _translated(template: Any, parameters: dict[str, str]) -> Any:
    python = TOOLS / "env" / "sam" / "bin" / "python"
    ran = subprocess.run(
        [python, "-c", _TRANSLATE],
        input=json.dumps([template, parameters]),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(ran.stdout)


def transformed(release: str = "unstamped", layer: str = "", **parameters: str) -> dict[str, Any]:
    """The whole template for an AWS region; another `layer` simulates other contents of all folders."""
    loaded: dict[str, Any] = copy.deepcopy(_transformed(release, json.dumps(parameters), layer))
    return loaded


def nested(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Logical id -> template of each nested stack, none of which needs a transform."""
    stacks = resources(template, "AWS::CloudFormation::Stack")
    return {name: load_template(ROOT / each["Properties"]["TemplateURL"]) for name, each in stacks.items()}


def deployed_templates() -> list[dict[str, Any]]:
    """All that `make deploy` deploys, and the stack of a later CA's key."""
    template = transformed()
    return [template, *nested(template).values(), load_template(ROOT / "stacks/ca_key.yaml")]


def stamped(**parameters: str) -> dict[str, Any]:
    """The template that `make deploy` hands over with these values, of the same artefacts."""
    return transformed(hashlib.sha256(json.dumps(parameters).encode()).hexdigest()[:12], **parameters)


def resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Logical id -> resource of one type."""
    return {name: r for name, r in template["Resources"].items() if r["Type"] == kind}


def dependencies(template: dict[str, Any]) -> dict[str, set[str]]:
    """Logical id -> those that CloudFormation makes before it."""
    known = set(template["Resources"])
    found = {}
    for name, resource in template["Resources"].items():
        explicit = resource.get("DependsOn", [])
        named = {explicit} if isinstance(explicit, str) else set(explicit)
        found[name] = (
            references(resource.get("Properties", {})) | references(resource.get("UpdatePolicy", {})) | named
        ) & known
    return found
