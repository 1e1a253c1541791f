"""What outlives a deleted stack: AWS deletes nothing that something else still uses, and a stack with such a
resource ends as DELETE_FAILED.

docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteCachePolicy.html: CachePolicyInUse.
"""

from collections.abc import Iterator
from typing import Any

from tests.support.aws.transformed import nested, transformed
from tests.support.template import as_list, references

_KEEPING = {"Retain", "RetainExceptOnCreate"}
_STACK = "AWS::CloudFormation::Stack"
# SAM keeps versions of a function, but they end with it.
_VERSION = "AWS::Lambda::Version"
# The API that answers OCSP is an origin's host name, by which CloudFront keeps nothing; the keys' policies
# name roles, and IAM deletes such roles.
_NAMED_ONLY = {
    "OcspApi",
    "AcmeApiFunctionRole",
    "CatalogApiFunctionRole",
    "CrlPublisherFunctionRole",
    "MaintenanceScheduleFunctionRole",
    "OcspResponderFunctionRole",
    "SigningWorkerFunctionRole",
    "StackAdminFunctionRole",
}


def _kept(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: each
        for name, each in template["Resources"].items()
        if each.get("DeletionPolicy") in _KEEPING and each["Type"] != _VERSION
    }


def _outputs_read(value: Any) -> Iterator[tuple[str, str]]:
    """(nested stack, output) of each `Fn::GetAtt` on a stack's outputs."""
    if isinstance(value, list):
        for item in value:
            yield from _outputs_read(item)
    if isinstance(value, dict):
        name, attribute = [*as_list(value.get("Fn::GetAtt", ["", ""]))][:2]
        if attribute.startswith("Outputs."):
            yield name, attribute.removeprefix("Outputs.")
        for item in value.values():
            yield from _outputs_read(item)


def _deleted_below(template: dict[str, Any], stacks: dict[str, dict[str, Any]]) -> set[str]:
    """`Stack/Resource` that goes with a nested stack although a kept resource uses it by an output."""
    read = {pair for each in _kept(template).values() for pair in _outputs_read(each["Properties"])}
    return {
        f"{stack}/{name}"
        for stack, output in read
        for name in references(stacks[stack]["Outputs"][output]["Value"])
        if name not in _kept(stacks[stack])
    }


def _deleted_beside(template: dict[str, Any]) -> set[str]:
    going: set[str] = set(template["Resources"]) - set(_kept(template))
    stacks = {name for name in going if template["Resources"][name]["Type"] == _STACK}
    used = {name for each in _kept(template).values() for name in references(each["Properties"])}
    return (used & going) - stacks


def test_no_kept_resource_uses_one_that_goes() -> None:
    template = transformed()
    stacks = nested(template)
    assert _deleted_below(template, stacks) == set()
    assert _deleted_beside(template) == _NAMED_ONLY
    assert [_deleted_beside(each) for each in stacks.values()] == [set()] * len(stacks)
