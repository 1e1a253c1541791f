"""The state of a stack in CloudFormation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from deploy.errors import DeployError
from deploy.target import Target

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

GONE = "DELETE_COMPLETE"


@dataclass(frozen=True)
class Resource:
    logical_id: str
    kind: str
    physical_id: str
    status: str
    reason: str


@dataclass(frozen=True)
class Stack:
    """`status` as CloudFormation spells it."""

    id: str
    name: str
    status: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


def cloudformation(target: Target) -> "CloudFormationClient":
    return target.session.client("cloudformation")


def find(target: Target) -> Stack | None:
    """The stack; None if there is none of that name. Raises ClientError."""
    try:
        (found,) = cloudformation(target).describe_stacks(StackName=target.stack)["Stacks"]
    except ClientError as refusal:
        if "does not exist" in str(refusal):
            return None
        raise
    return None if found["StackStatus"] == GONE else stack_of(found)


def stack_of(found: "StackTypeDef") -> Stack:
    """The stack that CloudFormation describes."""
    return Stack(
        id=found.get("StackId", ""),
        name=found["StackName"],
        status=found["StackStatus"],
        parameters={
            p.get("ParameterKey", ""): p.get("ParameterValue", "") for p in found.get("Parameters", [])
        },
        outputs=_outputs(found),
    )


def outputs(target: Target, stack: str) -> dict[str, str]:
    """The outputs of a stack by its name or id, such as a nested one."""
    (found,) = cloudformation(target).describe_stacks(StackName=stack)["Stacks"]
    return _outputs(found)


def _outputs(found: "StackTypeDef") -> dict[str, str]:
    return {o.get("OutputKey", ""): o.get("OutputValue", "") for o in found.get("Outputs", [])}


def require(target: Target) -> Stack:
    """Raises DeployError if there is none."""
    found = find(target)
    if found is None:
        raise DeployError(f"there is no stack {target.stack} in {target.region}; is STACK or REGION another?")
    return found


def resources(target: Target, stack: str) -> list[Resource]:
    """The resources of a stack by its name or id, without those of nested stacks."""
    pages = cloudformation(target).get_paginator("list_stack_resources").paginate(StackName=stack)
    return [
        Resource(
            logical_id=each["LogicalResourceId"],
            kind=each["ResourceType"],
            physical_id=each.get("PhysicalResourceId", ""),
            status=each["ResourceStatus"],
            reason=each.get("ResourceStatusReason", ""),
        )
        for page in pages
        for each in page["StackResourceSummaries"]
    ]
